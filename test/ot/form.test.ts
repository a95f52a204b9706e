// What ops look like: there is one spelling for each, whichever way it came about, and their sizes can be read off them.

import { expect } from "chai";
import fc from "fast-check";
import {
  baseLength,
  insertedText,
  lengthChange,
  OtError,
  type PlainOp,
  plainOp,
  plainText,
  type RichComponent,
  type RichOp,
  richOp,
  richText,
  type Snapshot,
} from "../../ot/index.js";
import type { Subject } from "./laws.js";
import { plain, rich } from "./subjects.js";

const numRuns = 1000;

/** Any number of pieces that one component could have been written in, and nothings between them. */
function* pieces(component: RichComponent): Generator<RichComponent> {
  yield 0;
  if (typeof component === "number") for (let n = 0; n < component; n++) yield 1;
  else if (typeof component === "string") yield* component;
  else if ("d" in component) for (let n = 0; n < component.d; n++) yield { d: 1 };
  else if ("r" in component) for (let n = 0; n < component.r; n++) yield { ...component, r: 1 };
  else if (typeof component.i !== "string") yield component;
  else for (const i of component.i) yield { ...component, i };
}
const cutUp = (op: RichOp): RichOp => op.flatMap((component) => [...pieces(component), { d: 0 }, ""]);

for (const [name, subject] of [
  ["plain", plain],
  ["rich", rich],
] as const) {
  describe(`${name} ops`, () => formOf(subject as never));
}

function formOf<S extends Snapshot, Op extends PlainOp | RichOp, Steps, Wire>(
  subject: Subject<S, Op, Steps, Wire>,
): void {
  const { document, steps, opFrom, lengthOf, applySlowly } = subject;
  const { type }: { readonly type: Subject<S, Op, Steps, Wire>["type"] } = subject;
  const checkOp: (op: unknown) => void = type.checkOp;
  /** A document and three ops that follow each other. */
  const three = fc.tuple(document, steps, steps, steps).map(([wire, one, two, three]) => {
    const a = opFrom(one, lengthOf(wire));
    const afterA = applySlowly(wire, a);
    const b = opFrom(two, lengthOf(afterA));
    const c = opFrom(three, lengthOf(applySlowly(afterA, b)));
    return { wire, a, b, c };
  });
  const holds = (check: (one: { wire: Wire; a: Op; b: Op; c: Op }) => void) =>
    fc.assert(fc.property(three, check), { numRuns });

  it("that were cut into any pieces are one op again when they are normalized", () => {
    holds(({ a }) => {
      expect(type.normalize(cutUp(a as RichOp) as Op)).to.deep.equal(a);
    });
  });

  it("are refused in every spelling but the canonical one", () => {
    holds(({ a }) => {
      checkOp(a);
      if (a.length === 0) return;
      for (const other of [cutUp(a as RichOp), [...a, 1], [...a, ""], [0, ...a], [...a, { d: 0 }]]) {
        expect(() => checkOp(other)).to.throw(OtError);
      }
    });
  });

  it("compose to one op, letter by letter, wherever the brackets are put", () => {
    holds(({ a, b, c }) => {
      const { compose } = type;
      expect(compose(compose(a, b), c)).to.deep.equal(compose(a, compose(b, c)));
    });
  });

  it("say how long a document must be, and by how much they change its length", () => {
    holds(({ wire, a }) => {
      const before = type.create(wire);
      expect(type.apply(before, a).length - before.length).to.equal(lengthChange(a));
      expect(baseLength(a)).to.be.at.most(before.length);
      const tooFar = type.normalize([...a, before.length - baseLength(a), { d: 1 }] as unknown as Op);
      expect(baseLength(tooFar)).to.equal(before.length + 1);
      expect(() => type.apply(before, tooFar))
        .to.throw(OtError)
        .with.property("code", "op_out_of_bounds");
    });
  });

  it("insert the same text wherever they are moved", () => {
    holds(({ wire, a, b }) => {
      if (baseLength(b) > lengthOf(wire)) return;
      for (const side of ["left", "right"] as const) {
        expect(insertedText(type.transform(a, b, side))).to.equal(insertedText(a));
      }
    });
  });
}

describe("inserts and positions", () => {
  const cases = fc.tuple(plain.document, plain.steps, fc.nat()).map(([text, steps, n]) => ({
    op: plain.opFrom(steps, [...text].length),
    at: n % ([...text].length + 1),
  }));

  it("move alike in plain text: what is left goes where a position would that stays before", () => {
    fc.assert(
      fc.property(cases, ({ op, at }) => {
        const moved = plainText.transform(plainOp().skip(at).insert("zz").done(), op, "left");
        const to = plainText.transformPosition(at, op, "before");
        expect(moved).to.deep.equal(plainOp().skip(to).insert("zz").done());
        const behind = plainText.transform(plainOp().skip(at).insert("zz").done(), op, "right");
        const after = plainText.transformPosition(at, op, "after");
        expect(behind).to.deep.equal(plainOp().skip(after).insert("zz").done());
      }),
      { numRuns },
    );
  });

  it("move alike in rich text unless a marker ties with text", () => {
    const past: RichOp = [1, "\n"];
    expect(richText.transform([1, "z"], past, "right")).to.deep.equal([1, "z"]);
    expect(richText.transformPosition(1, past, "after")).to.equal(2);
  });

  it("leave what is built step by step canonical, whatever the steps are", () => {
    expect(richOp().skip(0).insert("").delete(0).retain(0, { b: 1 }).skip(3).done()).to.deep.equal([]);
    expect(richOp().retain(1, {}, {}).retain(1).insert("x", {}).insert("y").done()).to.deep.equal([2, "xy"]);
    const embed = { image: 1 };
    expect(richOp().insert(embed).insert(embed, {}).insert("x", { b: 1 }).done()).to.deep.equal([
      { i: embed },
      { i: embed },
      { i: "x", a: { b: 1 } },
    ]);
  });

  it("share no component that can be changed", () => {
    const [first, other] = [plainOp().delete(1).done(), plainOp().skip(2).delete(1).done()];
    expect(() => Object.assign(first[0] as object, { d: 7 })).to.throw(TypeError);
    expect(other).to.deep.equal([2, { d: 1 }]);
  });
});
