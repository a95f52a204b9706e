// How many atoms a ProseMirror node stands for. Nodes never change, so what is counted once is kept as long as the node.
//
// A leaf block counts one for its marker (or for the block embed that it is) and one for each code point and inline
// embed; an implicit paragraph has no marker. A container counts what is in it. Containers with many children also keep
// the running sums of their children, so that a position is found by bisection.

import type { Node } from "prosemirror-model";
import { codePointLength } from "../../ot/index.js";

/** Whether a node is a leaf block: one line of the document. Everything else above the text is a container. */
export const isLeafBlock = (node: Node): boolean => node.isTextblock || node.isLeaf;

/** Whether a leaf block has an atom of its own before its text: a marker, or the block embed that it is. */
export const hasHead = (leaf: Node): boolean => leaf.attrs.implicit !== true;

const counts = new WeakMap<Node, number>();

/** Number of atoms that a block or the document stands for. */
export function atomsOf(node: Node): number {
  let count = counts.get(node);
  if (count === undefined) {
    count = isLeafBlock(node) ? (hasHead(node) ? 1 : 0) + textAtoms(node) : 0;
    if (!isLeafBlock(node)) for (const child of node.children) count += atomsOf(child);
    counts.set(node, count);
  }
  return count;
}

function textAtoms(leaf: Node): number {
  let count = 0;
  for (const inline of leaf.children) count += inline.isText ? codePointLength(inline.text!) : 1;
  return count;
}

/** A child of a container, and what lies before it in there. */
export interface ChildPlace {
  readonly index: number;
  /** Atoms of the container before this child. */
  readonly atoms: number;
  /** ProseMirror positions of the container's content before this child. */
  readonly size: number;
}

/** For each child, and for the end, what lies before it. */
interface Sums {
  readonly atoms: Uint32Array;
  readonly size: Uint32Array;
}

/** Containers with fewer children are walked instead. */
const manyChildren = 32;
const sumsOf = new WeakMap<Node, Sums>();

function sums(container: Node): Sums {
  let found = sumsOf.get(container);
  if (found === undefined) {
    const { children } = container;
    found = { atoms: new Uint32Array(children.length + 1), size: new Uint32Array(children.length + 1) };
    for (let index = 0; index < children.length; index++) {
      found.atoms[index + 1] = found.atoms[index]! + atomsOf(children[index]!);
      found.size[index + 1] = found.size[index]! + children[index]!.nodeSize;
    }
    sumsOf.set(container, found);
  }
  return found;
}

/** The last child that begins at `value` or before it, counted in atoms or in ProseMirror positions. */
export function childAt(container: Node, measure: "atoms" | "size", value: number): ChildPlace {
  const { children } = container;
  if (children.length < manyChildren) return walkTo(container, measure, value);
  const all = sums(container);
  let low = 0;
  let high = children.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (all[measure][middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return { index: low, atoms: all.atoms[low]!, size: all.size[low]! };
}

function walkTo(container: Node, measure: "atoms" | "size", value: number): ChildPlace {
  let place = { index: 0, atoms: 0, size: 0 };
  for (const child of container.children.slice(0, -1)) {
    const next = {
      index: place.index + 1,
      atoms: place.atoms + atomsOf(child),
      size: place.size + child.nodeSize,
    };
    if (next[measure] > value) break;
    place = next;
  }
  return place;
}

/** What lies before a child of a container. */
export function childPlace(container: Node, index: number): ChildPlace {
  if (container.childCount >= manyChildren) {
    const all = sums(container);
    return { index, atoms: all.atoms[index]!, size: all.size[index]! };
  }
  let atoms = 0;
  let size = 0;
  for (const child of container.children.slice(0, index)) {
    atoms += atomsOf(child);
    size += child.nodeSize;
  }
  return { index, atoms, size };
}
