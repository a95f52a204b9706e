// What it costs to fold a history and to read it, in the runs that are looked at, moved and made: in proportion to what its
// ops have, and in steps that are short whatever they have.

import { expect } from "chai";
import { type Committed, Fault, type Op, systemClock } from "../../protocol/index.js";
import { createHistory } from "../../server/documents/history.js";
import { atOnce, type Steps } from "../../server/documents/steps.js";
import { blameRuns } from "../../server/history/blame.js";
import { STEP } from "../../server/history/chunks.js";
import { diffParts } from "../../server/history/diff.js";
import { revertOp } from "../../server/history/revert.js";
import { Strand } from "../../server/history/strand.js";
import { defaultLimits } from "../../server/limits.js";
import { fold } from "./strands.js";

const by = (version: number, op: Op): Committed => ({
  ...{ version, op, src: "ann", seq: version },
  ...{ author: "ann", time: 0 },
});
const each = (count: number, component: (at: number) => readonly unknown[]): Op =>
  Array.from({ length: count }, (_, at) => component(at)).flat() as Op;

/** What the last of these ops costs, folded one after the other. */
function costOfLast(ops: readonly Op[]): number {
  const strand = new Strand();
  let before = 0;
  for (const [at, op] of ops.entries()) {
    before = strand.work;
    fold(strand, by(at + 1, op));
  }
  return strand.work - before;
}

/** How many steps something takes. */
function stepsOf(steps: Steps<unknown>): number {
  let count = 1;
  while (!steps.next().done) count++;
  return count;
}

describe("what a history costs", () => {
  /** As long for an op of few components as for one of many. */
  const text: Op = ["a".repeat(30_000)];
  const kinds: Record<string, (components: number) => readonly Op[]> = {
    "that writes here and there": (n) => [text, each(n, () => [1, "b"])],
    "that deletes here and there": (n) => [text, each(n, () => [1, { d: 1 }])],
    "that formats here and there": (n) => [text, each(n, (at) => [1, { r: 1, a: { b: at % 2 } }])],
    "that brings back what one deleted here and there": (n) => [
      text,
      each(n, () => [1, { d: 1 }]),
      each(n, () => [1, "a"]),
    ],
    "that brings back in many pieces what was deleted in one": (n) => [
      text,
      [{ d: 30_000 }],
      each(n, (at) => [{ i: "aaa", a: { b: at % 2 } }]),
    ],
  };
  for (const [kind, ops] of Object.entries(kinds))
    it(`is twice as much for an op of twice as many components ${kind}`, () => {
      const [once, twice] = [costOfLast(ops(5_000)), costOfLast(ops(10_000))];
      expect(twice / once).to.be.lessThan(2.5);
    });

  it("is small for a small op, also behind ten thousand others", () => {
    expect(costOfLast([text, each(10_000, () => [1, "b"]), [39_999, "c"]])).to.be.lessThan(1_000);
  });

  it("is done in short steps, be it one large op or many small ones", () => {
    const strand = new Strand();
    fold(strand, by(1, text));
    let before = strand.work;
    const large = stepsOf(
      strand.folding(
        by(
          2,
          each(10_000, () => [1, "b"]),
        ),
      ),
    );
    expect(large).to.be.greaterThan(((strand.work - before) / STEP) * 0.5);
    before = strand.work;
    let small = 0;
    for (let at = 3; at < 3_000; at++) small += stepsOf(strand.folding(by(at, [at, "c"]))) - 1;
    expect(small).to.be.greaterThan(((strand.work - before) / STEP) * 0.5);
    const readings = [blameRuns(strand, 3_000), diffParts(strand), revertOp(strand, () => true)];
    for (const reading of readings) expect(stepsOf(reading as Steps<unknown>)).to.be.greaterThan(10);
  });

  it("does not depend on how many lines one op has: 200,000 are folded like any", () => {
    const strand = new Strand();
    fold(strand, by(1, ["a\n".repeat(200_000)]));
    expect(atOnce(blameRuns(strand, 1))).to.deep.equal([
      { at: 0, length: 400_000, author: "ann", time: 0, version: 1 },
    ]);
  });

  describe("to a server", () => {
    const ops = [
      by(1, text),
      ...[2, 3, 4].map((version) =>
        by(
          version,
          each(5_000, () => [1, "b"]),
        ),
      ),
    ];
    const head = { type: "plain" as const, epoch: "e", version: ops.length };
    let read: number;
    let history: ReturnType<typeof createHistory>;

    beforeEach(() => {
      read = 0;
      history = createHistory({
        ledger: {
          head: async () => head,
          async ops(_, since, limit) {
            const page = ops.slice(since, since + limit);
            read += page.length;
            return page;
          },
          async past(): Promise<never> {
            throw new Fault("version_unknown", "");
          },
        },
        lives: { began: async () => 0, version: async () => 0 },
        people: { authors: async () => ({}) },
        names: { versions: async () => ({ versions: [], authors: {} }) },
        core: { submit: async () => ({ version: head.version, op: [] }) },
        clock: systemClock,
        limits: defaultLimits,
      });
    });

    it("is paid with room for everybody else, also within a page and within an op", async () => {
      let turns = 0;
      let on = true;
      const turn = () => {
        turns++;
        if (on) setImmediate(turn);
      };
      setImmediate(turn);
      await history.diff("a", { from: 0 });
      on = false;
      expect(turns).to.be.greaterThan(20);
    });

    it("is paid once for the same versions, whoever asks and for whatever", async () => {
      const first = await history.diff("a", { from: 0 });
      expect(read).to.equal(4);
      expect(await history.diff("a", { from: 0 })).to.deep.equal(first);
      await history.restore("a", { version: 0 });
      expect(read).to.equal(4);
      const earlier = await history.diff("a", { from: 0, to: 2 });
      expect(earlier.parts).to.have.length.lessThan(first.parts.length);
      expect(await history.diff("a", { from: 0 })).to.deep.equal(first);
    });
  });
});
