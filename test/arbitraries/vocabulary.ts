// What documents and ops of the tests are made of: a small and nasty alphabet, so that ties and overlaps are common.

import type { AttributeChange, Attributes, Embed } from "../../ot/index.js";

/** ASCII, a line feed, two bytes, a surrogate pair, a soft break, a combining accent, right-to-left. */
export const characters = ["a", "b", "\n", "é", "👻", "\u2028", "\u0301", "ש"] as const;

export const embeds: readonly Embed[] = [
  { image: { src: "x.png" } },
  { mention: { id: "ann" } },
  { hr: 1, blk: true },
  { unknown: [1, { deep: null }], blk: true },
];

/** Keys of text and of blocks in one list: the type does not know which are which. */
export const attributeSets: readonly Attributes[] = [
  {},
  {},
  { b: 1 },
  { i: 1, b: 1 },
  { l: "https://a.example" },
  { "c:1": true },
  { t: "h1" },
  { li: "b", in: 1 },
  { q: 1 },
  { toString: 1 },
];

export const changes: readonly AttributeChange[] = [
  {},
  {},
  { b: 1 },
  { b: null },
  { i: 1, b: null },
  { l: "https://b.example" },
  { l: null, "c:1": null },
  { t: "h1" },
  { t: null, q: 1 },
  { in: 2 },
  { toString: null },
];
