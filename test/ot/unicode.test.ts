// Code points and UTF-16, and the smallest op between two texts.

import { expect } from "chai";
import fc from "fast-check";
import {
  cleanUnits,
  codePointLength,
  codePointToUtf16,
  diffText,
  isCleanText,
  plainText,
  startOfPair,
  utf16ToCodePoint,
} from "../../ot/index.js";
import { countLineFeeds } from "../../ot/rope/run.js";
import { firstLine } from "../../ot/unicode.js";
import { plainDocument } from "../arbitraries/index.js";

describe("code points and UTF-16", () => {
  it("are turned into each other at every place of a text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 12 }), (text) => {
        const points = [...text];
        expect(codePointLength(text)).to.equal(points.length);
        for (let position = 0; position <= points.length; position++) {
          const offset = points.slice(0, position).join("").length;
          expect(codePointToUtf16(text, position)).to.equal(offset);
          expect(utf16ToCodePoint(text, offset)).to.equal(position);
          if (points[position]?.length === 2) expect(utf16ToCodePoint(text, offset + 1)).to.equal(position);
        }
      }),
    );
  });

  it("are counted in long texts as in short ones", () => {
    const long = (...parts: readonly string[]) => parts.join("a".repeat(100));
    for (const [text, points] of [
      [long("", ""), 100],
      [long("é", "漢"), 102],
      [long("👻", ""), 101],
      [long("", "👻"), 101],
      ["👻".repeat(50), 50],
    ] as const)
      expect(codePointLength(text)).to.equal(points);
    const lines = long("\n", "\n\n", "\n");
    expect(countLineFeeds(lines)).to.equal(4);
    expect(countLineFeeds(lines, 1)).to.equal(3);
    expect(countLineFeeds(lines, 1, lines.length - 1)).to.equal(2);
  });

  it("mean the nearest end for places outside of the text", () => {
    expect(utf16ToCodePoint("a👻", 99)).to.equal(2);
    expect(utf16ToCodePoint("a👻", -1)).to.equal(0);
    expect(codePointToUtf16("a👻", 99)).to.equal(3);
  });

  it("know what may not enter a document", () => {
    for (const text of ["", "a\tb\nc", "👻", "\u2028\u200d\u202e", "\ufffe"])
      expect(isCleanText(text)).to.equal(true);
    for (const text of ["\ud83d", "a\udc7b", "\udc7b\ud83d", "\0", "\r\n", "\u001b", "\u000b"]) {
      expect(isCleanText(text)).to.equal(false);
    }
  });

  it("are made fit to enter a document unit for unit, so that places in it stay", () => {
    const any = fc.string({
      unit: fc.constantFrom("a", "\ud83d", "\udc7b", "\0", "\r", "\n", "👻"),
      maxLength: 8,
    });
    fc.assert(
      fc.property(any, (text) => {
        const clean = cleanUnits(text);
        expect(isCleanText(clean)).to.equal(true);
        expect(clean.length).to.equal(text.length);
        for (let unit = 0; unit < text.length; unit++) {
          const [is, was] = [clean[unit], text[unit]];
          if (is !== was) expect(is).to.equal("\ufffd");
          if (was === "a" || was === "\n") expect(is).to.equal(was);
        }
        if (isCleanText(text)) expect(clean).to.equal(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("never part inside a surrogate pair: the start of a pair is the place before it", () => {
    const text = "a👻b";
    expect([0, 1, 2, 3, 4].map((offset) => startOfPair(text, offset))).to.deep.equal([0, 1, 1, 3, 4]);
  });

  it("cut a title from the first line that has something in it", () => {
    expect(firstLine("\n\n  Hello 👻 world \nnext", 100)).to.equal("Hello 👻 world");
    expect(firstLine("\nHello 👻 world", 7)).to.equal("Hello 👻");
    expect(firstLine("one\u2028two", 100)).to.equal("one");
    expect(firstLine(" \n ", 100)).to.equal("");
  });
});

describe("the smallest op between two texts", () => {
  const apply = (text: string, op: ReturnType<typeof diffText>) =>
    plainText.apply(plainText.create(text), op).toJSON();

  it("makes the one out of the other, canonical and well formed, wherever the caret is", () => {
    const nasty = fc.string({ unit: fc.constantFrom("a", "b", "👻", "🐻", "\n"), maxLength: 8 });
    const caret = fc.option(fc.nat({ max: 9 }), { nil: undefined });
    fc.assert(
      fc.property(fc.oneof(nasty, plainDocument()), nasty, caret, (before, after, at) => {
        const op = diffText(before, after, at);
        plainText.checkOp(op);
        expect(apply(before, op)).to.equal(after);
      }),
      { numRuns: 5000 },
    );
  });

  it("replaces nothing that could have stayed", () => {
    fc.assert(
      fc.property(plainDocument(5), plainDocument(3), plainDocument(5), (head, put, tail) => {
        const size = (op: ReturnType<typeof diffText>) =>
          op.reduce<number>((sum, part) => sum + (typeof part === "string" ? codePointLength(part) : 0), 0);
        expect(size(diffText(head + tail, head + put + tail))).to.equal(codePointLength(put));
        expect(diffText(head + put + tail, head + put + tail)).to.deep.equal([]);
      }),
    );
  });

  it("puts repeated letters where the caret is", () => {
    expect(diffText("aaaa", "aaaaa", 2)).to.deep.equal([1, "a"]);
    expect(diffText("aaaa", "aaaaa")).to.deep.equal([4, "a"]);
    expect(diffText("aaaa", "aaa", 1)).to.deep.equal([1, { d: 1 }]);
    expect(diffText("one two", "one new two", 8)).to.deep.equal([4, "new "]);
  });

  it("never cuts a surrogate pair that begins or ends alike", () => {
    expect(diffText("👻", "👺")).to.deep.equal(["👺", { d: 1 }]);
    expect(diffText("x\u{1F47B}", "x\u{1F87B}")).to.deep.equal([1, "\u{1F87B}", { d: 1 }]);
  });
});
