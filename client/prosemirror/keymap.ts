// The editor's keys. What they do to structure is `commands/keys.ts`; undo and redo are the binding's own, which take
// back only what was done here.
//
//   marks     Mod-b i u e · Mod-Shift-x or s strike · Mod-Shift-h highlight · Mod-. super · Mod-, sub · Mod-\ clear
//   blocks    Mod-Alt-0 paragraph · Mod-Alt-1…6 headings · Mod-Alt-c code · Mod-Shift-. quote · Mod-_ rule
//   lists     Mod-Shift-7 numbers · 8 bullets · 9 tasks · Tab, Shift-Tab levels · Mod-Enter tick
//   text      Enter, Backspace, Delete · Shift-Enter soft break · Mod-k link · Mod-z, Shift-Mod-z, Mod-y

import { baseKeymap, chainCommands, exitCode } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { Command, Plugin } from "prosemirror-state";
import {
  backspace,
  bulletList,
  clearFormatting,
  enter,
  forwardDelete,
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

export interface EditorKeymapOptions {
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

const marks: { readonly [key: string]: MarkName } = {
  "Mod-b": "strong",
  "Mod-B": "strong",
  "Mod-i": "em",
  "Mod-I": "em",
  "Mod-u": "underline",
  "Mod-U": "underline",
  "Mod-e": "code",
  "Mod-Shift-x": "strike",
  "Mod-Shift-s": "strike",
  "Mod-Shift-h": "highlight",
  "Mod-.": "superscript",
  "Mod-,": "subscript",
};

/** The keys as a plugin; put it before others that handle the same keys. Where a command does not apply, the next does. */
export function editorKeymap({ link }: EditorKeymapOptions = {}): Plugin {
  const keys: { [key: string]: Command } = {
    "Mod-z": undo,
    "Shift-Mod-z": redo,
    "Mod-y": redo,
    "Mod-\\": clearFormatting,
    "Mod-Alt-0": setBlock("paragraph"),
    "Mod-Alt-c": toggleBlock("code"),
    "Mod-Shift-7": orderedList,
    "Mod-Shift-8": bulletList,
    "Mod-Shift-9": taskList,
    "Mod-Shift-.": toggleQuote,
    "Mod-_": insertRule,
    Tab: tab(indent),
    "Shift-Tab": tab(outdent),
    Enter: enter,
    "Shift-Enter": softBreak,
    "Mod-Enter": chainCommands(toggleChecked, exitCode),
    Backspace: chainCommands(undoInputRule, backspace),
    "Mod-Backspace": backspace,
    "Shift-Backspace": backspace,
    Delete: forwardDelete,
    "Mod-Delete": forwardDelete,
  };
  for (const [key, name] of Object.entries(marks)) keys[key] = toggleMark(name);
  for (const level of [1, 2, 3, 4, 5, 6] as const) keys[`Mod-Alt-${level}`] = toggleBlock(`h${level}`);
  if (link) keys["Mod-k"] = link;
  for (const [key, command] of Object.entries(baseKeymap))
    keys[key] = keys[key] ? chainCommands(keys[key], command) : command;
  return keymap(keys);
}
