// A large op that small ones are moved past or composed into, against the plain walk.

import { expect } from "chai";
import fc from "fast-check";
import {
  composeAll,
  type IndexedOp,
  lengthChange,
  type PlainOp,
  plainText,
  type RichOp,
  richText,
  type Side,
} from "../../ot/index.js";
import {
  type Dice,
  dice,
  type PlainStep,
  plainOpFrom,
  plainSteps,
  type RichStep,
  richOpFrom,
  richSteps,
  rollPlainOp,
  rollRichOp,
} from "../arbitraries/index.js";

interface Algebra<O> {
  transform(op: O, over: O, side: Side): O;
  compose(first: O, second: O): O;
  index(op: O): IndexedOp<O>;
}

/** What happens to the large op: a small one of the other side, or of its own. */
interface Event<S> {
  readonly what: "pass" | "compose";
  /** Where about the small op begins, in thousandths of the document. */
  readonly place: number;
  readonly steps: S[];
  /** Whether the large op is looked at afterwards: until then, it may put off what was composed into it. */
  readonly seen: boolean;
}

const events = <S>(steps: fc.Arbitrary<S[]>) =>
  fc.array(
    fc.record({
      what: fc.constantFrom("pass" as const, "compose" as const),
      place: fc.nat(1000),
      steps,
      seen: fc.boolean(),
    }),
    { maxLength: 12 },
  );

/** A large op of about so many components, on a document that is not shorter. */
function large<O extends readonly unknown[]>(
  seed: number,
  parts: number,
  roll: (dice: Dice, length: number) => O,
  join: (parts: unknown[]) => O,
): O {
  const rolls = dice(seed);
  const all: unknown[] = [];
  for (let part = 0; part < parts; part++)
    all.push(...roll(rolls, 6), ...(rolls.roll(2) === 0 ? [1 + rolls.roll(4)] : []));
  return join(all);
}

function holds<O extends PlainOp | RichOp, S>(
  type: Algebra<O>,
  held: O,
  length: number,
  side: Side,
  happening: readonly Event<S>[],
  opFrom: (steps: readonly S[], length: number) => O,
  normalize: (op: O) => O,
): void {
  const indexed = type.index(held);
  let base = length;
  for (const { what, place, steps, seen } of happening) {
    const result = base + lengthChange(held);
    const whole = what === "pass" ? base : result;
    const at = Math.floor((whole * place) / 1000);
    const small = normalize([at, ...opFrom(steps, whole - at)] as unknown as O);
    if (what === "compose") {
      indexed.compose(small);
      held = type.compose(held, small);
    } else {
      const past = type.transform(small, held, side === "left" ? "right" : "left");
      same(indexed.pass(small, side), past, "the small op, past the large one");
      held = type.transform(held, small, side);
      base += lengthChange(small);
    }
    if (seen) same(indexed.op, held, `after ${what}`);
  }
  same(indexed.op, held, "in the end");
}

/**
 * Compared as they travel, which is quick, and where that differs as what they say: in which order keys stand in attributes
 * depends on which ops were composed first.
 */
function same(found: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect(found, what).to.deep.equal(wanted);
}

const sides = fc.constantFrom<Side>("left", "right");
const sizes = fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(300) });

const baseOf = (op: RichOp | PlainOp): number =>
  (op as RichOp).reduce<number>((atoms, part) => {
    if (typeof part === "number") return atoms + part;
    if (typeof part === "string" || "i" in part) return atoms;
    return atoms + ("d" in part ? part.d : part.r);
  }, 0);

const numRuns = 600;

describe("a large op that small ones meet", () => {
  it("is moved past each, and each past it, as by the plain walk, in plain text", () => {
    const join = (parts: unknown[]) => plainText.normalize(parts as PlainOp);
    fc.assert(
      fc.property(
        fc.nat(),
        sizes,
        fc.nat(5),
        sides,
        events<PlainStep>(plainSteps()),
        (seed, parts, more, side, happening) => {
          const held = large(seed, parts, rollPlainOp, join);
          holds(plainText, held, baseOf(held) + more, side, happening, plainOpFrom, plainText.normalize);
        },
      ),
      { numRuns },
    );
  });

  it("is moved past each, and each past it, as by the plain walk, in rich text", () => {
    const join = (parts: unknown[]) => richText.normalize(parts as RichOp);
    fc.assert(
      fc.property(
        fc.nat(),
        sizes,
        fc.nat(5),
        sides,
        events<RichStep>(richSteps()),
        (seed, parts, more, side, happening) => {
          const held = large(seed, parts, rollRichOp, join);
          holds(richText, held, baseOf(held) + more, side, happening, richOpFrom, richText.normalize);
        },
      ),
      { numRuns },
    );
  });

  it("is moved as by the plain walk past ops that reach over many of its components", () => {
    const join = (parts: unknown[]) => richText.normalize(parts as RichOp);
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(300),
        sides,
        fc.array(fc.record({ seed: fc.nat(), parts: fc.nat(60) }), { maxLength: 6 }),
        (seed, parts, side, others) => {
          let held = large(seed, parts, rollRichOp, join);
          const indexed = richText.index(held);
          for (const one of others) {
            const over = large(one.seed, one.parts, rollRichOp, join);
            const past = richText.transform(over, held, side === "left" ? "right" : "left");
            same(indexed.pass(over, side), past, "the other op, past this one");
            held = richText.transform(held, over, side);
            same(indexed.op, held, "this op, past the other one");
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is what was typed into it by the thousand, here and there and on and on", () => {
    const rolls = dice(7);
    const indexed = plainText.index([]);
    const typed: PlainOp[] = [];
    // Often not so near to what came before that it would be composed with it first, and often far.
    const next = (place: number) => (rolls.roll(2) === 0 ? place + 70 : 1 + rolls.roll(20_000));
    for (let place = 1; typed.length < 9_000; place = next(place))
      for (let more = rolls.roll(rolls.roll(50) === 0 ? 900 : 4); more >= 0; more--)
        typed.push(rolls.roll(3) === 0 ? [place, { d: 1 }] : [place + more, "x"]);
    for (const op of typed) indexed.compose(op);
    same(indexed.op, composeAll(plainText, typed), "after all");
  });

  it("is what was typed into it on and on, always behind all of it", () => {
    const indexed = plainText.index([]);
    // Too far from each other to be composed with each other first.
    const typed = Array.from({ length: 3_000 }, (_, nth): PlainOp => [1 + 70 * nth, "x"]);
    for (const op of typed) indexed.compose(op);
    same(indexed.op, composeAll(plainText, typed), "after all");
  });

  it("is moved and added to as by the plain walk anywhere in a long text that it inserts", () => {
    const text = "a👻b👻".repeat(300);
    for (const insert of [text, `👻${text}`, { i: text, a: { b: 1 } }]) {
      let held: RichOp = [3, insert, { d: 2 }];
      const indexed = richText.index(held);
      for (let at = 3; at < 2_400; at += 2) {
        indexed.compose([at, "x"]);
        held = richText.compose(held, [at, "x"]);
      }
      same(indexed.op, held, "with what was typed all over it");
      const over: RichOp = [2, { r: 2, a: { c: 1 } }];
      same(
        indexed.pass(over, "left"),
        richText.transform(over, held, "right"),
        "the other op, past this one",
      );
    }
  });

  it("keeps quotes of deleted text where the plain walk keeps them", () => {
    const held: PlainOp = [2, { d: "cde" }, "x"];
    const small: PlainOp = [1, { d: "bc" }];
    const indexed = plainText.index(held);
    expect(indexed.pass(small, "left")).to.deep.equal(plainText.transform(small, held, "right"));
    expect(indexed.op).to.deep.equal([1, { d: "de" }, "x"]);
    indexed.compose([90, "y"]);
    expect(indexed.op).to.deep.equal(plainText.compose([1, { d: "de" }, "x"], [90, "y"]));
  });

  it("is moved as by the plain walk although it skips and deletes more than any document has", () => {
    const longest = 2 ** 31 - 1;
    const parts = Array.from({ length: 100 }, (_, at) => [longest - at, at % 3 === 0 ? { d: longest } : "x"]);
    let held = plainText.normalize(parts.flat() as PlainOp);
    const indexed = plainText.index(held);
    for (const at of [0, 1, longest, 2 * longest, 3 * longest - 5, 60 * longest]) {
      const small = plainText.normalize([at, "y", 3, { d: 1 }] as PlainOp);
      same(indexed.pass(small, "left"), plainText.transform(small, held, "right"), `the small op at ${at}`);
      held = plainText.transform(held, small, "left");
      same(indexed.op, held, `after the small op at ${at}`);
    }
  });

  it("reaches an end that is far behind its last component", () => {
    const indexed = richText.index([3, "x"]);
    expect(indexed.pass([1_000_000, "y"], "left")).to.deep.equal([1_000_001, "y"]);
    indexed.compose([2_000_000, { d: 1 }]);
    expect(indexed.op).to.deep.equal([3, "x", 1_999_996, { d: 1 }]);
  });
});
