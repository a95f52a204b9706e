// Enter in the middle of a text: one block becomes two, one item the next.
//
// What names a block (`onSplit: "clear"`), and what is not known of it here, stays with the half that keeps its text from
// the start; the other is a new block. At the very start it is the empty one above that is new.

import { splitBlock } from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { type Command, TextSelection, type Transaction } from "prosemirror-state";
import { isA, schemaOf } from "../kinds.js";
import { namingAttrs } from "../vocabulary-nodes.js";

export const isItem = (node: Node | null | undefined): boolean =>
  isA(node, "list_item") || isA(node, "task_item");

/** Takes off the new half of a block, after a split, what only one block is to have. */
function namedOnce(tr: Transaction): Transaction {
  const { $from } = tr.selection;
  if (!$from.parent.isTextblock) return tr;
  const lower = { node: $from.parent, pos: $from.before() };
  const before = tr.doc.resolve(lower.pos).nodeBefore;
  const isAbove = before?.isTextblock && before.content.size === 0 && lower.node.content.size > 0;
  const { node, pos } = isAbove ? { node: before, pos: lower.pos - before.nodeSize } : lower;
  for (const name of namingAttrs(node))
    if ((node.attrs[name] ?? null) !== null) tr.setNodeAttribute(pos, name, null);
  return tr;
}

/** Enter in the block that opens an item begins the next item. */
export const splitItem: Command = (state, dispatch) => {
  const { $from, $to } = state.selection;
  if (!(state.selection instanceof TextSelection) || !$from.sameParent($to)) return false;
  const item = $from.depth >= 2 ? $from.node(-1) : null;
  if (!isItem(item) || $from.index(-1) !== 0) return false;
  if (!dispatch) return true;
  const { nodes } = schemaOf(state);
  const tr = state.tr.deleteSelection();
  const attrs = isA(item, "task_item") ? { checked: false } : null;
  if ($from.parentOffset === 0 && $to.parentOffset < $to.parent.content.size) {
    // The text keeps its item, and its tick; a new one comes before it.
    tr.insert($from.before(-1), item!.type.create(attrs, nodes.paragraph.create()));
  } else {
    const atEnd = $to.parentOffset === $to.parent.content.size;
    const marks = state.storedMarks ?? ($from.parentOffset > 0 ? $from.marks() : null);
    tr.split($from.pos, 2, [{ type: item!.type, attrs }, atEnd ? { type: nodes.paragraph } : null]);
    if (marks) tr.ensureMarks(marks);
  }
  dispatch(namedOnce(tr).scrollIntoView());
  return true;
};

/** A new block after this one keeps the marks one is writing in. */
export const splitKeepingMarks: Command = (state, dispatch) =>
  splitBlock(
    state,
    dispatch &&
      ((tr) => {
        const { $from } = state.selection;
        const marks = state.storedMarks ?? ($from.parentOffset > 0 ? $from.marks() : null);
        if (marks && isA(tr.selection.$from.parent, "paragraph")) tr.ensureMarks(marks);
        dispatch(namedOnce(tr));
      }),
  );
