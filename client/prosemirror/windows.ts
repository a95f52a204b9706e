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
import { isLeafBlock, sharedEnds } from "./measure.js";

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

/** The stretches in which `now` is not made of the same nodes as `old`, in order. */
export function windowsOf(old: Node, now: Node): Window[] {
  return old === now ? [] : inFrames(rootFrame(old), rootFrame(now));
}

function inFrames(old: Frame, now: Frame): Window[] {
  const [a, b] = [old.node.children, now.node.children];
  const { prefix, suffix } = sharedEnds(a, b);
  const windows: Window[] = [];
  let [i, j] = [prefix, prefix];
  const report = (toI: number, toJ: number) => {
    if (i === toI && j === toJ) return;
    const window: Window = { old: { frame: old, from: i, to: toI }, now: { frame: now, from: j, to: toJ } };
    for (const each of inside(window)) windows.push(each);
  };
  const ends = [a.length - suffix, b.length - suffix] as const;
  for (const [p, q] of shared(a.slice(prefix, ends[0]), b.slice(prefix, ends[1]))) {
    report(prefix + p, prefix + q);
    [i, j] = [prefix + p + 1, prefix + q + 1];
  }
  report(...ends);
  return windows;
}

/** Nodes in both rows; of those that keep their order, the ones with most in them. One in several places says nothing. */
const shared = (a: readonly Node[], b: readonly Node[]): Pair[] =>
  a.length < 2 || b.length < 2 ? [] : heaviestRising(uniquePairs(a, b), ([i]) => a[i]!.nodeSize);

/** A window over one container on each side, narrowed to what differs in there. */
function inside(window: Window): Window[] {
  const { old, now } = window;
  if (old.to - old.from !== 1 || now.to - now.from !== 1) return [window];
  const [a, b] = [old.frame.node.child(old.from), now.frame.node.child(now.from)];
  if (isLeafBlock(a) || isLeafBlock(b) || !a.sameMarkup(b)) return [window];
  return inFrames(childFrame(old.frame, old.from), childFrame(now.frame, now.from));
}

/** The leaves of a slice and the one behind them in the same container. */
export function* leavesAndNext({ frame, from, to }: Slice): Generator<Leaf> {
  yield* leavesBetween(frame, from, to);
  if (to < frame.node.childCount) for (const leaf of leavesBetween(frame, to, to + 1)) return yield leaf;
}
