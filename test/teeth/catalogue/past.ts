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
  {
    bug: "The film of a document that was made anew asks for what was before its present life.",
    file: "demo/history/film.ts",
    code: "    const from = this.#source.began + number * REEL;",
    instead: "    const from = number * REEL;",
    caughtBy: "test/editor/past.test.ts",
    titled: "begins where history begins, and never asks for what was before",
  },
  {
    bug: "A history does not say that its document was made anew.",
    file: "server/documents/history.ts",
    code: "        began: await lives.began(id, head),",
    instead: "        began: 0,",
    caughtBy: "test/history/service.test.ts",
    titled: "goes on from the beginning of a life that began anew",
  },
  {
    bug: "Who may only read is offered to restore.",
    file: "demo/history/actions.ts",
    code: "      restoring.hidden = !past.mayWrite || range().to >= past.head;",
    instead: "      restoring.hidden = range().to >= past.head;",
    caughtBy: "test/editor/past-page.test.ts",
    titled: "offers to name and restore to those who may write",
  },
  {
    bug: "What is done before an asked version is on show is done to the newest.",
    file: "demo/history/page.ts",
    code: "    if (!begun) return;",
    instead: "",
    caughtBy: "test/editor/past-page.test.ts",
    titled: "offers to name and restore nothing before it is on show",
  },
  {
    bug: "Two authors of one document look the same, by chance.",
    file: "demo/shared/authors.ts",
    code: "      while (taken.has(own)) own = (own + 1) % PALETTE_SIZE;",
    instead: "      {}",
    caughtBy: "test/editor/past.test.ts",
    titled: "are each their usual one, and another one for whoever comes second",
  },
];
