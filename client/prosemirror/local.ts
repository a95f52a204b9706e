// A local edit as an op: what the user's transactions did to the document, said in atoms.
//
// The steps are not translated one by one. The documents before and after share every node that was not touched, so
// the few blocks that differ are laid flat and compared; where the steps were only says which of several equal places
// was meant ("aaa|a"). That is right for every kind of step, and costs what was touched.
//
//     old ProseMirror document ──▶ new one              the user's transactions
//              ║ shows                 ║ must show
//          snapshot ──────op──────▶ snapshot            what this file finds
//
// The picture is checked every time. An op can bring to light attributes that were hidden before (a level that was
// clamped, marks in what was a code block); then the op says in addition what the user sees. What remains different
// after that is a document that no atoms stand for, such as two quotes side by side: the view then has to show what the
// atoms do.

import type { Node } from "prosemirror-model";
import { type Mappable, Mapping, type StepMap } from "prosemirror-transform";
import { sameAttributes } from "../../ot/attributes.js";
import { type RichOp, richOp, richText } from "../../ot/index.js";
import { touchedAtoms } from "../op.js";
import { type DiffOptions, diffStrips, lostAttributes } from "./diff.js";
import { type Leaf, leafEnd } from "./leaves.js";
import { atomsOfLeaf, blockAttributes, isImplicit, type LeafAtoms } from "./linearise.js";
import { childPlace, countLike, sameNode } from "./measure.js";
import { reproject, type View } from "./projection.js";
import { Strip } from "./strip.js";
import { vocabularyOf } from "./vocabulary.js";
import { atomsIn, leavesAndNext, type Window, wholeWindow, windowsOf } from "./windows.js";

export interface LocalChange {
  readonly op: RichOp;
  /** The snapshot after the op, and the document it shows: the given one itself, unless that is not in normal form. */
  readonly view: View;
}

/** How often an op is mended before what the document shows is taken as it is. */
const maxRounds = 3;

/**
 * The op that makes `doc` of what the view shows.
 *
 * @param edited  ProseMirror positions in `doc` behind which something was inserted or deleted
 */
export function localChange(view: View, doc: Node, edited: readonly number[] = []): LocalChange {
  if (sameNode(view.doc, doc)) return { op: [], view: { ...view, doc } };
  countLike(doc, view.doc);
  let op: RichOp = [];
  let now = view;
  for (let round = 0; round < maxRounds; round++) {
    const more = diffDocs(now.doc, doc, round === 0 ? edited : []);
    if (more.length > 0) {
      const snapshot = richText.apply(now.snapshot, more);
      now = { snapshot, doc: reproject(now, more, snapshot) };
      op = op.length === 0 ? more : richText.compose(op, more);
    }
    if (sameNode(now.doc, doc)) return { op, view: { snapshot: now.snapshot, doc } };
    if (more.length === 0) break;
  }
  return { op, view: now };
}

/** Two stretches up to this long, in atoms, are also compared as a whole where blocks may have been moved. */
const maxWhole = 1_000;

/** The op between two documents, in the atoms that they are seen to have. */
export function diffDocs(old: Node, now: Node, edited: readonly number[] = []): RichOp {
  const windows = windowsOf(old, now);
  const op = diffWindows(windows, edited);
  if (windows.length < 2) return op;
  // Several windows can be one block that went from one to another; blocks that stayed are then told by their nodes.
  // Where those are few and it is large, it comes to less to say that they have moved around it.
  const whole = wholeWindow(old, now);
  if (atomsIn(whole.old) + atomsIn(whole.now) > maxWhole) return op;
  const atOnce = diffWindows([whole], edited);
  return touchedAtoms(atOnce) < touchedAtoms(op) ? atOnce : op;
}

function diffWindows(windows: readonly Window[], edited: readonly number[]): RichOp {
  const stretches = windows.flatMap((window) => stretchOf(window, edited) ?? []);
  const lost = lostAttributes(
    stretches.map(({ x }) => x),
    stretches.map(({ y }) => y),
  );
  const op = richOp();
  let walked = 0;
  for (const { at, end, x, y, options } of stretches) {
    op.skip(at - walked);
    diffStrips(op, x, y, { ...options, lost });
    walked = end;
  }
  return op.done();
}

/** The atoms from `at` to `end`, and what they are to become. */
interface Changed {
  readonly at: number;
  readonly end: number;
  readonly x: Strip;
  readonly y: Strip;
  readonly options: DiffOptions;
}

/** What has changed in a window; undefined if nothing has. */
function stretchOf(window: Window, edited: readonly number[]): Changed | undefined {
  const { frame, from } = window.old;
  const start = frame.at + childPlace(frame.node, from).atoms;
  const leaves = [...leavesAndNext(window.old)];
  const { old, now, prefix } = touched(leaves, [...leavesAndNext(window.now)], start === 0);
  if (old.length === 0 && now.length === 0) return undefined;
  const at = prefix === 0 ? start : leafEnd(leaves[prefix - 1]!);
  const end = old.length === 0 ? at : leafEnd(old[old.length - 1]!);

  const x = new Strip(old.map(atomsOfLeaf));
  const atoms = now.map(atomsOfLeaf);
  // A document begins with a marker for ever: it is neither deleted nor does anything come before it.
  const keepsFirst = at === 0 && beginsWithMarker(x);
  if (keepsFirst && atoms[0]?.head?.content !== "\n") atoms.unshift(emptyParagraph);
  const hints = unitsOf(edited, now, atoms);
  const { singleKeys } = vocabularyOf(frame.node.type.schema);
  return { at, end, x, y: new Strip(atoms), options: { keepsFirst, hints, singleKeys } };
}

const emptyParagraph: LeafAtoms = { head: { content: "\n", attributes: {} }, text: [] };

const beginsWithMarker = (strip: Strip): boolean => strip.isHead(0) && strip.text.startsWith("\n");

/** Two rows of leaves without those at either end that are the same; at the start of the document, at least one each. */
function touched(old: readonly Leaf[], now: readonly Leaf[], atStart: boolean) {
  const most = Math.min(old.length, now.length) - (atStart ? 1 : 0);
  let prefix = 0;
  while (!atStart && prefix < most && isSame(old[prefix]!, now[prefix]!)) prefix++;
  let suffix = 0;
  while (suffix < most - prefix && isSame(old[old.length - 1 - suffix]!, now[now.length - 1 - suffix]!))
    suffix++;
  return { old: old.slice(prefix, old.length - suffix), now: now.slice(prefix, now.length - suffix), prefix };
}

const isSame = (x: Leaf, y: Leaf): boolean =>
  x.node === y.node &&
  isImplicit(x) === isImplicit(y) &&
  sameAttributes(blockAttributes(x), blockAttributes(y));

/** ProseMirror positions as units of the strip of these leaves; those elsewhere are left out. */
function unitsOf(
  positions: readonly number[],
  leaves: readonly Leaf[],
  atoms: readonly LeafAtoms[],
): number[] {
  const units: number[] = [];
  let unit = atoms.length - leaves.length;
  for (const [nth, { node, pos }] of leaves.entries()) {
    if (atoms[nth + atoms.length - leaves.length]!.head !== undefined) unit++;
    for (const position of positions) {
      const offset = position - pos - 1;
      if (node.isTextblock && offset >= 0 && offset <= node.content.size) units.push(unit + offset);
    }
    unit += node.content.size;
  }
  return units;
}

/** More steps than this are not looked at one by one. */
const maxMaps = 100;

/** The positions, in the document after all of these steps, behind which one of them inserted or deleted something. */
export function editedPositions(maps: readonly StepMap[]): number[] {
  if (maps.length > maxMaps) return [];
  const positions = new Set<number>();
  for (const [nth, map] of maps.entries()) {
    const rest: Mappable = new Mapping(maps.slice(nth + 1));
    map.forEach((_oldStart, _oldEnd, _start, end) => {
      positions.add(rest.map(end));
    });
  }
  return [...positions];
}
