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
    code: "    if (Buffer.compare(receipt.hash, submitted) !== 0) throw seqReused();\n",
    instead: "",
    caughtBy: "test/ledger/once.test.ts",
  },
  {
    bug: "Ops of one document race each other to the database.",
    file: "server/ledger/ledger.ts",
    code: "submit: (doc, submission) => work(doc, async () => queued(doc, () => submit(doc, submission))),",
    instead: "submit: (doc, submission) => work(doc, async () => submit(doc, submission)),",
    caughtBy: "test/ledger/service.test.ts",
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
