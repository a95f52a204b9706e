// ot-fuzzer as an independent second opinion on both types: op lists against op lists, composed and op by op.
//
// It copies documents field by field, so it is given wire forms; expected documents come from the slow model. It draws from its
// own seeded generator, which is the same in every run. Its file of state goes to the system's temporary folder.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainText, richText, type Snapshot, type TextType } from "../../ot/index.js";
import { type Dice, rollPlainOp, rollRichOp } from "../arbitraries/index.js";
import { applyToAtoms, applyToText, atomsOf, canonical, wireOf } from "../oracle/atoms.js";

const iterations = 1000;

/** The type as ot-fuzzer wants it; documents are compared by their JSON with keys in order. */
const asFuzzed = <S extends Snapshot, Op, Wire>(type: TextType<S, Op>, empty: Wire) => ({
  name: type.name,
  create: (initial: Wire = empty) => initial,
  apply: (wire: Wire, op: Op) => type.apply(type.create(wire), op).toJSON() as Wire,
  transform: type.transform,
  compose: type.compose,
  serialize: (wire: Wire) => canonical(wire),
});

describe("ot-fuzzer", () => {
  const folder = mkdtempSync(join(tmpdir(), "interline-fuzzer-"));
  const { error, log, time, timeEnd } = console;
  const write = process.stderr.write;
  let fuzzer: typeof import("ot-fuzzer").default;
  let dice: Dice;

  // It reports its progress on the console, and keeps its state in the current folder.
  const current = process.cwd();
  beforeEach(async () => {
    process.chdir(folder);
    Object.assign(console, { error: () => {}, log: () => {}, time: () => {}, timeEnd: () => {} });
    process.stderr.write = () => true;
    fuzzer = (await import("ot-fuzzer")).default;
    const roll = (sides: number) => fuzzer.randomInt(sides);
    dice = { roll, pick: (from) => from[roll(from.length)]! };
  });
  afterEach(() => {
    process.chdir(current);
    Object.assign(console, { error, log, time, timeEnd });
    process.stderr.write = write;
  });
  after(() => rmSync(folder, { recursive: true }));

  // Documents are kept short, or they would grow without end.
  const length = (atoms: number) => Math.min(atoms, 30);

  it(`finds nothing in plainText in ${iterations} rounds`, () => {
    fuzzer(
      asFuzzed(plainText, ""),
      (text) => {
        const points = [...text];
        const op = points.length > 40 ? [{ d: 25 }] : rollPlainOp(dice, length(points.length));
        return [op, applyToText(points, op).join("")];
      },
      iterations,
    );
  });

  it(`finds nothing in richText in ${iterations} rounds`, () => {
    fuzzer(
      asFuzzed(richText, wireOf([])),
      (wire) => {
        const atoms = atomsOf(wire);
        const op = atoms.length > 40 ? [{ d: 25 }] : rollRichOp(dice, length(atoms.length));
        return [op, wireOf(applyToAtoms(atoms, op))];
      },
      iterations,
    );
  });
});
