// Others' selections as ranges of the CSS Custom Highlight API: painted by the browser, with no element of ours in the
// text. Highlights are registered by name for a whole page, so editors on one page share one highlight per colour and
// each puts in and takes out its own ranges.

import type { EditorView } from "prosemirror-view";
import type { Placed } from "./cursors.js";
import { highlightName } from "./palette.js";

export const canHighlight = (): boolean =>
  typeof Highlight === "function" && typeof CSS !== "undefined" && "highlights" in CSS;

export class SelectionHighlights {
  #ranges: { readonly name: string; readonly range: AbstractRange }[] = [];
  #people: readonly Placed[] = [];
  #frame: number | undefined;

  constructor(private readonly view: EditorView) {}

  /** Paints these selections, once the editor's DOM is up to date. */
  show(people: readonly Placed[]): void {
    this.#people = people;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      if (!this.view.isDestroyed) this.#paint();
    });
  }

  destroy(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#clear();
  }

  #clear(): void {
    for (const { name, range } of this.#ranges) CSS.highlights.get(name)?.delete(range);
    this.#ranges = [];
  }

  #paint(): void {
    this.#clear();
    const { size } = this.view.state.doc.content;
    for (const { person, anchor, head } of this.#people) {
      const [from, to] = [Math.min(anchor, head), Math.min(Math.max(anchor, head), size)];
      if (from >= to) continue;
      const start = this.view.domAtPos(from, 1);
      const end = this.view.domAtPos(to, -1);
      const range = new StaticRange({
        startContainer: start.node,
        startOffset: start.offset,
        endContainer: end.node,
        endOffset: end.offset,
      });
      const name = highlightName(person.color);
      if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
      CSS.highlights.get(name)!.add(range);
      this.#ranges.push({ name, range });
    }
  }
}
