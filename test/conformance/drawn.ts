// What the cases are drawn from. It is the file's own: the alphabets of the other tests may grow, and the cases stay.

import {
  type AttributeChange,
  type Attributes,
  type Embed,
  type PlainOp,
  plainOp,
  type RichOp,
  type RichWire,
  richOp,
} from "../../ot/index.js";
import type { Dice } from "../arbitraries/index.js";

const characters = ["a", "b", "c", "\n", "é", "👻", "\u0301", "ש", "\u2028", "\t"] as const;
const embeds: readonly Embed[] = [
  { image: { src: "x.png", alt: "An x" } },
  { mention: { id: "ann" } },
  { hr: 1, blk: true },
  { chart: [1, { deep: null, list: [true, "x"] }], blk: true },
];
const sets: readonly Attributes[] = [
  {},
  {},
  {},
  { b: 1 },
  { b: 1, i: 1 },
  { l: "https://a.example" },
  { t: "h1" },
  { in: 1, li: "b" },
  { "c:1": true, valueOf: 0.5 },
];
const changes: readonly AttributeChange[] = [
  {},
  { b: 1 },
  { b: 2 },
  { b: null },
  { b: null, i: 1 },
  { l: "https://b.example" },
  { t: "h1" },
  { q: 1, t: null },
  { valueOf: null },
];

export function drawText({ roll, pick }: Dice, most: number): string {
  return Array.from({ length: roll(most + 1) }, () => pick(characters)).join("");
}

export function drawPlainOp(dice: Dice, length: number): PlainOp {
  const op = plainOp();
  let left = length;
  for (let steps = 1 + dice.roll(5); steps > 0; steps--) {
    const atoms = Math.min(left, 1 + dice.roll(3));
    const what = dice.roll(5);
    if (what < 2) op.insert(drawText(dice, 2));
    else {
      if (what === 2) op.delete(atoms);
      else op.skip(atoms);
      left -= atoms;
    }
  }
  return op.done();
}

function drawContent(dice: Dice): string | Embed {
  const what = dice.roll(6);
  if (what === 0) return dice.pick(embeds);
  return what === 1 ? "\n" : drawText(dice, 2);
}

export function drawDocument(dice: Dice, most: number): RichWire {
  const op = richOp();
  for (let inserts = dice.roll(most + 1); inserts > 0; inserts--)
    op.insert(drawContent(dice), dice.pick(sets));
  return op.done() as RichWire;
}

export function drawRichOp(dice: Dice, length: number): RichOp {
  const op = richOp();
  let left = length;
  for (let steps = 1 + dice.roll(5); steps > 0; steps--) {
    const atoms = Math.min(left, 1 + dice.roll(4));
    const what = dice.roll(8);
    if (what < 3) op.insert(drawContent(dice), dice.pick(sets));
    else {
      if (what === 3) op.delete(atoms);
      else if (what === 4) op.skip(atoms);
      else op.retain(atoms, dice.pick(changes), dice.pick(changes));
      left -= atoms;
    }
  }
  return op.done();
}
