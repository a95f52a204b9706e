// What is typed without a pause is undone passage by passage: how long one is, and what is never divided.

import { expect } from "chai";
import fc from "fast-check";
import { History } from "../../client/history.js";
import type { Op } from "../../client/types.js";
import { plainText, richText, type Snapshot, type TextType } from "../../ot/index.js";
import { createHub } from "./hub.js";

type AnyType = TextType<Snapshot, Op>;

const kinds = [
  { name: "plain", type: plainText as unknown as AnyType, empty: "" },
  { name: "rich", type: richText as unknown as AnyType, empty: ["\n"] },
];

const unspaced = "山川异域ที่风月同天".repeat(5);

describe("undo of typing without a pause", () => {
  for (const { name, type, empty } of kinds)
    it(`takes a passage of thirty characters or more of a ${name} document as a level, and begins the next one with a word`, () => {
      const word = fc.constantFrom("a", "of", "word", "unquestionably", "é👻", "", "end.\t", unspaced);
      const words = fc.array(word, { maxLength: 60 });
      fc.assert(
        fc.property(words, (said) => {
          const history = new History(type);
          let seen = type.create(empty);
          const start = seen.length;
          const text = () => seen.toString().slice(start);
          /** What is there after each level, worked out from the letters alone. */
          const passages = [""];
          let passage = "";
          for (const [at, letter] of [...said.join(" ")].entries()) {
            const wordBegins = /\s$/.test(passage) && /\S/.test(letter);
            const most = wordBegins ? 30 : 60;
            if ([...passage].length >= most && !/\p{M}/u.test(letter)) {
              passages.push(passages.at(-1)! + passage);
              passage = "";
            }
            passage += letter;
            const op: Op = [start + at, letter].filter((part) => part !== 0) as unknown as Op;
            history.record({ change: at, op, doc: seen, time: at * 80 });
            seen = type.apply(seen, op);
          }
          if (passage !== "") passages.push(passages.at(-1)! + passage);
          const undone = [text()];
          for (let back = history.undo(seen); back !== undefined; back = history.undo(seen)) {
            seen = type.apply(seen, back.op);
            undone.push(text());
          }
          expect(undone.reverse()).to.deep.equal(passages);
        }),
      );
    });

  it("takes sixty characters as a level where no spaces divide words, and a letter with the marks on it", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    /** The passages of what was typed in an empty document, the first one first. */
    const passagesOf = (typed: string): string[] => {
      for (const [at, letter] of [...typed].entries()) ann.submit(at === 0 ? [letter] : [at, letter]);
      const passages: string[] = [];
      for (let text = ann.text; ann.undo(); text = ann.text) passages.unshift(text.slice(ann.text.length));
      return passages;
    };
    const chinese = "山川异域风月同天".repeat(16);
    expect(passagesOf(chinese)).to.deep.equal([
      chinese.slice(0, 60),
      chinese.slice(60, 120),
      chinese.slice(120),
    ]);
    const thai = "ที่".repeat(30);
    expect(passagesOf(thai)).to.deep.equal([thai.slice(0, 60), thai.slice(60)]);
    const shifted = `ก${thai}`;
    expect(passagesOf(shifted)).to.deep.equal([shifted.slice(0, 61), shifted.slice(61)]);
  });

  it("brings back in one step what was typed over, and what was taken out letter by letter", () => {
    const long = "words and words and ".repeat(8);
    const hub = createHub("plain", long);
    const ann = hub.open("ann");
    ann.submit(["n", { d: long.length }]);
    for (const [at, letter] of [..."ew words"].entries()) ann.submit([at + 1, letter]);
    expect([ann.undo(), ann.text]).to.deep.equal([true, long]);
    for (let left = long.length; left > 0; left--)
      ann.submit([left - 1, { d: 1 }].filter((part) => part !== 0));
    expect([ann.text, ann.undo(), ann.text]).to.deep.equal(["", true, long]);
  });

  it("divides neither what was made in one change nor what has one group key, however long", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    const long = `words and words and words and more words and ${"山川".repeat(30)} `;
    ann.submit([long]);
    for (const [at, letter] of [...long].entries())
      ann.submit([long.length + at, letter], { group: "one step" });
    const seen = [ann.text];
    while (ann.undo()) seen.push(ann.text);
    expect(seen).to.deep.equal([long + long, long, ""]);
  });

  it("divides what is typed offline in the same way", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    const typed = "one two three four five six seven eight";
    hub.away(() => {
      for (const [at, letter] of [...typed].entries()) ann.submit([at, letter]);
    });
    expect([ann.undo(), ann.text]).to.deep.equal([true, "one two three four five six seven "]);
  });
});
