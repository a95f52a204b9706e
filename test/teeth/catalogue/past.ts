// Bugs in how the pages show history, authorship and traces.

import type { Bug } from "../bug.js";

export const past: readonly Bug[] = [
  {
    bug: "What an op deleted is gone from the page that shows what it did.",
    file: "demo/history/shown.ts",
    code: "kept.skip(component.d);",
    instead: "kept.delete(component.d);",
    caughtBy: "test/editor/past.test.ts",
    titled: "is shown with what it deleted still there, counted in code points",
  },
  {
    bug: "The last reel of a history that has grown is never fetched again.",
    file: "demo/history/film.ts",
    code: "kept !== undefined && kept.to >= needed",
    instead: "kept !== undefined",
    caughtBy: "test/editor/past.test.ts",
    titled: "fetches its last reel again when history has grown, and what failed when it is wanted again",
  },
  {
    bug: "What is ours and unsaved is told as written by whoever wrote beside it.",
    file: "demo/shared/authorship.ts",
    code: '      push(result, { kind: "unsaved", length: lengthChange([component]) });',
    instead: "      push(result, { ...runs[0]!, length: lengthChange([component]) });",
    caughtBy: "test/editor/authorship.test.ts",
    titled: "is carried past what is not saved yet, which is told apart from what stood there",
  },
];
