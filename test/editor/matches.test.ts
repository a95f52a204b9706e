// What is found where, and what comes next: without a page.

import { expect } from "chai";
import fc from "fast-check";
import { matchesIn, nextOf, patternOf, type Wanted } from "../../demo/shared/matches.js";

const wanted = (text: string, more: Partial<Wanted> = {}): Wanted => ({
  ...{ text, exactCase: false, wholeWords: false },
  ...more,
});
/** The pieces of a text that are found. */
const found = (text: string, what: Wanted) =>
  matchesIn(text, patternOf(what)!).map(({ from, to }) => text.slice(from, to));

describe("what is looked for in a text", () => {
  it("is found whatever its case is, unless that counts, at its own place behind letters that grow in lower case", () => {
    expect(found("A cat, a CAT", wanted("cat"))).to.deep.equal(["cat", "CAT"]);
    expect(found("A cat, a CAT", wanted("CAT", { exactCase: true }))).to.deep.equal(["CAT"]);
    expect(found("İİİ cat sat", wanted("cat"))).to.deep.equal(["cat"]);
    expect(found("Straße, ÉCOLE", wanted("école"))).to.deep.equal(["ÉCOLE"]);
  });

  it("is taken by the letter, whatever its signs mean to patterns, and as whole words where asked", () => {
    for (const text of ["$&", "a.c", "(x", "[", "\\", "a|b", "^", "👻", "{2}", "/"])
      expect(found(`abc ${text} ${text}`, wanted(text)), text).to.deep.equal([text, text]);
    const words = { wholeWords: true };
    expect(found("cat, cats, cat_ éCat cat", wanted("cat", words))).to.deep.equal(["cat", "cat"]);
    expect(found("über", wanted("ber", words))).to.deep.equal([]);
    expect(found("a+b a+", wanted("a+", words))).to.deep.equal(["a+", "a+"]);
    expect(patternOf(wanted(""))).to.equal(undefined);
  });

  it("leaves, taken out and put together again, the text that there was; replaced, what splitting by it gives", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "A", "İ", "$", "👻", " "), maxLength: 20 });
    const query = fc.string({ unit: fc.constantFrom("a", "b", "$", "👻"), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(text, query, (inside, what) => {
        let at = 0;
        let replaced = "";
        for (const { from, to } of matchesIn(inside, patternOf(wanted(what, { exactCase: true }))!)) {
          replaced += `${inside.slice(at, from)}<$1>`;
          at = to;
        }
        expect(replaced + inside.slice(at)).to.equal(inside.split(what).join("<$1>"));
      }),
    );
  });

  it("is gone through from the selection on, and round", () => {
    const spans = [1, 5, 9].map((from) => ({ from, to: from + 2 }));
    const next = (from: number, to: number, way: "next" | "previous" = "next") =>
      nextOf(spans, { from, to }, way)?.from;
    expect([next(0, 0), next(1, 1), next(1, 3), next(6, 6), next(9, 11)]).to.deep.equal([1, 1, 5, 9, 1]);
    const before = [next(0, 0, "previous"), next(9, 11, "previous"), next(8, 8, "previous")];
    expect(before).to.deep.equal([9, 5, 5]);
    expect(nextOf([], { from: 0, to: 0 }, "next")).to.equal(undefined);
  });
});
