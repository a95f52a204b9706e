// Positions turned into each other: code points between atoms here, ProseMirror's tokens and UTF-16 units there.
//
//     atoms          0 ¶ 1 H 2 i 3 ¶ 4 👻 5          ¶ the marker of a block, which stands for its opening token
//     ProseMirror    0 <p> 1 H 2 i 3 </p> 4 <p> 5 👻 7 </p> 8
//
// Every position in text has exactly one partner. Between two blocks there is one position in atoms (before the marker),
// but several in ProseMirror; which of them is meant is said with `assoc`, as in ProseMirror's own mappings.
// Both directions cost a bisection per level, plus a walk through one block's text where it has characters beyond U+FFFF.

import type { Node } from "prosemirror-model";
import { codePointLength, codePointToUtf16 } from "../../ot/index.js";
import { leafAt, leafEnd, previousLeaf, rootFrame, textStart } from "./leaves.js";
import { atomsOf, childAt, hasHead, isLeafBlock } from "./measure.js";

/** Which side a position belongs to where there are two: -1 what is before it, 1 what is behind it. */
export type Assoc = -1 | 1;

/**
 * The position in atoms of a ProseMirror position.
 *
 * Between blocks that is the position before the next marker. Inside a surrogate pair, `assoc` says which side of the
 * character is meant.
 */
export function atomFromPM(doc: Node, pos: number, assoc: Assoc = -1): number {
  let frame = rootFrame(doc);
  for (;;) {
    const offset = Math.max(0, Math.min(pos, doc.content.size) - frame.start);
    const place = childAt(frame.node, "size", offset);
    const node = frame.node.child(place.index);
    const at = frame.at + place.atoms;
    const inside = offset - place.size - 1;
    if (inside < 0) return at;
    if (inside >= node.nodeSize - 1) return at + atomsOf(node);
    if (isLeafBlock(node)) return at + (hasHead(node) ? 1 : 0) + atomsBefore(node, inside, assoc);
    frame = { node, parent: frame, index: place.index, start: frame.start + place.size + 1, at };
  }
}

/**
 * The ProseMirror position of a position in atoms.
 *
 * Before a marker there are two: with `assoc` -1 it is the end of the block before, with 1 the start of the text behind
 * the marker. Beside a block embed, which has no text, it is the place next to that block.
 */
export function pmFromAtom(doc: Node, position: number, assoc: Assoc = -1): number {
  const leaf = leafAt(doc, Math.max(0, position));
  const { node, pos } = leaf;
  const start = textStart(leaf);
  if (position >= start) {
    if (!node.isTextblock) return pos + node.nodeSize;
    return pos + 1 + sizeOfAtoms(node, Math.min(position, leafEnd(leaf)) - start);
  }
  const before = assoc < 0 ? previousLeaf(leaf) : undefined;
  if (before !== undefined) return before.pos + before.node.nodeSize - (before.node.isTextblock ? 1 : 0);
  return node.isTextblock ? pos + 1 : pos;
}

/** How many atoms of a leaf's text lie before a ProseMirror offset in it. */
export function atomsBefore(leaf: Node, offset: number, assoc: Assoc = -1): number {
  let atoms = 0;
  let left = offset;
  for (const inline of leaf.children) {
    if (left <= 0) break;
    const text = inline.isText ? inline.text! : undefined;
    if (text === undefined) atoms++;
    else atoms += codePointLength(text, 0, left < text.length ? wholePairs(text, left, assoc) : text.length);
    left -= inline.nodeSize;
  }
  return atoms;
}

/** The ProseMirror offset in a leaf's text of a position counted from the start of that text. */
export function sizeOfAtoms(leaf: Node, atoms: number): number {
  let size = 0;
  let left = atoms;
  for (const inline of leaf.children) {
    if (left === 0) break;
    const text = inline.isText ? inline.text! : undefined;
    const whole = text === undefined ? 1 : codePointLength(text);
    if (text !== undefined && left < whole) return size + codePointToUtf16(text, left);
    left -= whole;
    size += inline.nodeSize;
  }
  return size;
}

/** `offset`, moved out of the surrogate pair that it would split. */
function wholePairs(text: string, offset: number, assoc: Assoc): number {
  const splits = /[\udc00-\udfff]/.test(text[offset] ?? "") && /[\ud800-\udbff]/.test(text[offset - 1] ?? "");
  return splits ? offset + assoc : offset;
}
