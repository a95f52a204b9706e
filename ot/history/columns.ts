// Ops as columns: what stands in them. What people do most is a few kinds of runs; every other op is written component by component.
//
//   kinds    of which kind each run is
//   runs     how many more ops than one are in it: a column for each kind, since people delete in shorter runs than they type
//   places   where a run, or one op, begins: how far from where the one before ended
//   shapes   of each other op: how many components follow its first skip, and of which shape each is
//   numbers  lengths of texts in UTF-16 units, of everything else in atoms; numbers of values, plus one: 0 stands for none
//   text     all text, in the order in which it was written
//   values   attribute sets and embeds, each once
//
// The place after an op is the one behind its last component, in the document that it leaves: there the next one begins,
// nearly always.

import type { RichComponent } from "../types.js";

/** How a run begins: "ILH", and the number of this form. How it ends: with a checksum. */
export const MAGIC: readonly number[] = [0x49, 0x4c, 0x48, 1];
export const CHECKSUM_BYTES = 4;

/** A component of an op of either type. */
export type Component = RichComponent | { readonly d: number | string };

/** Of which kind a run is. In each but the last two, one op has one component besides its skip. */
export const Kind = {
  /** One code point each, each behind the one before. */
  type: 0,
  /** The atom before the place goes, again and again. */
  back: 1,
  /** The atom behind the place goes, again and again. */
  forward: 2,
  /** Text of any length, each behind the one before. */
  insert: 3,
  /** As `type`, with one set of attributes for all. */
  styled: 4,
  other: 5,
  text: 6,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const KINDS = Object.keys(Kind).length;

/** What a component of another op is. */
export const Shape = { skip: 0, text: 1, delete: 2, quote: 3, styled: 4, embed: 5, retain: 6 } as const;
