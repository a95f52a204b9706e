// Where two ProseMirror documents differ, found by identity: an edit shares every node it does not touch with the
// document before it, so comparing pointers from both ends costs no look at the text.
//
// A window is a run of children of one container that is not the same in both documents. Where both are one container
// of the same kind, only what differs inside is reported. Between two windows everything is shared; still, what a leaf
// stands for can depend on what comes before it (an item's first block, a list behind a list), so whoever reads
// attributes off a window also looks at the one leaf behind it (`leavesAndNext`).

import type { Node } from "prosemirror-model";
import { heaviestRising, type Pair, uniquePairs } from "./align.js";
import { childFrame, type Frame, type Leaf, leavesBetween, rootFrame } from "./leaves.js";
import { atomsOf, childPlace, isLeafBlock, sharedEnds } from "./measure.js";

/** The `from`th to before the `to`th child of a container. */
export interface Slice {
  readonly frame: Frame;
  readonly from: number;
  readonly to: number;
}

export interface Window {
  readonly old: Slice;
  readonly now: Slice;
}

/**
 * Whether so many atoms from `at` on, in the old document, are those from `newAt` on in the new one. One node can stand
 * in several places of a document; which of them is which, only an op says.
 */
export type Agrees = (at: number, newAt: number, atoms: number) => boolean;

/** The stretches in which `now` is not made of the same nodes as `old`, in order. */
export const windowsOf = (old: Node, now: Node): Window[] =>
  topWindows(old, now).flatMap((each) => inside(each));

/** As {@link windowsOf}, but in whole children of the document. */
export const topWindows = (old: Node, now: Node, agrees?: Agrees): Window[] =>
  old === now ? [] : inFrames(rootFrame(old), rootFrame(now), agrees);

/** All of the document's own children from the first that differs to the last, as one. */
export function wholeWindow(old: Node, now: Node): Window {
  const [was, is] = [rootFrame(old), rootFrame(now)];
  const { prefix, suffix } = sharedEnds(old.children, now.children);
  return {
    old: { frame: was, from: prefix, to: old.childCount - suffix },
    now: { frame: is, from: prefix, to: now.childCount - suffix },
  };
}

/** How many atoms a slice stands for. */
export function atomsIn({ frame: { node }, from, to }: Slice): number {
  const start = childPlace(node, from).atoms;
  return (to < node.childCount ? childPlace(node, to).atoms : atomsOf(node)) - start;
}

function inFrames(old: Frame, now: Frame, agrees: Agrees | undefined): Window[] {
  const [a, b] = [old.node.children, now.node.children];
  const stays = ([i, j]: Pair) =>
    agrees === undefined ||
    agrees(old.at + childPlace(old.node, i).atoms, now.at + childPlace(now.node, j).atoms, atomsOf(a[i]!));
  let { prefix, suffix } = sharedEnds(a, b);
  while (prefix > 0 && !stays([prefix - 1, prefix - 1])) prefix--;
  while (suffix > 0 && !stays([a.length - suffix, b.length - suffix])) suffix--;
  const windows: Window[] = [];
  let [i, j] = [prefix, prefix];
  const report = (toI: number, toJ: number) => {
    if (i < toI || j < toJ)
      windows.push({ old: { frame: old, from: i, to: toI }, now: { frame: now, from: j, to: toJ } });
  };
  const ends = [a.length - suffix, b.length - suffix] as const;
  const atStart = prefix === 0 && old.at === 0;
  for (const [p, q] of shared(a.slice(prefix, ends[0]), b.slice(prefix, ends[1]), atStart)) {
    if (!stays([prefix + p, prefix + q])) continue;
    report(prefix + p, prefix + q);
    [i, j] = [prefix + p + 1, prefix + q + 1];
  }
  report(...ends);
  return windows;
}

/**
 * Nodes in both rows; of those that keep their order, the ones with most in them. One in several places says nothing.
 *
 * @param atStart  the rows begin where the document does, whose first marker stays the first one: a block that comes or
 *                 goes there keeps its text, but not its marker
 */
function shared(a: readonly Node[], b: readonly Node[], atStart: boolean): readonly Pair[] {
  if (a.length < 2 || b.length < 2) return [];
  const weigh = ([i, j]: Pair) => atomsOf(a[i]!) - (atStart && (i === 0) !== (j === 0) ? 1 : 0);
  return heaviestRising(
    uniquePairs(a, b).filter((pair) => weigh(pair) > 0),
    weigh,
  );
}

/** A window; one over one container on each side is narrowed to what differs in there. */
export function inside(window: Window, agrees?: Agrees): Window[] {
  const { old, now } = window;
  if (old.to - old.from !== 1 || now.to - now.from !== 1) return [window];
  const [a, b] = [old.frame.node.child(old.from), now.frame.node.child(now.from)];
  if (isLeafBlock(a) || isLeafBlock(b) || !a.sameMarkup(b)) return [window];
  const frames = [childFrame(old.frame, old.from), childFrame(now.frame, now.from)] as const;
  return inFrames(...frames, agrees).flatMap((each) => inside(each, agrees));
}

/** The leaves of a slice and the one behind them in the same container. */
export function* leavesAndNext({ frame, from, to }: Slice): Generator<Leaf> {
  yield* leavesBetween(frame, from, to);
  if (to < frame.node.childCount) for (const leaf of leavesBetween(frame, to, to + 1)) return yield leaf;
}
