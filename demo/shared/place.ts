// Where somebody was in a document comes back when its page does: the caret, and how far the page was scrolled. Kept for the
// tab, written when the page is about to go.
//
// The document comes back from this device as it was when its page went, so the caret stands on the same text; what others
// wrote meanwhile comes afterwards, and carries it along like any other.

import { webCaretStore } from "../../client/prosemirror/index.js";
import type { SharedDocument } from "../../client/types.js";
import type { Selection } from "../../ot/index.js";

export interface Placed {
  /** What is selected, in atoms of the visible document. */
  readonly selection: () => Selection;
  readonly select: (selection: Selection) => void;
  focus(): void;
}

/** Puts the caret where it was and the focus into the text, once the document is there. */
export function keepPlace(doc: SharedDocument, editor: Placed): void {
  const caret = webCaretStore(() => sessionStorage, doc.id);
  const key = `interline:scroll:${doc.id}`;
  let restored = false;
  const save = () => {
    if (!restored || doc.status === "fault") return;
    caret.save(editor.selection()).catch(() => {});
    try {
      sessionStorage.setItem(key, String(scrollY));
    } catch {
      // Then one comes back to the top.
    }
  };
  const restore = async () => {
    const kept = await caret.load().catch(() => undefined);
    // The editor is given the document in the turn in which it is ready.
    await new Promise((resolve) => setTimeout(resolve));
    restored = true;
    if (kept !== undefined) {
      editor.select(kept);
      scrollTo(0, Number(sessionStorage.getItem(key)));
    }
    editor.focus();
  };
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  doc.ready.then(restore, () => {});
}
