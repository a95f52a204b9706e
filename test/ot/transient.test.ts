// A transient does what `apply` does, op by op, and nobody who holds a snapshot can tell that there was one.
//
// Both are held to the slow model, on documents of many chunks, with ops as somebody who types makes them: mostly where the
// last one was. So this is also where the short way of a keystroke down the tree is tested.

import { expect } from "chai";
import fc from "fast-check";
import {
  OtError,
  type PlainOp,
  PlainSnapshot,
  plainText,
  type RichOp,
  RichSnapshot,
  richText,
  type TextType,
} from "../../ot/index.js";
import {
  type Dice,
  dice,
  plainOpFrom,
  rollPlainOp,
  rollRichDocument,
  rollRichOp,
  rollText,
} from "../arbitraries/index.js";
import { applyToAtoms, applyToText, atomsOf, canonical, wireOf } from "../oracle/atoms.js";
import { checkTree } from "../oracle/tree.js";

/** Where the caret is. */
interface Writer {
  caret: number;
}

/** One stroke near the caret, seldom elsewhere: some text, some characters taken out, or both. */
function rollStroke({ roll, pick }: Dice, writer: Writer, length: number): PlainOp {
  const place = roll(10) === 0 ? roll(length + 1) : writer.caret + pick([0, 0, 0, 0, 0, 0, -1, -4, 2]);
  const caret = Math.max(0, Math.min(length, place));
  const text = pick([
    "a",
    "b",
    "é",
    "👻",
    "\n",
    "some words, ",
    "",
    "",
    roll(20) === 0 ? "x".repeat(600) : "",
  ]);
  const removed = Math.min(
    text === "" || roll(5) === 0 ? pick([1, 1, 1, 2, 30, roll(20) === 0 ? 900 : 1]) : 0,
    length,
  );
  const from = Math.min(Math.max(0, caret - roll(2) * removed), length - removed);
  writer.caret = from + [...text].length;
  return plainOpFrom(
    [
      { do: "skip", atoms: from },
      ...(text === "" ? [] : [{ do: "insert", text } as const]),
      { do: "delete", atoms: removed },
    ],
    length,
  );
}

function rollRichStroke(roll: Dice, writer: Writer, length: number): RichOp {
  if (roll.roll(15) === 0) return rollRichOp(roll, length);
  const op = rollStroke(roll, writer, length) as RichOp;
  if (roll.roll(8) > 0) return op;
  const embed = roll.pick([{ image: 1 }, { hr: 1, blk: true }]);
  return op.map((part) => {
    if (typeof part !== "string") return part;
    return roll.roll(4) === 0 ? { i: embed } : { i: part, a: { b: 1 } };
  });
}

const rollPlainStroke = (roll: Dice, writer: Writer, length: number): PlainOp =>
  roll.roll(15) === 0 ? rollPlainOp(roll, length) : rollStroke(roll, writer, length);

/** What a suite says of its type. `Model` is the document as the slow model has it. */
interface Suite<S extends PlainSnapshot | RichSnapshot, Op, Model> {
  readonly type: TextType<S, Op> & { create(wire?: unknown): S };
  readonly document: (roll: Dice) => unknown;
  readonly rollOp: (roll: Dice, writer: Writer, length: number) => Op;
  readonly model: (wire: unknown) => Model;
  readonly apply: (model: Model, op: Op) => Model;
  readonly wire: (model: Model) => unknown;
}

const plain: Suite<PlainSnapshot, PlainOp, readonly string[]> = {
  type: plainText,
  document: (roll) => rollText(roll, roll.pick([0, 20, 3000])),
  rollOp: rollPlainStroke,
  model: (wire) => [...(wire as string)],
  apply: applyToText,
  wire: (model) => model.join(""),
};

const rich: Suite<RichSnapshot, RichOp, ReturnType<typeof atomsOf>> = {
  type: richText,
  document: (roll) => rollRichDocument(roll, roll.pick([0, 5, 400])),
  rollOp: rollRichStroke,
  model: (wire) => atomsOf(wire as never),
  apply: applyToAtoms,
  wire: wireOf,
};

function lawOf<S extends PlainSnapshot | RichSnapshot, Op, Model>(
  suite: Suite<S, Op, Model>,
  seed: number,
): void {
  const roll = dice(seed);
  const wire = suite.document(roll);
  let model = suite.model(wire);
  let immutable = suite.type.create(wire);
  const transient = immutable.transient() as unknown as { length: number; apply(op: Op): void; freeze(): S };
  const frozen: (readonly [S, string])[] = [[immutable, canonical(suite.wire(model))]];
  const writer = { caret: 0 };
  const first = immutable;
  const ops: Op[] = [];
  for (let n = 0; n < 150; n++) {
    const op = suite.rollOp(roll, writer, immutable.length);
    model = suite.apply(model, op);
    immutable = suite.type.apply(immutable, op);
    transient.apply(op);
    ops.push(op);
    expect(transient.length).to.equal(immutable.length);
    if (roll.roll(12) > 0 && n < 149) continue;
    const now = canonical(suite.wire(model));
    frozen.push([immutable, now], [transient.freeze(), now], [suite.type.applyAll(first, ops) as S, now]);
  }
  for (const [snapshot, then] of frozen) {
    expect(canonical(snapshot.toJSON())).to.equal(then);
    checkTree(snapshot.rope.root);
  }
}

describe("a transient", () => {
  it("does what apply does on plain documents, and leaves all that was frozen as it was", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => lawOf(plain, seed)),
      { numRuns: 60 },
    );
  });

  it("does what apply does on rich documents, and leaves all that was frozen as it was", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => lawOf(rich, seed)),
      { numRuns: 40 },
    );
  });

  it("gathers what is typed, so that a sentence makes no more nodes than its first letter", () => {
    const snapshot = plainText.create("A line of text.\n".repeat(1000));
    const transient = snapshot.transient();
    let at = 5000;
    for (const letter of "typed, letter by letter") transient.apply([at++, letter]);
    const sentence = transient.freeze();
    const [made, letter] = [sentence, plainText.apply(snapshot, [5000, "t"])].map(({ rope }) => {
      const nodes = new Set<unknown>();
      const walk = (node: typeof rope.root): void => {
        nodes.add(node);
        if ("children" in node) node.children.forEach(walk);
      };
      walk(snapshot.rope.root);
      const before = nodes.size;
      walk(rope.root);
      return nodes.size - before;
    });
    expect(made).to.equal(letter);
    expect(sentence.slice(4998, 5025)).to.equal(
      `${snapshot.slice(4998, 5000)}typed, letter by letter${snapshot.slice(5000, 5002)}`,
    );
  });

  it("has attributes in the order that apply has them in, whatever that was in the op", () => {
    const op: RichOp = [{ i: "x", a: { z: 1, a: 1 } }];
    const [one, other] = [
      RichSnapshot.empty.transient().apply(op).freeze(),
      richText.apply(RichSnapshot.empty, op),
    ];
    expect(JSON.stringify(one)).to.equal(JSON.stringify(other));
  });

  it("refuses what apply refuses, and is then as it was", () => {
    const refused = (transient: { apply(op: PlainOp): unknown }, op: PlainOp): string | undefined => {
      try {
        transient.apply(op);
      } catch (error) {
        if (error instanceof OtError) return error.code;
        throw error;
      }
      return undefined;
    };
    const transient = plainText.create("text").transient().apply([4, "s"]);
    expect(refused(transient, [6, "x"])).to.equal("op_out_of_bounds");
    expect(refused(transient, ["x", { d: 6 }])).to.equal("op_out_of_bounds");
    expect(refused(transient, [1, "x", 2, { d: 3 }])).to.equal("op_out_of_bounds");
    expect(refused(transient, [4, { d: "x" }])).to.equal("op_malformed");
    expect(refused(transient, [4, { d: "s" }])).to.equal(undefined);
    expect(transient.freeze().toJSON()).to.equal("text");
    expect(PlainSnapshot.empty.transient().freeze().equals(PlainSnapshot.empty)).to.equal(true);
    expect(
      RichSnapshot.empty
        .transient()
        .apply([{ i: { image: 1 } }])
        .freeze().length,
    ).to.equal(1);
  });
});
