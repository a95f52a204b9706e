// What covers the text: a phone's keyboard, and what of the page stays on top and below. It is measured, kept out of the
// way of the caret, and where it would leave next to nothing of the text, it scrolls away (`data-low`, for style sheets).
//
// Some browsers shrink the page for their keyboard and some only what is seen of it; of the latter the visual viewport
// tells how much (`--kb`). An app may say itself (`--interline-keyboard`).

import type { EditorView } from "prosemirror-view";
import { readDeleted } from "../../client/prosemirror/caret-now.js";

/** In CSS pixels. */
export interface Room {
  readonly top: number;
  readonly bottom: number;
}

/** An editor whose caret is kept in view. */
export interface Followed {
  readonly hasFocus: () => boolean;
  /** Between which heights of the window the caret is; undefined: it is not drawn, or nobody but the browser knows. */
  readonly caret: () => Room | undefined;
  /** From here on the caret stays clear of so much at either end of what is seen of the window. */
  readonly clear: (room: Room) => void;
  readonly toCaret: () => void;
}

/** What may lie over the text, as long as it stands still while the page scrolls. */
export interface Covers {
  readonly above?: readonly HTMLElement[];
  readonly below: readonly HTMLElement[];
}

/** Room left between the caret and whatever covers the page, in CSS pixels: for the name of somebody who is there too. */
const MARGIN_PX = 24;
/** In a window that is lower than this, in CSS pixels, nothing stays on top of the text: a phone on its side with its keyboard. */
const LOW_PX = 320;
/** Less room than this, in CSS pixels, is none: a caret that keeps clear of both ends would be beyond one of them. */
const LEAST_PX = 2 * MARGIN_PX;

const stays = new Set(["sticky", "fixed"]);
const heightOf = (covers: readonly HTMLElement[]): number =>
  covers
    .filter((element) => stays.has(getComputedStyle(element).position))
    .reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);

/**
 * Keeps the caret clear of whatever covers the text. When that becomes more or less, a caret that was in view stays in view;
 * somebody who reads elsewhere stays there.
 *
 * @returns what measures anew, when the app says more
 */
export function keepInView(text: Followed, { above = [], below }: Covers): () => void {
  const root = document.documentElement;
  const viewport = window.visualViewport;
  let frame: number | undefined;
  let measures = false;
  /** Between which heights of the window the text is free; as last measured. */
  let free: Room | undefined;
  /** How high what is seen is, where a keyboard covers the rest of the window: editors take that for the window. */
  let seen = 0;
  /** The window's, as last measured. */
  let height = 0;
  let inView = true;
  /** There may be more or less room than was measured last. */
  let unsure = false;

  const measure = () => {
    height = window.innerHeight;
    const zoomed = viewport !== null && viewport.scale > 1.01;
    const hidden = viewport === null ? 0 : window.innerHeight - viewport.height - viewport.offsetTop;
    // A page that somebody has zoomed into is not one with a keyboard.
    const keyboard = zoomed ? 0 : Math.max(0, Math.round(hidden));
    root.style.setProperty("--kb", `${keyboard}px`);
    const told = Number.parseFloat(getComputedStyle(root).getPropertyValue("--interline-keyboard")) || 0;
    root.toggleAttribute("data-low", height - Math.max(keyboard, told) < LOW_PX);
    const top = (Number.parseFloat(getComputedStyle(document.body).paddingTop) || 0) + heightOf(above);
    const foot = heightOf(below);
    // For a keyboard that leaves no room the page has been made lower already, and the app has not said so yet, or never does.
    const covered = Math.max(keyboard, height - top - foot - told < LEAST_PX ? 0 : told);
    const now = { top, bottom: height - covered - foot };
    const nowSeen = zoomed || viewport === null ? height : viewport.height;
    if (free?.top === now.top && free.bottom === now.bottom && seen === nowSeen) return;
    const isFirst = free === undefined;
    free = now;
    seen = nowSeen;
    text.clear({ top: top + MARGIN_PX, bottom: seen - free.bottom + MARGIN_PX });
    if (!isFirst && inView && text.hasFocus()) text.toCaret();
  };
  /** Remembered for when there will be less room: by then the text may stand elsewhere. */
  const look = () => {
    if (unsure) return;
    const caret = text.caret();
    inView = caret !== undefined && free !== undefined && caret.bottom > free.top && caret.top < free.bottom;
  };
  const ask = (measuring: boolean) => {
    measures ||= measuring;
    if (frame !== undefined) return;
    frame = requestAnimationFrame(() => {
      frame = undefined;
      if (measures) measure();
      measures = false;
      unsure = false;
      look();
    });
  };
  const [changed, moved] = [() => ask(true), () => ask(false)];
  /** The window or the app says that there is more or less room. The page scrolls for that, and not because somebody reads. */
  const other = () => {
    unsure = true;
    ask(true);
  };
  // In a window as high as it was the text was scrolled: before anything is measured anew, the caret may have left.
  const scrolled = () => (window.innerHeight === height ? look() : moved());
  // iOS moves what is seen over the page instead of the page.
  for (const event of ["resize", "scroll"])
    viewport?.addEventListener(event, event === "resize" ? other : changed);
  window.addEventListener("resize", other);
  window.addEventListener("scroll", scrolled, { passive: true });
  document.addEventListener("selectionchange", moved);
  const resized = new ResizeObserver(changed);
  for (const cover of [...above, ...below]) resized.observe(cover);
  measure();
  return other;
}

/** The bar with what hangs from it, and the foot with what stands on it: {@link frame} puts them there. */
export function pageCovers(): Covers {
  const of = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  return { above: of(".top"), below: of(".keeping, .foot") };
}

/** A rich editor, for {@link keepInView}. */
export const followed = (view: EditorView): Followed => ({
  hasFocus: () => view.hasFocus(),
  caret() {
    readDeleted(view);
    return view.coordsAtPos(view.state.selection.head);
  },
  clear(room) {
    const sides = { ...room, left: 0, right: 0 };
    view.setProps({ scrollMargin: sides, scrollThreshold: sides });
  },
  toCaret: () => view.dispatch(view.state.tr.scrollIntoView()),
});
