// The caret that a key acts on. A browser moves the caret at once and says so a frame later; Home and Enter within that
// frame, from quick hands, a macro or dictation, would split the line where the caret was. So the view reads the selection
// before a key is looked up.
//
// What is done here is what the browser's own `selectionchange` does, only earlier; where nothing has moved it does nothing.

import type { EditorView } from "prosemirror-view";

/** The part of a view that hears of the selection has no public name. */
interface Observed {
  readonly domObserver?: { onSelectionChange?(): void };
}

/** An input method's keys are its own, and its caret is read when it is done. @returns false: the event goes on */
export function readCaret(view: EditorView, event: KeyboardEvent): boolean {
  if (!view.composing && !event.isComposing && event.keyCode !== 229)
    (view as unknown as Observed).domObserver?.onSelectionChange?.();
  return false;
}
