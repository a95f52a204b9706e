// Words that are dragged within a CodeMirror editor go as they are when they are dropped. The view has put what they were into the
// drag when that began, and takes away what stands there at the drop, with what others have written in it meanwhile.

import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** What a view knows of its own drag, carried past what others write, has no public name. */
interface Dragging {
  readonly inputState?: { readonly draggedContent?: { readonly from: number; readonly to: number } | null };
}

/** For one view. */
export function draggedText(): Extension {
  /** While something is dropped that was dragged in this very view. */
  let now = "";
  return [
    EditorView.domEventHandlers({
      drop(_event, view) {
        const range = (view as unknown as Dragging).inputState?.draggedContent;
        now = range ? view.state.sliceDoc(range.from, range.to) : "";
        // The view itself hears of the drop right after this, and what is pasted later is something else.
        queueMicrotask(() => {
          now = "";
        });
        return false;
      },
    }),
    // Of what others have deleted there is what it was.
    EditorView.clipboardInputFilter.of((text) => now || text),
  ];
}
