// Ticking a task by its box. The box is drawn by the style sheet in front of the item (`li[data-checked]::before`), so a
// click on it hits the item itself, to the side of its content.

import { Plugin } from "prosemirror-state";
import { isA } from "./kinds.js";

/** The plugin that ticks and unticks tasks by click or tap; the keyboard has `toggleChecked`. */
export const taskBoxes = (): Plugin =>
  new Plugin({
    props: {
      handleDOMEvents: {
        mousedown(view, event) {
          const box = event.target;
          if (!(box instanceof HTMLElement) || !box.matches("li[data-checked]") || event.button !== 0)
            return false;
          const { left, right, top } = box.getBoundingClientRect();
          const rtl = getComputedStyle(box).direction === "rtl";
          // The box lies outside of the content, in the margin that the list leaves it.
          const outside = rtl ? event.clientX > right : event.clientX < left;
          if (!outside && !isInPadding(box, event.clientX, rtl ? right : left, rtl)) return false;
          if (event.clientY < top || !view.editable) return false;
          event.preventDefault();
          const pos = view.posAtDOM(box, 0) - 1;
          const item = view.state.doc.nodeAt(pos);
          if (!item || !isA(item, "task_item")) return false;
          view.dispatch(view.state.tr.setNodeAttribute(pos, "checked", !item.attrs.checked));
          return true;
        },
      },
    },
  });

function isInPadding(box: HTMLElement, x: number, edge: number, rtl: boolean): boolean {
  const style = getComputedStyle(box);
  const padding = Number.parseFloat(rtl ? style.paddingRight : style.paddingLeft);
  return rtl ? x > edge - padding : x < edge + padding;
}
