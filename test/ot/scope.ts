// All ops of a small scope: every way to do something to each atom of a document and to put something into its gaps.
//
// A scope is a row of choices, gap, atom, gap, … gap; each choice is what may stand there, as components. What transform
// does at a gap depends on the ops' inserts there and on what they do to the two atoms beside it, so one gap between two
// atoms with a large alphabet, and more atoms with a small one, say more than many atoms with all of it.

import { type PlainOp, type RichComponent, type RichOp, richOp } from "../../ot/index.js";

/** What may stand at one place of an op. */
export type Choice = readonly (readonly RichComponent[])[];

/** All rows that take one of the options at each place. */
export function rows<T>(places: readonly (readonly T[])[]): T[][] {
  return places.reduce<T[][]>(
    (sofar, options) => sofar.flatMap((row) => options.map((option) => [...row, option])),
    [[]],
  );
}

/** The canonical ops of a scope. */
export const opsOf = (places: readonly Choice[]): RichOp[] =>
  rows(places).map((parts) => {
    const op = richOp();
    for (const component of parts.flat()) op.add(component);
    return op.done();
  });

/** The places of a document of `length` atoms: `gap` at every gap, `act` at every atom. */
export const everywhere = (length: number, gap: Choice, act: Choice): Choice[] => [
  gap,
  ...Array.from({ length }, () => [act, gap]).flat(),
];

/** The same, with nothing before the first atom and behind the last. */
export const between = (length: number, gap: Choice, act: Choice): Choice[] =>
  everywhere(length, gap, act).map((choice, at) => (at === 0 || at === 2 * length ? nothing : choice));

const nothing: Choice = [[]];

/** All plain ops over `length` atoms with `text` or nothing in each gap. */
export const plainOps = (length: number, text: string): PlainOp[] =>
  opsOf(everywhere(length, [[], [text]], [[1], [{ d: 1 }]])) as PlainOp[];

const image = { i: { image: 1 } };
const rule = { i: { hr: 1, blk: true } };

/** What `text` and `value` are tells two users apart. */
export const smallGap = (text: string): Choice => [[], [text], ["\n"]];
export const smallGapWithEmbed = (text: string): Choice => [...smallGap(text), [image]];
export const smallActs = (value: number): Choice => [
  [1],
  [{ d: 1 }],
  [{ r: 1, a: { b: value } }],
  [{ r: 1, b: { q: value } }],
  [{ r: 1, a: { b: null }, b: { q: 3 } }],
];

/** Text and markers in either order, embeds of both kinds, and attributes that may be given or are there already. */
export const largeGap = (text: string): Choice => [
  ...smallGap(text),
  [`${text}\n`],
  [`\n${text}`],
  [image],
  [rule],
  [{ i: text, a: { b: 1 } }],
  [{ i: "\n", a: { q: 2 } }],
];
/** Values that the other user sets too, one key beside another, and both scopes at once. */
export const largeActs = (value: number): Choice => [
  ...smallActs(value),
  [{ r: 1, a: { b: 3 } }],
  [{ r: 1, a: { b: value, i: 1 } }],
  [{ r: 1, a: { i: value }, b: { q: 2 } }],
  [{ r: 1, b: { q: null, t: value } }],
];
