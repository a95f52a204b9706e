// The editor's shortcuts: which keys do what, in words that a page can show. `keymap.ts` is made of this table, so that a
// list of keys made from it is always true.
//
// Keys are written as prosemirror-keymap writes them; Mod is Command on Apple's devices and Control elsewhere. Keys that
// do what everybody expects of them (Enter, Backspace, Delete, arrows) are not shortcuts.

import { chainCommands, exitCode } from "prosemirror-commands";
import type { Command } from "prosemirror-state";
import { bindingOf } from "./collab.js";
import {
  bulletList,
  clearFormatting,
  indent,
  insertRule,
  isInList,
  type MarkName,
  orderedList,
  outdent,
  setBlock,
  softBreak,
  taskList,
  toggleBlock,
  toggleChecked,
  toggleMark,
  toggleQuote,
} from "./commands.js";
import { redo, undo } from "./history.js";
import { isA } from "./kinds.js";

export type ShortcutGroup = "Editing" | "Text" | "Blocks" | "Lists";

export interface Shortcut {
  readonly group: ShortcutGroup;
  /** What it does, in a few words of English. */
  readonly does: string;
  /** Each of them does it: `Mod-b`, `Shift-Tab`. The first is the one to show where there is room for one. */
  readonly keys: readonly string[];
  readonly command: Command;
}

export interface ShortcutOptions {
  /** What Mod-k does: the page asks for the address. */
  readonly link?: Command;
}

/** In a list Tab is for levels, also where there is no level to go to; it must not leave the editor by surprise. */
const tab =
  (command: Command): Command =>
  (state, dispatch, view) => {
    if (isInList(state)) return command(state, dispatch, view) || true;
    if (!isA(state.selection.$from.parent, "code_block")) return false;
    if (command === indent) dispatch?.(state.tr.insertText("\t").scrollIntoView());
    return true;
  };

/**
 * Undo and redo belong to the document, also where there is nothing to do: the next key in the line for Shift-Mod-z is Mod-z,
 * and behind that is the browser's own undo.
 */
const ofDocument =
  (command: Command): Command =>
  (state, dispatch, view) =>
    command(state, dispatch, view) || bindingOf(state) !== undefined;

const mark = (does: string, name: MarkName, ...keys: readonly string[]): Shortcut => ({
  group: "Text",
  does,
  keys,
  command: toggleMark(name),
});

/** All of them, in an order in which one would list them. */
export function editorShortcuts({ link }: ShortcutOptions = {}): readonly Shortcut[] {
  const levels = [1, 2, 3, 4, 5, 6] as const;
  return [
    { group: "Editing", does: "Undo", keys: ["Mod-z"], command: ofDocument(undo) },
    { group: "Editing", does: "Redo", keys: ["Shift-Mod-z", "Mod-y"], command: ofDocument(redo) },
    { group: "Editing", does: "Line break in the same block", keys: ["Shift-Enter"], command: softBreak },
    mark("Bold", "strong", "Mod-b"),
    mark("Italic", "em", "Mod-i"),
    mark("Underline", "underline", "Mod-u"),
    mark("Strikethrough", "strike", "Mod-Shift-x", "Mod-Shift-s"),
    mark("Code", "code", "Mod-e"),
    mark("Highlight", "highlight", "Mod-Shift-h"),
    mark("Superscript", "superscript", "Mod-."),
    mark("Subscript", "subscript", "Mod-,"),
    ...(link === undefined ? [] : [{ group: "Text", does: "Link", keys: ["Mod-k"], command: link } as const]),
    { group: "Text", does: "Clear formatting", keys: ["Mod-\\"], command: clearFormatting },
    { group: "Blocks", does: "Text", keys: ["Mod-Alt-0"], command: setBlock("paragraph") },
    ...levels.map((level) => ({
      group: "Blocks" as const,
      does: `Heading ${level}`,
      keys: [`Mod-Alt-${level}`],
      command: toggleBlock(`h${level}`),
    })),
    { group: "Blocks", does: "Code block", keys: ["Mod-Alt-c"], command: toggleBlock("code") },
    { group: "Blocks", does: "Quote", keys: ["Mod-Shift-."], command: toggleQuote },
    { group: "Blocks", does: "Horizontal rule", keys: ["Mod-_"], command: insertRule },
    { group: "Lists", does: "Numbered list", keys: ["Mod-Shift-7"], command: orderedList },
    { group: "Lists", does: "Bullet list", keys: ["Mod-Shift-8"], command: bulletList },
    { group: "Lists", does: "Task list", keys: ["Mod-Shift-9"], command: taskList },
    { group: "Lists", does: "More indent", keys: ["Tab"], command: tab(indent) },
    { group: "Lists", does: "Less indent", keys: ["Shift-Tab"], command: tab(outdent) },
    {
      group: "Lists",
      does: "Tick a task; leave a code block",
      keys: ["Mod-Enter"],
      command: chainCommands(toggleChecked, exitCode),
    },
  ];
}
