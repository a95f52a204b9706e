// The editor as one more replica: whatever waits on either side, both come to the same in the end.

import { expect } from "chai";
import fc from "fast-check";
import {
  type Apart,
  edited,
  received,
  sent,
  shown,
  split,
  together,
} from "../../client/prosemirror/deferral.js";
import { type RichOp, type RichSnapshot, richText } from "../../ot/index.js";
import { anyOp, anyRichDocument, snapshotAndOp } from "./documents.js";

const same = (x: RichSnapshot, y: RichSnapshot) => expect(JSON.stringify(x)).to.equal(JSON.stringify(y));

describe("an op split around a block", () => {
  it("comes to the op itself, one part and then the other", () => {
    fc.assert(
      fc.property(snapshotAndOp(16), fc.nat(20), fc.nat(8), ([snapshot, op], start, size) => {
        const from = Math.min(start, snapshot.length) - 1;
        const { outside, inside } = split(op, { from, to: Math.min(snapshot.length, from + size) });
        const first = richText.apply(snapshot, outside);
        same(
          richText.apply(first, richText.transform(inside, outside, "right")),
          richText.apply(snapshot, op),
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it("leaves the block alone with its outer part", () => {
    const op: RichOp = [
      2,
      "x",
      { d: 1 },
      "s",
      1,
      "y",
      2,
      { r: 2, a: { b: 1 } },
      "e",
      { r: 2, a: { b: 1 } },
      "z",
    ];
    expect(split(op, { from: 3, to: 8 })).to.deep.equal({
      outside: [2, "x", { d: 1 }, "s", 5, { r: 2, a: { b: 1 } }, "z"],
      inside: [4, "y", 2, { r: 2, a: { b: 1 } }, "e"],
    });
  });
});

describe("an editor and a document that are apart", () => {
  it("come to the same, in whatever order typing, remote ops, sending and showing happen", () => {
    const step = fc.record({
      what: fc.constantFrom("type", "hear", "send", "show", "show around"),
      from: fc.nat(5),
    });
    fc.assert(
      fc.property(anyRichDocument(8), fc.array(step, { maxLength: 8 }), fc.gen(), (base, steps, gen) => {
        let view = base;
        let document = base;
        let apart: Apart = together;
        for (const { what, from } of steps) {
          if (what === "type") {
            const op = gen(anyOp, view.length);
            view = richText.apply(view, op);
            apart = edited(apart, op);
          } else if (what === "hear") {
            const op = gen(anyOp, document.length);
            document = richText.apply(document, op);
            apart = received(apart, op);
          } else if (what === "send") {
            const next = sent(apart);
            document = richText.apply(document, next.op);
            apart = next.apart;
          } else {
            const next = shown(apart, what === "show" ? undefined : { from, to: from + 3 });
            view = richText.apply(view, next.op);
            apart = next.apart;
          }
        }
        const last = sent(apart);
        document = richText.apply(document, last.op);
        view = richText.apply(view, shown(last.apart).op);
        same(view, document);
      }),
      { numRuns: 3_000 },
    );
  });
});
