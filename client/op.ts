// What the client must know of an op besides its algebra: how large it is on the wire, and where it worked.
//
// Both document types walk alike, so one reading serves both: a number skips, a string or `{i}` inserts, `{d}` deletes
// (a count, or the text itself in plain documents), `{r}` changes attributes. Lengths are in atoms.

import { codePointLength } from "../ot/index.js";
import type { Op } from "./types.js";

type Component = Op[number];

const encoder = new TextEncoder();
/** Text that is longer is counted faster by the encoder, which has to be called, and to make a list of bytes. */
const SHORT = 256;

/** Size of the op as it travels, in UTF-8 bytes of JSON. */
export function opBytes(op: Op): number {
  const text = JSON.stringify(op);
  return text.length > SHORT ? encoder.encode(text).length : utf8Bytes(text);
}

/** JSON has no half of a surrogate pair: each half is two of its four bytes. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes++;
    else bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
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

/** How many atoms an op inserts. */
export const insertedAtoms = (op: Op): number =>
  op.reduce<number>((sum, part) => sum + (consumed(part) === 0 ? produced(part) : 0), 0);

/** The text that an op puts in, where that is all it does, in one place; otherwise undefined. */
export function typedIn(op: Op): string | undefined {
  let text: string | undefined;
  for (const component of op) {
    if (typeof component === "number" && text === undefined) continue;
    const more = typeof component === "object" && "i" in component ? component.i : component;
    if (typeof more !== "string") return undefined;
    text = (text ?? "") + more;
  }
  return text;
}

/** Atoms of the old document that a component walks over. */
export function consumed(component: Component): number {
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
