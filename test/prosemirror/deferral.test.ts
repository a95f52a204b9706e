// The editor as one more replica: whatever waits on either side, both come to the same in the end.

import { expect } from "chai";
import fc from "fast-check";
import {
  type Apart,
  edited,
  inDocument,
  inView,
  received,
  sent,
  shown,
  split,
  together,
} from "../../client/prosemirror/deferral.js";
import { type RichOp, type RichSnapshot, richText, transformPosition } from "../../ot/index.js";
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

describe("a position while an editor and a document are apart", () => {
  const apart: Apart = { local: [4, "ni"], remote: [2, { d: 1 }, 3, "!"] };

  it("leads to the same atom on the other side", () => {
    //   base  0 ¶ 1 a 2 b 3 c 4 d 5 e 6      view  ¶ a b c n i d e      document  ¶ a c d e !
    expect([0, 1, 2, 3, 4, 5, 6].map((at) => inView(apart, at))).to.deep.equal([0, 1, 2, 4, 7, 8, 8]);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => inDocument(apart, at))).to.deep.equal([
      0, 1, 2, 2, 3, 3, 3, 4, 5,
    ]);
  });

  it("stays behind the atom that it was behind, where both have that", () => {
    fc.assert(
      fc.property(anyRichDocument(12), fc.gen(), (base, gen) => {
        const apart: Apart = { local: gen(anyOp, base.length), remote: gen(anyOp, base.length) };
        for (let end = 1; end <= base.length; end++) {
          const behind = [apart.local, apart.remote].map((op) => {
            const position = transformPosition(end, op, "before");
            return transformPosition(end - 1, op, "after") < position ? position : undefined;
          });
          const [view, document] = behind;
          if (view === undefined || document === undefined) continue;
          expect(inView(apart, document)).to.equal(view);
          expect(inDocument(apart, view)).to.equal(document);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
