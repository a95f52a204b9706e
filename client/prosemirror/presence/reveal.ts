// Bringing a place of the editor into sight without moving the caret or the focus.

import type { EditorView } from "prosemirror-view";

interface Sight {
  readonly top: number;
  readonly bottom: number;
}

/** The nearest ancestor that scrolls; undefined: the window does. */
function scroller(view: EditorView): HTMLElement | undefined {
  const page = view.dom.ownerDocument;
  for (
    let element = view.dom.parentElement;
    element && element !== page.body;
    element = element.parentElement
  ) {
    const { overflowY } = getComputedStyle(element);
    if ((overflowY === "auto" || overflowY === "scroll") && element.scrollHeight > element.clientHeight)
      return element;
  }
  return undefined;
}

function sightOf(view: EditorView, element: HTMLElement | undefined): Sight {
  const window = view.dom.ownerDocument.defaultView!;
  if (element === undefined) return { top: 0, bottom: window.innerHeight };
  const { top, bottom } = element.getBoundingClientRect();
  return { top: Math.max(0, top), bottom: Math.min(window.innerHeight, bottom) };
}

/** Whether a PM position is where one can see it. */
export function isInSight(view: EditorView, pos: number): boolean {
  const { top, bottom } = view.coordsAtPos(Math.min(pos, view.state.doc.content.size));
  const sight = sightOf(view, scroller(view));
  return top >= sight.top && bottom <= sight.bottom;
}

/** Scrolls so that a PM position stands in the middle of what one sees; gliding, unless motion is unwelcome. */
export function reveal(view: EditorView, pos: number): void {
  const window = view.dom.ownerDocument.defaultView!;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = still ? "instant" : "smooth";
  const element = scroller(view);
  const { top, bottom } = view.coordsAtPos(Math.min(pos, view.state.doc.content.size));
  const sight = sightOf(view, element);
  const by = (top + bottom) / 2 - (sight.top + sight.bottom) / 2;
  (element ?? window).scrollBy({ top: by, behavior });
}
