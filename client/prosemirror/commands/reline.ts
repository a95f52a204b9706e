// The one way in which commands change structure: the lines around the selection are read, some fields of some lines are
// changed, and the document that the new lines make takes the old one's place. Since any lines make a valid document,
// no command has to know which structures it may meet.
//
// Only top-level blocks that the selection touches, and one more on each side (lists that come to lie beside each other
// become one), are read; only what differs is replaced. Leaves keep their text, so the selection keeps its place.

import { Fragment, type Node } from "prosemirror-model";
import {
  AllSelection,
  type EditorState,
  NodeSelection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import { ReplaceStep } from "prosemirror-transform";
import { schemaOf } from "../kinds.js";
import { type Leaf, leavesBetween, rootFrame } from "../leaves.js";
import { fromLines, type Line, linesOf } from "../lines.js";

/** Lines around the selection; those from `from` to before `to` are selected. */
export interface Stretch {
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
}

interface Window extends Stretch {
  readonly leaves: readonly Leaf[];
  /** Top-level blocks, by index. */
  readonly first: number;
  readonly last: number;
}

function windowOf({ doc, selection }: EditorState): Window {
  const first = Math.max(0, Math.min(selection.$from.index(0), doc.childCount - 1) - 1);
  const last = Math.min(doc.childCount - 1, Math.min(selection.$to.index(0), doc.childCount - 1) + 1);
  const leaves = [...leavesBetween(rootFrame(doc), first, last + 1)];
  const lines = linesOf(Fragment.from(doc.children.slice(first, last + 1)));
  const isSelected = ({ pos, node }: Leaf) => pos < selection.to && pos + node.nodeSize > selection.from;
  // Between two blocks nothing is selected; there the block behind counts.
  const found = leaves.findIndex(isSelected);
  const from =
    found === -1
      ? Math.max(
          0,
          leaves.findIndex(({ pos }) => pos >= selection.from),
        )
      : found;
  const to = found === -1 ? from + 1 : leaves.findLastIndex(isSelected) + 1;
  return { lines, leaves, from, to, first, last };
}

/**
 * A transaction in which the lines around the selection are what `change` makes of them, or null if it changes nothing.
 *
 * @param change gives as many lines as it gets, with the same text
 */
export function reline(
  state: EditorState,
  change: (stretch: Stretch) => readonly Line[] | null,
): Transaction | null {
  const window = windowOf(state);
  const changed = change(window);
  if (!changed) return null;
  const lines = changed.map((line, at) => (sameContainers(line, window.lines[at]!) ? line : marked(line)));
  const { doc } = state;
  const blocks = Fragment.from([
    ...doc.children.slice(0, window.first),
    ...fromLines(lines).children,
    ...doc.children.slice(window.last + 1),
  ]);
  const tr = state.tr;
  if (!replaceDifference(tr, doc.copy(blocks))) return null;
  keepSelection(tr, state, window);
  return tr;
}

const sameContainers = (line: Line, old: Line): boolean =>
  line === old ||
  Object.keys(line).every((key) => key === "fresh" || line[key as keyof Line] === old[key as keyof Line]);

/** A paragraph that takes its containers from the block embed before it cannot have others of its own. */
const marked = (line: Line): Line =>
  line.leaf.attrs.implicit === true
    ? {
        ...line,
        leaf: schemaOf(line.leaf).nodes.paragraph.create(
          { ...line.leaf.attrs, implicit: false },
          line.leaf.content,
        ),
      }
    : line;

/** Replaces as little as makes `tr.doc` equal to `doc`. Returns whether there was anything to replace. */
export function replaceDifference(tr: Transaction, doc: Node): boolean {
  const from = tr.doc.content.findDiffStart(doc.content);
  if (from === null) return false;
  let { a: to, b: end } = tr.doc.content.findDiffEnd(doc.content)!;
  const overlap = from - Math.min(to, end);
  if (overlap > 0) {
    to += overlap;
    end += overlap;
  }
  const fits = tr.maybeStep(new ReplaceStep(from, to, doc.slice(from, end)));
  if (fits.failed !== null || !tr.doc.eq(doc)) {
    if (fits.failed === null) tr.step(tr.steps.at(-1)!.invert(tr.docs.at(-1)!));
    tr.step(new ReplaceStep(0, tr.doc.content.size, doc.slice(0, doc.content.size)));
  }
  return true;
}

function keepSelection(tr: Transaction, { selection }: EditorState, { leaves, first, last }: Window): void {
  if (selection instanceof AllSelection) {
    tr.setSelection(new AllSelection(tr.doc));
    return;
  }
  const end = tr.doc.childCount - (tr.before.childCount - 1 - last);
  const after = [...leavesBetween(rootFrame(tr.doc), first, end)];
  const moved = (pos: number): number => {
    const at = leaves.findLastIndex((leaf) => leaf.pos <= pos);
    const [old, now] = [leaves[at], after[at]];
    return old && now ? now.pos + Math.min(pos - old.pos, now.node.nodeSize) : pos;
  };
  if (selection instanceof NodeSelection && selection.node.isLeaf) {
    tr.setSelection(NodeSelection.create(tr.doc, moved(selection.from)));
    return;
  }
  const [$anchor, $head] = [tr.doc.resolve(moved(selection.anchor)), tr.doc.resolve(moved(selection.head))];
  tr.setSelection(TextSelection.between($anchor, $head));
}
