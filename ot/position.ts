// Positions and selections, carried past an op. The same for both types: only lengths matter.

import { type AnyOp, baseLengthOf, contentLength, contentOf, isInsert } from "./op.js";
import type { Bias, Selection } from "./types.js";

/**
 * The position in the document after `op` that belongs to `position` in the one before.
 *
 * It stays between the same two atoms where both are still there; inside deleted atoms it goes to where they were. Where
 * text is inserted exactly there, `"before"` stays in front of it and `"after"` goes behind it. Positions keep their order.
 *
 * Past a composition is not past each of its parts in turn. In atoms; a position past the end is not refused.
 */
export function transformPosition(position: number, op: AnyOp, bias: Bias): number {
  /** What has been walked over of the document before, and how much longer the one after has become up to there. */
  let walked = 0;
  let moved = 0;
  for (let nth = 0; nth < op.length && walked <= position; nth++) {
    const component = op[nth]!;
    if (typeof component === "number") walked += component;
    else if (isInsert(component)) {
      if (walked < position || bias === "after") moved += contentLength(contentOf(component));
    } else {
      const atoms = baseLengthOf(component);
      if ("d" in component) moved -= Math.min(atoms, position - walked);
      walked += atoms;
    }
  }
  return position + moved;
}

/**
 * A selection carried past an op. One's own typing moves one's caret along (`own`); text that somebody else inserts
 * exactly at an end of the selection leaves that end where it is. Which end is the head stays as it was.
 */
export function transformSelection(selection: Selection, op: AnyOp, own: boolean): Selection {
  const bias = own ? "after" : "before";
  const anchor = transformPosition(selection.anchor, op, bias);
  const head = selection.head === selection.anchor ? anchor : transformPosition(selection.head, op, bias);
  return { anchor, head };
}
