// The latest ops of a document against a plain list of them, from any value on that was made before.

import { expect } from "chai";
import fc from "fast-check";
import type { OpRow } from "../../server/storage/op-log.js";
import { Recent } from "../../server/storage/recent.js";

const MOST_OPS = 256;
const MOST_CHARACTERS = 256 * 1024;

const row = (version: number, characters: number, chain = ""): OpRow => ({
  ...{ version, src: "ann", seq: version, body: "x".repeat(characters), meta: null, chain },
});

/** What is to be kept of `ops`. */
function latest(ops: readonly OpRow[]): readonly OpRow[] {
  let characters = 0;
  let first = ops.length;
  while (first > 0 && ops.length - first < MOST_OPS) {
    characters += ops[first - 1]!.body.length;
    if (characters > MOST_CHARACTERS) break;
    first--;
  }
  return ops.slice(first);
}

const all = (recent: Recent, head: number) =>
  recent.oldest === undefined ? [] : recent.between(recent.oldest - 1, head);

describe("the latest ops of a document", () => {
  it("stay what they were, whoever goes on from them", () => {
    const steps = fc.array(
      fc.record({ back: fc.nat(3), characters: fc.constantFrom(10, 10, 10, 30_000, 150_000, 300_000) }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.nat(300), steps, (before, taken) => {
        const beginning = Array.from({ length: before }, (_, at) => row(at + 1, 10));
        let made = [{ recent: Recent.of([]), ops: [] as readonly OpRow[] }];
        const add = (from: (typeof made)[number], op: OpRow) =>
          made.push({ recent: from.recent.with(op), ops: [...from.ops, op] });
        for (const op of beginning) add(made.at(-1)!, op);
        made = made.slice(-4);
        taken.forEach(({ back, characters }, step) => {
          const from = made.at(-1 - Math.min(back, made.length - 1))!;
          add(from, row((from.ops.at(-1)?.version ?? 0) + 1, characters, `${step}`));
        });
        for (const { recent, ops } of made) {
          const kept = latest(ops);
          // One that is larger than all may be leaves nothing behind.
          expect(all(recent, ops.length)).to.deep.equal(kept);
          expect(recent.count).to.be.at.most(2 * MOST_OPS + 2);
          expect(recent.characters).to.be.at.most(3 * MOST_CHARACTERS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are given in ranges, the first end left out", () => {
    let recent = Recent.of([]);
    for (let version = 1; version <= 600; version++) recent = recent.with(row(version, 1));
    expect(recent.oldest).to.equal(345);
    expect(recent.between(344, 346).map(({ version }) => version)).to.deep.equal([345, 346]);
    expect(recent.between(598, 9_999).map(({ version }) => version)).to.deep.equal([599, 600]);
    expect(recent.between(600, 601)).to.deep.equal([]);
    expect(recent.between(400, 400)).to.deep.equal([]);
  });
});
