// What a phone's keyboard covers: kept in `--kb`, and out of the way of the caret and of the page's own toolbar.
//
// Some browsers shrink the page for their keyboard and some only what is seen of it; of the latter the visual viewport
// tells how much. An app may say itself (`--interline-keyboard`).

import type { EditorView } from "prosemirror-view";

/** Room left between the caret and whatever covers the page, in CSS pixels. */
const MARGIN_PX = 24;

/**
 * Keeps `--kb` true, and the caret above the keyboard and `covers`, which stand at the bottom of the window.
 *
 * @returns what measures anew, when the app says more
 */
export function keepInView(view: EditorView, covers: readonly HTMLElement[]): () => void {
  const root = document.documentElement;
  const viewport = window.visualViewport;
  let frame: number | undefined;
  /** What was covered when last the caret was pulled into view. */
  let before = -1;

  const measure = () => {
    frame = undefined;
    const covered = viewport === null ? 0 : window.innerHeight - viewport.height - viewport.offsetTop;
    // A page that somebody has zoomed into is not one with a keyboard.
    const keyboard = viewport !== null && viewport.scale > 1.01 ? 0 : Math.max(0, Math.round(covered));
    root.style.setProperty("--kb", `${keyboard}px`);
    const told = Number.parseFloat(getComputedStyle(root).getPropertyValue("--interline-keyboard")) || 0;
    const top = Number.parseFloat(getComputedStyle(document.body).paddingTop) || 0;
    const bottom =
      Math.max(keyboard, told) + covers.reduce((sum, { offsetHeight }) => sum + offsetHeight, 0) + MARGIN_PX;
    const room = { top: top + MARGIN_PX, left: 0, right: 0, bottom };
    view.setProps({ scrollMargin: room, scrollThreshold: room });
    // Not while somebody scrolls: only when the room for the text has become another one.
    const free = window.innerHeight - bottom;
    if (free !== before && view.hasFocus()) view.dispatch(view.state.tr.scrollIntoView());
    before = free;
  };
  const soon = () => {
    if (frame === undefined) frame = requestAnimationFrame(measure);
  };
  viewport?.addEventListener("resize", soon);
  // iOS moves what is seen over the page instead of the page.
  viewport?.addEventListener("scroll", soon);
  window.addEventListener("resize", soon);
  const resized = new ResizeObserver(soon);
  for (const cover of covers) resized.observe(cover);
  measure();
  return soon;
}
