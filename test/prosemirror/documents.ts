// Documents for the editor's tests: written down in a few characters, or drawn at random with junk in every attribute.

import fc from "fast-check";
import {
  type AttributeChange,
  type Attributes,
  type Embed,
  type RichOp,
  RichSnapshot,
  type RichWire,
  richOp,
} from "../../ot/index.js";
import type { Dice } from "../arbitraries/index.js";

/** One line: its block attributes and its text; an embed in place of the text is a block embed. */
export type LineSpec = readonly [attributes: Attributes, text: string | Embed];

/** A document of these lines, each with its marker. */
export function documentOf(...specs: readonly LineSpec[]): RichSnapshot {
  const wire = richOp();
  for (const [attributes, text] of specs) {
    if (typeof text !== "string") wire.insert(text, attributes);
    else wire.insert("\n", attributes).insert(text);
  }
  return RichSnapshot.from(wire.done());
}

const junk = [0, 1, 2, 3, 7, 99, -1, 1.5, "x", "", true, false, "b", "c", "h9", "code"] as const;

const sensible: { readonly [key: string]: readonly (string | number)[] } = {
  t: ["h1", "h2", "code", "p"],
  q: [1, 2],
  li: ["b", "o", "t", "c", "b"],
  in: [1, 2, 0],
  ck: [1],
  iq: [1],
  new: [1],
  start: [3],
  lang: ["js"],
  al: ["center"],
  dir: ["rtl"],
  b: [1],
  i: [1],
  k: [1],
  l: ["https://example.org", "javascript:alert(1)"],
  fg: ["#abc", "red"],
  "c:1": [1],
  "c:2": [1],
  zz: [1],
};

/** One attribute in four is junk. */
export const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(sensible)), fc.nat(3), fc.nat(15)), { maxLength: 5 })
  .map((drawn) =>
    Object.fromEntries(
      drawn.map(([key, kind, n]) => [
        key,
        kind === 3 ? junk[n]! : sensible[key]![n % sensible[key]!.length]!,
      ]),
    ),
  );

const characters = ["a", "b", "\u2028", "\t", "😀", "ש", "\ufffd"] as const;
const embeds: readonly Embed[] = [
  { image: { src: "x.png" } },
  { image: { src: "javascript:x" } },
  { image: 7 },
  { mention: { id: "u1", label: "Ann" } },
  { mention: "u1" },
  { chart: { b: 1, a: [2] } },
  { hr: 1, blk: true },
  { hr: "x", blk: true },
  { video: "v", blk: true },
  { image: { src: "x.png" }, blk: true },
];

const content = fc.oneof(
  { arbitrary: fc.constantFrom(...characters), weight: 5 },
  { arbitrary: fc.constant("\n"), weight: 5 },
  { arbitrary: fc.constantFrom(...embeds), weight: 3 },
);

export interface Atom {
  readonly content: string | Embed;
  readonly attributes: Attributes;
}

export const atom: fc.Arbitrary<Atom> = fc.record({ content, attributes });

export function wireOf(atoms: readonly Atom[]): RichWire {
  const wire = richOp();
  for (const { content, attributes } of atoms) wire.insert(content, attributes);
  return wire.done() as RichWire;
}

/** Any sequence of atoms at all, with or without a first marker. */
export const anySnapshot = (maxLength = 14): fc.Arbitrary<RichSnapshot> =>
  fc.array(atom, { maxLength }).map((atoms) => RichSnapshot.from(wireOf(atoms)));

/** The same from dice, for loops in which drawing would cost more than the check. */
export function rollAtoms({ roll, pick }: Dice, maxLength: number): Atom[] {
  const keys = Object.keys(sensible);
  return Array.from({ length: roll(maxLength + 1) }, () => {
    const what = roll(13);
    const attributes = Array.from({ length: roll(6) }, () => {
      const key = pick(keys);
      return [key, roll(4) === 0 ? pick(junk) : pick(sensible[key]!)] as const;
    });
    return {
      content: what < 5 ? pick(characters) : what < 10 ? "\n" : pick(embeds),
      attributes: Object.fromEntries(attributes),
    };
  });
}

/** Some of the keys are removed. */
const changes: fc.Arbitrary<AttributeChange> = fc
  .tuple(attributes, fc.nat(31))
  .map(([set, removed]) =>
    Object.fromEntries(
      Object.entries(set).map(([key, value], at) => [key, (removed >> at) & 1 ? null : value]),
    ),
  );

/** Any op that fits a document of so many atoms. */
export const anyOp = (length: number): fc.Arbitrary<RichOp> =>
  fc
    .array(
      fc.oneof(
        fc.record({ skip: fc.nat(5) }),
        fc.record({ insert: fc.array(atom, { minLength: 1, maxLength: 3 }) }),
        fc.record({ delete: fc.nat(4) }),
        fc.record({ retain: fc.nat(6), a: changes, b: changes }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => {
      const op = richOp();
      let left = length;
      const take = (wanted: number) => {
        const atoms = Math.min(wanted, left);
        left -= atoms;
        return atoms;
      };
      for (const part of parts) {
        if ("skip" in part) op.skip(take(part.skip));
        else if ("insert" in part)
          for (const { content, attributes } of part.insert) op.insert(content, attributes);
        else if ("delete" in part) op.delete(take(part.delete));
        else op.retain(take(part.retain), part.a, part.b);
      }
      return op.done();
    });

/** A document and an op that fits it. */
export const snapshotAndOp = (maxLength = 14): fc.Arbitrary<readonly [RichSnapshot, RichOp]> =>
  anySnapshot(maxLength).chain((snapshot) => anyOp(snapshot.length).map((op) => [snapshot, op] as const));

/** A document as the server holds them: it begins with a marker; whatever comes after may be junk. */
export const anyRichDocument = (maxLength = 14): fc.Arbitrary<RichSnapshot> =>
  fc
    .tuple(attributes, fc.array(atom, { maxLength }))
    .map(([first, rest]) => RichSnapshot.from(wireOf([{ content: "\n", attributes: first }, ...rest])));

const written = fc.constantFrom(
  "one ",
  "aaaa",
  "two",
  "👻",
  "😀😀",
  "שלום",
  "a b a b",
  "\u2028",
  "word word ",
);

/** A document of a few lines as people write them: words, some of them marked, in blocks of every kind. */
export const writtenDocument: fc.Arbitrary<RichSnapshot> = fc
  .array(
    fc.tuple(
      attributes,
      fc.array(
        fc.oneof(
          fc.record({ content: written, attributes }),
          fc.record({ content: written, attributes: fc.constant({}) }),
        ),
        { maxLength: 3 },
      ),
    ),
    { minLength: 1, maxLength: 7 },
  )
  .map((drawn) =>
    RichSnapshot.from(
      wireOf(drawn.flatMap(([block, words]) => [{ content: "\n", attributes: block }, ...words])),
    ),
  );
