// Bugs in what many people cost.

import type { Bug } from "../bug.js";

export const crowd: readonly Bug[] = [
  {
    bug: "Carets far out of sight are measured all the same.",
    file: "client/prosemirror/caret-overlay.ts",
    code: "      if (!this.#isBlockNear(at)) return [];\n",
    instead: "",
    caughtBy: "test/editor/crowd.test.ts",
    titled: "are measured where one looks, and nowhere else",
  },
  {
    bug: "Carets are drawn in every frame, whether they move or not.",
    file: "client/prosemirror/caret-overlay.ts",
    code: "    for (const place of places) this.#write(place);\n",
    instead: "    for (const place of places) this.#write(place);\n    this.#schedule();\n",
    caughtBy: "test/editor/crowd.test.ts",
    titled: "ask for no frame, no timer and no layout while nobody does anything",
  },
];
