// A history as bytes: what comes back is what went in, typing costs little, and bytes that are none are refused.

import { expect } from "chai";
import fc from "fast-check";
import { decodeHistory, encodeHistory, type HistoryEntry, type HistoryOp } from "../../ot/history/index.js";
import { OtError, plainOp, type RichOp, richOp } from "../../ot/index.js";
import { plainOpOn, richOpOn } from "../arbitraries/index.js";

/** An op as people make most of them: near the last one, one component long. */
const usual: fc.Arbitrary<HistoryOp> = fc
  .record({
    at: fc.integer({ min: 0, max: 3 }),
    what: fc.constantFrom<RichOp[number]>("a", "é", "👻", "ab", { d: 1 }, { d: 2 }, { i: "x", a: { b: 1 } }),
  })
  .map(({ at, what }) => (at === 0 ? [what] : [at, what]) as RichOp);

const quoting: fc.Arbitrary<HistoryOp> = fc.constantFrom<HistoryOp>(
  [{ d: "gone" }],
  [3, { d: "👻" }, "x"],
  [],
);
const op = fc.oneof(
  { weight: 6, arbitrary: usual },
  { weight: 2, arbitrary: plainOpOn(6) },
  { weight: 2, arbitrary: richOpOn(6) },
  { weight: 1, arbitrary: quoting },
  { weight: 1, arbitrary: fc.constantFrom("", '{"del":true}', '{"create":"👻"}') },
);

const entry: fc.Arbitrary<HistoryEntry> = fc.record({
  op,
  author: fc.constantFrom(null, "ann", "bo", ""),
  time: fc.oneof(fc.constant(null), fc.nat(2_000), fc.integer({ min: 0, max: 2 ** 42 })),
  src: fc.constantFrom(null, "a", "b"),
  seq: fc.oneof(
    fc.constant(null),
    fc.nat(9),
    fc.maxSafeNat().map((seq) => Math.floor(seq / 8)),
  ),
});
const history = fc.array(entry, { maxLength: 40 });

/** Ops by one author, one after the other, three a second. */
const by = (ops: readonly HistoryOp[]): HistoryEntry[] =>
  ops.map((op, at) => ({ op, author: "ann", time: 1e12 + 333 * at, src: "a", seq: at + 1 }));

const typed = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) =>
    plainOp()
      .skip(from + at)
      .insert("abcdefghij"[at % 10]!)
      .done(),
  );

/** @throws whatever is thrown that is not the refusal */
function refuses(bytes: Uint8Array): boolean {
  try {
    decodeHistory(bytes);
    return false;
  } catch (error) {
    if (error instanceof OtError && error.code === "op_malformed") return true;
    throw error;
  }
}

describe("a history as bytes", () => {
  it("comes back as it was, of either type, whoever made it and whenever", () => {
    fc.assert(
      fc.property(history, (entries) => {
        expect(decodeHistory(encodeHistory(entries))).to.deep.equal(entries);
      }),
      { numRuns: 1_500 },
    );
  });

  it("has the same bytes for the same entries", () => {
    fc.assert(
      fc.property(history, (entries) => {
        const bytes = encodeHistory(entries);
        expect(encodeHistory(decodeHistory(bytes))).to.deep.equal(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the order of keys, so that its JSON comes back too", () => {
    const ops: RichOp[] = [
      [{ i: "x", a: { z: 1, a: true } }],
      [1, { r: 2, a: { b: null, a: 1.5 }, b: { t: "h1" } }],
    ];
    expect(JSON.stringify(decodeHistory(encodeHistory(by(ops))).map(({ op }) => op))).to.equal(
      JSON.stringify(ops),
    );
  });

  for (const [what, ops, most] of [
    ["typing", typed(1_000), 1_000],
    [
      "deleting backwards",
      Array.from({ length: 1_000 }, (_, at) =>
        plainOp()
          .skip(1_000 - at)
          .delete(1)
          .done(),
      ),
      0,
    ],
    ["deleting forwards", Array.from({ length: 1_000 }, () => plainOp().skip(7).delete(1).done()), 0],
    [
      "typing in bold",
      Array.from({ length: 1_000 }, (_, at) =>
        richOp()
          .skip(at + 1)
          .insert("x", { b: 1 })
          .done(),
      ),
      1_000,
    ],
  ] as const) {
    it(`costs its text, and two bytes of time for an op, when it is ${what}`, () => {
      expect(encodeHistory(by(ops)).length).to.be.lessThan(most + 2 * ops.length + 100);
    });
  }

  it("is refused when a bit has changed, wherever", () => {
    const bytes = encodeHistory(
      by([...typed(5), "text", richOp().skip(1).insert({ hr: 1, blk: true }).done()]),
    );
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(refuses(damaged), `bit ${bit}`).to.equal(true);
    }
  });

  it("is refused when its end is missing, or something follows", () => {
    const bytes = encodeHistory(by(typed(20)));
    for (let length = 0; length < bytes.length; length++)
      expect(refuses(bytes.subarray(0, length)), `${length} bytes`).to.equal(true);
    expect(refuses(Uint8Array.of(...bytes, 0))).to.equal(true);
  });

  it("is refused or read, never more, when somebody has made a checksum for what they made up", () => {
    const [four, empty] = [encodeHistory(by(typed(4))), encodeHistory([])];
    fc.assert(
      fc.property(
        fc.constantFrom(four, empty),
        fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(255, 127, 0), fc.nat(255))), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 40 }),
        (bytes, changes, more) => {
          const made = Uint8Array.of(...bytes.subarray(0, -4), ...more);
          for (const [at, byte] of changes) made[4 + (at % (made.length - 4))] = byte;
          if (!refuses(summed(made))) expect(decodeHistory(summed(made)).length).to.be.at.most(2 ** 20);
        },
      ),
      { numRuns: 5_000 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => refuses(bytes)));
  });

  it("does not take what could not come back", () => {
    const [one] = by(typed(1));
    for (const wrong of [
      { ...one!, op: ["\ud83d"] },
      { ...one!, time: 1.5 },
      { ...one!, time: 2 ** 52 },
      { ...one!, time: -Number.MAX_SAFE_INTEGER },
      { ...one!, seq: -0.5 },
      { ...one!, seq: Number.MAX_SAFE_INTEGER },
      { ...one!, op: [-1, "x"] },
      { ...one!, op: [{ d: -1 }, "x"] },
      { ...one!, op: [{ x: 1 }] as never },
      { ...one!, op: [null, 1] as never },
    ])
      expect(() => encodeHistory([wrong]), JSON.stringify(wrong)).to.throw(OtError);
  });
});

/** With the checksum that belongs to them. */
function summed(bytes: Uint8Array): Uint8Array {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  sum = ~sum >>> 0;
  return Uint8Array.of(...bytes, ...[0, 8, 16, 24].map((shift) => (sum >>> shift) & 255));
}
