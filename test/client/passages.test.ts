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

describe("undo of typing without a pause", () => {
  for (const { name, type, empty } of kinds)
    it(`takes a passage of thirty characters or more of a ${name} document as a level, and begins the next one with a word`, () => {
      const words = fc.array(fc.constantFrom("a", "of", "word", "unquestionably", "é👻", "", "end.\t"), {
        maxLength: 60,
      });
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
            if (wordBegins && [...passage].length >= 30) {
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

  it("divides neither what was made in one change nor what has one group key, however long", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    const long = "words and words and words and more words ";
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
