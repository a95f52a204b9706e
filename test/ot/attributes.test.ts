// Attribute sets and changes of them: what transform, compose and invert rely on, as laws of their own.
//
// The model is a `Map`, which knows nothing of prototypes: keys may be called as anything that objects have.

import { expect } from "chai";
import fc from "fast-check";
import {
  changeAttributes,
  changeWithout,
  composeChanges,
  noAttributes,
  pick,
  revertChange,
  sameAttributes,
  sortedAttributes,
} from "../../ot/attributes.js";
import type { AttributeChange, Attributes, Value } from "../../ot/index.js";

/** Of those that are whole numbers an object thinks as of an array's, and has them first; "!" comes before them. */
const keys = ["b", "i", "toString", "valueOf", "10", "9", "!", "#"] as const;
const value = fc.constantFrom<Value>(1, 2, true, "", "x", 0, false);
const made = <T extends Value | null>(values: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [key: string]: T }> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), values), { selector: ([key]) => key })
    .map(Object.fromEntries);
const sets: fc.Arbitrary<Attributes> = made(value);
const changes: fc.Arbitrary<AttributeChange> = made(fc.option(value, { nil: null }));
const perhaps = fc.option(changes, { nil: undefined });
const holds = <T>(cases: fc.Arbitrary<T>, check: (one: T) => void) =>
  fc.assert(fc.property(cases, check), { numRuns: 2000 });

/** The set after changes, in a model that shares nothing with the code. */
function changedSlowly(set: Attributes, ...all: readonly (AttributeChange | undefined)[]): Attributes {
  const map = new Map<string, Value | null>(Object.entries(set));
  for (const change of all) for (const [key, to] of Object.entries(change ?? {})) map.set(key, to);
  return Object.fromEntries([...map].filter(([, to]) => to !== null)) as Attributes;
}

describe("attributes", () => {
  it("after a change are the old ones with those that were set and without those that were removed", () => {
    holds(fc.tuple(sets, perhaps), ([set, change]) => {
      expect(changeAttributes(set, change)).to.deep.equal(changedSlowly(set, change));
    });
  });

  it("have one spelling, keys in order, and the empty set is one object", () => {
    holds(fc.tuple(sets, changes), ([set, change]) => {
      const sorted = sortedAttributes(set);
      expect(sorted).to.deep.equal(set);
      const after = changeAttributes(sorted, change);
      const inOrder = Object.fromEntries(Object.entries(after).sort(([x], [y]) => (x < y ? -1 : 1)));
      expect(JSON.stringify(after)).to.equal(JSON.stringify(inOrder));
      if (Object.keys(after).length === 0) expect(after).to.equal(noAttributes);
    });
    expect(Object.keys(sortedAttributes({ i: 1, b: 2 }))).to.deep.equal(["b", "i"]);
  });

  it("that do not change stay the same object", () => {
    holds(sets, (set) => {
      expect(changeAttributes(set, set)).to.equal(set);
      expect(changeAttributes(set, undefined)).to.equal(set);
    });
  });

  it("are the same if each key has the same value in both, and absent is like absent alone", () => {
    holds(fc.tuple(sets, sets), ([x, y]) => {
      const asMap = (set: Attributes) => JSON.stringify(Object.entries(set).sort());
      expect(sameAttributes(x, y)).to.equal(asMap(x) === asMap(y));
      expect(sameAttributes(x, Object.fromEntries(Object.entries(x).reverse()))).to.equal(true);
    });
    expect([sameAttributes(undefined, undefined), sameAttributes(undefined, {})]).to.deep.equal([
      true,
      false,
    ]);
    expect(sameAttributes({ a: 1 }, { b: 1 })).to.equal(false);
  });
});

describe("changes of attributes", () => {
  it("compose to one that does what both do, one after the other", () => {
    holds(fc.tuple(sets, perhaps, perhaps), ([set, first, second]) => {
      const composed = composeChanges(first, second);
      expect(changeAttributes(set, composed)).to.deep.equal(changedSlowly(set, first, second));
    });
  });

  it("of two at one time lead to one set, whichever comes first: the winner's keys stand", () => {
    holds(fc.tuple(sets, changes, changes), ([set, winner, other]) => {
      const winnerFirst = changeAttributes(changeAttributes(set, winner), changeWithout(other, winner));
      const winnerLast = changeAttributes(changeAttributes(set, other), winner);
      expect(winnerFirst).to.deep.equal(winnerLast);
    });
  });

  it("are taken back key by key, and what changed nothing is not", () => {
    holds(fc.tuple(sets, perhaps), ([set, change]) => {
      const back = revertChange(change, set);
      expect(changeAttributes(changeAttributes(set, change), back)).to.deep.equal(set);
      const after = changedSlowly(set, change);
      const differ = keys.filter(
        (key) => Object.hasOwn(set, key) !== Object.hasOwn(after, key) || set[key] !== after[key],
      );
      expect(Object.keys(back ?? {}).sort()).to.deep.equal(differ.sort());
    });
  });

  it("are absent rather than empty when no key of them is left", () => {
    holds(changes, (change) => {
      expect(pick(change, () => false)).to.equal(undefined);
      expect(changeWithout(change, change)).to.equal(undefined);
      if (Object.keys(change).length > 0) expect(pick(change, () => true)).to.equal(change);
    });
  });
});
