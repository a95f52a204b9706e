// Bugs in showing where the others are.

import type { Bug } from "../bug.js";

export const presence: readonly Bug[] = [
  {
    bug: "Carets stand where they were when others type before them.",
    file: "client/whereabouts.ts",
    code: "    this.#at &&= this.trail.type.transformSelection(this.#at, op, src === this.src);\n",
    instead: "",
    caughtBy: "test/client/presence.test.ts",
  },
  {
    bug: "A caret that comes late is shown where it was.",
    file: "client/whereabouts.ts",
    code: "      .filter((step) => step.version > version)",
    instead: "      .filter((step) => step.version > version + REMEMBERED)",
    caughtBy: "test/client/presence.test.ts",
  },
  {
    bug: "A position that was overtaken replaces the one that overtook it.",
    file: "server/roster.ts",
    code: "(mine.told.presence !== null && presence.n <= mine.told.presence.n)",
    instead: "(mine.told.presence !== null && presence.n < 0)",
    caughtBy: "test/server/rooms.test.ts",
  },
  {
    bug: "The last position before a pause is dropped.",
    file: "server/presence.ts",
    code: "      held.set(doc, presence);\n      if (!waiting) intervalEnds();",
    instead: "      if (waiting) return;\n      held.set(doc, presence);\n      intervalEnds();",
    caughtBy: "test/server/rooms.test.ts",
  },
];
