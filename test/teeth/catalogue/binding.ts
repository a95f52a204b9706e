// Bugs in what an editor's transaction becomes for the others.

import type { Bug } from "../bug.js";

export const binding: readonly Bug[] = [
  {
    bug: "An edit behind blocks that stay is said at the place where these begin.",
    file: "client/prosemirror/local.ts",
    code: "  const at = prefix === 0 ? start : leafEnd(leaves[prefix - 1]!);",
    instead: "  const at = old[0]?.at ?? start;",
    caughtBy: "test/prosemirror/edits.test.ts",
    titled: "puts a block between two items and leaves both alone",
  },
  {
    bug: "An edit takes text that gets a marker for the same as before.",
    file: "client/prosemirror/local.ts",
    code: "  isImplicit(x) === isImplicit(y) &&\n",
    instead: "",
    caughtBy: "test/prosemirror/edits.test.ts",
    titled: "lets text that had no marker go on under the marker before it",
  },
  {
    bug: "An edit that moves blocks counts them, however much is in them.",
    file: "client/prosemirror/windows.ts",
    code: "atomsOf(a[i]!) - (atStart && (i === 0) !== (j === 0) ? 1 : 0);",
    instead: "1;",
    caughtBy: "test/prosemirror/edits.test.ts",
    titled: "moves short blocks past a long one, not the long one past them",
  },
  {
    bug: "Undo is offered for what the others have taken back already.",
    file: "client/history.ts",
    code: "const { stack, next } = this.#carrying.carried(this.#done, doc);\n    this.#done",
    instead: "const [stack, next] = [this.#done, this.#done?.top];\n    this.#done",
    caughtBy: "test/client/history.test.ts",
    titled: "is said to be impossible as soon as others",
  },
  {
    bug: "A word between what somebody types and what a plugin adds is replaced.",
    file: "client/prosemirror/hunks.ts",
    code: "return this.#around(hunk) ?? [hunk];",
    instead: "return [hunk];",
    caughtBy: "test/prosemirror/fixers.test.ts",
    titled: "do not have the word replaced in which somebody types as well",
  },
  {
    bug: "To keep a block's marker is worth more than the one letter that moved past it.",
    file: "client/prosemirror/hunks.ts",
    code: "return same ? 0.48 : 0.45;",
    instead: "return same ? 2 : 1.2;",
    caughtBy: "test/prosemirror/fixers.test.ts",
    titled: "do not have the last word there twice",
  },
  {
    bug: "A state that shows something else is taken for an edit of the document that was on show.",
    file: "client/prosemirror/binding.ts",
    code: "const isOurs = this.#isOurs(editor.state);",
    instead: "const isOurs = true;",
    caughtBy: "test/prosemirror/collab.test.ts",
    titled: "leaves its document as it is when it is given a state that shows something else",
  },
  {
    bug: "An editor is set anew, with the caret at the start, when plugins come or go.",
    file: "client/prosemirror/binding.ts",
    code: "left.editor === editor && this.#isOnShow(left.view)",
    instead: "left.editor !== editor",
    caughtBy: "test/prosemirror/collab.test.ts",
    titled: "goes on where it is when plugins come and go",
  },
  {
    bug: "An editor goes on with what it shows when plugins come, although the document is not that.",
    file: "client/prosemirror/binding.ts",
    code: " && this.document.snapshot.equals(snapshot);",
    instead: ";",
    caughtBy: "test/prosemirror/collab.test.ts",
    titled: "shows the document anew when plugins come in the middle of a word",
  },
];
