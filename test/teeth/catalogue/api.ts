// Bugs in what programs ask for: once, of the right version, of the present life, and by what the API says of itself.

import type { Bug } from "../bug.js";

export const api: readonly Bug[] = [
  {
    bug: "What must be the head may be any version.",
    file: "server/ledger/backend.ts",
    code: 'if (typeof ifVersion === "number" && request.op.v !== ifVersion)',
    instead: "if (ifVersion === null)",
    caughtBy: "test/api/keys.test.ts",
    titled: "is refused if the head is another than it must be, and nothing is done",
  },
  {
    bug: "Whatever is asked for under a key is answered by what was done under it.",
    file: "server/ledger/ledger.ts",
    code: "if (Buffer.compare(receipt.hash, fingerprintOf(submission)) !== 0) throw",
    instead: "if (receipt.hash.length === 0) throw",
    caughtBy: "test/api/keys.test.ts",
    titled: "is done once under its key, and answered as the first time after others have gone on",
  },
  {
    bug: "A document's earlier life is shown under its present one.",
    file: "server/documents/lives.ts",
    code: "if (when.version < first) throw unknown();",
    instead: "",
    caughtBy: "test/api/keys.test.ts",
    titled: "ends where its present life began",
  },
  {
    bug: "What is in the query is taken as text.",
    file: "server/api/validation.ts",
    code: "values[name] = Number(value);",
    instead: "values[name] = value;",
    caughtBy: "test/api/conditions.test.ts",
    titled: "reads versions as what never changes, and the head as what may",
  },
];
