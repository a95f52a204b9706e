// Names of ops that are folded are found as they were, and never where they are not.

import { expect } from "chai";
import fc from "fast-check";
import { StorageError } from "../../server/storage/index.js";
import {
  byName,
  isSameOp,
  type NameRun,
  nameIn,
  namesIn,
  putIntoRuns,
  RUN_NAMES,
  shortHash,
} from "../../server/storage/name-runs.js";
import type { NamedReceipt } from "../../server/storage/op-log.js";

const hash = (of: number) => shortHash(Buffer.from(String(of).padStart(32, "f")));
const named = (src: string, seq: number): NamedReceipt => ({
  src,
  seq,
  version: seq * 7 + 1,
  hash: hash(seq),
});
const byEnd = (a: NameRun, b: NameRun) => byName({ src: a.src, seq: a.last }, { src: b.src, seq: b.last });

/** As a database finds it. */
const finder = (runs: readonly NameRun[]) => (src: string, seq: number) => {
  const own = runs.filter((run) => run.src === src).sort(byEnd);
  return own.find(({ last }) => last >= seq) ?? own.at(-1);
};

/** Puts some names in after others, as folding does, into so many bytes of runs at a time. */
function folded(groups: readonly (readonly NamedReceipt[])[], most = 4_000): NameRun[] {
  let runs: NameRun[] = [];
  for (const names of groups)
    for (let left = [...names].sort(byName); left.length > 0; ) {
      const { put, dropped, added } = putIntoRuns(left, finder(runs), most);
      expect(put).to.deep.equal(left.slice(0, put.length)).and.not.have.length(0);
      const bytes = dropped.reduce((sum, run) => sum + 400 + run.names.length, 0);
      expect(bytes <= most || dropped.length === 1).to.equal(true);
      left = left.slice(put.length);
      runs = [...runs.filter((run) => !dropped.includes(run)), ...added];
    }
  return runs.sort(byEnd);
}

describe("runs of names", () => {
  const name = fc.record({ src: fc.constantFrom("a", "é", "b"), seq: fc.nat(60) }).map(({ src, seq }) => ({
    ...named(src, seq),
    version: (seq * 31) % 17,
  }));
  const unique = fc.uniqueArray(name, { selector: ({ src, seq }) => `${seq} ${src}`, maxLength: 60 });

  it("give back each name once and in order, and find no others, in whatever order they came", () => {
    fc.assert(
      fc.property(unique, fc.array(fc.nat(60), { maxLength: 4 }), fc.nat(2_000), (names, cuts, most) => {
        const at = [0, ...cuts.sort((a, b) => a - b), names.length];
        const runs = folded(
          at.slice(1).map((end, group) => names.slice(at[group], end)),
          most,
        );
        expect(runs.flatMap(namesIn)).to.deep.equal([...names].sort(byName));
        const find = finder(runs);
        for (const src of ["a", "b", "é", "c"])
          for (let seq = 0; seq <= 61; seq++)
            expect(nameIn(find(src, seq), seq)).to.deep.equal(
              names.find((each) => each.src === src && each.seq === seq),
            );
      }),
      { numRuns: 200 },
    );
  });

  it("are no longer than fits, do not overlap, and are full where a client goes on and on", () => {
    const seqs = Array.from({ length: 5_000 }, (_, seq) => named("a", seq));
    const onwards = folded([seqs.slice(0, 700), seqs.slice(700, 2_000), seqs.slice(2_000)]);
    expect(onwards.map(({ first }) => first)).to.deep.equal(
      Array.from({ length: Math.ceil(5_000 / RUN_NAMES) }, (_, at) => at * RUN_NAMES),
    );
    const scattered = folded([
      seqs.filter(({ seq }) => seq % 2 === 0),
      seqs.filter(({ seq }) => seq % 2 === 1),
    ]);
    for (const [at, run] of scattered.entries()) {
      expect(namesIn(run)).to.have.length.at.most(RUN_NAMES);
      expect(run.first).to.be.greaterThan(scattered[at - 1]?.last ?? -1);
    }
    const bytes = onwards.reduce((sum, run) => sum + run.names.length, 0);
    expect(bytes / seqs.length).to.be.lessThan(8.1);
  });

  it("that are not as they were written are refused", () => {
    const [run] = folded([[named("a", 1), named("a", 2), named("a", 4)]]);
    for (const wrong of [
      { ...run!, first: 0 },
      { ...run!, last: 5 },
      { ...run!, names: run!.names.subarray(1) },
      { ...run!, names: Buffer.concat([run!.names, Buffer.alloc(1)]) },
      { ...run!, names: Buffer.alloc(0) },
      { ...run!, names: Buffer.from([200, 200, 200, 1, 2, 255, 255, 255, 255, 127]) },
    ])
      expect(() => namesIn(wrong)).to.throw(StorageError, "The database is damaged");
  });

  it("tell an op that is sent again from another", () => {
    const whole = Buffer.from("0123456789abcdef0123456789abcdef", "hex");
    expect(isSameOp(shortHash(whole), whole)).to.equal(true);
    for (const at of [0, 7]) {
      const other = Buffer.from(whole);
      other[at]! ^= 1;
      expect(isSameOp(shortHash(whole), other)).to.equal(false);
    }
  });
});
