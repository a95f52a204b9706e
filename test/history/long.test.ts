// A long history, folded once and then read as it grows.

import { expect } from "chai";
import { type Committed, Fault, systemClock } from "../../protocol/index.js";
import { createHistory } from "../../server/documents/history.js";
import { atOnce } from "../../server/documents/steps.js";
import { blameRuns } from "../../server/history/blame.js";
import { Strand } from "../../server/history/strand.js";
import { defaultLimits } from "../../server/limits.js";
import { type Dice, dice, rollText } from "../arbitraries/index.js";
import { figure } from "../figures.js";
import { AUTHORS, fold } from "./strands.js";

const OPS = 100_000;

/** Somebody types here and there, and sometimes takes a word away or puts one back. @returns how long the text is then, too */
function typing(seed: number, count: number): { readonly ops: Committed[]; readonly length: number } {
  const rolled: Dice = dice(seed);
  const ops: Committed[] = [];
  let length = 0;
  let caret = 0;
  for (let version = 1; version <= count; version++) {
    if (rolled.roll(20) === 0) caret = rolled.roll(length + 1);
    const skip = caret === 0 ? [] : [caret];
    const gone = rolled.roll(6) === 0 ? Math.min(1 + rolled.roll(5), length - caret) : 0;
    const text = gone > 0 ? "" : `a${rollText(rolled, 2)}`;
    const op = gone > 0 ? [...skip, { d: gone }] : [...skip, text];
    length += [...text].length - gone;
    caret += [...text].length;
    const author = AUTHORS[Math.floor(version / 500) % AUTHORS.length]!;
    ops.push({ version, src: author, seq: version, op, author, time: version });
  }
  return { ops, length };
}

describe("a long history", () => {
  it("is folded into who wrote what, once", () => {
    const { ops, length } = typing(7, OPS);
    const strand = new Strand();
    const begin = performance.now();
    for (const committed of ops) fold(strand, committed);
    const runs = atOnce(blameRuns(strand, OPS));
    const tookMs = performance.now() - begin;
    expect(runs.reduce((sum, run) => sum + run.length, 0)).to.equal(length);
    figure("who-wrote-it", "ops folded", OPS.toLocaleString("en"));
    figure("who-wrote-it", "ms to fold them and say who wrote each of the runs", Math.round(tookMs));
    figure("who-wrote-it", "runs, deleted ones included", strand.size.toLocaleString("en"));
  });

  it("is not folded worse where all that is written is deleted again at one place", () => {
    const strand = new Strand();
    for (let version = 1; version <= 6_000; version += 2) {
      fold(strand, { version, op: [`word ${version}`], author: "ann", time: 0 });
      fold(strand, { version: version + 1, op: [{ d: `word ${version}`.length }], author: "bo", time: 0 });
    }
    fold(strand, { version: 6_001, op: ["word 5999"], author: "cy", time: 0 });
    expect(atOnce(blameRuns(strand, 6_001))).to.deep.equal([
      { at: 0, length: 9, author: "ann", time: 0, version: 5_999 },
    ]);
  });

  it("is read from the log once: what is asked next reads only what is new", async () => {
    const { ops } = typing(8, 5_000);
    let head = 4_990;
    let read = 0;
    const ledger = {
      head: async () => ({ type: "plain" as const, epoch: "e", version: head }),
      async ops(_: string, since: number, limit: number) {
        const page = ops.slice(since, Math.min(head, since + limit));
        read += page.length;
        return page;
      },
      async past(): Promise<never> {
        throw new Fault("version_unknown", "");
      },
    };
    const people = { authors: async () => ({}) };
    const names = { versions: async () => ({ versions: [], authors: {} }) };
    const core = { submit: async () => ({ version: head, op: [] }) };
    const lives = { began: async () => 0, version: async () => head };
    const parts = { ledger, lives, people, names, core, clock: systemClock, limits: defaultLimits };
    const history = createHistory(parts);
    await Promise.all([history.blame("a"), history.blame("a"), history.blame("a", { version: 7 })]);
    expect(read).to.equal(4_990);
    head = 5_000;
    await history.blame("a");
    expect(read).to.equal(5_000);
    const forgetful = createHistory({ ...parts, keptBytes: 10_000 });
    await forgetful.blame("a");
    await forgetful.blame("a");
    expect(read).to.equal(15_000);
  });
});
