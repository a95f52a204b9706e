// Undo and redo as editor commands. What is undone is one's own last step, in the document as the others have made it
// since; the history itself is the document's (`client/history.ts`), so it is the same for every editor that shows it.

import type { Command } from "prosemirror-state";
import { bindingOf } from "./collab.js";

const reverse =
  (which: "undo" | "redo"): Command =>
  (state, dispatch) => {
    const binding = bindingOf(state);
    if (binding === undefined || !(binding.editable || binding.commenting)) return false;
    if (dispatch === undefined) return which === "undo" ? binding.document.canUndo : binding.document.canRedo;
    return binding.reverse(which);
  };

/** Takes back one's own last step, whatever the others have done since, and selects what was selected before it. */
export const undo: Command = reverse("undo");

/** Does again what was last undone. */
export const redo: Command = reverse("redo");
