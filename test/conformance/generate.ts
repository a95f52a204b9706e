// Makes the file of cases that every implementation of the algebra is held to (`README.md` says its format).
//
// The answers come from the slow model of `test/oracle/`, so that the file says what is right and not what the product does.
// The seeds are pinned: the same code makes the same file, at every commit. Cases that are added have a seed of their own and go
// behind those that were there, which so stay as they were.

import type { PlainOp, RichOp, RichWire, Side } from "../../ot/index.js";
import { type Dice, dice } from "../arbitraries/index.js";
import { composeSlowly, invertSlowly, movePositionSlowly, transformSlowly } from "../oracle/algebra.js";
import { type Atom, applyToAtoms, atomsOf, canonical, wireOf } from "../oracle/atoms.js";
import { outlineOf } from "../oracle/projection.js";
import { both, fine, finePlain, plainOnly, richOnly, type Vector } from "../ot/vectors.js";
import {
  drawBlocks,
  drawCloseDocument,
  drawCloseOp,
  drawDocument,
  drawPlainOp,
  drawQuotes,
  drawRichOp,
  drawText,
} from "./drawn.js";

/** The name says the version of the file: an answer that changes is another version, and the old file stays as it was. */
export const fileName = "cases-1.json";
const SEED = 1_000_003;
const CLOSE_SEED = 1_000_033;
const QUOTES_SEED = 1_000_037;
const OUTLINES_SEED = 1_000_039;
/** Vectors with longer JSON are for our own tests: they would fill the file. */
const LONGEST_VECTOR = 9000;

interface Kind<Wire, Op> {
  readonly document: (dice: Dice) => Wire;
  readonly op: (dice: Dice, atoms: readonly Atom[]) => Op;
  /** The document in wire form. */
  readonly wire: (atoms: ReturnType<typeof atomsOf>) => Wire;
  readonly textFirst: boolean;
}
const plain: Kind<string, PlainOp> = {
  document: (dice) => drawText(dice, 7),
  op: (dice, { length }) => drawPlainOp(dice, length),
  wire: (atoms) => atoms.map(({ content }) => content).join(""),
  textFirst: false,
};
const quoting: Kind<string, PlainOp> = {
  ...plain,
  op(dice, atoms) {
    const points = atoms.map(({ content }) => content as string);
    return drawQuotes(dice, drawPlainOp(dice, points.length), points);
  },
};
const rich: Kind<RichWire, RichOp> = {
  document: (dice) => drawDocument(dice, 4),
  op: (dice, { length }) => drawRichOp(dice, length),
  wire: wireOf,
  textFirst: true,
};
const close: Kind<RichWire, RichOp> = {
  ...rich,
  document: drawCloseDocument,
  op: (dice, { length }) => drawCloseOp(dice, length),
};

interface Counts {
  readonly apply: number;
  /** Of ops that reach past the end. */
  readonly refused?: number;
  readonly transform?: number;
  readonly compose: number;
  readonly invert: number;
  readonly positions?: number;
  readonly selections?: number;
}
const first: Counts = {
  ...{ apply: 200, refused: 20, transform: 500, compose: 250, invert: 250, positions: 100, selections: 60 },
};
const added: Counts = { apply: 40, transform: 200, compose: 160, invert: 60 };
/** How a transform writes quotes is told to nobody: whoever reads them as counts is right. */
const addedQuotes: Counts = { apply: 30, compose: 30, invert: 30 };

type Case = { readonly [key: string]: unknown };
export type Section = { readonly [name: string]: readonly Case[] };

const times = (count: number, make: () => Case): Case[] => Array.from({ length: count }, make);

function sectionOf<Wire extends string | RichWire, Op extends PlainOp | RichOp>(
  roll: Dice,
  { document, op, wire, textFirst }: Kind<Wire, Op>,
  { apply, refused = 0, transform = 0, compose, invert, positions = 0, selections = 0 }: Counts,
): Section {
  const draw = () => {
    const drawn = document(roll);
    const atoms = atomsOf(drawn);
    return { document: drawn, atoms, length: atoms.length, op: op(roll, atoms) };
  };
  const moved = (one: Op, other: Op, side: Side, length: number) =>
    transformSlowly(one, other, side, length, { textFirst });
  return {
    apply: [
      ...times(apply, () => {
        const { document, atoms, op } = draw();
        return { document, op, result: wire(applyToAtoms(atoms, op)) };
      }),
      ...times(refused, () => {
        const { document, length, op } = draw();
        const longer = applyToAtoms(atomsOf("x".repeat(length)), op).length - length;
        return { document, op: [length + Math.abs(longer) + 1, "x"], error: "op_out_of_bounds" };
      }),
    ],
    transform: times(transform, () => {
      const { document, atoms, length, op: left } = draw();
      const right = op(roll, atoms);
      const leftPastRight = moved(left, right, "left", length);
      return {
        ...{ document, left, right, leftPastRight },
        rightPastLeft: moved(right, left, "right", length),
        result: wire(applyToAtoms(applyToAtoms(atoms, right), leftPastRight)),
      };
    }),
    compose: times(compose, () => {
      const { document, atoms, length, op: first } = draw();
      const between = applyToAtoms(atoms, first);
      const second = op(roll, between);
      const composed = composeSlowly(first as RichOp, second as RichOp, length);
      return { document, first, second, composed, result: wire(applyToAtoms(between, second)) };
    }),
    invert: times(invert, () => {
      const { document, atoms, op } = draw();
      return { document, op, inverse: invertSlowly(op, atoms) };
    }),
    positions: times(positions, () => {
      const { length, op } = draw();
      const all = (bias: "before" | "after") =>
        Array.from({ length: length + 1 }, (_, at) => movePositionSlowly(at, op, bias, length));
      return { op, before: all("before"), after: all("after") };
    }),
    selections: times(selections, () => {
      const { length, op } = draw();
      const selection = { anchor: roll.roll(length + 1), head: roll.roll(length + 1) };
      const own = roll.roll(2) === 0;
      const to = (at: number) => movePositionSlowly(at, op, own ? "after" : "before", length);
      return { op, selection, own, result: { anchor: to(selection.anchor), head: to(selection.head) } };
    }),
  };
}

/** Ops that quote something else than what they delete: the letter before it in the alphabet, or the one behind. */
function misquoted(roll: Dice): Case[] {
  return times(10, () => {
    const document = `${drawText(roll, 4)}b${drawText(roll, 4)}`;
    const at = [...document].indexOf("b");
    const delete_ = { d: roll.pick(["a", "c"]) };
    return { document, op: at === 0 ? [delete_] : [at, delete_], error: "op_malformed" };
  });
}

/** Each section with what is added to it behind. */
const behind = (section: Section, ...more: readonly Section[]): Section =>
  Object.fromEntries(
    Object.entries(section).map(([name, all]) => [name, [all, ...more.map((one) => one[name] ?? [])].flat()]),
  );

/** Ops as strangers send them, as JSON in a string: not all of it is what a parser gives back unchanged. */
function verdicts(refused: readonly Vector[], taken: readonly string[]): Case[] {
  const all = [
    ...refused.map(([title, json, code]) => ({ title, json, code })),
    ...taken.map((json) => ({ title: "is taken", json, code: null })),
  ];
  return all.filter(({ json }) => json.length <= LONGEST_VECTOR);
}

/** What an editor shows: which block stands in which. */
function outlines(roll: Dice): Case[] {
  return times(80, () => {
    const document = drawBlocks(roll);
    return { document, outline: outlineOf(atomsOf(document)) };
  });
}

function unicodeCases(roll: Dice): Case[] {
  return times(60, () => {
    const points = [...drawText(roll, 8)];
    const offsets = Array.from({ length: points.length + 1 }, (_, at) => points.slice(0, at).join("").length);
    const positions = Array.from({ length: points.join("").length + 1 }, (_, unit) =>
      offsets.findLastIndex((offset) => offset <= unit),
    );
    return { text: points.join(""), offsets, positions };
  });
}

/** What the file holds. */
export function cases(): { readonly [part: string]: Section } {
  const roll = dice(SEED);
  const drawn = { plain: sectionOf(roll, plain, first), rich: sectionOf(roll, rich, first) };
  const offsets = unicodeCases(roll);
  const quotes = dice(QUOTES_SEED);
  const more = {
    plain: [sectionOf(quotes, quoting, addedQuotes), { apply: misquoted(quotes) }],
    rich: [sectionOf(dice(CLOSE_SEED), close, added)],
  };
  return {
    plain: { ...behind(drawn.plain, ...more.plain), check: verdicts([...both, ...plainOnly], finePlain) },
    rich: {
      ...behind(drawn.rich, ...more.rich),
      check: verdicts([...both, ...richOnly], fine),
      outlines: outlines(dice(OUTLINES_SEED)),
    },
    unicode: { offsets },
  };
}

/** The file: a case on a line, keys in order, so that a difference is a line. */
export function text(parts: { readonly [part: string]: Section }): string {
  const section = ([name, all]: readonly [string, readonly Case[]]) =>
    `    ${JSON.stringify(name)}: [\n${all.map((one) => `      ${canonical(one)}`).join(",\n")}\n    ]`;
  const part = ([name, sections]: readonly [string, Section]) =>
    `  ${JSON.stringify(name)}: {\n${Object.entries(sections).map(section).join(",\n")}\n  }`;
  const head = '  "format": "interline-ot-conformance",\n  "version": 1';
  return `{\n${[head, ...Object.entries(parts).map(part)].join(",\n")}\n}\n`;
}
