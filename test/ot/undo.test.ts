// Undo of one edit after others have edited: what is undone, what stays, and what they have made of it meanwhile.
//
// An edit is taken back by its inverse, moved past all that came after it. Every letter is another one here, so that it
// can be told afterwards who wrote it and where it stood: `a`… is the document, capital letters are one's own, digits
// the others'.

import { expect } from "chai";
import fc from "fast-check";
import { type RichOp, type RichSnapshot, richOp, richText, type Value } from "../../ot/index.js";
import { type RichStep, richOpFrom } from "../arbitraries/index.js";

const numRuns = 1500;
const { apply, create, invertWithDoc, transform } = richText;

/** Steps that insert letters of one's own; which ones is known when they are written down. */
type Step = { readonly what: "skip" | "delete" | "insert" | "format"; readonly atoms: number };
const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step["what"]>("skip", "skip", "delete", "insert", "format"),
    atoms: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 5 },
);

function opOf(all: readonly Step[], length: number, letters: Iterator<string>, format: object): RichOp {
  const change = format as { readonly [key: string]: Value };
  const written = all.map(({ what, atoms }): RichStep => {
    if (what === "insert") {
      const content = Array.from({ length: atoms }, () => letters.next().value).join("");
      return { do: "insert", content, attributes: {} };
    }
    if (what === "format") return { do: "retain", atoms, a: change, b: {} };
    return { do: what, atoms };
  });
  return richOpFrom(written, length);
}

const mine = () => "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[Symbol.iterator]();
const theirs = () => Array.from({ length: 100 }, (_, n) => String.fromCodePoint(0x1f600 + n)).values();

interface Told {
  readonly before: RichSnapshot;
  readonly own: RichOp;
  readonly done: RichSnapshot;
  readonly others: readonly RichOp[];
  readonly seen: RichSnapshot;
  readonly undone: RichSnapshot;
}

/** A document, an edit of one's own, edits of the others, and the undo of one's own. */
const told = fc
  .tuple(fc.nat(8), steps, fc.array(steps, { maxLength: 3 }))
  .map(([length, ownSteps, otherSteps]): Told => {
    const before = create(["abcdefgh".slice(0, length)].filter((text) => text !== ""));
    const own = opOf(ownSteps, length, mine(), { b: 1 });
    const done = apply(before, own);
    const letters = theirs();
    let [seen, undo] = [done, invertWithDoc(own, before)];
    const others = otherSteps.map((each) => {
      const op = opOf(each, seen.length, letters, { i: 1 });
      undo = transform(undo, op, "left");
      seen = apply(seen, op);
      return op;
    });
    return { before, own, done, others, seen, undone: apply(seen, undo) };
  });
const holds = (check: (one: Told) => void) => fc.assert(fc.property(told, check), { numRuns });

const lettersOf = (snapshot: RichSnapshot) => [...snapshot.toString()];
const isMine = (letter: string) => letter >= "A" && letter <= "Z";
const isTheirs = (letter: string) => letter.codePointAt(0)! >= 0x1f600;
const attributesOf = (snapshot: RichSnapshot, letter: string) =>
  snapshot.attributesAt(lettersOf(snapshot).indexOf(letter));

describe("undo of one edit after others have edited", () => {
  it("takes out what one has written, wherever it is now", () => {
    holds(({ undone }) => {
      expect(lettersOf(undone).filter(isMine)).to.deep.equal([]);
    });
  });

  it("leaves all that the others have written, in its order", () => {
    holds(({ seen, undone }) => {
      expect(lettersOf(undone).filter(isTheirs)).to.deep.equal(lettersOf(seen).filter(isTheirs));
    });
  });

  it("brings back what one has deleted, each letter once and in its order, and nothing that the others have deleted", () => {
    holds(({ before, done, seen, undone }) => {
      const there = new Set(lettersOf(done));
      const still = new Set(lettersOf(seen));
      const expected = lettersOf(before).filter((letter) => !there.has(letter) || still.has(letter));
      expect(lettersOf(undone).filter((letter) => !isTheirs(letter))).to.deep.equal(expected);
    });
  });

  it("takes back one's own formats and leaves the others' ones, and those of what it brings back", () => {
    holds(({ before, seen, undone }) => {
      const old = new Set(lettersOf(before));
      const now = new Set(lettersOf(seen));
      for (const letter of lettersOf(undone)) {
        const is = attributesOf(undone, letter);
        expect(Object.hasOwn(is, "b"), `bold at ${letter}`).to.equal(false);
        if (old.has(letter) && now.has(letter)) {
          expect(is).to.deep.equal(attributesOf(seen, letter).i === undefined ? {} : { i: 1 });
        }
      }
    });
  });

  it("is what was there before, if the others have done nothing", () => {
    holds(({ before, others, undone }) => {
      if (others.every((op) => op.length === 0)) expect(undone.equals(before)).to.equal(true);
    });
  });

  it("undoes nothing twice: an edit whose work the others have deleted has nothing to take back", () => {
    const own = richOp().skip(1).insert("X").done();
    const before = create(["ab"]);
    const undo = transform(invertWithDoc(own, before), [1, { d: 1 }], "left");
    expect(undo).to.deep.equal([]);
  });

  it("gives back one's value of a key that the others have set since: whoever undoes is the later one", () => {
    const before = create([{ i: "a", a: { l: "old" } }]);
    const undo = invertWithDoc([{ r: 1, a: { l: "mine" } }], before);
    const link: RichOp = [{ r: 1, a: { l: "theirs" } }];
    const seen = apply(apply(before, [{ r: 1, a: { l: "mine" } }]), link);
    expect(apply(seen, transform(undo, link, "left")).toJSON()).to.deep.equal([{ i: "a", a: { l: "old" } }]);
  });
});
