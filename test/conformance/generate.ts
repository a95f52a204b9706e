// Makes the file of cases that every implementation of the algebra is held to (`README.md` says its format).
//
// The answers come from the slow model of `test/oracle/`, so that the file says what is right and not what the product does.
// The seed is pinned: the same code makes the same file, at every commit.

import type { PlainOp, RichOp, RichWire, Side } from "../../ot/index.js";
import { type Dice, dice } from "../arbitraries/index.js";
import { composeSlowly, invertSlowly, movePositionSlowly, transformSlowly } from "../oracle/algebra.js";
import { applyToAtoms, atomsOf, canonical, wireOf } from "../oracle/atoms.js";
import { both, fine, finePlain, plainOnly, richOnly, type Vector } from "../ot/vectors.js";
import { drawDocument, drawPlainOp, drawRichOp, drawText } from "./drawn.js";

/** The name says the version of the file: an answer that changes is another version, and the old file stays as it was. */
export const fileName = "cases-1.json";
const SEED = 1_000_003;
/** Vectors with longer JSON are for our own tests: they would fill the file. */
const LONGEST_VECTOR = 9000;

interface Kind<Wire, Op> {
  readonly document: (dice: Dice) => Wire;
  readonly op: (dice: Dice, length: number) => Op;
  /** The document in wire form. */
  readonly wire: (atoms: ReturnType<typeof atomsOf>) => Wire;
  readonly textFirst: boolean;
}
const plain: Kind<string, PlainOp> = {
  document: (dice) => drawText(dice, 7),
  op: drawPlainOp,
  wire: (atoms) => atoms.map(({ content }) => content).join(""),
  textFirst: false,
};
const rich: Kind<RichWire, RichOp> = {
  document: (dice) => drawDocument(dice, 4),
  op: drawRichOp,
  wire: wireOf,
  textFirst: true,
};

type Case = { readonly [key: string]: unknown };
export type Section = { readonly [name: string]: readonly Case[] };

const times = (count: number, make: () => Case): Case[] => Array.from({ length: count }, make);

function sectionOf<Wire extends string | RichWire, Op extends PlainOp | RichOp>(
  roll: Dice,
  { document, op, wire, textFirst }: Kind<Wire, Op>,
): Section {
  const draw = () => {
    const drawn = document(roll);
    const atoms = atomsOf(drawn);
    return { document: drawn, atoms, length: atoms.length, op: op(roll, atoms.length) };
  };
  const moved = (one: Op, other: Op, side: Side, length: number) =>
    transformSlowly(one, other, side, length, { textFirst });
  return {
    apply: [
      ...times(200, () => {
        const { document, atoms, op } = draw();
        return { document, op, result: wire(applyToAtoms(atoms, op)) };
      }),
      ...times(20, () => {
        const { document, length, op } = draw();
        const longer = applyToAtoms(atomsOf("x".repeat(length)), op).length - length;
        return { document, op: [length + Math.abs(longer) + 1, "x"], error: "op_out_of_bounds" };
      }),
    ],
    transform: times(500, () => {
      const { document, atoms, length, op: left } = draw();
      const right = op(roll, length);
      const leftPastRight = moved(left, right, "left", length);
      return {
        ...{ document, left, right, leftPastRight },
        rightPastLeft: moved(right, left, "right", length),
        result: wire(applyToAtoms(applyToAtoms(atoms, right), leftPastRight)),
      };
    }),
    compose: times(250, () => {
      const { document, atoms, length, op: first } = draw();
      const between = applyToAtoms(atoms, first);
      const second = op(roll, between.length);
      const composed = composeSlowly(first as RichOp, second as RichOp, length);
      return { document, first, second, composed, result: wire(applyToAtoms(between, second)) };
    }),
    invert: times(250, () => {
      const { document, atoms, op } = draw();
      return { document, op, inverse: invertSlowly(op, atoms) };
    }),
    positions: times(100, () => {
      const { length, op } = draw();
      const all = (bias: "before" | "after") =>
        Array.from({ length: length + 1 }, (_, at) => movePositionSlowly(at, op, bias, length));
      return { op, before: all("before"), after: all("after") };
    }),
    selections: times(60, () => {
      const { length, op } = draw();
      const selection = { anchor: roll.roll(length + 1), head: roll.roll(length + 1) };
      const own = roll.roll(2) === 0;
      const to = (at: number) => movePositionSlowly(at, op, own ? "after" : "before", length);
      return { op, selection, own, result: { anchor: to(selection.anchor), head: to(selection.head) } };
    }),
  };
}

/** Ops as strangers send them, as JSON in a string: not all of it is what a parser gives back unchanged. */
function verdicts(refused: readonly Vector[], taken: readonly string[]): Case[] {
  const all = [
    ...refused.map(([title, json, code]) => ({ title, json, code })),
    ...taken.map((json) => ({ title: "is taken", json, code: null })),
  ];
  return all.filter(({ json }) => json.length <= LONGEST_VECTOR);
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
  return {
    plain: { ...sectionOf(roll, plain), check: verdicts([...both, ...plainOnly], finePlain) },
    rich: { ...sectionOf(roll, rich), check: verdicts([...both, ...richOnly], fine) },
    unicode: { offsets: unicodeCases(roll) },
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
