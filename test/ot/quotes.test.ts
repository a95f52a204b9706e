// Deletes that quote what they delete, as stock clients of ot-text-unicode may send them: moved as that library moves them.
//
// A delete is `{ d: 2 }` or `{ d: "ab" }`. A quote is cut where the other op has deleted a part of it or writes into it, two
// quotes that become neighbours are joined, and a quote beside a number becomes a number. Which is which the documents here
// tell by different letters, one of them of two UTF-16 units.

import { expect } from "chai";
import fc from "fast-check";
import { type as original } from "ot-text-unicode";
import { type PlainComponent, type PlainOp, plainText, type Side } from "../../ot/index.js";
import { type Dice, dice, rollPlainOp } from "../arbitraries/index.js";
import { plainOps, rows } from "./scope.js";

type Given = Parameters<typeof original.transform>[0];
const sides: readonly Side[] = ["left", "right"];

/** The op with each delete counted or quoted, as `quotes` says of the one at a position. */
function quoted(op: PlainOp, atoms: readonly string[], quotes: (at: number) => boolean): PlainOp {
  let at = 0;
  return op.map((component) => {
    if (typeof component === "string") return component;
    const from = at;
    at += typeof component === "number" ? component : (component.d as number);
    return typeof component === "object" && quotes(from) ? { d: atoms.slice(from, at).join("") } : component;
  });
}

/** The op in each of the ways in which some of its deletes are quoted. */
const allWays = (op: PlainOp, atoms: readonly string[]): PlainOp[] => {
  const counted: PlainComponent[][] = op.map((component) => [component]);
  const whole = quoted(op, atoms, () => true);
  return rows(counted.map((options, nth) => (op[nth] === whole[nth] ? options : [...options, whole[nth]!])));
};

/** Compared as they travel, which is quick. */
function alike(op: PlainOp, over: PlainOp): void {
  for (const side of sides) {
    const ours = JSON.stringify(plainText.transform(op, over, side));
    const theirs = JSON.stringify(original.transform(op as Given, over as Given, side));
    if (ours !== theirs) expect.fail(`${JSON.stringify({ op, over, side })}: ${ours}, not ${theirs}`);
  }
}

describe("deletes that quote", () => {
  it("are moved as ot-text-unicode moves them, all ops of a small scope", () => {
    const atoms = ["a", "👻", "c"];
    const ways = (text: string) => plainOps(3, text).flatMap((op) => allWays(op, atoms));
    const [lefts, rights] = [ways("x"), ways("yz")];
    for (const op of lefts) for (const over of rights) alike(op, over);
    expect(lefts.length * rights.length).to.equal(118_336);
  });

  const drawn = (roll: Dice, atoms: readonly string[]) =>
    quoted(plainText.normalize(rollPlainOp(roll, atoms.length)), atoms, () => roll.roll(3) > 0);

  it("are moved as ot-text-unicode moves them, in longer documents, past an indexed op too", () => {
    const atoms = [..."abc👻défgh👻ijk\nlmnop"];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        for (let n = 0; n < 100; n++) {
          const [op, over] = [drawn(roll, atoms), drawn(roll, atoms)];
          alike(op, over);
          const indexed = plainText.index(op);
          expect(indexed.pass(over, "left")).to.deep.equal(plainText.transform(over, op, "right"));
          expect(indexed.op).to.deep.equal(plainText.transform(op, over, "left"));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("cost no more where they are long", () => {
    // Cut at every atom; to count the whole again for each cut would take minutes.
    const atoms = 100_000;
    const quote: PlainOp = [{ d: "é👻".repeat(atoms / 2) }];
    const cuts = plainText.normalize(Array.from({ length: atoms }, () => [1, "x"]).flat());
    const moved = plainText.transform(quote, cuts, "left");
    expect(moved).to.have.lengthOf(2 * atoms - 1);
    expect(moved.slice(0, 4)).to.deep.equal([{ d: "é" }, 1, { d: "👻" }, 1]);
  });
});
