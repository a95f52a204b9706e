// Bugs in what is kept beside the ops, in following, and in webhooks.

import type { Bug } from "../bug.js";

export const beside: readonly Bug[] = [
  {
    bug: "A document that is made anew has the names of the life before.",
    file: "server/storage/memory-log.ts",
    code: "if (head.type === null) this.dropRecords(collection, id);",
    instead: "",
    caughtBy: "test/storage/memory.test.ts",
    titled: "of a document are of its life: there with it, gone with it",
  },
  {
    bug: "A record is put whatever is there.",
    file: "server/storage/memory-log.ts",
    code: "return instead === undefined || (this.kept.get(recordName(name))?.value ?? null) === instead;",
    instead: "return true;",
    caughtBy: "test/storage/memory.test.ts",
    titled: "are put by one of many who ask for the same thing at once",
  },
  {
    bug: "Whoever follows is told nothing of what came just before the document was deleted.",
    file: "server/documents/following.ts",
    code: "ops: at < last ? await beside.ops(id, at, last) : []",
    instead: "ops: at < 0 ? await beside.ops(id, at, last) : []",
    caughtBy: "test/documents/following.test.ts",
    titled: "hears the last ops before it is deleted, and of that, and nothing of the next life",
  },
  {
    bug: "What was sent once grows by what came since.",
    file: "server/webhooks/plan.ts",
    code: "last?.attempts === 0 &&",
    instead: "last !== undefined &&",
    caughtBy: "test/api/webhook-plan.test.ts",
    titled: "never grows once it was sent, and what came since follows on it",
  },
  {
    bug: "A host that is an address is not looked at.",
    file: "server/webhooks/post.ts",
    code: "if (isIP(host) !== 0 && !allowed(host, host)) throw refusal(host);",
    instead: "",
    caughtBy: "test/api/webhooks.test.ts",
    titled: "follow nobody elsewhere, and go to no address that is not everybody's",
  },
  {
    bug: "A document that cannot be read stops the webhooks of all others.",
    file: "server/webhooks/delivering.ts",
    code: "      return unread.failed(row.id, error);",
    instead: "      throw error;",
    caughtBy: "test/api/webhook-damage.test.ts",
    titled: "in its history tell of all others",
  },
  {
    bug: "Among what has changed, a damaged row hides all others.",
    file: "server/storage/columns.ts",
    code: '      if (!(error instanceof StorageError && error.code === "corrupt")) throw error;\n      return',
    instead: "      if (error instanceof Error) throw error;\n      return",
    caughtBy: "test/api/webhook-damage.test.ts",
    titled: "in its row tell of all others",
  },
  {
    bug: "A server that comes after another does not know what that one could not read.",
    file: "server/webhooks/delivering.ts",
    code: "    await unread.learn();\n",
    instead: "",
    caughtBy: "test/api/webhook-damage.test.ts",
    titled: "in its history tell of all others, and of it when it is mended",
  },
];
