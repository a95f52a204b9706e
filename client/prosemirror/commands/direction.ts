// Alignment and direction of the selected textblocks. Null is what the text itself or the style sheet says.

import type { Command } from "prosemirror-state";

export type Align = "left" | "center" | "right" | "justify";
export type Direction = "ltr" | "rtl";

const setOnTextblocks =
  (name: "align" | "dir", value: string | null): Command =>
  (state, dispatch) => {
    const { tr } = state;
    for (const { $from, $to } of state.selection.ranges) {
      state.doc.nodesBetween($from.pos, $to.pos, (node, pos) => {
        if (node.isTextblock && node.attrs[name] !== undefined && node.attrs[name] !== value)
          tr.setNodeAttribute(pos, name, value);
        return !node.isTextblock;
      });
    }
    if (!tr.docChanged) return false;
    dispatch?.(tr);
    return true;
  };

/** Aligns the selected textblocks; null: as their direction says. False where they all are so already. */
export const setAlign = (align: Align | null): Command => setOnTextblocks("align", align);

/** Sets the direction of the selected textblocks; null: as their first letters say. False where they all are so already. */
export const setDirection = (direction: Direction | null): Command => setOnTextblocks("dir", direction);
