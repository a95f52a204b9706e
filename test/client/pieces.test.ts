// A large op in pieces: together they do what it does, each fits, and nothing is cut where it must not be.

import { expect } from "chai";
import fc from "fast-check";
import { opBytes } from "../../client/op.js";
import { pieces } from "../../client/pieces.js";
import type { Op } from "../../client/types.js";
import { plainText, richText, type Snapshot, type TextType } from "../../ot/index.js";
import { plainDocument, plainOpOn, richDocument, richOpOn } from "../arbitraries/index.js";
import { Desk, refusals } from "./desk.js";

const plain = plainText as unknown as TextType<Snapshot, Op>;
const rich = richText as unknown as TextType<Snapshot, Op>;

const limits = fc.record({
  bytes: fc.integer({ min: 90, max: 400 }),
  components: fc.integer({ min: 3, max: 12 }),
});

function law(
  type: TextType<Snapshot, Op>,
  wire: unknown,
  op: Op,
  limit: { bytes: number; components: number },
) {
  const cut = pieces(op, limit, (piece) => type.normalize(piece));
  if (cut === undefined) return;
  const document = type.create(wire);
  const after = cut.reduce((doc, piece) => type.apply(doc, piece), document);
  expect(JSON.stringify(after)).to.equal(JSON.stringify(type.apply(document, op)));
  for (const piece of cut) {
    type.checkOp(piece);
    expect(opBytes(piece)).to.be.at.most(limit.bytes + 20);
    expect(piece.length).to.be.at.most(limit.components);
  }
}

describe("an op in pieces", () => {
  const length = (text: string) => [...text].length;

  it("does in a plain document what it does whole", () => {
    const cases = plainDocument(60).chain((text) =>
      fc.record({ text: fc.constant(text), op: plainOpOn(length(text)), limit: limits }),
    );
    fc.assert(
      fc.property(cases, fc.string({ unit: "grapheme", maxLength: 900 }), ({ text, op, limit }, more) => {
        const pasted = more.replace(/\p{Cc}/gu, "").toWellFormed();
        const large = plain.compose(op, pasted === "" ? [] : [pasted]);
        law(plain, text, large, limit);
      }),
      { numRuns: 2_000 },
    );
  });

  it("does in a rich document what it does whole", () => {
    const cases = richDocument().chain((wire) => {
      const { length: atoms } = richText.create(wire);
      return fc.record({ wire: fc.constant(wire), op: richOpOn(atoms), limit: limits, bold: fc.boolean() });
    });
    fc.assert(
      fc.property(
        cases,
        fc.string({ unit: "grapheme", maxLength: 900 }),
        ({ wire, op, limit, bold }, more) => {
          const pasted = more.replace(/\p{Cc}/gu, "").toWellFormed();
          const insert = bold ? { i: pasted, a: { b: 1 } } : pasted;
          const large = rich.compose(op as Op, (pasted === "" ? [] : [insert]) as Op);
          law(rich, wire, large, limit);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("has every character whole, wherever it is cut", () => {
    for (const before of ["", "a"]) {
      const text = `${before}${"👻".repeat(200)}`;
      for (let bytes = 90; bytes <= 120; bytes++) {
        law(plain, "", [text] as Op, { bytes, components: 5 });
        law(rich, ["\n"], [1, { i: text, a: { b: 1 } }] as Op, { bytes, components: 5 });
      }
    }
  });

  it("is not cut where one thing in it is too large", () => {
    const op = [1, { i: { image: { src: `/${"x".repeat(500)}` } } }] as Op;
    expect(pieces(op, { bytes: 300, components: 10 }, (piece) => rich.normalize(piece))).to.equal(undefined);
  });
});

describe("a paste that is larger than a message may be", () => {
  it("is sent piece by piece, counts as one change, and is undone as one", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    const chapter = "All work and no play. ".repeat(200);
    doc.submit([3, chapter]);
    desk.clock.advance(0);
    expect([doc.text, doc.unsaved, refused]).to.deep.equal([`cat${chapter}`, 1, []]);
    let version = 8;
    for (; doc.status === "saving"; version++) {
      expect(opBytes(desk.sent("submit")!.op as Op)).to.be.at.most(1_000);
      desk.acknowledges(version);
    }
    expect([version > 12, doc.status, doc.unsaved]).to.deep.equal([true, "saved", 0]);
    expect([doc.undo(), doc.text]).to.deep.equal([true, "cat"]);
  });

  it("loses only the piece that the server does not take, which is kept", () => {
    const desk = new Desk();
    const doc = desk.open("");
    doc.submit(["a".repeat(450) + "b".repeat(450) + "c".repeat(450)]);
    desk.clock.advance(0);
    desk.acknowledges(8);
    desk.refuses("submit", "document_too_large");
    const [edit] = doc.recovered;
    expect(doc.recovered).to.have.length(1);
    expect(doc.text.length + edit!.text.length).to.equal(1_350);
    for (let version = 9; doc.status === "saving"; version++) desk.acknowledges(version);
    expect(doc.restore(edit!.id)).to.equal(true);
    expect(doc.text).to.equal("a".repeat(450) + "b".repeat(450) + "c".repeat(450));
  });
});
