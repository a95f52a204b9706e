// Every case of a small scope: all pairs of ops over documents of up to a few atoms. What random drawing may miss is here.
//
// The case counts are pinned, so that a change to the generators cannot make the scope smaller unseen.

import { expect } from "chai";
import {
  type PlainOp,
  plainOp,
  plainText,
  type RichOp,
  type RichWire,
  richOp,
  richText,
} from "../../ot/index.js";
import { figure } from "../figures.js";
import { transformSlowly } from "../oracle/algebra.js";
import { applyToAtoms, applyToText, atomsOf, canonical, sameAtoms } from "../oracle/atoms.js";

/** All rows that take one of `options` at each of `length` places. */
function rows<T>(options: readonly T[], length: number): T[][] {
  if (length === 0) return [[]];
  return rows(options, length - 1).flatMap((row) => options.map((option) => [...row, option]));
}

/** All plain ops over `length` atoms that insert at most `text` at each gap. */
const plainOps = (length: number, text: string): PlainOp[] =>
  rows([true, false], length).flatMap((kept) =>
    rows(["", text], length + 1).map((inserts) => {
      const op = plainOp().insert(inserts[0]!);
      kept.forEach((isKept, at) => {
        if (isKept) op.skip(1);
        else op.delete(1);
        op.insert(inserts[at + 1]!);
      });
      return op.done();
    }),
  );

const richActs = [
  (op: ReturnType<typeof richOp>) => op.skip(1),
  (op: ReturnType<typeof richOp>) => op.delete(1),
  (op: ReturnType<typeof richOp>, value: number) => op.retain(1, { b: value }),
  (op: ReturnType<typeof richOp>, value: number) => op.retain(1, undefined, { q: value }),
  (op: ReturnType<typeof richOp>) => op.retain(1, { b: null }, { q: 3 }),
];

/** All rich ops over `length` atoms, with `text` or a marker or nothing in each gap; `value` tells two users apart. */
const richOps = (length: number, text: string, value: number): RichOp[] =>
  rows(richActs, length).flatMap((acts) =>
    rows(["", text, "\n"], length + 1).map((inserts) => {
      const op = richOp().insert(inserts[0]!);
      acts.forEach((act, at) => {
        act(op, value);
        op.insert(inserts[at + 1]!);
      });
      return op.done();
    }),
  );

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe("every case of a small scope", function () {
  this.timeout(300_000); // Seconds on an idle machine; there may be others on it.
  it("plain: all pairs over up to 3 atoms close the diamond", () => {
    const counts = [0, 1, 2, 3].map((length) => {
      const text = [..."abc"].slice(0, length);
      const [lefts, rights] = [plainOps(length, "x"), plainOps(length, "y")];
      for (const left of lefts) {
        for (const right of rights) {
          const one = applyToText(applyToText(text, right), plainText.transform(left, right, "left"));
          const other = applyToText(applyToText(text, left), plainText.transform(right, left, "right"));
          if (one.join() !== other.join()) throw new Error(JSON.stringify({ text, left, right }));
        }
      }
      return lefts.length * rights.length;
    });
    expect(counts).to.deep.equal([4, 64, 1024, 16_384]);
    figure("exhaustive", "plain pairs", sum(counts));
  });

  const closes = (wire: RichWire, lefts: readonly RichOp[], rights: readonly RichOp[]): number => {
    const atoms = atomsOf(wire);
    const afterRight = rights.map((right) => applyToAtoms(atoms, right));
    for (const left of lefts) {
      const afterLeft = applyToAtoms(atoms, left);
      rights.forEach((right, at) => {
        const one = applyToAtoms(afterRight[at]!, richText.transform(left, right, "left"));
        const other = applyToAtoms(afterLeft, richText.transform(right, left, "right"));
        if (!sameAtoms(one, other)) throw new Error(JSON.stringify({ wire, left, right }));
      });
    }
    return lefts.length * rights.length;
  };

  it("rich: all pairs over up to 2 atoms close the diamond", () => {
    const documents: RichWire[] = [[], ["a"], ["\n"], ["\na"]];
    const counts = documents.map((wire) => {
      const { length } = atomsOf(wire);
      return closes(wire, richOps(length, "x", 1), richOps(length, "y", 2));
    });
    expect(counts).to.deep.equal([9, 2025, 2025, 455_625]);
    figure("exhaustive", "rich pairs", sum(counts));
  });

  it("rich: all pairs over up to 1 atom agree with the slow model", () => {
    let compared = 0;
    for (const length of [0, 1]) {
      for (const left of richOps(length, "x", 1)) {
        for (const right of richOps(length, "y", 2)) {
          for (const side of ["left", "right"] as const) {
            const fast = richText.transform(left, right, side);
            expect(canonical(fast)).to.equal(canonical(transformSlowly(left, right, side, length)));
            compared++;
          }
        }
      }
    }
    expect(compared).to.equal(4068);
    figure("exhaustive", "rich transforms that agree with the slow model", compared);
  });
});
