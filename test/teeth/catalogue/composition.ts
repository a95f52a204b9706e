// Bugs in leaving alone whoever composes a word, and in leaving most of a long document alone.

import type { Bug } from "../bug.js";

export const composition: readonly Bug[] = [
  {
    bug: "What others type breaks the word that is being composed.",
    file: "client/prosemirror/exchange.ts",
    code: "composing ? this.#composition.extent : undefined",
    instead: "undefined",
    caughtBy: "test/prosemirror/composition.test.ts",
    titled: "is not disturbed in its block, while other blocks change at once",
  },
  {
    bug: "A composition that waits for the others' changes is sent half-made.",
    file: "client/prosemirror/exchange.ts",
    code: '(urgency === "free" && !composing)',
    instead: 'urgency === "free"',
    caughtBy: "test/prosemirror/composition.test.ts",
    titled: "is not sent because somebody looked",
  },
  {
    bug: "Whoever looks through a list of candidates for five seconds gets the word twice.",
    file: "client/prosemirror/composition.ts",
    code: 'this.#looks * lookMs < maxIdleMs ? "free" : "now"',
    instead: '"now"',
    caughtBy: "test/prosemirror/composition.test.ts",
    titled: "does not give way while something is composed",
  },
  {
    bug: "While somebody composes, others' carets are shown beside where they are.",
    file: "client/prosemirror/deferral.ts",
    code: 'return positionBefore(transformPosition(position, typed, "before"), unseen);',
    instead: "return position;",
    caughtBy: "test/prosemirror/deferral.test.ts",
    titled: "leads to the same atom on the other side",
  },
  {
    bug: "To move the items behind a place to another list, all of their text is read.",
    file: "client/prosemirror/step-ranges.ts",
    code: "  if (atom - at === atoms) return pos + size;\n",
    instead: "",
    caughtBy: "test/prosemirror/cost.test.ts",
    titled: "moves the items behind it",
  },
  {
    bug: "Keys act where the caret was a moment ago.",
    file: "client/prosemirror/caret-now.ts",
    code: "  if (!event.isComposing && event.keyCode !== 229) readCaret(view);\n",
    instead: "",
    caughtBy: "test/editor/browser.test.ts",
    titled: "has a key act where the caret is",
  },
  {
    bug: "A view that is given another state as its caret is read has that taken for what was typed.",
    file: "client/prosemirror/exchange.ts",
    code: "    if (this.#closed || this.#editor.isDestroyed) return;\n",
    instead: "",
    caughtBy: "test/prosemirror/exchange.test.ts",
    titled: "leaves a document alone whose view is given another state by who hears of the caret",
  },
  {
    bug: "What others write puts back a caret that has just been moved.",
    file: "client/prosemirror/exchange.ts",
    code: "    if (this.#apart.remote.length > 0) this.#readCaret();\n",
    instead: "",
    caughtBy: "test/editor/people.test.ts",
    titled: "leave a caret where it has just been moved to",
  },
  {
    bug: "Where others select puts back a caret that has just been moved.",
    file: "client/prosemirror/cursors.ts",
    code: "        if (highlights === undefined) readCaret(view);\n",
    instead: "",
    caughtBy: "test/editor/people.test.ts",
    titled: "when they select and the browser has no highlights",
  },
];
