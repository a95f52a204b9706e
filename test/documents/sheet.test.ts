// A document's rows go along with edits, and quotes are found in time that does not depend on what they are.

import { expect } from "chai";
import fc from "fast-check";
import { PlainSnapshot, plainText, RichSnapshot, richText } from "../../ot/index.js";
import type { Edit } from "../../protocol/index.js";
import { fold } from "../../server/documents/edits/folding.js";
import { editing } from "../../server/documents/edits/index.js";
import { findQuote } from "../../server/documents/edits/quotes.js";
import { Sheet } from "../../server/documents/edits/sheet.js";
import { atOnce, STEP } from "../../server/documents/steps.js";
import { plainDocument, plainOpOn, richDocument, richOpOn } from "../arbitraries/index.js";
import { figure } from "../figures.js";
import { seed, tries } from "../seed.js";

const shown = ({ rows }: Sheet) =>
  rows.map(({ at, start, end, text, folded, attributes, heading }) => ({
    ...{ at, start, end, text, folded, attributes, heading },
  }));
const places = ({ rows }: Sheet) =>
  rows.map((row) => [row.position(0), row.position(1), row.position(row.text.length, "after")]);

describe(`a sheet of rows (seed ${seed})`, () => {
  it("has after each op the rows of a document that is read anew, rich or plain", () => {
    const changed = (before: Sheet, op: never, after: PlainSnapshot | RichSnapshot) => {
      const text = before.rows.map(({ folded }) => folded);
      atOnce(before.become(op, after));
      const anew = atOnce(Sheet.of(after));
      expect(shown(before), JSON.stringify(text)).to.deep.equal(shown(anew));
      expect(places(before)).to.deep.equal(places(anew));
    };
    fc.assert(
      fc.property(
        richDocument().chain((wire) => {
          const base = RichSnapshot.from(wire);
          return fc.tuple(fc.constant(base), richOpOn(base.length), richOpOn(base.length));
        }),
        ([base, first, second]) => {
          const sheet = atOnce(Sheet.of(base));
          const once = richText.apply(base, first);
          changed(sheet, first as never, once);
          // Made for the same document, so moved to where it is now.
          const moved = richText.transform(second, first, "right");
          changed(sheet, moved as never, richText.apply(once, moved));
        },
      ),
      { seed, numRuns: tries(800, 2000) },
    );
    fc.assert(
      fc.property(
        plainDocument().chain((text) => {
          const base = PlainSnapshot.from(text);
          return fc.tuple(fc.constant(base), plainOpOn(base.length));
        }),
        ([base, op]) => changed(atOnce(Sheet.of(base)), op as never, plainText.apply(base, op)),
      ),
      { seed, numRuns: tries(500, 1000) },
    );
  });

  it("folds a line in steps, however long it is, and as it would be at once", () => {
    const text = `${" \t".repeat(60_000)}${"“a” –".repeat(50_000)}${" ".repeat(3)}`.repeat(3);
    const sheet = atOnce(Sheet.of(PlainSnapshot.from(text)));
    const steps = sheet.readTexts("folded");
    let count = 0;
    while (!steps.next().done) count++;
    expect(count).to.be.at.least(Math.floor(text.length / STEP));
    expect(sheet.rows.map(({ folded }) => folded)).to.deep.equal([fold(text)]);
  });

  it("finds a long quote at each place at which it begins, as a short one", () => {
    const units = fc.array(fc.constantFrom("a", "ab", "aab", "b"), { minLength: 1, maxLength: 60 });
    const repeated = fc
      .tuple(units, fc.integer({ min: 4, max: 12 }))
      .map(([parts, times]) => parts.join("").repeat(times));
    let long = 0;
    fc.assert(
      fc.property(repeated, fc.nat(), fc.nat(), (text, from, length) => {
        const begin = from % text.length;
        const quote = text.slice(begin, begin + 1 + (length % (text.length - begin)));
        if (quote.length > 64) long++;
        const found = atOnce(findQuote(atOnce(Sheet.of(PlainSnapshot.from(text))), { quote }));
        const expected: number[] = [];
        for (let at = 0; at + quote.length <= text.length; at++)
          if (text.startsWith(quote, at)) expected.push(at);
        expect(found.map((match) => match.from)).to.deep.equal(expected);
      }),
      { seed, numRuns: 1000 },
    );
    expect(long).to.be.above(50);
  });

  it("looks for a quote that nearly fits everywhere without taking the product of both lengths", () => {
    const base = PlainSnapshot.from("a".repeat(1_000_000));
    const quote = `${"a".repeat(100)}b${"a".repeat(100_000)}`;
    // Left to the engine's search it would take a minute of computing.
    const before = process.cpuUsage();
    expect(atOnce(findQuote(atOnce(Sheet.of(base)), { quote }))).to.have.length(0);
    const { user } = process.cpuUsage(before);
    expect(user / 1e6).to.be.below(10);
  });

  it("lets others go first while a long document is edited at a hundred places", () => {
    const texts = Array.from({ length: 12_000 }, (_, line) => `Line ${line} says  ${"tea ".repeat(18)}`);
    const edits = (quote: (at: number) => string): readonly Edit[] =>
      Array.from({ length: 100 }, (_, at) => ({
        ...{ do: "replace", place: { quote: quote(at * 110) }, text: `Row ${at}` },
      }));
    const exact = edits((line) => `Line ${line} says`);
    const folded = edits((line) => `Line ${line} says tea`);
    for (const [what, type, base, given] of [
      ["rich", "rich", RichSnapshot.from([`\n${texts.join("\n")}`]), exact],
      ["folded rich", "rich", RichSnapshot.from([`\n${texts.join("\n")}`]), folded],
      ["plain", "plain", PlainSnapshot.from(texts.join("\n")), exact],
    ] as const) {
      let [steps, longest, whole] = [0, 0, 0];
      const work = editing(type, base, given);
      for (let done = false; !done; steps++) {
        const since = performance.now();
        done = work.next().done === true;
        const took = performance.now() - since;
        longest = Math.max(longest, took);
        whole += took;
      }
      // Each of them looks through the document in steps.
      expect(steps).to.be.above(1000);
      figure(
        "api-edits",
        `ms for a hundred edits of a ${what} document of a million characters`,
        Math.round(whole),
      );
      figure("api-edits", `ms that they held the event loop at once, ${what}`, Math.round(longest));
    }
  });
});
