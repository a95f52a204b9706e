// A change of structure as one step: what it says it changes, and that it goes back.

import { expect } from "chai";
import { EditorState } from "prosemirror-state";
import { Step } from "prosemirror-transform";
import { LinearStep } from "../../client/prosemirror/linear-step.js";
import { project, reproject } from "../../client/prosemirror/projection.js";
import { remoteTransaction } from "../../client/prosemirror/remote.js";
import { type RichOp, RichSnapshot, richText } from "../../ot/index.js";

/** The steps that an op becomes, and the ranges of the last one's map. */
function stepsOf(wire: unknown, op: RichOp) {
  const snapshot = RichSnapshot.from(wire);
  const doc = project(snapshot);
  const after = reproject({ snapshot, doc }, op, richText.apply(snapshot, op));
  const { steps } = remoteTransaction(EditorState.create({ doc }), op, after);
  const ranges: number[][] = [];
  for (const step of steps) {
    step.getMap().forEach((...range) => {
      ranges.push(range);
    });
  }
  return { doc, after, steps, ranges };
}

describe("a step for a change of structure", () => {
  it("says which tokens it replaces, and no others", () => {
    const { ranges } = stepsOf(["\nabc\ndef"], [4, { r: 4, b: { t: "h1" } }]);
    expect(ranges).to.deep.equal([[5, 6, 5, 6]]);
    expect(stepsOf(["\na\nb"], [{ r: 4, b: { q: 1 } }]).ranges).to.deep.equal([
      [0, 0, 0, 1],
      [6, 6, 7, 8],
    ]);
  });

  it("is taken only where ordinary steps do not do", () => {
    const linear = (op: RichOp) =>
      stepsOf(["\nabc\ndef"], op).steps.map((step) => step instanceof LinearStep);
    expect(linear([2, "x", { d: 1 }, 2, "y"])).to.deep.equal([false, false]);
    expect(linear([2, { r: 5, a: { b: 1 } }]).includes(true)).to.equal(false);
    expect(linear([2, "\n"])).to.deep.equal([true]);
  });

  it("goes back to where it came from, and fits no other document", () => {
    const { doc, after, steps } = stepsOf(["\na\nb"], [{ r: 4, b: { q: 1 } }]);
    const [step] = steps as [LinearStep];
    const back = step.invert();
    expect(back.apply(after).doc).to.equal(doc);
    expect(back.getMap().map(8)).to.equal(6);
    expect(step.apply(after).failed).to.be.a("string");
    expect(step.map()).to.equal(null);
    expect(step).to.be.instanceOf(Step);
    expect([step.from, step.to]).to.deep.equal([0, 6]);
  });
});
