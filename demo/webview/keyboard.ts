// What a phone's keyboard covers: kept in `--kb`, and out of the way of the caret and of the page's own toolbar.
//
// Some browsers shrink the page for their keyboard and some only what is seen of it; of the latter the visual viewport
// tells how much. An app may say itself (`--interline-keyboard`).

import type { EditorView } from "prosemirror-view";

/** Room left between the caret and whatever covers the page, in CSS pixels. */
const MARGIN_PX = 24;

/** Keeps `--kb` true, and the caret above the keyboard and the toolbar. */
export function keepInView(view: EditorView, toolbar: HTMLElement): void {
  const root = document.documentElement;
  const viewport = window.visualViewport;
  let frame: number | undefined;

  const measure = () => {
    frame = undefined;
    const covered = viewport === null ? 0 : window.innerHeight - viewport.height - viewport.offsetTop;
    // A page that somebody has zoomed into is not one with a keyboard.
    const keyboard = viewport !== null && viewport.scale > 1.01 ? 0 : Math.max(0, Math.round(covered));
    root.style.setProperty("--kb", `${keyboard}px`);
    const told = Number.parseFloat(getComputedStyle(root).getPropertyValue("--interline-keyboard")) || 0;
    const bottom = Math.max(keyboard, told) + toolbar.offsetHeight + MARGIN_PX;
    const room = { top: MARGIN_PX, left: 0, right: 0, bottom };
    view.setProps({ scrollMargin: room, scrollThreshold: room });
    if (view.hasFocus()) view.dispatch(view.state.tr.scrollIntoView());
  };
  const soon = () => {
    if (frame === undefined) frame = requestAnimationFrame(measure);
  };
  viewport?.addEventListener("resize", soon);
  window.addEventListener("resize", soon);
  measure();
}
