// Somebody else's op as one transaction that leaves the user alone.
//
// Changes of text and marks inside leaf blocks become ProseMirror's ordinary steps, which every plugin understands;
// anything that moves structure becomes one `LinearStep`. Either way the document is exactly the given projection, and
// the map of the transaction says which tokens are new, so that decorations on all others live on.
//
// The caret does not move unless what it stands in is deleted: text that appears exactly at the caret comes after it.
// Marks chosen for the next letter stay chosen if the caret's block is untouched. Nothing scrolls.

import { Fragment, type Node } from "prosemirror-model";
import {
  type EditorState,
  NodeSelection,
  type Selection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import { ReplaceStep } from "prosemirror-transform";
import { type Selection as AtomSelection, type RichOp, transformPosition } from "../../ot/index.js";
import { LinearStep } from "./linear-step.js";
import { atomsOf, countLike, sameNode } from "./measure.js";
import { atomFromPM, pmFromAtom } from "./positions.js";
import { type StepGroup, stepGroups } from "./step-ranges.js";
import { markChanges } from "./vocabulary-marks.js";

export interface RemoteOptions {
  /** Marks that are set for the next letter cannot be kept during a composition: setting them would end it. */
  readonly composing?: boolean;
}

/**
 * The transaction that brings a state to `doc`.
 *
 * @param op   what changes, against the atoms of the state's document
 * @param doc  what the state's document is after it
 */
export function remoteTransaction(
  state: EditorState,
  op: RichOp,
  doc: Node,
  options: RemoteOptions = {},
): Transaction {
  countLike(doc, state.doc);
  const groups = stepGroups(state.doc, doc, op);
  const tr = byPlainSteps(state, op, doc, groups) ?? byLinearSteps(state, doc, groups);
  countLike(tr.doc, doc);
  keepSelection(state, op, tr);
  if (options.composing !== true) keepStoredMarks(state, tr);
  return tr;
}

/**
 * The transaction from a document that is not in normal form to the one that its atoms show. Both have the same text, so
 * the map is as exact as if nothing had changed but structure.
 */
export function normalTransaction(state: EditorState, doc: Node): Transaction {
  if (atomsOf(state.doc) === atomsOf(doc)) return remoteTransaction(state, [], doc);
  // Paragraphs that claim to have no marker are counted without one: the atoms do not help to compare.
  const [a, b] = [state.doc.content, doc.content];
  const from = a.findDiffStart(b) ?? 0;
  const end = a.findDiffEnd(b) ?? { a: a.size, b: b.size };
  const overlap = Math.max(0, from - Math.min(end.a, end.b));
  const range = { from, newFrom: from, to: end.a + overlap, newTo: end.b + overlap, textual: false };
  return state.tr.step(LinearStep.between(state.doc, doc, [range]));
}

/** Text and marks by ordinary steps; undefined if that is not all there is to change. */
function byPlainSteps(
  state: EditorState,
  op: RichOp,
  doc: Node,
  groups: readonly StepGroup[],
): Transaction | undefined {
  const ranges = groups.flatMap((group) => group.ranges);
  if (!ranges.every(({ textual }) => textual)) return undefined;
  const tr = state.tr;
  changeMarks(state, tr, op);
  for (const { from, to, newFrom, newTo } of ranges.toReversed()) {
    tr.step(new ReplaceStep(from, to, doc.slice(newFrom, newTo)));
  }
  return sameNode(tr.doc, doc) ? tr : undefined;
}

/** Far-apart changes up to this many are steps of their own; each costs a look at the document's own children. */
const maxSteps = 16;

/**
 * A step for each stretch of the document's own children, from the last to the first: maps of one place each, which
 * ProseMirror's decorations follow better than one map of all. In between, what is to the left is still the old.
 */
function byLinearSteps(state: EditorState, doc: Node, groups: readonly StepGroup[]): Transaction {
  const { tr } = state;
  const apart = groups.length > maxSteps ? [] : groups.slice(1);
  for (const { window, ranges } of apart.toReversed()) {
    const { children } = tr.doc;
    const now = [
      ...children.slice(0, window.old.from),
      ...doc.children.slice(window.now.from, window.now.to),
      ...children.slice(window.old.to),
    ];
    tr.step(LinearStep.between(tr.doc, tr.doc.copy(Fragment.fromArray(now)), ranges));
  }
  const rest = groups.slice(0, groups.length - apart.length).flatMap(({ ranges }) => ranges);
  return tr.step(LinearStep.between(tr.doc, doc, rest));
}

/** Marks come first: they move nothing. */
function changeMarks(state: EditorState, tr: Transaction, op: RichOp): void {
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") at += component;
    else if (typeof component === "object" && "d" in component) at += component.d;
    else if (typeof component === "object" && "r" in component) {
      if (component.a !== undefined) {
        const [from, to] = [pmFromAtom(tr.before, at, 1), pmFromAtom(tr.before, at + component.r, -1)];
        const { add, remove } = markChanges(state.schema, component.a);
        for (const mark of remove) tr.removeMark(from, to, mark);
        for (const mark of add) tr.addMark(from, to, mark);
      }
      at += component.r;
    }
  }
}

function keepSelection({ doc, selection }: EditorState, op: RichOp, tr: Transaction): void {
  if (!(selection instanceof TextSelection)) return;
  const moved = (pos: number) => pmFromAtom(tr.doc, transformPosition(atomFromPM(doc, pos), op, "before"));
  const [anchor, head] = [moved(selection.anchor), moved(selection.head)];
  // Where ProseMirror's own mapping comes to the same, the transaction need not say that it sets a selection.
  if (tr.selection.anchor === anchor && tr.selection.head === head) return;
  tr.setSelection(TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head), -1));
}

function keepStoredMarks({ storedMarks, selection }: EditorState, tr: Transaction): void {
  if (storedMarks !== null && tr.selection.$head.parent === selection.$head.parent)
    tr.setStoredMarks(storedMarks);
}

/** A selection given in atoms, in a document. A single block embed is selected as the node that it is. */
export function selectionFromAtoms(doc: Node, { anchor, head }: AtomSelection): Selection {
  const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
  const pos = pmFromAtom(doc, from, 1);
  const node = doc.nodeAt(pos);
  if (to === from + 1 && node?.isBlock && node.isLeaf) return NodeSelection.create(doc, pos);
  const [$anchor, $head] = [doc.resolve(pmFromAtom(doc, anchor)), doc.resolve(pmFromAtom(doc, head))];
  return TextSelection.between($anchor, $head);
}

/** A selection in atoms. */
export function atomsOfSelection(doc: Node, selection: Selection): AtomSelection {
  return { anchor: atomFromPM(doc, selection.anchor), head: atomFromPM(doc, selection.head) };
}
