// What is put back of a document that the server has lost: all of it, and nothing that others wrote is taken away.

import { expect } from "chai";
import fc from "fast-check";
import { lostIn, piecesOf } from "../../client/lost.js";
import { plainDifference, richDifference } from "../../ot/difference.js";
import { insertedText, type PlainOp, plainText, type RichOp, richText } from "../../ot/index.js";
import { plainDocument, richDocument } from "../arbitraries/index.js";

/** The op that puts back into `fetched` what `here` had, in plain text. */
function lost(fetched: string, here: string): { readonly op: PlainOp; readonly text: string } {
  const [from, to] = [plainText.create(fetched), plainText.create(here)];
  const op = lostIn(plainText, from, to, plainDifference(from, to));
  plainText.checkOp(op);
  return { op, text: plainText.apply(from, op).toString() };
}

function lostRich(fetched: unknown, here: unknown): { readonly op: RichOp; readonly json: unknown } {
  const [from, to] = [richText.create(fetched), richText.create(here)];
  const op = lostIn(richText, from, to, richDifference(from, to));
  richText.checkOp(op);
  return { op, json: richText.apply(from, op).toJSON() };
}

describe("what the server has lost of a document", () => {
  const cases: readonly [what: string, fetched: string, here: string, text: string, shown: string][] = [
    ["at the end", "Agreed: tea.", "Agreed: tea. And cake.", "Agreed: tea. And cake.", " And cake."],
    ["within a word", "colr", "colour", "colour", "ou"],
    ["in several places of a line", "b d", "a b c d e", "a b c d e", "a … c … e"],
    [
      "in a line in which others wrote",
      "Base text. Cy wrote a long new paragraph after the restore, which nobody may lose.",
      "Base text. Ada wrote this after the backup.",
      "Base text. Cy wrote a long new paragraph after the restore, which nobody may lose. Ada wrote this after the backup.",
      " Ada wrote this after the backup.",
    ],
    [
      "in a document that was made anew",
      "Shopping list: bread, butter, milk.",
      "Minutes of Monday: Ada, Bo and Cy were present.",
      "Shopping list: bread, butter, milk.\nMinutes of Monday: Ada, Bo and Cy were present.",
      "\nMinutes of Monday: Ada, Bo and Cy were present.",
    ],
    ["between words that have no spaces", "今日は雨です", "今日は晴れです", "今日は雨晴れです", "晴れ"],
    [
      "in one line of several",
      "one\nsome other words\nthree\nfour",
      "one\ntwo and a half\nthree\n3½\nfour",
      "one\nsome other words\ntwo and a half\nthree\n3½\nfour",
      "two and a half … 3½",
    ],
    ["where others only wrote more", "one and two", "one", "one and two", ""],
  ];
  for (const [what, fetched, here, text, shown] of cases)
    it(`is put back ${what}`, () => {
      const found = lost(fetched, here);
      expect(found.text).to.equal(text);
      expect(piecesOf(found.op)).to.equal(shown);
    });

  it("is put back in rich text with its kind of line and its marks", () => {
    const heading = { i: "\n", a: { t: "h1" } };
    const item = { i: "\n", a: { t: "li" } };
    expect(lostRich([heading, "Shopping"], [item, { i: "Milk", a: { strong: true } }]).json).to.deep.equal([
      ...[heading, "Shopping", item, { i: "Milk", a: { strong: true } }],
    ]);
  });

  it("takes nothing away, whatever the two documents are, and leaves out nothing, in plain text", () => {
    fc.assert(
      fc.property(plainDocument(30), plainDocument(30), (fetched, here) => {
        const [from, to] = [plainText.create(fetched), plainText.create(here)];
        const difference = plainDifference(from, to);
        const op = lostIn(plainText, from, to, difference);
        plainText.checkOp(op);
        expect(op.every((part) => typeof part !== "object")).to.equal(true);
        expect(plainText.apply(from, plainText.normalize(op)).length).to.be.at.least(from.length);
        demandInOrder(insertedText(difference), insertedText(op));
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes nothing away, whatever the two documents are, and leaves out nothing, in rich text", () => {
    fc.assert(
      fc.property(richDocument(), richDocument(), (fetched, here) => {
        const [from, to] = [richText.create(["\n", ...fetched]), richText.create(["\n", ...here])];
        const difference = richDifference(from, to);
        const op = lostIn(richText, from, to, difference);
        richText.checkOp(op);
        richText.apply(from, op);
        expect(op.every((part) => typeof part !== "object" || "i" in part)).to.equal(true);
        demandInOrder(insertedText(difference), insertedText(op));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** All letters of `missing` are in `there`, in their order. */
function demandInOrder(missing: string, there: string): void {
  let at = 0;
  for (const letter of missing) {
    at = there.indexOf(letter, at) + letter.length;
    expect(at, `${letter} of ${missing} in ${there}`).to.be.at.least(letter.length);
  }
}
