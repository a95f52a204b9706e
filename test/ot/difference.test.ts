// The op between two documents of which no history is known.

import { expect } from "chai";
import fc from "fast-check";
import { plainDifference, richDifference } from "../../ot/difference.js";
import { lengthChange, type PlainOp, plainOp, plainText, type RichOp, richText } from "../../ot/index.js";
import {
  plainDocument,
  plainOpFrom,
  plainSteps,
  richDocument,
  richOpFrom,
  richSteps,
} from "../arbitraries/index.js";
import { fewestEdits } from "../oracle/algebra.js";
import { atomsOf, isBlock, wireOf } from "../oracle/atoms.js";

const plain = (text: string) => plainText.create(text);
const rich = (wire: unknown) => richText.create(wire);

/** A plain op, behind the first marker. */
const plainMoved = (op: PlainOp): RichOp => richText.normalize([1, ...(op as RichOp)]);

describe("the difference of two documents", () => {
  it("makes the one out of the other, in plain text", () => {
    fc.assert(
      fc.property(plainDocument(20), plainDocument(20), (from, to) => {
        const op = plainDifference(plain(from), plain(to));
        plainText.checkOp(op);
        expect(plainText.apply(plain(from), op).toString()).to.equal(to);
      }),
      { numRuns: 2_000 },
    );
  });

  it("makes the one out of the other, in rich text", () => {
    fc.assert(
      fc.property(richDocument(), richDocument(), (from, to) => {
        const [before, after] = [rich(["\n", ...from]), rich(["\n", ...to])].map((one) => rich(one.toJSON()));
        const op = richDifference(before!, after!);
        richText.checkOp(op);
        expect(JSON.stringify(richText.apply(before!, op))).to.equal(JSON.stringify(after));
      }),
      { numRuns: 2_000 },
    );
  });

  it("inserts no more than was really done, within a line", () => {
    const length = (op: readonly unknown[]) => JSON.stringify(op).length;
    // Over several lines it may: whole lines are kept first.
    const line = (text: string) => text.replaceAll("\n", " ");
    fc.assert(
      fc.property(plainDocument(30).map(line), plainSteps(3), (text, steps) => {
        const done = plainOpFrom(steps, [...text].length);
        const op = done.map((part) => (typeof part === "string" ? line(part) : part));
        const found = plainDifference(plain(text), plainText.apply(plain(text), op));
        // Inserting and deleting the same beside each other is more than needed; never less.
        const typed = (one: readonly unknown[]) =>
          [...one.filter((part) => typeof part === "string").join("")].length;
        expect(typed(found)).to.be.at.most(typed(op));
        expect(length(found)).to.be.greaterThan(0);
      }),
    );
  });

  it("deletes and inserts within a block no more than it must, and else only changes attributes", () => {
    const block = richDocument(5).map((wire) => [
      atomsOf(["\n"])[0]!,
      ...atomsOf(wire).filter(({ content }) => !isBlock(content)),
    ]);
    fc.assert(
      fc.property(block, block, (from, to) => {
        const op = richDifference(rich(wireOf(from)), rich(wireOf(to)));
        const edits = op.map((part) =>
          typeof part === "number" || (typeof part === "object" && "r" in part)
            ? 0
            : Math.abs(lengthChange([part])),
        );
        const moved = edits.reduce((sum, atoms) => sum + atoms, 0);
        expect(moved).to.equal(fewestEdits(from, to));
      }),
      { numRuns: 1000 },
    );
  });

  it("changes attributes in place, so that what is typed beside keeps its neighbours", () => {
    const before = rich(["\none two"]);
    const after = rich([{ i: "\n", a: { t: "h1" } }, "one ", { i: "two", a: { b: 1 } }]);
    expect(richDifference(before, after)).to.deep.equal([{ r: 1, b: { t: "h1" } }, 4, { r: 3, a: { b: 1 } }]);
    expect(richDifference(after, before)).to.deep.equal([
      { r: 1, b: { t: null } },
      4,
      { r: 3, a: { b: null } },
    ]);
  });

  it("begins with a skip or a retain on documents that keep their first marker", () => {
    fc.assert(
      fc.property(richDocument(), richSteps(), (wire, steps) => {
        const before = rich(rich(["\n", ...wire]).toJSON());
        const op = richOpFrom(steps, before.length - 1);
        const after = richText.apply(before, richText.normalize([1, ...op]));
        const first = richDifference(before, after)[0];
        expect(
          first === undefined || typeof first === "number" || (typeof first === "object" && "r" in first),
        ).to.equal(true);
      }),
    );
  });

  it("finds many edits far apart, with line breaks and without", () => {
    for (const end of [".\n", ". "]) {
      const text = Array.from(
        { length: 20_000 },
        (_, n) => `word${(n * 7919) % 4001}${n % 9 ? " " : end}`,
      ).join("");
      const op = plainOp();
      for (let n = 0; n < 100; n++)
        op.skip(1_100 + n)
          .insert(`typed ${n} words `)
          .delete(n % 20);
      const edited = plainText.apply(plain(text), op.done());
      const found = plainDifference(plain(text), edited);
      expect(plainText.apply(plain(text), found).toString()).to.equal(edited.toString());
      expect(JSON.stringify(found).length).to.be.at.most(1.5 * JSON.stringify(op.done()).length);
      const [before, after] = [rich([`\n${text}`]), rich([`\n${edited}`])];
      expect(richDifference(before, after)).to.deep.equal(plainMoved(found));
    }
  });

  it("keeps no letters of lines that have nothing in common", () => {
    const before = plain("first line\nabcdefgh\nlast line\n");
    const after = plain("first line\nlast line\nbxdyfzh\n");
    expect(plainDifference(before, after)).to.deep.equal([11, { d: 9 }, 9, "\nbxdyfzh"]);
  });

  it("tells lines apart of which the names would be one and the same number", () => {
    // To 31 times the one letter and the other, these two come alike.
    const [from, to] = ["one\nAa\ntwo", "three\nBB\nfour"];
    expect(plainText.apply(plain(from), plainDifference(plain(from), plain(to))).toString()).to.equal(to);
  });

  it("says of what is typed among its like that it stands at the caret", () => {
    for (let caret = 2; caret <= 5; caret++) {
      expect(plainDifference(plain("aaaa"), plain("aaaaa"), caret)).to.deep.equal([caret - 1, "a"]);
      expect(richDifference(rich(["\naaaa"]), rich(["\naaaaa"]), caret + 1)).to.deep.equal([caret, "a"]);
    }
    expect(richDifference(rich(["\n"]), rich(["\n\n"]), 1)).to.deep.equal([1, "\n"]);
  });

  it("replaces what has little in common, in a bounded time", () => {
    const [before, after] = ["ab".repeat(20_000), "cd".repeat(20_000)];
    const op = plainDifference(plain(`<${before}>`), plain(`<${after}>`));
    expect(op).to.deep.equal([1, after, { d: 40_000 }]);
  });
});
