// Every case of a small scope of what is not transform: two ops that follow each other and their composition, every op and
// its inverse on every document, every position past every op. The case counts are pinned.

import { expect } from "chai";
import {
  baseLength,
  composeAll,
  lengthChange,
  type PlainOp,
  plainText,
  type RichOp,
  type RichWire,
  richOp,
  richText,
  type Snapshot,
  type TextType,
  transformPosition,
} from "../../ot/index.js";
import { figure } from "../figures.js";
import { movePositionSlowly } from "../oracle/algebra.js";
import { applyToAtoms, applyToText, atomsOf, sameAtoms } from "../oracle/atoms.js";
import { sameTrace, Traces } from "../oracle/traces.js";
import {
  between,
  everywhere,
  largeActs,
  largeGap,
  opsOf,
  plainOps,
  rows,
  smallActs,
  smallGap,
} from "./scope.js";

/** Checks each op over `length` atoms with each that may follow it, and counts them. */
function composes<Op extends PlainOp | RichOp>(
  type: Pick<TextType<Snapshot, Op>, "transform" | "compose" | "normalize" | "checkOp">,
  length: number,
  firsts: readonly Op[],
  secondsOver: (length: number) => readonly Op[],
): number {
  const checkOp: (op: unknown) => void = type.checkOp;
  const traces = new Traces();
  const before = traces.unknown(length);
  const seconds = new Map<number, readonly Op[]>();
  let checked = 0;
  for (const first of firsts) {
    const between = traces.apply(before, first);
    const following = seconds.get(between.length) ?? secondsOver(between.length);
    seconds.set(between.length, following);
    for (const second of following) {
      const composed = composeAll(type, [first, second]);
      checkOp(composed);
      const same = sameTrace(traces.apply(before, composed), traces.apply(between, second));
      if (!same) throw new Error(JSON.stringify({ length, first, second }));
      checked++;
    }
  }
  return checked;
}

describe("every case of a small scope", function () {
  this.timeout(600_000); // Seconds on an idle machine; there may be others on it.

  it("plain: an op over up to 3 atoms and each that may follow it are what their composition is", () => {
    const counts = [0, 1, 2, 3].map((length) =>
      composes(plainText, length, plainOps(length, "👻"), (after) => plainOps(after, "y")),
    );
    expect(counts).to.deep.equal([10, 250, 6250, 156_250]);
    figure("exhaustive", "plain ops that follow each other", 162_760);
  });

  it("rich: an op over up to 2 atoms and each that may follow it are what their composition is", () => {
    const every = (text: string, value: number) => (length: number) =>
      opsOf(everywhere(length, smallGap(text), smallActs(value)));
    const some = (text: string, value: number) => (length: number) =>
      opsOf(between(length, smallGap(text), smallActs(value).slice(0, 4)));
    const counts = [
      ...[0, 1].map((length) => composes(richText, length, every("x", 1)(length), every("y", 2))),
      composes(richText, 2, some("x", 1)(2), every("y", 2)),
      composes(richText, 2, opsOf(between(2, largeGap("x"), largeActs(1))), (after) =>
        opsOf(everywhere(after, [[]], largeActs(2).slice(0, 7))),
      ),
    ];
    expect(counts).to.deep.equal([93, 175_863, 196_788, 458_109]);
    figure("exhaustive", "rich ops that follow each other", 830_853);
  });

  it("plain: every op on every text of up to 4 atoms does what the slow model says, and its inverse takes it back", () => {
    let checked = 0;
    for (const length of [0, 1, 2, 3, 4]) {
      const text = [..."a👻\né"].slice(0, length);
      const before = plainText.create(text.join(""));
      for (const op of plainOps(length, "x")) {
        const after = plainText.apply(before, op);
        expect(after.toJSON()).to.equal(applyToText(text, op).join(""));
        expect(after.length - length).to.equal(lengthChange(op));
        expect(baseLength(op)).to.be.at.most(length);
        expect(plainText.apply(after, plainText.invertWithDoc(op, before)).toJSON()).to.equal(text.join(""));
        checked++;
      }
    }
    expect(checked).to.equal(682);
  });

  it("rich: every op on every document of up to 3 atoms does what the slow model says, and its inverse takes it back", () => {
    const atoms: RichWire = [
      "a",
      { i: "a", a: { b: 1 } },
      "\n",
      { i: "\n", a: { q: 1 } },
      { i: { image: 1 } },
      { i: { hr: 1, blk: true }, a: { q: 2 } },
    ];
    const checkOp: (op: unknown) => void = richText.checkOp;
    let checked = 0;
    for (const length of [0, 1, 2, 3]) {
      const gap = length < 3 ? smallGap("x") : smallGap("x").slice(0, 2);
      const ops = opsOf((length < 3 ? everywhere : between)(length, gap, smallActs(1)));
      for (const inserts of rows<RichWire[number]>(Array.from({ length }, () => atoms))) {
        const wire = inserts.reduce((op, insert) => op.add(insert), richOp()).done() as RichWire;
        const model = atomsOf(wire);
        const before = richText.create(wire);
        for (const op of ops) {
          const after = richText.apply(before, op);
          const inverse = richText.invertWithDoc(op, before);
          checkOp(inverse);
          const whole = atomsOf(after.toJSON());
          const done =
            sameAtoms(whole, applyToAtoms(model, op)) && whole.length - length === lengthChange(op);
          if (!done || !richText.apply(after, inverse).equals(before)) {
            throw new Error(JSON.stringify({ wire, op, inverse }));
          }
          checked++;
        }
      }
    }
    expect(checked).to.equal(3 + 6 * 45 + 36 * 675 + 216 * 500);
    figure("exhaustive", "rich ops on a document, and their inverses", checked);
  });

  it("every position of up to 3 atoms stays between its neighbours past every op", () => {
    let checked = 0;
    for (const length of [0, 1, 2, 3]) {
      for (const op of opsOf(
        everywhere(length, smallGap("xy"), [[1], [{ d: 1 }], [{ r: 1, a: { b: 1 } }]]),
      )) {
        for (let position = 0; position <= length; position++) {
          for (const bias of ["before", "after"] as const) {
            const moved = transformPosition(position, op, bias);
            if (moved !== movePositionSlowly(position, op, bias, length)) {
              throw new Error(JSON.stringify({ length, op, position, bias, moved }));
            }
            checked++;
          }
        }
      }
    }
    expect(checked).to.equal(6 + 27 * 4 + 243 * 6 + 2187 * 8);
  });
});
