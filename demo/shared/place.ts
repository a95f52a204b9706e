// Where somebody was in a document comes back when its page does: the caret, and how far the text was scrolled. Kept for the
// tab, written when the page is about to go. What was selected is not selected again: what stands there may be others' by then,
// and one key would replace it.
//
// The document comes back from this device as it was when its page went, or a moment before, and then what is missing comes
// from the server: the caret stands on the same text. What others wrote meanwhile comes afterwards, and carries it along.

import { carrying, putBack } from "../../client/carried.js";
import { webCaretStore } from "../../client/prosemirror/index.js";
import type { SharedDocument } from "../../client/types.js";
import type { Selection } from "../../ot/index.js";

/** How far a text is scrolled: so many CSS pixels, or the line that begins at `line` stands so many below the window's top. */
export interface Scrolled {
  readonly px: number;
  readonly line?: number;
}

export interface Placed {
  /** What is selected, in atoms of the visible document. */
  readonly selection: () => Selection;
  /** @param scrolls  whether what is selected comes into view */
  readonly select: (selection: Selection, scrolls: boolean) => void;
  readonly scrolled: () => Scrolled;
  /** Scrolls it so far, as soon as it is drawn. */
  readonly scrollTo: (scrolled: Scrolled) => void;
  focus(): void;
}

/** Of an editor that is as high as its text. */
export const pageScroll = {
  scrolled: (): Scrolled => ({ px: scrollY }),
  scrollTo: ({ px }: Scrolled) => scrollTo(0, px),
};

/** Who waits for a document may have begun to do something else on its page. */
const nothingHasFocus = () => document.activeElement === null || document.activeElement === document.body;

/** Puts the caret where it was, and the focus into the text unless it is elsewhere, once the document is there. */
export function keepPlace(doc: SharedDocument, editor: Placed): void {
  const caret = webCaretStore(() => sessionStorage, doc.id);
  const key = `interline:scrolled:${doc.id}`;
  let restored = false;
  let put: ReturnType<typeof putBack> | undefined;
  const save = () => {
    if (!restored || doc.status === "fault") return;
    if (put?.isWaiting() !== true)
      caret.save({ ...editor.selection(), version: doc.version }).catch(() => {});
    try {
      sessionStorage.setItem(key, JSON.stringify(editor.scrolled()));
    } catch {
      // Then one comes back to the caret.
    }
  };
  const restore = async () => {
    const since = carrying(doc);
    const kept = await caret.load().catch(() => undefined);
    // The editor is given the document in the turn in which it is ready.
    await new Promise((resolve) => setTimeout(resolve));
    restored = true;
    if (kept === undefined) since.stop();
    else {
      const { head, version } = kept;
      const scrolled = sessionStorage.getItem(key);
      const { selection: selected } = editor;
      const select = (place: Selection) => editor.select(place, scrolled === null);
      put = putBack(doc, { selected, select }, since, { selection: { anchor: head, head }, version });
      if (scrolled !== null) editor.scrollTo(JSON.parse(scrolled));
    }
    if (nothingHasFocus()) editor.focus();
  };
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  doc.ready.then(restore, () => {});
}
