// What is not a law, with its smallest case, so that nobody "optimises" catching up or undo with it.

import { expect } from "chai";
import { type PlainOp, plainText, type RichOp, richText } from "../../ot/index.js";

describe("not a law", () => {
  it("going past two ops composed is going past each in turn: the deletion forgets where it was", () => {
    const [cut, put, typed]: RichOp[] = [[{ d: 1 }], ["x"], [1, "y"]];
    for (const type of [plainText, richText]) {
      const { apply, compose, create, transform } = type as typeof richText;
      const after = apply(apply(create(type === plainText ? "a" : ["a"]), cut!), put!);
      const atOnce = transform(typed!, compose(cut!, put!), "left");
      const inTurn = transform(transform(typed!, cut!, "left"), put!, "left");
      expect([apply(after, atOnce).toString(), apply(after, inTurn).toString()]).to.deep.equal(["xy", "yx"]);
    }
  });

  it("TP2: of three ops at one time, the third comes out differently past the two in either order", () => {
    const [x, cut, y]: PlainOp[] = [["x"], [{ d: 1 }], [1, "y"]];
    const { apply, create, transform } = plainText;
    const after = apply(apply(create("a"), cut!), transform(x!, cut!, "right"));
    const pastCutThenX = transform(transform(y!, cut!, "left"), transform(x!, cut!, "right"), "left");
    const pastXThenCut = transform(transform(y!, x!, "left"), transform(cut!, x!, "right"), "left");
    // Once the letter between them is gone, nothing tells where `x` and `y` stood. The server's order decides.
    expect([apply(after, pastCutThenX).toString(), apply(after, pastXThenCut).toString()]).to.deep.equal([
      "yx",
      "xy",
    ]);
  });

  it("the order of keys in an op says anything: only its document has an order", () => {
    const one = richText.apply(richText.create(["x"]), [{ r: 1, a: { b: 1, i: 1 } }]);
    const other = richText.apply(richText.create(["x"]), [{ r: 1, a: { i: 1, b: 1 } }]);
    expect(JSON.stringify(one)).to.equal(JSON.stringify(other));
  });
});
