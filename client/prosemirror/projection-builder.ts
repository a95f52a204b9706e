// Builds a ProseMirror document from leaf blocks in order, each put where its attributes say (`placement.ts`).
//
// Stretches of an earlier document in which nothing has changed are taken over whole, containers and all: the builder
// must only stand where that document stood, that is, have containers of the same types open. What comes out shares
// every unchanged node with the earlier document.

import type { Node, NodeType } from "prosemirror-model";
import type { Attributes } from "../../ot/index.js";
import type { SharedSchema } from "./kinds.js";
import { type Frame, framesOf, type Leaf } from "./leaves.js";
import { type Opening, placeLine } from "./placement.js";

/** A container that may still get children. */
interface Open {
  readonly type: NodeType;
  readonly attrs: Opening["attrs"];
  readonly children: Children;
  /** The container of the earlier document that this one began as. */
  readonly origin: Node | undefined;
}

export class Builder {
  readonly #open: Open[] = [];
  readonly #types: NodeType[] = [];

  constructor({ nodes }: SharedSchema) {
    this.#enter({ type: nodes.doc, attrs: null });
  }

  /** The types of the open containers, the document first: all that decides where the next line goes. */
  get types(): readonly NodeType[] {
    return this.#types;
  }

  /** Puts a leaf block where a line with these attributes belongs. */
  add(attributes: Attributes, leaf: Node): void {
    const { keep, open } = placeLine(this.#types, attributes);
    this.#closeTo(keep);
    for (const opening of open) this.#enter(opening);
    this.#top.children.push(leaf);
  }

  /**
   * Takes over the leaves of an earlier document behind `from` (all from the start, if absent) up to `to`, as they are.
   *
   * The open containers must be of the types around `from`.
   */
  copy(from: Leaf | undefined, to: Leaf): void {
    const was = from === undefined ? [] : pathOf(from);
    const will = pathOf(to);
    let shared = 0;
    while (shared < was.length - 1 && shared < will.length - 1 && was[shared]!.child === will[shared]!.child)
      shared++;

    for (let level = was.length - 1; level > shared; level--) {
      const { frame, child } = was[level]!;
      this.#open[level]!.children.take(frame.node.children, child + 1);
      this.#closeTo(level);
    }
    for (let level = shared; level < will.length; level++) {
      const { frame, child } = will[level]!;
      if (level > shared) this.#enter({ type: frame.node.type, attrs: frame.node.attrs }, frame.node);
      const done = level === shared && was.length > 0 ? was[shared]!.child + 1 : 0;
      this.#open[level]!.children.take(frame.node.children, done, child);
    }
    this.#top.children.push(to.node);
  }

  /** The document. */
  done(): Node {
    this.#closeTo(1);
    return closed(this.#open[0]!);
  }

  get #top(): Open {
    return this.#open[this.#open.length - 1]!;
  }

  #enter({ type, attrs }: Opening, origin?: Node): void {
    this.#open.push({ type, attrs, children: new Children(), origin });
    this.#types.push(type);
  }

  #closeTo(count: number): void {
    while (this.#open.length > count) {
      this.#types.pop();
      const node = closed(this.#open.pop()!);
      this.#top.children.push(node);
    }
  }
}

/** The children of a container in the making; long rows of another container are copied once, at the end. */
class Children {
  readonly #parts: { readonly row: readonly Node[]; readonly from: number; readonly to: number }[] = [];
  /** The last nodes that came one by one. */
  #single: Node[] = [];

  push(node: Node): void {
    this.#single.push(node);
  }

  take(row: readonly Node[], from: number, to = row.length): void {
    if (from >= to) return;
    this.#closeSingle();
    this.#parts.push({ row, from, to });
  }

  #closeSingle(): void {
    if (this.#single.length > 0) this.#parts.push({ row: this.#single, from: 0, to: this.#single.length });
    this.#single = [];
  }

  all(): Node[] {
    if (this.#parts.length === 0) return this.#single;
    this.#closeSingle();
    const all = new Array<Node>(this.#parts.reduce((sum, { from, to }) => sum + to - from, 0));
    let at = 0;
    for (const { row, from, to } of this.#parts) for (let nth = from; nth < to; nth++) all[at++] = row[nth]!;
    return all;
  }
}

function closed({ type, attrs, children, origin }: Open): Node {
  const all = children.all();
  const same = origin?.childCount === all.length && all.every((child, at) => child === origin.child(at));
  return same ? origin! : type.create(attrs, all);
}

/** The way from the document down to a leaf: at each container, which child leads on. */
function pathOf(leaf: Leaf): { readonly frame: Frame; readonly child: number }[] {
  const frames = framesOf(leaf);
  return frames.map((frame, level) => ({ frame, child: frames[level + 1]?.index ?? leaf.index }));
}
