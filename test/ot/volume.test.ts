// TP1 in volume: a million pairs of plain ops and two hundred thousand of rich ones in every run of the tests.
//
// The documents after are worked out by the slow model, so that nothing here depends on the rope. A failure prints the case and
// fast-check's seed; the cases are small as they are.

import { expect } from "chai";
import fc from "fast-check";
import { plainText, richText } from "../../ot/index.js";
import { dice, rollPlainOp, rollRichDocument, rollRichOp, rollText } from "../arbitraries/index.js";
import { figure } from "../figures.js";
import { applyToAtoms, applyToText, atomsOf, sameAtoms } from "../oracle/atoms.js";

const perSeed = 10_000;
const fail = (what: string, values: object): never => {
  throw new Error(`${what} ${JSON.stringify(values)}`);
};

describe("TP1 in volume", () => {
  it("holds for a million pairs of plain ops", () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        for (let n = 0; n < perSeed; n++) {
          const text = [...rollText(roll, 6)];
          const left = rollPlainOp(roll, text.length);
          const right = rollPlainOp(roll, text.length);
          const one = applyToText(applyToText(text, right), plainText.transform(left, right, "left"));
          const other = applyToText(applyToText(text, left), plainText.transform(right, left, "right"));
          if (one.join("") !== other.join("")) fail("TP1", { text, left, right });
          checked++;
        }
      }),
      { numRuns: 100 },
    );
    expect(checked).to.be.at.least(1_000_000);
    figure("laws", "pairs of plain ops", checked);
  });

  it("holds for two hundred thousand pairs of rich ops", () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        for (let n = 0; n < perSeed; n++) {
          const wire = rollRichDocument(roll, 4);
          const atoms = atomsOf(wire);
          const left = rollRichOp(roll, atoms.length);
          const right = rollRichOp(roll, atoms.length);
          const one = applyToAtoms(applyToAtoms(atoms, right), richText.transform(left, right, "left"));
          const other = applyToAtoms(applyToAtoms(atoms, left), richText.transform(right, left, "right"));
          if (!sameAtoms(one, other)) fail("TP1", { wire, left, right });
          checked++;
        }
      }),
      { numRuns: 20 },
    );
    expect(checked).to.be.at.least(200_000);
    figure("laws", "pairs of rich ops", checked);
  });
});
