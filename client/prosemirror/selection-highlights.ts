// Others' selections as ranges of the CSS Custom Highlight API: painted by the browser, with no element of ours in the
// text. Highlights are registered by name for a whole page, so editors on one page share one highlight per colour and
// each puts in and takes out its own ranges; those that stand where they stood are left alone.

import type { EditorView } from "prosemirror-view";
import type { Placed } from "./cursors.js";
import { highlightName } from "./palette.js";

export const canHighlight = (): boolean =>
  typeof Highlight === "function" && typeof CSS !== "undefined" && "highlights" in CSS;

interface Painted {
  readonly name: string;
  readonly range: StaticRange;
}

export class SelectionHighlights {
  /** By client id. */
  #painted = new Map<string, Painted>();
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
    for (const painted of this.#painted.values()) takeOut(painted);
    this.#painted.clear();
  }

  #paint(): void {
    const before = this.#painted;
    this.#painted = new Map();
    for (const placed of this.#people) {
      const { src } = placed.person;
      const wanted = this.#wanted(placed);
      if (wanted === undefined) continue;
      const old = before.get(src);
      const stays = old !== undefined && isSame(old, wanted);
      this.#painted.set(src, stays ? old : wanted);
      if (stays) before.delete(src);
      else putIn(wanted);
    }
    for (const old of before.values()) takeOut(old);
  }

  #wanted({ person, anchor, head }: Placed): Painted | undefined {
    const { size } = this.view.state.doc.content;
    const [from, to] = [Math.min(anchor, head), Math.min(Math.max(anchor, head), size)];
    if (from >= to) return undefined;
    const start = this.view.domAtPos(from, 1);
    const end = this.view.domAtPos(to, -1);
    const range = new StaticRange({
      startContainer: start.node,
      startOffset: start.offset,
      endContainer: end.node,
      endOffset: end.offset,
    });
    return { name: highlightName(person.color), range };
  }
}

function putIn({ name, range }: Painted): void {
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  CSS.highlights.get(name)!.add(range);
}

function takeOut({ name, range }: Painted): void {
  CSS.highlights.get(name)?.delete(range);
}

const isSame = (a: Painted, b: Painted): boolean =>
  a.name === b.name &&
  a.range.startContainer === b.range.startContainer &&
  a.range.startOffset === b.range.startOffset &&
  a.range.endContainer === b.range.endContainer &&
  a.range.endOffset === b.range.endOffset;
