// The caret where it is now. A browser moves it at once and says so a moment later; until then the view takes it to be where it was.
// Home and Enter within that moment, from quick hands, a macro or dictation, would split the line where the caret was; and
// somebody else's text, shown within it, would put the caret back there. So the view reads the selection before a key is looked
// up, before something is cut, copied or pasted, and before what others have written is shown.
//
// The same goes for what a telephone's Backspace has deleted. On Android the view reads that 20 ms late: what is shown in between
// would put the caret a letter off, and where a letter is can no longer be measured.
//
// What is done here is what the browser's own `selectionchange` and the view's own timer do, only earlier; where there is nothing
// to read it does nothing.

import type { EditorView } from "prosemirror-view";

/** The parts of a view that hear of the selection, of what the browser has changed and of the focus have no public names. */
interface Observed {
  readonly domObserver?: { onSelectionChange?(): void; forceFlush?(): void };
  readonly input?: { lastFocus?: number };
}

/** What has been deleted, before anything is measured in a frame. */
export function readDeleted(view: object): void {
  (view as Observed).domObserver?.forceFlush?.();
}

/** In the middle of a composition the caret is the input method's, and is read when that is done. */
export function readCaret(view: Pick<EditorView, "composing">): void {
  readDeleted(view);
  if (!view.composing) (view as unknown as Observed).domObserver?.onSelectionChange?.();
}

/** Before a key is looked up. An input method's keys are its own. @returns false: the event goes on */
export function readCaretAt(view: EditorView, event: KeyboardEvent): boolean {
  if (!event.isComposing && event.keyCode !== 229) readCaret(view);
  // Soon after the focus a caret that goes to the beginning is put back, for some browsers move it there; a key is its owner's.
  const { input } = view as unknown as Observed;
  if (input !== undefined) input.lastFocus = 0;
  return false;
}

/** Before what is selected is cut or copied, or something pasted: by a menu or by voice no key comes before that. */
export function readCaretFirst(view: EditorView): boolean {
  readCaret(view);
  return false;
}
