// Many positions, carried past one op: for whoever shows a hundred carets when somebody pastes or formats a whole text. An entry
// of its own, since a page that shows few has no use for it.
//
// What always holds: each position comes to where `transformPosition` (`position.ts`) takes it, which defines where that is.

import { type AnyOp, baseLengthOf, resultLengthOf } from "./op.js";
import type { Bias } from "./types.js";

/**
 * An op as a way for many positions: the same as `transformPosition` of each. The op is walked once, and a position costs a
 * search in what was noted on the way; so it pays for an op of more than a few components with more than a few positions.
 */
export function positionsPast(op: AnyOp): (position: number, bias: Bias) => number {
  // Where each insert and delete begins, and by how much all before it make the document longer; last, by how much all do.
  const begins: number[] = [];
  const moved = [0];
  let walked = 0;
  for (const component of op) {
    const atoms = baseLengthOf(component);
    const grown = resultLengthOf(component) - atoms;
    if (grown !== 0) moved.push(moved[begins.push(walked) - 1]! + grown);
    walked += atoms;
  }
  return (position, bias) => {
    let nth = countBelow(begins, position);
    // Of a delete that holds the position, what lies behind it has no say.
    const end = nth === 0 ? 0 : begins[nth - 1]! + moved[nth - 1]! - moved[nth]!;
    const behind = Math.max(0, end - position);
    if (bias === "after") while (begins[nth] === position && moved[nth + 1]! > moved[nth]!) nth++;
    return position + moved[nth]! + behind;
  };
}

/** How many of some numbers in order are below another. */
function countBelow(numbers: readonly number[], bound: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (numbers[middle]! < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}
