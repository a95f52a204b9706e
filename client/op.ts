// What the client must know of an op besides its algebra: how large it is on the wire, and where it worked.
//
// Both document types walk alike, so one reading serves both: a number skips, a string or `{i}` inserts, `{d}` deletes
// (a count, or the text itself in plain documents), `{r}` changes attributes. Lengths are in atoms.

import { codePointLength } from "../ot/index.js";
import type { Op } from "./types.js";

type Component = Op[number];

/** Size of the op as it travels, in UTF-8 bytes of JSON. */
export function opBytes(op: Op): number {
  return new TextEncoder().encode(JSON.stringify(op)).length;
}

/** The stretch an op works on: from its first change to its last, before the op and after it. */
export interface Extent {
  readonly from: number;
  readonly toBefore: number;
  readonly toAfter: number;
}

/** @returns undefined for an op that does nothing */
export function extent(op: Op): Extent | undefined {
  let before = 0;
  let after = 0;
  let found: Extent | undefined;
  for (const component of op) {
    const from = before;
    before += consumed(component);
    after += produced(component);
    if (typeof component !== "number")
      found = { from: found?.from ?? from, toBefore: before, toAfter: after };
  }
  return found;
}

/** How many atoms an op inserts, deletes or gives other attributes. */
export const touchedAtoms = (op: Op): number =>
  op.reduce<number>(
    (sum, part) => sum + (typeof part === "number" ? 0 : Math.max(consumed(part), produced(part))),
    0,
  );

/** Atoms of the old document that a component walks over. */
function consumed(component: Component): number {
  if (typeof component === "number") return component;
  if (typeof component === "string" || "i" in component) return 0;
  if ("r" in component) return component.r;
  return typeof component.d === "string" ? codePointLength(component.d) : component.d;
}

/** Atoms of the new document that a component leaves behind. */
export function produced(component: Component): number {
  if (typeof component === "number") return component;
  if (typeof component === "string") return codePointLength(component);
  if ("i" in component) return typeof component.i === "string" ? codePointLength(component.i) : 1;
  return "r" in component ? component.r : 0;
}
