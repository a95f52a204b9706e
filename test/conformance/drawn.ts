// What the cases are drawn from. It is the file's own: the alphabets of the other tests may grow, and the cases stay.
//
// Ops are drawn in two ways: spread over many kinds of components, and, since that seldom makes two ops meet, close together:
// every atom is changed by both, most of them alike, with inserts in between and values that a careless comparison takes for equal.

import {
  type AttributeChange,
  type Attributes,
  type Embed,
  type PlainOp,
  plainOp,
  type RichOp,
  type RichWire,
  richOp,
  type Value,
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

/** Values that are different, however alike some languages find them. */
const lookalikes: readonly Attributes[] = [
  { b: 1 },
  { b: true },
  { b: "1" },
  { b: 0 },
  { b: false },
  { b: "" },
];
const closeSets: readonly Attributes[] = [{}, { i: 1 }, { b: 1, i: 1 }, ...lookalikes];
const closeChanges: readonly AttributeChange[] = [
  {},
  { b: null },
  { i: 1 },
  { b: 1, i: 1 },
  { b: 2 },
  ...lookalikes,
];

export function drawCloseDocument(dice: Dice): RichWire {
  const op = richOp();
  for (let atoms = 2 + dice.roll(3); atoms > 0; atoms--) op.insert(drawCloseAtom(dice), dice.pick(closeSets));
  return op.done() as RichWire;
}

const drawCloseAtom = ({ pick }: Dice): string | Embed =>
  pick(["a", "b", "👻", "\n", "\n", embeds[0]!, embeds[2]!]);

/** Walks the whole document atom by atom, and writes between them: a range that it formats alike is a range with text in it. */
export function drawCloseOp(dice: Dice, length: number): RichOp {
  const op = richOp();
  const [a, b] = [dice.pick(closeChanges), dice.pick(closeChanges)];
  const mostly = (usual: AttributeChange) => (dice.roll(4) === 0 ? dice.pick(closeChanges) : usual);
  for (let at = 0; at < length; at++) {
    if (dice.roll(3) === 0) op.insert(drawCloseAtom(dice), dice.pick(closeSets));
    const what = dice.roll(7);
    if (what === 0) op.delete(1);
    else if (what === 1) op.skip(1);
    else op.retain(1, mostly(a), mostly(b));
  }
  if (dice.roll(3) === 0) op.insert(drawCloseAtom(dice), dice.pick(closeSets));
  return op.done();
}

/** The op with each delete quoting what it deletes, where a coin says so. */
export function drawQuotes({ roll }: Dice, op: PlainOp, points: readonly string[]): PlainOp {
  let at = 0;
  return op.map((component) => {
    if (typeof component === "string") return component;
    const from = at;
    at += typeof component === "number" ? component : (component.d as number);
    if (typeof component === "number" || roll(3) === 0) return component;
    return { d: points.slice(from, at).join("") };
  });
}

/** What a block may say of itself, some of it nonsense. */
const said: { readonly [key: string]: readonly Value[] } = {
  t: ["h1", "h6", "code", "h7", "p", 1],
  q: [1, 2, 1, 2, 9, -1, 1.5, true],
  li: ["b", "o", "t", "c", "b", "o", "t", "c", "x", 1],
  in: [0, 1, 2, 1, 99, "1"],
  ck: [1, true, 0, "1"],
  start: [3, 0, -1],
  new: [1, true, 0],
  iq: [1, true, 0],
};

/** A document of a few blocks that nest, go on in one another and end one another. */
export function drawBlocks(dice: Dice): RichWire {
  const op = richOp();
  if (dice.roll(6) === 0) op.insert(drawText(dice, 2).replaceAll("\n", ""));
  let [list, level] = [dice.pick(said.li!), 0];
  for (let blocks = 2 + dice.roll(5); blocks > 0; blocks--) {
    if (dice.roll(3) === 0) list = dice.pick(said.li!);
    level = Math.max(0, level + dice.roll(3) - 1);
    const attributes: { [key: string]: Value } = dice.roll(5) === 0 ? {} : { li: list, in: level };
    for (let more = dice.roll(3); more > 0; more--) {
      const key = dice.pick(Object.keys(said));
      attributes[key] = dice.pick(said[key]!);
    }
    op.insert(dice.roll(6) === 0 ? { hr: 1, blk: true } : "\n", attributes);
    if (dice.roll(3) > 0)
      op.insert(
        dice.pick(["a", "👻", "\u2028", embeds[0]!, embeds[1]!]),
        dice.pick([{}, { b: 1 }, { i: true }]),
      );
  }
  return op.done() as RichWire;
}
