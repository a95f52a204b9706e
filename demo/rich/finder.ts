// What the bar for finding looks through where the text is rich: block by block, of which those that have not changed are
// not looked through again. What is found is painted by the browser (CSS highlights), as far as it is in view: no element
// comes into the text for it. Where a browser cannot, one sees the one that is selected.

import type { Node } from "prosemirror-model";
import { Plugin, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { canHighlight } from "../../client/prosemirror/selection-highlights.js";
import type { Searched } from "../shared/find.js";
import { matchesIn, type Span } from "../shared/matches.js";

/** What stands for a picture or another thing that is no letter, in the text of a block. */
const OBJECT = "\uFFFC";
/** How far beside what is in view is painted too, in CSS pixels. */
const BESIDE_PX = 600;

/** The plugin that an editor needs for it, and what is searched in the editor it is in. */
export function finding(view: () => EditorView): {
  readonly plugins: readonly Plugin[];
  readonly searched: Searched;
} {
  let changed = () => {};
  const blocks = new Blocks();
  const noticing = new Plugin({
    view() {
      const moved = () => changed();
      addEventListener("scroll", moved, { passive: true });
      return { update: moved, destroy: () => removeEventListener("scroll", moved) };
    },
  });
  const searched: Searched = {
    matches: (pattern) => blocks.matches(view().state.doc, pattern),
    mark: (spans) => paint(view(), spans),
    selection: () => view().state.selection,
    select({ from, to }) {
      const { state } = view();
      view().dispatch(state.tr.setSelection(TextSelection.create(state.doc, from, to)));
      bringIntoView(view(), from);
    },
    replace(spans, text) {
      // What is set for the next letter is not for these.
      const tr = view().state.tr.setStoredMarks(null);
      for (const { from, to } of [...spans].reverse()) tr.insertText(text, from, to);
      view().dispatch(tr);
    },
    selected() {
      const { doc, selection } = view().state;
      const { $from, $to, from, to } = selection;
      return $from.sameParent($to) && $from.parent.inlineContent ? doc.textBetween(from, to) : "";
    },
    get writable() {
      return view().editable;
    },
    focus: () => view().focus(),
    onChange(listener) {
      changed = listener;
    },
  };
  return { plugins: [noticing], searched };
}

/** What was found in each block of text, which is the same as long as the block is. */
class Blocks {
  #pattern = "";
  #found = new WeakMap<Node, readonly Span[]>();
  #doc: Node | undefined;
  #all: readonly Span[] = [];

  matches(doc: Node, pattern: RegExp): readonly Span[] {
    if (this.#pattern !== String(pattern)) {
      this.#pattern = String(pattern);
      this.#found = new WeakMap();
      this.#doc = undefined;
    }
    if (this.#doc === doc) return this.#all;
    const all: Span[] = [];
    doc.descendants((node, pos) => {
      if (!node.isTextblock) return true;
      const found = this.#found.get(node) ?? matchesIn(textOf(node), pattern);
      this.#found.set(node, found);
      for (const { from, to } of found) all.push({ from: pos + 1 + from, to: pos + 1 + to });
      return false;
    });
    this.#doc = doc;
    this.#all = all;
    return all;
  }
}

/** As many UTF-16 units as positions. */
const textOf = (block: Node): string => block.textBetween(0, block.content.size, "", OBJECT);

/** The names under which style sheets know what is found. */
const FOUND = "interline-found";
const FOUND_NOW = "interline-found-now";

function paint(view: EditorView, spans: readonly Span[]): void {
  if (!canHighlight()) return;
  const { from: first, to: last } = spans.length === 0 ? { from: 0, to: 0 } : inView(view);
  const { from, to } = view.state.selection;
  const [found, now] = [new Highlight(), new Highlight()];
  now.priority = 1;
  for (const span of spans) {
    if (span.to < first || span.from > last) continue;
    const [start, end] = [view.domAtPos(span.from, 1), view.domAtPos(span.to, -1)];
    const range = new StaticRange({
      ...{ startContainer: start.node, startOffset: start.offset },
      ...{ endContainer: end.node, endOffset: end.offset },
    });
    (span.from === from && span.to === to ? now : found).add(range);
  }
  for (const [name, highlight] of [[FOUND, found] as const, [FOUND_NOW, now] as const])
    if (highlight.size === 0) CSS.highlights.delete(name);
    else CSS.highlights.set(name, highlight);
}

/** The positions of the blocks that are in view, or nearly. */
function inView(view: EditorView): Span {
  const blocks = view.dom.children;
  const first = firstOf(blocks, ({ bottom }) => bottom > -BESIDE_PX);
  const after = firstOf(blocks, ({ top }) => top > innerHeight + BESIDE_PX);
  const at = (index: number) =>
    index < blocks.length ? view.posAtDOM(blocks[index]!, 0) : view.state.doc.content.size;
  return { from: Math.max(0, at(first) - 1), to: at(after) };
}

/** The first element that is far enough down; elements stand one below the other. */
function firstOf(elements: HTMLCollection, isThere: (box: DOMRect) => boolean): number {
  let [low, high] = [0, elements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isThere(elements[middle]!.getBoundingClientRect())) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What is covered by a bar on top or below is not in view: that is what the editor's margins say, within what is seen of the window. */
function bringIntoView(view: EditorView, pos: number): void {
  const height = visualViewport?.height ?? innerHeight;
  const margin = view.props.scrollMargin;
  const sides = typeof margin === "object" ? margin : { top: 0, bottom: 0 };
  const { top, bottom } = view.coordsAtPos(pos);
  if (top >= sides.top && bottom <= height - sides.bottom) return;
  scrollBy(0, (top + bottom) / 2 - (height + sides.top - sides.bottom) / 2);
}
