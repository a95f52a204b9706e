// Bugs in the bindings of plain text.

import type { Bug } from "../bug.js";

export const plain: readonly Bug[] = [
  {
    bug: "What is typed while something of the others is still to be shown is sent where it was typed, not where it belongs.",
    file: "client/plain/meeting.ts",
    code: "    const { op, apart } = sent(this.#apart);\n",
    instead: "    const op = this.#apart.local;\n    const { apart } = sent(this.#apart);\n",
    caughtBy: "test/plain/meeting.test.ts",
    titled: "in whatever order typing, sending and showing happen",
  },
  {
    bug: "A plain editor sends what was typed in the middle of a change that it has not heard of.",
    file: "client/plain/meeting.ts",
    code: "if (!this.isHolding || !this.#isUpToDate()) return;",
    instead: "if (!this.isHolding) return;",
    caughtBy: "test/plain/meeting.test.ts",
    titled: "in the middle of a change before all of it",
  },
  {
    bug: "An edit in CodeMirror that halves an emoji leaves the other half out of account.",
    file: "client/plain/changes.ts",
    code: "  return /^[\\ud800-\\udbff][\\udc00-\\udfff]$/.test(around);",
    instead: "  return around === undefined;",
    caughtBy: "test/plain/meeting.test.ts",
    titled: "also where they would halve an emoji",
  },
  {
    bug: "What is cut from a one-line input and pasted again has a sign in place of its line feeds, for everybody.",
    file: "client/plain/textarea.ts",
    code: "    if (!this.isLine) return op;\n",
    instead: "    if (op.length >= 0) return op;\n",
    caughtBy: "test/plain/bindings.test.ts",
    titled: "keeps line feeds line feeds for everybody",
  },
  {
    bug: "Undo of the system's menu in CodeMirror is left to the browser.",
    file: "client/plain/codemirror.ts",
    code: '        if (inputType === "historyUndo") return ofDocument(undo)(view);\n',
    instead: "",
    caughtBy: "test/plain/bindings.test.ts",
    titled: "undoes by the system's own menu, one's own edits only",
  },
  {
    bug: "A word that is being composed in CodeMirror is not saved when the page goes.",
    file: "client/plain/codemirror.ts",
    code: "      whenLeaving(() => this.#loaded && this.#submit()),\n",
    instead: "",
    caughtBy: "test/plain/bindings.test.ts",
    titled: "CodeMirror has submitted a word that is being composed before the page that goes",
  },
  {
    bug: "What is on the device of a page that goes was written before its editor let go of a word.",
    file: "client/leaving.ts",
    code: "{ capture: true }",
    instead: "{ capture: false }",
    caughtBy: "test/plain/bindings.test.ts",
    titled: "a text area has submitted a word that is being composed before the page that goes",
  },
  {
    bug: "A text area that stays in the page keeps the document that it shows no more.",
    file: "client/plain/textarea.ts",
    code: "    bound.delete(this.element);\n",
    instead: "",
    caughtBy: "test/plain/bindings.test.ts",
    titled: "holds no document that it shows no more, though it stays in the page",
  },
  {
    bug: "A text area that is given another document is still the first one's.",
    file: "client/plain/textarea.ts",
    code: "  bound.get(element)?.end();\n",
    instead: "",
    caughtBy: "test/plain/bindings.test.ts",
    titled: "shows the document that it was given last, and leaves the one before as it is",
  },
];
