// Bringing a place of the editor into sight without moving the caret or the focus. What lies over the edges, such as a bar
// that sticks to the top, is told of by the editor's `scrollThreshold`, as to ProseMirror's own scrolling.

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
  const { innerHeight } = view.dom.ownerDocument.defaultView!;
  const box = element?.getBoundingClientRect();
  const top = Math.max(0, box?.top ?? 0);
  const bottom = Math.min(innerHeight, box?.bottom ?? innerHeight);
  const covered = view.someProp("scrollThreshold") ?? 0;
  const over = typeof covered === "number" ? { top: covered, bottom: covered } : covered;
  const clear = { top: top + over.top, bottom: bottom - over.bottom };
  // In a window lower than its bars, anything that shows is in sight.
  return clear.top < clear.bottom ? clear : { top, bottom };
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
