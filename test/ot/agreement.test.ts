// The fast algebra against the slow model, component by component, and plain ops against ot-text-unicode.

import { expect } from "chai";
import fc from "fast-check";
import { type TextType, type as textUnicode } from "ot-text-unicode";
import {
  diamond,
  type PlainOp,
  plainText,
  type RichOp,
  type RichSnapshot,
  type RichWire,
  richOp,
  richText,
} from "../../ot/index.js";
import {
  type Dice,
  dice,
  plainDocument,
  plainOpFrom,
  plainSteps,
  richDocument,
  richOpFrom,
  richSteps,
  rollRichDocument,
  rollRichOp,
} from "../arbitraries/index.js";
import { attributeSets, changes } from "../arbitraries/vocabulary.js";
import { composeSlowly, invertSlowly, transformSlowly } from "../oracle/algebra.js";
import { type Atom, applyToAtoms, atomsOf, canonical, wireOf } from "../oracle/atoms.js";
import { checkTree } from "../oracle/tree.js";

const sides = ["left", "right"] as const;

describe("richText agrees with the slow model", () => {
  const agree = (wire: RichWire, left: RichOp, right: RichOp, next: RichOp) => {
    const { length } = atomsOf(wire);
    for (const side of sides) {
      const slow = transformSlowly(left, right, side, length);
      expect(canonical(richText.transform(left, right, side))).to.equal(canonical(slow));
    }
    expect(canonical(richText.compose(left, next))).to.equal(canonical(composeSlowly(left, next, length)));
  };

  it("in invert, to the letter, over the whole of what was changed", () => {
    fc.assert(
      fc.property(richDocument(), richSteps(), (wire, steps) => {
        const atoms = atomsOf(wire);
        const op = richOpFrom(steps, atoms.length);
        const fast = richText.invertWithDoc(op, richText.create(wire));
        expect(canonical(fast)).to.equal(canonical(invertSlowly(op, atoms)));
      }),
      { numRuns: 5000 },
    );
  });

  it("in transform and compose, to the letter", () => {
    const cases = fc
      .tuple(richDocument(), richSteps(), richSteps(), richSteps())
      .map(([wire, one, other, next]) => {
        const { length } = atomsOf(wire);
        const left = richOpFrom(one, length);
        const after = applyToAtoms(atomsOf(wire), left).length;
        return { wire, left, right: richOpFrom(other, length), next: richOpFrom(next, after) };
      });
    fc.assert(
      fc.property(cases, ({ wire, left, right, next }) => agree(wire, left, right, next)),
      { numRuns: 5000 },
    );
  });

  it("in 20,000 more cases, drawn faster", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        for (let n = 0; n < 1000; n++) {
          const wire = rollRichDocument(roll, 4);
          const { length } = atomsOf(wire);
          const left = rollRichOp(roll, length);
          const after = applyToAtoms(atomsOf(wire), left).length;
          agree(wire, left, rollRichOp(roll, length), rollRichOp(roll, after));
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("richText on documents of many chunks", () => {
  /** Steps over the whole of a document, in strides of any size. */
  const wideOp = (roll: Dice, length: number): RichOp => {
    const op = richOp();
    for (let left = length; left > 0; ) {
      const atoms = Math.min(left, 1 + roll.roll(roll.pick([3, 40, 1 + length])));
      const what = roll.roll(4);
      if (what === 0) op.delete(atoms);
      else if (what === 1) op.retain(atoms, roll.pick(changes), roll.pick(changes));
      else op.skip(atoms);
      if (what === 3) op.insert(roll.pick(["x", "\n", "a\nb👻"]), roll.pick(attributeSets));
      left -= atoms;
    }
    return op.done();
  };

  it("applies, takes back and merges as the slow model does, and stays balanced", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        const wire = rollRichDocument(roll, 600);
        const atoms = atomsOf(wire);
        const before = richText.create(wire);
        const [left, right] = [wideOp(roll, atoms.length), wideOp(roll, atoms.length)];
        const same = (snapshot: RichSnapshot, expected: readonly Atom[]) => {
          checkTree(snapshot.rope.root);
          expect(canonical(snapshot)).to.equal(canonical(wireOf(expected)));
        };
        const after = richText.apply(before, left);
        const slowly = applyToAtoms(atoms, left);
        same(after, slowly);
        same(richText.apply(after, richText.invertWithDoc(left, before)), atoms);
        const [leftNow, rightNow] = diamond(richText, left, right);
        same(richText.apply(after, rightNow), applyToAtoms(applyToAtoms(atoms, right), leftNow));
        same(before, atoms);
      }),
      { numRuns: 150 },
    );
  });
});

describe("plain ops", () => {
  const pairs = fc
    .tuple(plainDocument(), plainSteps(), plainSteps(), plainSteps())
    .map(([text, one, other, next]) => {
      const { length } = [...text];
      const left = plainOpFrom(one, length);
      const after = applyToAtoms(atomsOf(text), left).length;
      return { text, left, right: plainOpFrom(other, length), next: plainOpFrom(next, after) };
    });
  type Original = Parameters<typeof textUnicode.apply>[1];
  const given = (op: PlainOp) => structuredClone(op) as Original;

  it("do under plainText exactly what they do under ot-text-unicode", () => {
    fc.assert(
      fc.property(pairs, ({ text, left, right, next }) => {
        expect(plainText.apply(plainText.create(text), left).toJSON()).to.equal(
          textUnicode.apply(text, given(left)),
        );
        expect(plainText.compose(left, next)).to.deep.equal(textUnicode.compose(given(left), given(next)));
        for (const side of sides) {
          expect(plainText.transform(left, right, side)).to.deep.equal(
            textUnicode.transform(given(left), given(right), side),
          );
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it("are taken back, normalized and followed by positions as ot-text-unicode does it", () => {
    fc.assert(
      fc.property(pairs, ({ text, left }) => {
        // There, an inverse quotes what it deletes; here it counts.
        const { invert, makeInvertible, stripInvertible } = textUnicode as TextType<string>;
        const quoting = invert!(makeInvertible(given(left), text));
        expect(plainText.invertWithDoc(left, plainText.create(text))).to.deep.equal(stripInvertible(quoting));
        const loose = left.flatMap((component) => ["", component, { d: 0 }, 0]) as Original;
        expect(plainText.normalize(loose as PlainOp)).to.deep.equal(textUnicode.normalize(loose));
        for (let position = 0; position <= [...text].length; position++) {
          // Of the two sides of an insert it knows one.
          const moved = textUnicode.transformPosition(position, given(left));
          expect(plainText.transformPosition(position, left, "before")).to.equal(moved);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("may quote what they delete, and count it by code points when they are composed, moved or taken back", () => {
    const quoting: PlainOp = [{ d: "👻" }, 1, { d: "b" }];
    expect(plainText.compose(quoting, ["x", { d: "a" }])).to.deep.equal(["x", { d: 3 }]);
    expect(plainText.compose([2, "👻"], [{ d: "ab" }, 1, "y"])).to.deep.equal([{ d: 2 }, "👻y"]);
    expect(plainText.transform([3, "y"], quoting, "left")).to.deep.equal([1, "y"]);
    expect(plainText.invertWithDoc(quoting, plainText.create("👻ab"))).to.deep.equal(["👻", 1, "b"]);
    expect(plainText.normalize([{ d: "👻" }, { d: 1 }])).to.deep.equal([{ d: 2 }]);
    expect(plainText.transformPosition(3, quoting, "after")).to.equal(1);
  });

  it("follow the slow model with its newline rule off", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...sides), ({ text, left, right }, side) => {
        const slow = transformSlowly(left, right, side, [...text].length, { textFirst: false });
        expect(plainText.transform(left, right, side)).to.deep.equal(slow);
      }),
      { numRuns: 5000 },
    );
  });

  it("do under richText what they do under ot-text-unicode, unless a newline and other text tie", () => {
    let compared = 0;
    fc.assert(
      fc.property(pairs, ({ text, left, right, next }) => {
        const { length } = [...text];
        const rich = richText.apply(richText.create([text]), left as RichOp);
        expect(rich.toString()).to.equal(textUnicode.apply(text, given(left)));
        expect(richText.compose(left as RichOp, next as RichOp)).to.deep.equal(
          textUnicode.compose(given(left), given(next)),
        );
        if (tiesWithNewline(left, right, length)) return;
        compared++;
        for (const side of sides) {
          expect(richText.transform(left as RichOp, right as RichOp, side)).to.deep.equal(
            textUnicode.transform(given(left), given(right), side),
          );
        }
      }),
      { numRuns: 10_000 },
    );
    expect(compared).to.be.greaterThan(2000);
  });

  it("with such a tie keep the appended text on its line, where ot-text-unicode may tear it off", () => {
    const [enter, append]: PlainOp[] = [
      [5, "\nnext"],
      [5, " world"],
    ];
    const merged = (transform: (op: PlainOp, over: PlainOp) => PlainOp) =>
      plainText
        .apply(plainText.apply(plainText.create("Hello"), enter!), transform(append!, enter!))
        .toJSON();
    expect(
      merged((op, over) => richText.transform(op as RichOp, over as RichOp, "right") as PlainOp),
    ).to.equal("Hello world\nnext");
    expect(merged((op, over) => plainText.transform(op, over, "right"))).to.equal("Hello\nnext world");
  });
});

/** Whether both ops insert at one gap, and one of them a line feed there. */
function tiesWithNewline(x: PlainOp, y: PlainOp, length: number): boolean {
  const gaps = (op: PlainOp) => {
    const texts = new Map<number, string>();
    let at = 0;
    for (const component of op) {
      if (typeof component === "string") texts.set(at, component);
      else at += typeof component === "number" ? component : Number(component.d);
    }
    return texts;
  };
  const [left, right] = [gaps(x), gaps(y)];
  for (let gap = 0; gap <= length; gap++) {
    const [one, other] = [left.get(gap), right.get(gap)];
    if (one !== undefined && other !== undefined && (one + other).includes("\n")) return true;
  }
  return false;
}
