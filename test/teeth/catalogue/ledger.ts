// Bugs in giving ops their versions, once each.

import type { Bug } from "../bug.js";

export const ledger: readonly Bug[] = [
  {
    bug: "Whether an op that failed was committed all the same is not looked up.",
    file: "server/ledger/ledger.ts",
    code: "    if (receipt === undefined) throw faultOf(cause, { log, doc }, request);\n",
    instead:
      "    if (cause instanceof StorageError || receipt === undefined) throw faultOf(cause, { log, doc }, request);\n",
    caughtBy: "test/ledger/once.test.ts",
  },
  {
    bug: "Another op under a name that is taken is answered as if it had been committed.",
    file: "server/ledger/ledger.ts",
    code: "    if (Buffer.compare(receipt.hash, submitted) !== 0) throw seqReused(receipt.version);\n",
    instead: "",
    caughtBy: "test/ledger/once.test.ts",
  },
  {
    bug: "Ops of one document race each other to the database.",
    file: "server/ledger/lanes.ts",
    code: "    if (this.options.shared && this.mustPause(doc, lane, next.ticket)) return false;\n    lane.waiting.shift();\n    lane.turn = next.ticket;",
    instead: "    lane.waiting.shift();",
    caughtBy: "test/ledger/service.test.ts",
  },
  {
    bug: "When one op is not written, those that were made on top of it are taken to be on their way still.",
    file: "server/storage/ahead.ts",
    code: "row.asked.splice(at)",
    instead: "row.asked.splice(at, 1)",
    caughtBy: "test/ledger/group.test.ts",
  },
  {
    bug: "Whoever reads a document is shown what is not on the disk yet.",
    file: "server/storage/adapter.ts",
    code: "return this.shared ? this.documents.current(collection, id) : this.documents.get(collection, id);",
    instead: "return this.documents.top(collection, id);",
    caughtBy: "test/ledger/group.test.ts",
  },
  {
    bug: "An op is refused for what another one would have made, which was never written.",
    file: "server/storage/committing.ts",
    code: "return maker === undefined || (await maker.settled) ? base.chain : undefined;",
    instead: "return maker === null ? undefined : base.chain;",
    caughtBy: "test/ledger/group.test.ts",
  },
  {
    bug: "A commit whose answer is lost is not believed to be there, although one on top of it is.",
    file: "server/storage/ahead.ts",
    code: "for (const above of at === -1 ? [] : row.slice(at + 1)) {",
    instead: "for (const above of at === -2 ? row : []) {",
    caughtBy: "test/ledger/group.test.ts",
  },
  {
    bug: "An op lands on another one of the version below it than it was made on.",
    file: "server/storage/memory-log.ts",
    code: " || from !== (onto ?? from)",
    instead: "",
    caughtBy: "test/storage/memory.test.ts",
    titled: "order of commits",
  },
  {
    bug: "A server serves a document as it last saw it, although another one has written to it.",
    file: "server/storage/adapter.ts",
    code: "return this.shared ? this.documents.current(collection, id) : this.documents.get(collection, id);",
    instead: "return this.documents.get(collection, id);",
    caughtBy: "test/ledger/nodes.test.ts",
    titled: "behind the head",
  },
  {
    bug: "A server refuses what it would take if it had seen what others have written.",
    file: "server/ledger/submits.ts",
    code: "return (now?.chain ?? GENESIS) !== stood;",
    instead: "return now === null;",
    caughtBy: "test/ledger/nodes.test.ts",
    titled: "behind the head",
  },
  {
    bug: "An op that comes back after long puts its text behind the others', and its client before.",
    file: "server/ledger/walk.ts",
    code: '[moved, past.op, "left"]',
    instead: '[moved, past.op, "right"]',
    caughtBy: "test/ledger/walk.test.ts",
  },
  {
    bug: "The room hears of an op before it is on the disk.",
    file: "server/ledger/backend.ts",
    code: "    made.set(op, { author, time });\n",
    instead: `    made.set(op, { author, time });
    const early = committedFrom(op, author, time);
    if (early !== undefined) tellRelay(options, request.id, early);\n`,
    caughtBy: "test/ledger/ledger.test.ts",
  },
  {
    bug: "A document may grow beyond the longest that anybody can open.",
    file: "server/ledger/backend.ts",
    code: "        demandFit(Number(request.custom.atoms ?? 0), after.length, documentAtoms);\n",
    instead: "",
    caughtBy: "test/ledger/ledger.test.ts",
  },
  {
    bug: "History is read through a deletion, as if two lives were one.",
    file: "server/ledger/ledger.ts",
    code: "    return ops.map((op) => {\n      const committed = committedFromLog(op);\n      if (committed === undefined) throw versionUnknown();\n      return committed;\n    });",
    instead: "    return ops.flatMap((op) => committedFromLog(op) ?? []);",
    caughtBy: "test/ledger/lives.test.ts",
    titled: "wall in history",
  },
  {
    bug: "An op of the former life is committed to the next when it is sent again.",
    file: "server/ledger/refusals.ts",
    code: '  if (isEdit && code === "ERR_DOC_ALREADY_CREATED") return versionUnknown();\n',
    instead: "",
    caughtBy: "test/ledger/lives.test.ts",
    titled: "in the former life",
  },
];
