// Who wrote what is selected, worked out without a page or a server.

import { expect } from "chai";
import fc from "fast-check";
import { between, carried, type Written, writtenIn } from "../../demo/shared/authorship.js";
import { plainDifference } from "../../ot/difference.js";
import { type PlainOp, PlainSnapshot, plainText } from "../../ot/index.js";

const runs = writtenIn([
  { at: 0, length: 4, author: "Ada", time: 1, version: 1 },
  { at: 4, length: 5, author: "Bo", time: 2, version: 7 },
]);
const said = (all: readonly Written[]) =>
  all.map((run) => `${run.kind === "saved" ? run.author : "unsaved"} ${run.length}`).join(", ");

describe("who wrote a text", () => {
  it("is carried past what is not saved yet, which is told apart from what stood there", () => {
    expect(said(carried(runs, [2, "👻", 3, { d: 2 }]))).to.equal("Ada 2, unsaved 1, Ada 2, Bo 3");
    expect(said(carried(runs, [{ d: 9 }, "x"]))).to.equal("unsaved 1");
    expect(said(carried(runs, []))).to.equal("Ada 4, Bo 5");
    expect(said(carried(runs, [1, { r: 6, a: { b: 1 } }]))).to.equal("Ada 4, Bo 5");
  });

  it("is one for what somebody wrote in one sitting, however often they went back to it", () => {
    const minutes = 60_000;
    const run = (length: number, author: string, time: number) => ({
      ...{ at: 0, length, author, time: time * minutes, version: time },
    });
    const written = writtenIn([
      run(3, "Ada", 12),
      run(2, "Ada", 10),
      run(4, "Ada", 14),
      run(1, "Ada", 30),
      run(2, "Bo", 30),
    ]);
    expect(written).to.deep.equal([
      {
        kind: "saved",
        length: 9,
        author: "Ada",
        began: 10 * minutes,
        time: 14 * minutes,
        since: 10,
        version: 14,
      },
      {
        kind: "saved",
        length: 1,
        author: "Ada",
        began: 30 * minutes,
        time: 30 * minutes,
        since: 30,
        version: 30,
      },
      {
        kind: "saved",
        length: 2,
        author: "Bo",
        began: 30 * minutes,
        time: 30 * minutes,
        since: 30,
        version: 30,
      },
    ]);
  });

  it("covers the document that is on show, atom for atom, whatever was typed or deleted", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "👻"), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (from, to) => {
        const before = PlainSnapshot.from(from);
        const op: PlainOp = plainDifference(before, PlainSnapshot.from(to));
        const whole: Written[] = [
          ...writtenIn([{ at: 0, length: before.length, author: "Ada", time: 1, version: 1 }]),
        ];
        const sum = carried(before.length === 0 ? [] : whole, op).reduce(
          (all, { length }) => all + length,
          0,
        );
        expect(sum).to.equal(plainText.apply(before, op).length);
      }),
    );
  });

  it("is told of the part that is selected, or of all of what the caret stands in or behind", () => {
    const parts = (from: number, to: number) =>
      between(runs, from, to).map(({ written, from: begin, to: end }) => [said([written]), begin, end]);
    expect(parts(2, 6)).to.deep.equal([
      ["Ada 4", 2, 4],
      ["Bo 5", 4, 6],
    ]);
    expect(parts(4, 4)).to.deep.equal([["Ada 4", 0, 4]]);
    expect(parts(0, 0)).to.deep.equal([["Ada 4", 0, 4]]);
    expect(between([], 0, 0)).to.deep.equal([]);
  });
});
