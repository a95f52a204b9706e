// The editor's keys: the shortcuts of `shortcuts.ts`, and Enter, Backspace and Delete. What those do to structure is
// `commands/keys.ts`; undo and redo are the binding's own, which take back only what was done here.

import { baseKeymap, chainCommands } from "prosemirror-commands";
// Of rules that are not ours; `takeBack` knows those of `editorRules`.
import { undoInputRule } from "prosemirror-inputrules";
import { keydownHandler } from "prosemirror-keymap";
import { type Command, Plugin } from "prosemirror-state";
import { readCaretAt } from "./caret-now.js";
import { backspace, enter, forwardDelete } from "./commands.js";
import { editorShortcuts, type ShortcutOptions } from "./shortcuts.js";
import { takeBack } from "./take-back.js";

export type EditorKeymapOptions = ShortcutOptions;

/** The keys as a plugin; put it before others that handle the same keys. Where a command does not apply, the next does. */
export function editorKeymap(options: EditorKeymapOptions = {}): Plugin {
  const keys: { [key: string]: Command } = {
    Enter: enter,
    Backspace: chainCommands(takeBack, undoInputRule, backspace),
    "Mod-Backspace": backspace,
    "Shift-Backspace": backspace,
    Delete: forwardDelete,
    "Mod-Delete": forwardDelete,
  };
  for (const { keys: names, command } of editorShortcuts(options)) {
    for (const name of names) keys[name] = command;
  }
  // With caps lock on.
  for (const name of ["Mod-b", "Mod-i", "Mod-u", "Mod-z", "Shift-Mod-z", "Mod-y"])
    keys[name.replace(/.$/, (letter) => letter.toUpperCase())] = keys[name]!;
  for (const [key, command] of Object.entries(baseKeymap))
    keys[key] = keys[key] ? chainCommands(keys[key], command) : command;
  return new Plugin({
    props: { handleKeyDown: keydownHandler(keys), handleDOMEvents: { keydown: readCaretAt } },
  });
}
