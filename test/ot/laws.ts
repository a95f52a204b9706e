// The laws of a document type, as properties, stated once for both types.
//
// `Subject` is what a suite says about its type: the type itself, how to draw documents and ops, and a slow model that
// knows what must come out without the code under test.

import { expect } from "chai";
import fc from "fast-check";
import { type Bias, composeAll, diamond, type Snapshot, type TextType } from "../../ot/index.js";
import { positionsPast } from "../../ot/positions.js";

export interface Subject<S extends Snapshot, Op extends readonly unknown[], Steps, Wire> {
  readonly type: TextType<S, Op>;
  readonly document: fc.Arbitrary<Wire>;
  readonly steps: fc.Arbitrary<Steps>;
  /** The canonical op that steps make on a document of `length` atoms. */
  opFrom(steps: Steps, length: number): Op;
  /** The document after the op, in wire form, worked out by the model. */
  applySlowly(wire: Wire, op: Op): Wire;
  movePositionSlowly(position: number, op: Op, bias: Bias, length: number): number;
  lengthOf(wire: Wire): number;
}

const numRuns = 1500;
const sides = ["left", "right"] as const;
const again = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function lawsOf<S extends Snapshot, Op extends readonly unknown[], Steps, Wire>(
  subject: Subject<S, Op, Steps, Wire>,
): void {
  const { document, steps, opFrom, applySlowly } = subject;
  const type: TextType<S, Op> = subject.type;
  const wireOf = (snapshot: S) => again(snapshot.toJSON()) as Wire;
  // Here and below chai is asked only for what to say: it is asked by the hundred thousand, and costs more than the law.
  const same = (x: S, y: S) => {
    if (JSON.stringify(x) !== JSON.stringify(y)) expect(wireOf(x)).to.deep.equal(wireOf(y));
  };

  /** A document and two ops made against it. */
  const pair = fc.tuple(document, steps, steps).map(([wire, one, other]) => {
    const length = subject.lengthOf(wire);
    return { wire, length, left: opFrom(one, length), right: opFrom(other, length) };
  });

  /** A document and ops that follow each other; the documents between are worked out by the model. */
  const chainFrom = (wire: Wire, all: readonly Steps[]): Op[] => {
    let at = wire;
    return all.map((each) => {
      const op = opFrom(each, subject.lengthOf(at));
      at = applySlowly(at, op);
      return op;
    });
  };
  const chain = fc
    .tuple(document, fc.array(steps, { minLength: 1, maxLength: 4 }))
    .map(([wire, all]) => ({ wire, ops: chainFrom(wire, all) }));

  const applyAll = (snapshot: S, ops: readonly Op[]) => ops.reduce((at, op) => type.apply(at, op), snapshot);
  const holds = <T>(cases: fc.Arbitrary<T>, check: (one: T) => void) =>
    fc.assert(fc.property(cases, check), { numRuns });

  it("apply does what the model does", () => {
    holds(pair, ({ wire, left }) => {
      expect(wireOf(type.apply(type.create(wire), left))).to.deep.equal(applySlowly(wire, left));
    });
  });

  it("TP1: both ways round the diamond lead to one document", () => {
    holds(pair, ({ wire, left, right }) => {
      const d = type.create(wire);
      const [leftNow, rightNow] = diamond(type, left, right);
      same(type.apply(type.apply(d, right), leftNow), type.apply(type.apply(d, left), rightNow));
    });
  });

  it("compose does what its parts do, one after the other", () => {
    holds(chain, ({ wire, ops }) => {
      const composed = ops.reduce((first, second) => type.compose(first, second));
      same(type.apply(type.create(wire), composed), applyAll(type.create(wire), ops));
    });
  });

  it("composing as a tree does the same", () => {
    holds(chain, ({ wire, ops }) => {
      const composed = composeAll(type, ops);
      same(type.apply(type.create(wire), composed), applyAll(type.create(wire), ops));
    });
  });

  it("an op and then its inverse change nothing", () => {
    holds(pair, ({ wire, left }) => {
      const d = type.create(wire);
      same(type.apply(type.apply(d, left), type.invertWithDoc(left, d)), d);
    });
  });

  it("the empty op is neutral", () => {
    holds(pair, ({ wire, left }) => {
      const empty = composeAll(type, []);
      const d = type.create(wire);
      same(type.apply(d, empty), d);
      expect(type.compose(empty, left)).to.deep.equal(left);
      expect(type.compose(left, empty)).to.deep.equal(left);
      for (const side of sides) {
        expect(type.transform(left, empty, side)).to.deep.equal(left);
        expect(type.transform(empty, left, side)).to.deep.equal(empty);
      }
      expect(type.invertWithDoc(empty, d)).to.deep.equal(empty);
    });
  });

  it("the inverse of a composition does what the inverses of its parts do, the last one first", () => {
    holds(chain, ({ wire, ops }) => {
      const d = type.create(wire);
      const done = applyAll(d, ops);
      same(type.apply(done, type.invertWithDoc(composeAll(type, ops), d)), d);
      let at = d;
      const inverses = ops.map((op) => {
        const inverse = type.invertWithDoc(op, at);
        at = type.apply(at, op);
        return inverse;
      });
      same(type.apply(done, composeAll(type, inverses.reverse())), d);
    });
  });

  it("an inverse taken back is the op again, as far as the document goes", () => {
    holds(pair, ({ wire, left }) => {
      const d = type.create(wire);
      const done = type.apply(d, left);
      const inverse = type.invertWithDoc(left, d);
      same(type.apply(d, type.invertWithDoc(inverse, done)), done);
    });
  });

  it("what goes in canonical comes out canonical and valid", () => {
    holds(chain, ({ wire, ops }) => {
      const [first, second] = [ops[0]!, ops[1]];
      const d = type.create(wire);
      type.checkOp(first);
      type.checkOp(type.invertWithDoc(first, d));
      if (second !== undefined) type.checkOp(type.compose(first, second));
    });
    holds(pair, ({ left, right }) => {
      for (const side of sides) type.checkOp(type.transform(left, right, side));
    });
  });

  it("normalize leaves a canonical op alone and never changes its argument", () => {
    holds(pair, ({ left }) => {
      const before = again(left);
      expect(type.normalize(left)).to.deep.equal(before);
      expect(left).to.deep.equal(before);
    });
  });

  it("no function changes an op that it is given", () => {
    holds(pair, ({ wire, left, right }) => {
      const frozen = [again(left), again(right)].map(deepFreeze) as [Op, Op];
      const d = type.create(wire);
      type.apply(d, frozen[0]);
      for (const side of sides) type.transform(frozen[0], frozen[1], side);
      type.compose(frozen[0], type.invertWithDoc(frozen[0], d));
      type.transformPosition(1, frozen[0], "after");
      type.normalize(frozen[0]);
    });
  });

  it("ops and documents survive JSON", () => {
    holds(pair, ({ wire, left }) => {
      const d = type.create(wire);
      expect(wireOf(d)).to.deep.equal(wire);
      same(type.create(again(d.toJSON())), d);
      same(type.apply(d, again(left)), type.apply(d, left));
    });
  });

  it("equal documents have equal JSON, whichever way they came about", () => {
    holds(pair, ({ wire, left, right }) => {
      const d = type.create(wire);
      const [leftNow, rightNow] = diamond(type, left, right);
      const one = type.apply(type.apply(d, right), leftNow);
      const other = type.apply(type.apply(d, left), rightNow);
      expect(JSON.stringify(one)).to.equal(JSON.stringify(other));
    });
  });

  it("positions move with the text", () => {
    holds(
      fc.tuple(pair, fc.nat(), fc.constantFrom<Bias>("before", "after")),
      ([{ length, left }, n, bias]) => {
        const position = n % (length + 1);
        const expected = subject.movePositionSlowly(position, left, bias, length);
        const found = type.transformPosition(position, left, bias);
        if (found !== expected) expect(found).to.equal(expected);
      },
    );
  });

  it("many positions move as each of them does", () => {
    holds(pair, ({ length, left }) => {
      const way = positionsPast(left as Parameters<typeof positionsPast>[0]);
      for (const bias of ["before", "after"] as const)
        for (let position = 0; position <= length + 2; position++) {
          const [found, should] = [way(position, bias), type.transformPosition(position, left, bias)];
          if (found !== should) expect(found).to.equal(should);
        }
    });
  });

  it("positions keep their order, and before is never behind after", () => {
    holds(pair, ({ length, left }) => {
      let last = 0;
      for (let position = 0; position <= length; position++) {
        const before = type.transformPosition(position, left, "before");
        const after = type.transformPosition(position, left, "after");
        if (!(last <= before && before <= after)) expect(before).to.be.within(last, after);
        last = before;
      }
    });
  });

  it("a selection moves by its two ends, one's own op taking the caret along", () => {
    holds(fc.tuple(pair, fc.nat(), fc.nat(), fc.boolean()), ([{ length, left }, n, m, own]) => {
      const [anchor, head] = [n % (length + 1), m % (length + 1)];
      const moved = (position: number) =>
        subject.movePositionSlowly(position, left, own ? "after" : "before", length);
      const result = type.transformSelection({ anchor, head }, left, own);
      expect(result).to.deep.equal({ anchor: moved(anchor), head: moved(head) });
    });
  });

  it("a document stays as it was when an op is applied to it", () => {
    holds(chain, ({ wire, ops }) => {
      const versions = [type.create(wire)];
      for (const op of ops) versions.push(type.apply(versions.at(-1)!, op));
      let expected = wire;
      versions.forEach((version, at) => {
        expect(wireOf(version)).to.deep.equal(expected);
        const op = ops[at];
        if (op !== undefined) expected = applySlowly(expected, op);
      });
    });
  });

  it("two chains of ops merge op by op to one document", () => {
    const chains = fc
      .tuple(document, fc.array(steps, { maxLength: 4 }), fc.array(steps, { maxLength: 4 }))
      .map(([wire, one, other]) => ({ wire, left: chainFrom(wire, one), right: chainFrom(wire, other) }));
    holds(chains, ({ wire, left, right }) => {
      const d = type.create(wire);
      let rightNow = right;
      const leftNow = left.map((op) => {
        let moving = op;
        rightNow = rightNow.map((over) => {
          const [next, overNext] = diamond(type, moving, over);
          moving = next;
          return overNext;
        });
        return moving;
      });
      same(applyAll(applyAll(d, right), leftNow), applyAll(applyAll(d, left), rightNow));
    });
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
