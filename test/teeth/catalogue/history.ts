// Bugs in what is told of the past, and in the ways back.

import type { Bug } from "../bug.js";

export const history: readonly Bug[] = [
  {
    bug: "Text that an undo brings back is the undoer's.",
    file: "server/history/strand.ts",
    code: "    if (found === undefined) {",
    instead: "    if (found === undefined || atoms > 0) {",
    caughtBy: "test/history/authors.test.ts",
    titled: "is the same again after any op and its inverse",
  },
  {
    bug: "A letter typed where a word was deleted is that word's author's.",
    file: "server/history/graves.ts",
    code: "const PART = 8;",
    instead: "const PART = 1;",
    caughtBy: "test/history/service.test.ts",
    titled: "takes letters typed where a word was deleted for new ones",
  },
  {
    bug: "Taking back what one author wrote brings back what somebody else deleted.",
    file: "server/history/revert.ts",
    code: "while (flip !== undefined && taken(flip.stamp)) flip = flip.before;",
    instead: "while (flip !== undefined && !flip.alive) flip = flip.before;",
    caughtBy: "test/history/authors.test.ts",
    titled: "removes what is left of it, brings back what they deleted, and keeps all that the others did",
  },
  {
    bug: "What came back since is said to have been deleted.",
    file: "server/history/diff.ts",
    code: 'return ["kept", undefined];',
    instead: 'return run.flips === undefined ? ["kept", undefined] : ["deleted", run.flips.stamp];',
    caughtBy: "test/history/laws.test.ts",
    titled: "differs by parts that are the document before and the document after",
  },
  {
    bug: "The fold of a former life of the document is gone on with.",
    file: "server/documents/past.ts",
    code: "known?.epoch === head.epoch",
    instead: "known !== undefined",
    caughtBy: "test/history/service.test.ts",
    titled: "goes on from the beginning of a life that began anew",
  },
];
