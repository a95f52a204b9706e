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

/** Containers with fewer children are walked where others are looked up in their sums. */
const manyChildren = 32;

const counts = new WeakMap<Node, number>();
const sumsOf = new WeakMap<Node, Sums>();

/** Number of atoms that a block or the document stands for. */
export function atomsOf(node: Node): number {
  let count = counts.get(node);
  if (count === undefined) {
    if (node.childCount >= manyChildren && !isLeafBlock(node)) return sums(node).atoms[node.childCount]!;
    count = isLeafBlock(node) ? (hasHead(node) ? 1 : 0) + textAtoms(node) : 0;
    if (!isLeafBlock(node)) for (const child of node.children) count += atomsOf(child);
    counts.set(node, count);
  }
  return count;
}

/** Number of code points and inline embeds in a leaf block. */
export function textAtoms(leaf: Node): number {
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

function sums(container: Node): Sums {
  let found = sumsOf.get(container);
  if (found === undefined) {
    found = emptySums(container);
    addUp(container, found, 0, container.childCount);
    sumsOf.set(container, found);
  }
  return found;
}

const emptySums = ({ childCount }: Node): Sums => ({
  atoms: new Uint32Array(childCount + 1),
  size: new Uint32Array(childCount + 1),
});

function addUp({ children }: Node, { atoms, size }: Sums, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    atoms[index + 1] = atoms[index]! + atomsOf(children[index]!);
    size[index + 1] = size[index]! + children[index]!.nodeSize;
  }
}

/**
 * Counts a document (or a container) with what is known of the one it was made from. Changes no answer; only saves
 * counting again what both share, which in a long document is all but one of many thousand blocks.
 */
export function countLike(now: Node, old: Node): void {
  if (now === old || sumsOf.has(now)) return;
  const [a, b] = [old.children, now.children];
  const { prefix, suffix } = sharedEnds(a, b);
  const [oldEnd, end] = [a.length - suffix, b.length - suffix];
  if (oldEnd - prefix === 1 && end - prefix === 1) countLike(b[prefix]!, a[prefix]!);
  const known = sumsOf.get(old);
  if (known === undefined || b.length < manyChildren) return;

  const mine = emptySums(now);
  for (const measure of ["atoms", "size"] as const) mine[measure].set(known[measure].subarray(0, prefix + 1));
  addUp(now, mine, prefix, end);
  for (const measure of ["atoms", "size"] as const) {
    const [target, source] = [mine[measure], known[measure]];
    const shift = target[end]! - source[oldEnd]!;
    for (let nth = 1; nth <= suffix; nth++) target[end + nth] = source[oldEnd + nth]! + shift;
  }
  sumsOf.set(now, mine);
}

/** How many nodes at the start and at the end of two rows are the very same ones. */
export function sharedEnds(
  a: readonly Node[],
  b: readonly Node[],
): { readonly prefix: number; readonly suffix: number } {
  const most = Math.min(a.length, b.length);
  let prefix = 0;
  while (prefix < most && a[prefix] === b[prefix]) prefix++;
  let suffix = 0;
  while (suffix < most - prefix && a[a.length - 1 - suffix] === b[b.length - 1 - suffix]) suffix++;
  return { prefix, suffix };
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

/** As `a.eq(b)`, but passes over what both share without a look at each. */
export function sameNode(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (isLeafBlock(a) || isLeafBlock(b)) return a.eq(b);
  if (a.childCount !== b.childCount || !a.sameMarkup(b)) return false;
  const { prefix, suffix } = sharedEnds(a.children, b.children);
  const end = a.childCount - suffix;
  for (let at = prefix; at < end; at++) if (!sameNode(a.child(at), b.child(at))) return false;
  return true;
}
