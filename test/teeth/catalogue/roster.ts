// Bugs in listing who is here, and the keys.

import type { Bug } from "../bug.js";

export const roster: readonly Bug[] = [
  {
    bug: "Somebody with two tabs is listed as busy as their first one.",
    file: "demo/shared/people.ts",
    code: "liveliest.indexOf(a.activity) - liveliest.indexOf(b.activity)",
    instead: "liveliest.indexOf(a.activity) * 0",
    caughtBy: "test/editor/roster.test.ts",
    titled: "are listed once each, ourselves first, as lively as their liveliest tab",
  },
  {
    bug: "A tab without a caret hides the one that has it.",
    file: "demo/shared/people.ts",
    code: "livelyFirst.find(({ selection }) => selection !== null)?.src",
    instead: "(livelyFirst[0]!.selection === null ? undefined : livelyFirst[0]!.src)",
    caughtBy: "test/editor/roster.test.ts",
    titled: "can be gone to where they have a caret, be it in a quieter tab",
  },
  {
    bug: "One key is given to two things.",
    file: "client/prosemirror/shortcuts.ts",
    code: 'mark("Subscript", "subscript", "Mod-,")',
    instead: 'mark("Subscript", "subscript", "Mod-.")',
    caughtBy: "test/editor/roster.test.ts",
    titled: "has no key twice",
  },
  {
    bug: "On a narrow window a menu begins beyond its edge.",
    file: "demo/shared/popup.ts",
    code: "  if (aside !== 0) menu.style.translate = `${aside}px`;\n",
    instead: "  void aside;\n",
    caughtBy: "test/editor/dialogs.test.ts",
    titled: "stays within the window where its button is too near to an edge",
  },
];
