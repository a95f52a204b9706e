// Every pair of ops of a small scope closes the diamond (TP1), and comes out canonical. What random drawing may miss is here.
//
// Transform never sees the document, and no atom's fate depends on what the others are. So the ops are applied to atoms of
// which nothing is known (`traces.ts`), and each pair is checked for all documents of its length at once.
// The case counts are pinned, so that a change to the scopes cannot make them smaller unseen.

import { expect } from "chai";
import {
  diamond,
  type PlainOp,
  plainText,
  type RichOp,
  richText,
  type Snapshot,
  type TextType,
} from "../../ot/index.js";
import { figure } from "../figures.js";
import { transformSlowly } from "../oracle/algebra.js";
import { canonical, sameValue } from "../oracle/atoms.js";
import { sameTrace, Traces } from "../oracle/traces.js";
import {
  between,
  everywhere,
  largeActs,
  largeGap,
  opsOf,
  plainOps,
  smallActs,
  smallGap,
  smallGapWithEmbed,
} from "./scope.js";

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** Checks each pair over `length` atoms, and counts them. */
function closes<Op extends PlainOp | RichOp>(
  type: Pick<TextType<Snapshot, Op>, "transform" | "compose" | "normalize" | "checkOp">,
  length: number,
  lefts: readonly Op[],
  rights: readonly Op[],
): number {
  const checkOp: (op: unknown) => void = type.checkOp;
  const traces = new Traces();
  const before = traces.unknown(length);
  const afterRight = rights.map((right) => traces.apply(before, right));
  for (const left of lefts) {
    const afterLeft = traces.apply(before, left);
    for (let at = 0; at < rights.length; at++) {
      const right = rights[at]!;
      const [leftNow, rightNow] = diamond(type, left, right);
      checkOp(leftNow);
      checkOp(rightNow);
      const one = traces.apply(afterRight[at]!, leftNow);
      const other = traces.apply(afterLeft, rightNow);
      if (!sameTrace(one, other)) throw new Error(JSON.stringify({ length, left, right }));
    }
  }
  return lefts.length * rights.length;
}

describe("every pair of ops of a small scope", function () {
  this.timeout(1_200_000); // Half a minute on an idle machine; there may be others on it.

  it("plain: over up to 5 atoms, with and without text in every gap", () => {
    const counts = [0, 1, 2, 3, 4, 5].map((length) =>
      closes(plainText, length, plainOps(length, "👻"), plainOps(length, "y")),
    );
    expect(counts).to.deep.equal([4, 64, 1024, 16_384, 262_144, 4_194_304]);
    figure("exhaustive", "plain pairs", sum(counts));
  });

  it("rich: over up to 2 atoms in every gap, over up to 3 in the gaps between them", () => {
    const all = [0, 1, 2].map((length) => {
      const ops = (text: string, value: number) =>
        opsOf(everywhere(length, smallGapWithEmbed(text), smallActs(value)));
      return closes(richText, length, ops("x", 1), ops("y", 2));
    });
    expect(all).to.deep.equal([16, 6400, 2_560_000]);
    const around = (text: string, value: number) => opsOf(everywhere(1, largeGap(text), largeActs(value)));
    const amid = (text: string, value: number) => opsOf(between(2, largeGap(text), largeActs(value)));
    const three = (text: string, value: number) => opsOf(between(3, smallGap(text), smallActs(value)));
    const more = [
      closes(richText, 1, around("x", 1), around("y", 2)),
      closes(richText, 2, amid("x", 1), amid("y", 2)),
      closes(richText, 3, three("x", 1), three("y", 2)),
    ];
    expect(more).to.deep.equal([531_441, 531_441, 1_265_625]);
    figure("exhaustive", "rich pairs", sum([...all, ...more]));
  });

  it("rich: comes out as the slow model has it, to the letter, whether walked or indexed", () => {
    let compared = 0;
    const scopes = [
      (text: string, value: number) => everywhere(1, smallGap(text), smallActs(value)),
      (text: string, value: number) => between(2, largeGap(text).slice(0, 7), largeActs(value).slice(0, 6)),
    ];
    scopes.forEach((scope, at) => {
      for (const left of opsOf(scope("x", 1))) {
        for (const right of opsOf(scope("y", 2))) {
          const indexed = richText.index(left);
          const passed = [indexed.pass(right, "left"), indexed.op];
          const walked = [richText.transform(right, left, "right"), richText.transform(left, right, "left")];
          if (!sameValue(passed, walked)) expect.fail(JSON.stringify({ left, right, passed }));
          for (const side of ["left", "right"] as const) {
            const fast = richText.transform(left, right, side);
            const slow = transformSlowly(left, right, side, at + 1);
            if (!sameValue(fast, slow)) {
              const found = `${canonical(fast)}, not ${canonical(slow)}`;
              expect.fail(`${JSON.stringify({ left, right, side })}: ${found}`);
            }
            compared++;
          }
        }
      }
    });
    expect(compared).to.equal(2 * (45 ** 2 + 252 ** 2));
    figure("exhaustive", "rich transforms that agree with the slow model", compared);
  });
});
