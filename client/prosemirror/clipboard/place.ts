// Where what is pasted begins. A slice is open at its start, so that words join the block they are pasted into; what that
// block is, quote and list around it, and alignment are the document's then. A block that is empty has nothing to be
// joined: the first one pasted takes its place and stays what it was. No DOM here.

import { type Node, type ResolvedPos, Slice } from "prosemirror-model";
import { isA } from "../kinds.js";

/** The only textblock there is, or null. */
function onlyTextblock({ content }: Slice): Node | null {
  let node = content.childCount === 1 ? content.firstChild : null;
  while (node && !node.isTextblock) node = node.childCount === 1 ? node.firstChild : null;
  return node;
}

const hasLook = ({ attrs }: Node): boolean => Boolean(attrs.align || attrs.dir);
const isPlain = (node: Node): boolean => isA(node, "paragraph") && !hasLook(node);

/** Whether what is open at the start has all that it needs there: an item that was cut within has lost its first line. */
function isWhole({ content, openStart, openEnd }: Slice): boolean {
  let level = content;
  let endsHere = true;
  for (let depth = 0; depth < openStart; depth++) {
    const node = level.firstChild!;
    endsHere &&= level.childCount === 1;
    const match = node.type.contentMatch.matchFragment(node.content);
    if (match === null || !(match.validEnd || (endsHere && depth < openEnd))) return false;
    level = node.content;
  }
  return true;
}

/**
 * The slice with its start closed, where the block at the caret is empty and the first pasted one may stand in its place.
 *
 * @param $at the caret
 * @param isOurs it was copied in an editor like ours, where what lies within one block is words, whatever is around them
 */
export function keepFirstBlock(slice: Slice, $at: ResolvedPos, isOurs: boolean): Slice {
  const { parent, depth } = $at;
  const first = slice.content.firstChild;
  if (slice.openStart === 0 || first === null || depth === 0) return slice;
  if (!parent.isTextblock || parent.type.spec.code || parent.content.size > 0) return slice;
  const only = onlyTextblock(slice);
  // A line of a page says as little of its kind as words do, but for how it is aligned.
  if (only !== null && (isOurs || (only === first && isPlain(only) && !isPlain(parent)))) return slice;
  const around = $at.node(depth - 1);
  // What comes out of a quote goes on in one.
  if (first.sameMarkup(around)) {
    if (slice.content.childCount > 1 || slice.openEnd === 0) return slice;
    return keepFirstBlock(new Slice(first.content, slice.openStart - 1, slice.openEnd - 1), $at, isOurs);
  }
  const index = $at.index(depth - 1);
  if (!isWhole(slice) || !around.canReplaceWith(index, index + 1, first.type)) return slice;
  return new Slice(slice.content, 0, slice.openEnd);
}
