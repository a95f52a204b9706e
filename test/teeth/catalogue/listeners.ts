// Bugs in what is kept beside the ops, and in what programs are told.

import type { Bug } from "../bug.js";

export const listeners: readonly Bug[] = [
  {
    bug: "A record is put whatever is there instead.",
    file: "server/storage/sqlite/records.ts",
    code: "return instead === undefined || (recordAt(database, name)?.value ?? null) === instead;",
    instead: "return true;",
    caughtBy: "test/storage/sqlite.test.ts",
    titled: "are put and deleted only where that is there which is said",
  },
  {
    bug: "The name of a version is put into the life that has come after the one it was for.",
    file: "server/storage/sqlite/records.ts",
    code: "if (life === undefined || (epoch !== undefined && life !== epoch)) return false;",
    instead: "if (life === undefined) return false;",
    caughtBy: "test/storage/sqlite.test.ts",
    titled: "of a document are of its life",
  },
  {
    bug: "A version of a life that has ended can be named.",
    file: "server/documents/names.ts",
    code: "began === undefined || version < began.version || !Number.isSafeInteger(version)",
    instead: "!Number.isSafeInteger(version)",
    caughtBy: "test/documents/names.test.ts",
    titled: "nor can its versions be named",
  },
  {
    bug: "Whoever loses the right to read a document goes on hearing of it in a stream.",
    file: "server/api/events.ts",
    code: '          if (!(await identity.may("read", id))) end();\n',
    instead: '          await identity.may("read", id);\n',
    caughtBy: "test/api/events.test.ts",
    titled: "ends when it is not theirs to read any more",
  },
  {
    bug: "What a webhook was told of and did not take is not told again.",
    file: "server/webhooks/sending.ts",
    code: "    if (clock.now() - sent.firstAt! < webhookGiveUpMs) {\n",
    instead: "    if (false as boolean) {\n",
    caughtBy: "test/api/webhooks.test.ts",
    titled: "try again what failed or hung",
  },
  {
    bug: "A name that leads into a private network is where a webhook goes.",
    file: "server/webhooks/post.ts",
    code: "if (first === undefined || !found.every(({ address }) => allowed(host, address)))",
    instead: "if (first === undefined)",
    caughtBy: "test/api/webhooks.test.ts",
    titled: "go to no address that is not everybody's",
  },
  {
    bug: "A delivery is signed without its time.",
    file: "server/webhooks/post.ts",
    code: "update(`${seconds}.${body}`)",
    instead: "update(body)",
    caughtBy: "test/api/webhooks.test.ts",
    titled: "are signed",
  },
  {
    bug: "An op is what the program that gave it makes of it later.",
    file: "client/document.ts",
    code: "[fixed(given), this.snapshot,",
    instead: "[given, this.snapshot,",
    caughtBy: "test/client/lifetime.test.ts",
    titled: "cannot change what it is told of, nor whoever gave an op what was made of it",
  },
  {
    bug: "Whoever is told of others' ops can change what is told next.",
    file: "client/merging.ts",
    code: "{ ...change, op: fixed(change.op) }",
    instead: "change",
    caughtBy: "test/client/lifetime.test.ts",
    titled: "cannot change what the next is told of",
  },
];
