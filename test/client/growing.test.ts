// How much is typed into one op while it waits to be sent.

import { expect } from "chai";
import { opBytes } from "../../client/op.js";
import { type ComposeLimit, local, start } from "../../client/session.js";
import { pendingOf, type Session } from "../../client/session-state.js";
import { type PlainOp, type PlainSnapshot, plainText } from "../../ot/index.js";

/** The ops that wait, when these were made one after the other in a document of "abc". */
function waiting(ops: readonly PlainOp[], limit: ComposeLimit): PlainOp[] {
  const begun: Session<PlainSnapshot, PlainOp> = start("life" as never, 5 as never, plainText.create("abc"));
  const all = ops.reduce((state, op, nth) => local(plainText, state, op, nth + 1, limit), begun);
  return pendingOf(all).map(({ op }) => op);
}

describe("an op that waits to be sent", () => {
  it("takes in what is typed until it has as many components as it may have", () => {
    const typed: PlainOp[] = [[1, "x"], [3, "y"], ["z"]];
    expect(waiting(typed, { bytes: 10_000, components: 4 })).to.deep.equal([[1, "x", 1, "y"], ["z"]]);
    expect(waiting(typed, { bytes: 10_000, components: 5 })).to.deep.equal([["z", 1, "x", 1, "y"]]);
  });

  it("takes in what is typed until it is as long as it may be, and not a byte less", () => {
    const typed = Array.from({ length: 300 }, (_, nth): PlainOp => [3 + nth, "x"]);
    const sizes = waiting(typed, { bytes: 100, components: 10 }).map(opBytes);
    expect(sizes.slice(0, -1)).to.deep.equal([100, 100, 100]);
    expect(sizes.at(-1)).to.be.within(1, 100);
  });
});
