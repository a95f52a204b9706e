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
  {
    bug: "Whoever may comment may make any op over HTTP.",
    file: "server/documents/core.ts",
    code: "      await by?.allow?.(ops?.flat() ?? one);\n",
    instead: "",
    caughtBy: "test/api/http-matrix.test.ts",
    titled: "is decided for a commenter by a token",
  },
  {
    bug: "Whoever may write documents may have webhooks for them.",
    file: "server/webhooks/owners.ts",
    code: 'NEEDED: Action = "manage"',
    instead: 'NEEDED: Action = "write"',
    caughtBy: "test/api/http-matrix.test.ts",
    titled: "is decided for an editor by a token",
  },
  {
    bug: "A webhook goes on telling what its owner may not hear of any more.",
    file: "server/webhooks/sending.ts",
    code: 'if (verdict === "may not") return',
    instead: "if (false as boolean) return",
    caughtBy: "test/api/webhook-owners.test.ts",
    titled: "is told nothing of a document that the rules have taken away",
  },
  {
    bug: "A dry run does not ask the operator's rule.",
    file: "server/documents/submitting.ts",
    code: "    await judge?.(",
    instead: "    void (",
    caughtBy: "test/api/submitting.test.ts",
    titled: "are refused in a dry run by beforeCommit",
  },
];
