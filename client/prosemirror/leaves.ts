// The leaf blocks of a ProseMirror document, in order, each with the containers around it and where it stands both in
// ProseMirror positions and in atoms.
//
//     doc ─ blockquote ─ paragraph          Leaf { node: paragraph, frame: blockquote, at, pos }
//         ╲ bullet_list ─ list_item ─ …     Frame: a container on the way down to a leaf
//
// Finding a leaf costs a bisection per level; its neighbour is a step away.

import type { Node } from "prosemirror-model";
import { atomsOf, childAt, childPlace, hasHead, isLeafBlock } from "./measure.js";

/** A container on the way from the document to a leaf; the document itself has no parent. */
export interface Frame {
  readonly node: Node;
  readonly parent: Frame | undefined;
  /** Which child of its parent it is. */
  readonly index: number;
  /** ProseMirror position where its content begins. */
  readonly start: number;
  /** Position, in atoms, of its first atom. */
  readonly at: number;
}

export interface Leaf {
  readonly node: Node;
  readonly frame: Frame;
  /** Which child of the frame it is. */
  readonly index: number;
  /** ProseMirror position before it. */
  readonly pos: number;
  /** Position of its first atom: of its marker or block embed, or of its text if it is implicit. */
  readonly at: number;
}

export const rootFrame = (doc: Node): Frame => ({ node: doc, parent: undefined, index: 0, start: 0, at: 0 });

/** Position of the first atom of its text. */
export const textStart = (leaf: Leaf): number => (hasHead(leaf.node) ? leaf.at + 1 : leaf.at);

/** Position behind its last atom. */
export const leafEnd = (leaf: Leaf): number => leaf.at + atomsOf(leaf.node);

/** The containers around a leaf, the document first. */
export function framesOf(leaf: Leaf): Frame[] {
  const frames: Frame[] = [];
  for (let frame: Frame | undefined = leaf.frame; frame !== undefined; frame = frame.parent)
    frames.push(frame);
  return frames.reverse();
}

/** The first or the last leaf at or below a child of `frame`. */
function descend(frame: Frame, index: number, pos: number, at: number, side: "first" | "last"): Leaf {
  const node = frame.node.child(index);
  if (isLeafBlock(node)) return { node, frame, index, pos, at };
  const inside: Frame = { node, parent: frame, index, start: pos + 1, at };
  if (side === "first") return descend(inside, 0, pos + 1, at, side);
  const last = node.childCount - 1;
  const lastChild = node.child(last);
  return descend(
    inside,
    last,
    pos + node.nodeSize - 1 - lastChild.nodeSize,
    at + atomsOf(node) - atomsOf(lastChild),
    side,
  );
}

export const firstLeaf = (doc: Node): Leaf => descend(rootFrame(doc), 0, 0, 0, "first");

export function lastLeaf(doc: Node): Leaf {
  const last = doc.child(doc.childCount - 1);
  const at = atomsOf(doc) - atomsOf(last);
  return descend(rootFrame(doc), doc.childCount - 1, doc.content.size - last.nodeSize, at, "last");
}

export function nextLeaf(leaf: Leaf): Leaf | undefined {
  return below(leaf.frame, leaf.index + 1, leaf.pos + leaf.node.nodeSize, leafEnd(leaf));
}

/** The first leaf from the `index`th child of `frame` on, inside the frame or behind it. */
function below(frame: Frame, index: number, pos: number, at: number): Leaf | undefined {
  if (index < frame.node.childCount) return descend(frame, index, pos, at, "first");
  return frame.parent && below(frame.parent, frame.index + 1, pos + 1, at);
}

export function previousLeaf(leaf: Leaf): Leaf | undefined {
  return above(leaf.frame, leaf.index - 1, leaf.pos, leaf.at);
}

/** The last leaf up to the `index`th child of `frame`, which ends at `pos` and `at`. */
function above(frame: Frame, index: number, pos: number, at: number): Leaf | undefined {
  if (index < 0) return frame.parent && above(frame.parent, frame.index - 1, pos - 1, at);
  const child = frame.node.child(index);
  return descend(frame, index, pos - child.nodeSize, at - atomsOf(child), "last");
}

/** The leaf that holds the atom at a position; behind the last atom, the last leaf. */
export function leafAt(doc: Node, position: number): Leaf {
  let frame = rootFrame(doc);
  for (;;) {
    const place = childAt(frame.node, "atoms", position - frame.at);
    const node = frame.node.child(place.index);
    const pos = frame.start + place.size;
    const at = frame.at + place.atoms;
    if (isLeafBlock(node)) return { node, frame, index: place.index, pos, at };
    frame = { node, parent: frame, index: place.index, start: pos + 1, at };
  }
}

/** The frame of a child of `frame`. */
export function childFrame(frame: Frame, index: number): Frame {
  const place = childPlace(frame.node, index);
  const start = frame.start + place.size + 1;
  return { node: frame.node.child(index), parent: frame, index, start, at: frame.at + place.atoms };
}

/** The leaves from the `from`th to before the `to`th child of a frame, in order. */
export function* leavesBetween(frame: Frame, from: number, to: number): Generator<Leaf> {
  if (from >= to) return;
  const place = childPlace(frame.node, from);
  const last = childPlace(frame.node, to - 1);
  const end = frame.start + last.size + frame.node.child(to - 1).nodeSize;
  let leaf: Leaf | undefined = descend(
    frame,
    from,
    frame.start + place.size,
    frame.at + place.atoms,
    "first",
  );
  for (; leaf !== undefined && leaf.pos < end; leaf = nextLeaf(leaf)) yield leaf;
}

export const leavesOf = (doc: Node): Generator<Leaf> => leavesBetween(rootFrame(doc), 0, doc.childCount);
