// What is not a law, with its smallest case, so that nobody "optimises" catching up or undo with it.

import { expect } from "chai";
import { diamond, type PlainOp, plainText, type RichOp, richText } from "../../ot/index.js";

/** Both types, each with a document of one letter. What is not a law here needs no attributes, so it is said once. */
const both = [
  [plainText as unknown as typeof richText, "a"],
  [richText, ["a"]],
] as const;

describe("not a law", () => {
  it("going past two ops composed is going past each in turn: the deletion forgets where it was", () => {
    const [cut, put, typed]: RichOp[] = [[{ d: 1 }], ["x"], [1, "y"]];
    for (const [{ apply, compose, create, transform }, wire] of both) {
      const after = apply(apply(create(wire), cut!), put!);
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

  it("TP2 with markers: which of two new blocks is the first one depends on the order as well", () => {
    const [enter, cut, other]: RichOp[] = [["\n"], [{ d: 1 }], [1, { i: "\n", a: { q: 1 } }]];
    const { apply, create, transform } = richText;
    const after = apply(apply(create(["a"]), cut!), transform(enter!, cut!, "right"));
    const pastCutThenEnter = transform(
      transform(other!, cut!, "left"),
      transform(enter!, cut!, "right"),
      "left",
    );
    const pastEnterThenCut = transform(
      transform(other!, enter!, "left"),
      transform(cut!, enter!, "right"),
      "left",
    );
    expect(apply(after, pastCutThenEnter).toJSON()).to.deep.equal([{ i: "\n", a: { q: 1 } }, "\n"]);
    expect(apply(after, pastEnterThenCut).toJSON()).to.deep.equal(["\n", { i: "\n", a: { q: 1 } }]);
  });

  it("a composition goes where its parts would have gone, in rich text: what it inserts is no longer formatted", () => {
    const { apply, compose, create, transform } = richText;
    const [lines, bold, typed]: RichOp[] = [["a\n"], [{ r: 2, a: { b: 1 } }], ["c"]];
    const after = apply(create([]), typed!);
    const atOnce = apply(after, transform(compose(lines!, bold!), typed!, "left"));
    const [linesNow, typedNow] = diamond(richText, lines!, typed!);
    const inTurn = apply(apply(after, linesNow), transform(bold!, typedNow, "left"));
    // "c" has come between "a" and the marker. Only the op that formats both of them says that it is inside.
    expect(atOnce.toJSON()).to.deep.equal([{ i: "a", a: { b: 1 } }, "c\n"]);
    expect(inTurn.toJSON()).to.deep.equal([{ i: "ac", a: { b: 1 } }, "\n"]);
  });

  it("an op past another and past its inverse is what it was: who deleted the same, has deleted it", () => {
    for (const [type, wire] of both) {
      const { apply, create, invertWithDoc, transform } = type;
      const before = create(wire);
      const cut: RichOp = [{ d: 1 }];
      const there = transform(cut, cut, "left");
      const back = transform(there, invertWithDoc(cut, before), "left");
      expect(back).to.deep.equal([]);
      expect(apply(before, back).toString()).not.to.equal(apply(before, cut).toString());
    }
  });

  it("an inverse past the others' op is the inverse past their op: two deletions are one, and two undo it", () => {
    for (const [type, wire] of both) {
      const { apply, create, invertWithDoc, transform } = type;
      const before = create(wire);
      const [mine, theirs]: RichOp[] = [[{ d: 1 }], [{ d: 1 }]];
      const [mineNow, theirsNow] = diamond(type, mine!, theirs!);
      const after = apply(apply(before, theirs!), mineNow);
      const carried = transform(invertWithDoc(mine!, before), theirsNow, "left");
      expect(apply(after, carried).toString()).to.equal("a");
      expect(apply(after, invertWithDoc(mineNow, apply(before, theirs!))).toString()).to.equal("");
      // Whoever deleted it second takes back the other's deletion as well, and then the first does too.
      const [, theirsToo] = diamond(type, carried, invertWithDoc(theirs!, before));
      expect(apply(apply(after, carried), theirsToo).toString()).to.equal("aa");
    }
  });

  it("an op and its inverse compose to nothing: they do nothing, but say where they did it", () => {
    for (const [type, wire] of both) {
      const cut: RichOp = [{ d: 1 }];
      const composed = type.compose(cut, type.invertWithDoc(cut, type.create(wire)));
      expect(composed).to.deep.equal(["a", { d: 1 }]);
      expect(type.apply(type.create(wire), composed).toString()).to.equal("a");
    }
  });

  it("a position goes past two ops composed as past each in turn: the deletion forgets where it was", () => {
    const [cut, put]: RichOp[] = [[{ d: 1 }], ["x"]];
    for (const [{ compose, transformPosition }] of both) {
      expect(transformPosition(1, compose(cut!, put!), "before")).to.equal(1);
      expect(transformPosition(transformPosition(1, cut!, "before"), put!, "before")).to.equal(0);
    }
  });

  it("the diamond closes if both are left, or both are right: somebody has to go first", () => {
    for (const [{ apply, create, transform }, wire] of both) {
      for (const side of ["left", "right"] as const) {
        const [x, y]: RichOp[] = [["x"], ["y"]];
        const one = apply(apply(create(wire), x!), transform(y!, x!, side));
        const other = apply(apply(create(wire), y!), transform(x!, y!, side));
        expect(one.toString()).not.to.equal(other.toString());
      }
    }
  });

  it("the order of keys in an op says anything: only its document has an order", () => {
    const one = richText.apply(richText.create(["x"]), [{ r: 1, a: { b: 1, i: 1 } }]);
    const other = richText.apply(richText.create(["x"]), [{ r: 1, a: { i: 1, b: 1 } }]);
    expect(JSON.stringify(one)).to.equal(JSON.stringify(other));
  });
});
