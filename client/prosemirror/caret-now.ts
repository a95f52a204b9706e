// The caret where it is now. A browser moves it at once and says so a moment later; until then the view takes it to be where it was.
// Home and Enter within that moment, from quick hands, a macro or dictation, would split the line where the caret was; and
// somebody else's text, shown within it, would put the caret back there. So the view reads the selection before a key is looked
// up, and before what others have written is shown.
//
// What is done here is what the browser's own `selectionchange` does, only earlier; where nothing has moved it does nothing.

import type { EditorView } from "prosemirror-view";

/** The part of a view that hears of the selection has no public name. */
interface Observed {
  readonly domObserver?: { onSelectionChange?(): void };
}

/** In the middle of a composition the caret is the input method's, and is read when that is done. */
export function readCaret(view: Pick<EditorView, "composing">): void {
  if (!view.composing) (view as unknown as Observed).domObserver?.onSelectionChange?.();
}

/** Before a key is looked up. An input method's keys are its own. @returns false: the event goes on */
export function readCaretAt(view: EditorView, event: KeyboardEvent): boolean {
  if (!event.isComposing && event.keyCode !== 229) readCaret(view);
  return false;
}
