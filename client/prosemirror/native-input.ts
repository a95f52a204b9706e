// Text that the browser would put in by itself in place of what is selected: with styles of its own making, which content
// policies refuse, where it joins blocks or replaces code; and where a whole last line is selected, Firefox takes the line break
// before it away, or writes above that. And a tab that no Tab key has made, as a browser wraps it up. The editor would read the
// outcome and draw it anew. One transaction does the same without that.
//
// And what asks for undo without a key: the system's menu, a shake of the device, three fingers, a keyboard of a phone. The
// browser would take back what it has put in by itself, and nothing of what keys, commands and pastes have done.
//
// And a character that Firefox would put in by halves (`halves.ts`).
//
// And Backspace and Enter of a phone's keyboard, which names no keys: the view has to tell them by what they do to the page.

import type { EditorView } from "prosemirror-view";
import { halves } from "../halves.js";

/** What a `beforeinput` asks for that can be kept from the browser. */
export function reversalIn({ inputType, cancelable }: InputEvent): "undo" | "redo" | undefined {
  if (!cancelable) return undefined;
  return inputType === "historyUndo" ? "undo" : inputType === "historyRedo" ? "redo" : undefined;
}

/** What a keyboard that names no keys says of each. */
const SOME_KEY = 229;

/** The part of a view that knows of keys has no public name. */
interface Keyed {
  readonly input?: { readonly lastKeyCode?: number | null; lastKeyDispatched?: boolean };
}

/**
 * For `beforeinput`. A view gives each key to the keymap once (prosemirror-view 1.42.9), and takes that as done by some key or
 * other: Backspace and Enter, told by what they have done, would get there no more, and the page's own joining of blocks is kept.
 */
export function awaitKey(view: EditorView): void {
  const { input } = view as unknown as Keyed;
  if (input?.lastKeyCode === SOME_KEY) input.lastKeyDispatched = false;
}

/** For `beforeinput`. @returns whether the text has been put in, and the browser is to do nothing */
export function insertUnstyled(view: EditorView, event: InputEvent): boolean {
  const { inputType, data, isComposing, cancelable } = event;
  if (inputType !== "insertText" || !data || isComposing || view.composing || !cancelable) return false;
  const [range] = event.getTargetRanges();
  const isTab = data.includes("\t");
  if (range === undefined || (range.collapsed && !isTab) || !view.editable) return false;
  // What the browser has selected, of which the editor may not have heard yet.
  const from = view.posAtDOM(range.startContainer, range.startOffset);
  const to = view.posAtDOM(range.endContainer, range.endOffset);
  if (from > to || (from === to && !isTab)) return false;
  event.preventDefault();
  putIn(view, data, from, to);
  return true;
}

function putIn(view: EditorView, text: string, from: number, to: number): void {
  const insert = () => view.state.tr.insertText(text, from, to).scrollIntoView();
  const handled = view.someProp("handleTextInput", (handle) => handle(view, from, to, text, insert));
  if (!handled) view.dispatch(insert());
}

/** For `keypress`: a character that comes in halves is put in whole, where the caret is or in place of what is selected. */
export function wholeCharacters(): (view: EditorView, event: KeyboardEvent) => boolean {
  const read = halves();
  return (view, event) => {
    const text = read(event);
    if (text === undefined || !view.editable) return false;
    event.preventDefault();
    const { from, to } = view.state.selection;
    if (text !== "") putIn(view, text, from, to);
    return true;
  };
}
