// The same ops under quill-delta, written by others for the same purpose, where its rules and ours are one.
//
// They are one on text and embeds of the BMP (it counts UTF-16 units), and on block markers too if both scopes of a retain say
// the same (it has one scope). They part where
// - both ops insert at one gap, one of them a block and one not: text goes before markers here, and there it does not;
// - one op inserts inside a range that the other formats: what is inserted takes the format here, and there it does not;
// - an insert follows a delete at one place: there the insert is always written first.
// The first two are left out. So is the third in what goes in; what comes out is the same document either way, and is
// written down as a delta before it is compared.
// A key called `toString` is not drawn either: there, every object has one.

import { expect } from "chai";
import fc from "fast-check";
import library, { type Delta } from "rich-text";
import {
  type AttributeChange,
  type Attributes,
  type Embed,
  type RichOp,
  richOp,
  richText,
} from "../../ot/index.js";
import { type RichStep, richDocument, richOpFrom, richSteps } from "../arbitraries/index.js";
import { applyToAtoms, atomsOf, canonical, isBlock, split, wireOf } from "../oracle/atoms.js";

const named = <T extends AttributeChange>(set: T): T =>
  Object.fromEntries(Object.entries(set).filter(([key]) => key !== "toString")) as T;

/** Atoms outside of the BMP are two units there, so they are left out; and both scopes say the same. */
const alike = (steps: readonly RichStep[]): RichStep[] =>
  steps.flatMap((step): RichStep[] => {
    if (step.do === "retain") return [{ ...step, a: named(step.a), b: named(step.a) }];
    if (step.do !== "insert") return [step];
    const attributes = named(step.attributes);
    if (typeof step.content !== "string") return [{ ...step, attributes }];
    const content = step.content.replace(/[\u{10000}-\u{10ffff}]/gu, "");
    return content === "" ? [] : [{ ...step, content, attributes }];
  });

const cases = fc
  .tuple(richDocument(), richSteps(), richSteps(), richSteps())
  .map(([wire, one, two, three]) => {
    const atoms = atomsOf(wire)
      .filter(({ content }) => typeof content !== "string" || content.length === 1)
      .map(({ content, attributes }) => ({ content, attributes: named(attributes) }));
    const left = insertsFirst(richOpFrom(alike(one), atoms.length));
    const right = insertsFirst(richOpFrom(alike(two), atoms.length));
    const next = insertsFirst(richOpFrom(alike(three), applyToAtoms(atoms, left).length));
    return { wire: wireOf(atoms), length: atoms.length, left, right, next };
  });

function deltaOf(op: RichOp): Delta {
  const delta = new library.Delta();
  for (const component of op) {
    if (typeof component === "number") delta.retain(component);
    else if (typeof component === "string") delta.insert(component);
    else if ("i" in component) delta.insert(component.i, component.a);
    else if ("d" in component) delta.delete(component.d);
    else delta.retain(component.r, component.a ?? component.b);
  }
  return delta.chop();
}
const same = (ours: RichOp, theirs: Delta) =>
  expect(canonical(deltaOf(ours).ops)).to.equal(canonical(theirs.ops));

/** An op as a delta orders it: what is inserted at a place stands before what is deleted there. */
function insertsFirst(op: RichOp): RichOp {
  const result = richOp();
  for (const { insert, delete: deleted, retain, attributes } of deltaOf(op).ops) {
    if (insert !== undefined) result.insert(insert, attributes as Attributes);
    else if (deleted !== undefined) result.delete(deleted);
    else result.retain(retain!, attributes, attributes);
  }
  return result.done();
}

interface Told {
  readonly inserted: (string | Embed)[][];
  readonly changes: (AttributeChange | undefined)[];
}

/** What an op inserts into each gap, and how it changes each atom. */
function toldBy(op: RichOp, length: number): Told {
  const inserted: (string | Embed)[][] = Array.from({ length: length + 1 }, () => []);
  const changes: (AttributeChange | undefined)[] = [];
  for (const component of op) {
    if (typeof component === "string") inserted[changes.length]!.push(...component);
    else if (typeof component === "object" && "i" in component)
      inserted[changes.length]!.push(...split(component.i));
    else {
      const atoms = typeof component === "number" ? component : "d" in component ? component.d : component.r;
      const change = typeof component === "object" && "r" in component ? component.a : undefined;
      for (let n = 0; n < atoms; n++) changes.push(change);
    }
  }
  return { inserted, changes };
}

/** Whether our own two rules have a say in how these ops merge. */
function areOurs(left: RichOp, right: RichOp, length: number): boolean {
  const [one, other] = [toldBy(left, length), toldBy(right, length)];
  const inherits = (formatter: Told, inserter: Told) =>
    inserter.inserted.some((inserted, gap) => {
      const [before = {}, after = {}] = [formatter.changes[gap - 1], formatter.changes[gap]];
      return inserted.length > 0 && Object.keys(before).some((key) => before[key] === after[key]);
    });
  const ties = one.inserted.some((inserted, gap) => {
    const both = [...inserted, ...other.inserted[gap]!];
    return inserted.length > 0 && other.inserted[gap]!.length > 0 && new Set(both.map(isBlock)).size > 1;
  });
  return ties || inherits(one, other) || inherits(other, one);
}

const holds = (
  check: (one: { wire: RichOp; length: number; left: RichOp; right: RichOp; next: RichOp }) => void,
) => fc.assert(fc.property(cases, check), { numRuns: 4000 });

describe("richText does what quill-delta does", () => {
  it("when an op is applied, composed with another, or taken back", () => {
    holds(({ wire, left, next }) => {
      const before = richText.create(wire);
      same(richText.apply(before, left).toJSON(), deltaOf(wire).compose(deltaOf(left)));
      same(richText.compose(left, next), deltaOf(left).compose(deltaOf(next)));
      const inverse = deltaOf(left).invert(deltaOf(wire));
      const after = richText.apply(before, left);
      same(
        richText.apply(after, richText.invertWithDoc(left, before)).toJSON(),
        deltaOf(after.toJSON()).compose(inverse),
      );
    });
  });

  it("when an op is moved past another, unless text ties with a marker or a format reaches what is inserted", () => {
    let compared = 0;
    holds(({ length, left, right }) => {
      if (areOurs(left, right, length)) return;
      compared++;
      same(richText.transform(left, right, "left"), deltaOf(right).transform(deltaOf(left), false));
      same(richText.transform(left, right, "right"), deltaOf(right).transform(deltaOf(left), true));
    });
    expect(compared).to.be.greaterThan(1000);
  });

  it("when a position is moved past an op", () => {
    holds(({ length, left }) => {
      for (let position = 0; position <= length; position++) {
        for (const bias of ["before", "after"] as const) {
          const theirs = deltaOf(left).transformPosition(position, bias === "before");
          expect(richText.transformPosition(position, left, bias)).to.equal(theirs);
        }
      }
    });
  });
});
