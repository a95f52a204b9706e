// A large op as several that each fit into a message: a pasted chapter is sent like many keystrokes in a row.
//
//     apply(d, op) = apply(… apply(apply(d, pieces[0]), pieces[1]) …, pieces[n])
//
// The walk is cut between components, and text between code points; what is left of a cut is done by the pieces before
// it, so a piece begins by skipping all that they have left. Others may see the pieces come one by one.

import { startOfPair } from "../ot/index.js";
import { opBytes, produced } from "./op.js";
import type { ComposeLimit } from "./session.js";
import type { Op } from "./types.js";

type Component = Op[number];

/**
 * Text is cut into crumbs of at most so many UTF-16 units, of which pieces are filled. A unit has no more than three
 * bytes, so a crumb fills less than half of the smallest piece.
 */
const crumbUnits = (limitBytes: number) => Math.max(2, Math.min(1024, Math.floor(limitBytes / 8)));

const SKIP_BYTES = 20;

/**
 * @param normalize  the type's, to join what was cut too finely
 * @returns undefined if something in the op is too large and cannot be cut
 */
export function pieces<O extends Op>(
  op: O,
  limit: ComposeLimit,
  normalize: (op: O) => O,
): readonly O[] | undefined {
  const done: O[] = [];
  let piece: Component[] = [];
  let bytes = 0;
  /** Atoms that the pieces so far leave behind, up to where we are. */
  let left = 0;
  const finish = () => {
    const clean = normalize(piece as unknown as O);
    if (clean.length > 0) done.push(clean);
    piece = left === 0 ? [] : [left];
    bytes = opBytes(piece as unknown as Op);
  };
  const units = crumbUnits(limit.bytes);
  for (const crumb of op.flatMap((component: Component) => crumbs(component, units))) {
    const size = opBytes([crumb] as unknown as Op);
    // The skip before it has to fit in, too.
    if (size + SKIP_BYTES > limit.bytes) return undefined;
    const fits = piece.length < limit.components && bytes + size <= limit.bytes;
    if (!fits) finish();
    piece.push(crumb);
    bytes += size;
    left += produced(crumb);
  }
  finish();
  return done;
}

/** The component cut into ones with at most so many UTF-16 units of text. */
function crumbs(component: Component, units: number): Component[] {
  if (typeof component === "number") return [component];
  if (typeof component === "string") return texts(component, units);
  if ("i" in component && typeof component.i === "string") {
    return texts(component.i, units).map((i) => ({ ...component, i }));
  }
  if ("d" in component && typeof component.d === "string") {
    return texts(component.d, units).map((d) => ({ d }) as Component);
  }
  return [component];
}

function texts(text: string, units: number): string[] {
  const cut: string[] = [];
  for (let from = 0; from < text.length; from += cut.at(-1)!.length) {
    cut.push(text.slice(from, startOfPair(text, Math.min(text.length, from + units))));
  }
  return cut;
}
