// The rope against a string: large enough to have many chunks and several levels, edited everywhere.
//
// What a rope shares with the one before is counted by walking both trees, so that "cost does not grow with the document" is
// said in nodes made, not in milliseconds.

import { expect } from "chai";
import fc from "fast-check";
import { embedRun, isBlockEmbed, Rope, type Run, textRun } from "../../ot/rope.js";
import { type Dice, dice } from "../arbitraries/index.js";
import { checkTree, nodesMade } from "../oracle/tree.js";

/** Embeds stand in the model as a character of their own. */
const embeds = { "\u{F0000}": { image: 1 }, "\u{F0001}": { hr: 1, blk: true } } as const;
const isEmbed = (character: string): character is keyof typeof embeds => Object.hasOwn(embeds, character);

const runsOf = (text: string): Run[] =>
  (text.match(/[\u{F0000}\u{F0001}]|[^\u{F0000}\u{F0001}]+/gu) ?? []).map((part) =>
    isEmbed(part) ? embedRun(embeds[part]) : textRun(part),
  );

const textOf = (rope: Rope, from?: number, to?: number): string => textIn(rope.runs(from, to));

const textIn = (runs: Iterable<Run>): string =>
  [...runs]
    .map(({ content }) => {
      if (typeof content === "string") return content;
      return isBlockEmbed(content) ? "\u{F0001}" : "\u{F0000}";
    })
    .join("");

const alphabet = ["a", "b", " ", "\n", "é", "👻", "\u{F0000}", "\u{F0001}"];

function rollText({ roll, pick }: Dice, maxLength: number): string {
  const parts: string[] = [];
  for (let left = roll(maxLength + 1); left > 0; left--) parts.push(pick(alphabet));
  return parts.join("");
}

/** Several edits of one walk, made on the rope and on the array of code points. */
function editBoth(rope: Rope, atoms: readonly string[], roll: Dice, edits: number): [Rope, string[]] {
  const editor = rope.editor();
  const result: string[] = [];
  let at = 0;
  for (let n = 0; n < edits; n++) {
    const skip = roll.roll(Math.ceil((atoms.length - at) / (edits - n)) + 1);
    editor.skip(skip);
    result.push(...atoms.slice(at, at + skip));
    at += skip;
    const inserted = rollText(roll, roll.roll(10) === 0 ? 3000 : 4);
    const put = () => {
      for (const run of runsOf(inserted)) editor.insert(run);
      result.push(...inserted);
    };
    const cut = () => {
      const most = roll.roll(6) === 0 ? atoms.length - at : Math.min(5, atoms.length - at);
      const length = roll.roll(most + 1);
      editor.delete(length);
      at += length;
    };
    for (const step of roll.pick([[put], [cut], [put, cut], [cut, put]])) step();
  }
  return [new Rope(editor.build()), [...result, ...atoms.slice(at)]];
}

describe("a rope", () => {
  it("holds the same text as a string after any edits, and stays balanced", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 10, 500, 20_000), (seed, size) => {
        const roll = dice(seed);
        let atoms = [...rollText(roll, size)];
        let rope = Rope.from(runsOf(atoms.join("")));
        for (let n = 0; n < 12; n++) {
          [rope, atoms] = editBoth(rope, atoms, roll, 1 + roll.roll(8));
          expect(textOf(rope)).to.equal(atoms.join(""));
          checkTree(rope.root);
        }
      }),
      { numRuns: 80 },
    );
  });

  it("keeps every older version as it was", () => {
    const roll = dice(7);
    let atoms = [...rollText(roll, 8000)];
    let rope = Rope.from(runsOf(atoms.join("")));
    const versions: [Rope, string][] = [];
    for (let n = 0; n < 200; n++) {
      versions.push([rope, atoms.join("")]);
      [rope, atoms] = editBoth(rope, atoms, roll, 2);
    }
    for (const [old, text] of versions) expect(textOf(old)).to.equal(text);
  });

  it("reads any range, and turns atoms, UTF-16 units and blocks into each other", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(3, 300, 6000), (seed, size) => {
        const roll = dice(seed);
        const atoms = [...rollText(roll, size)];
        const rope = Rope.from(runsOf(atoms.join("")));
        const reader = rope.reader();
        const unitsOf = (part: readonly string[]) =>
          part.reduce((sum, atom) => sum + (isEmbed(atom) ? 1 : atom.length), 0);
        const isBlock = (atom: string) => atom === "\n" || atom === "\u{F0001}";
        const blocks = [...atoms.keys()].filter((at) => isBlock(atoms[at]!));
        expect([rope.atoms, rope.units, rope.blocks]).to.deep.equal([
          atoms.length,
          unitsOf(atoms),
          blocks.length,
        ]);
        for (let n = 0; n < 20; n++) {
          const from = roll.roll(atoms.length + 2);
          const to = from + roll.roll(atoms.length + 2);
          expect(textOf(rope, from, to)).to.equal(atoms.slice(from, to).join(""));
          // Also where it was elsewhere before, in front of this or behind it.
          expect(textIn(reader.runs(from, to))).to.equal(atoms.slice(from, to).join(""));
          const units = unitsOf(atoms.slice(0, from));
          expect(rope.unitsBefore(from)).to.equal(units);
          expect(rope.positionOfUnit(units)).to.equal(Math.min(from, atoms.length));
          if (atoms[from]?.length === 2 && !isEmbed(atoms[from])) {
            expect(rope.positionOfUnit(units + 1)).to.equal(from);
          }
          expect(rope.blocksBefore(from)).to.equal(blocks.filter((at) => at < from).length);
          const nth = roll.roll(blocks.length + 1);
          expect(rope.positionOfBlock(nth)).to.equal(blocks[nth] ?? -1);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("answers for places outside of it as for its ends", () => {
    const rope = Rope.from([textRun("a\n👻")]);
    expect([rope.unitsBefore(-1), rope.unitsBefore(99)]).to.deep.equal([0, 4]);
    expect([rope.positionOfUnit(-1), rope.positionOfUnit(99)]).to.deep.equal([0, 3]);
    expect([rope.blocksBefore(-1), rope.blocksBefore(99)]).to.deep.equal([0, 1]);
    expect([rope.positionOfBlock(-1), rope.positionOfBlock(1)]).to.deep.equal([-1, -1]);
    expect(rope.atomAt(3)).to.equal(undefined);
    expect(textOf(rope, -5, 99)).to.equal("a\n👻");
  });

  it("has no run without text, wherever an emoji stands where it is cut", () => {
    for (let units = 200; units < 300; units++) {
      const rope = Rope.from([textRun("a".repeat(units), { b: 1 }), textRun("👻".repeat(151))]);
      expect(Math.min(...[...rope.runs()].map(({ atoms }) => atoms))).to.be.greaterThan(0);
    }
  });

  it("equals a rope with the same atoms, however it was made", () => {
    const roll = dice(11);
    let atoms = [...rollText(roll, 5000)];
    let rope = Rope.from(runsOf(atoms.join("")));
    for (let n = 0; n < 30; n++) [rope, atoms] = editBoth(rope, atoms, roll, 3);
    const fresh = Rope.from(runsOf(atoms.join("")));
    expect(rope.equals(fresh)).to.equal(true);
    const editor = fresh.editor();
    editor.skip(atoms.length >> 1);
    editor.delete(1);
    editor.insert(textRun("Z"));
    expect(rope.equals(new Rope(editor.build()))).to.equal(false);
  });
});

describe("what an edit costs", () => {
  const line = "What an edit costs does not depend on where it is.\n";
  const ropes = [1, 100, 10_000, 200_000].map((lines) => Rope.from([textRun(line.repeat(lines))]));

  const typeAt = (rope: Rope, position: number): Rope => {
    const editor = rope.editor();
    editor.skip(position);
    editor.insert(textRun("x"));
    return new Rope(editor.build());
  };

  it("is one path to the root, in 50 bytes as in 10 MB", () => {
    for (const rope of ropes) {
      for (const part of [0, 0.3, 0.7, 1]) {
        const made = nodesMade(rope.root, typeAt(rope, Math.floor(rope.atoms * part)).root);
        expect(made).to.be.at.most(rope.root.height + 2);
      }
    }
    expect(ropes.at(-1)!.atoms).to.be.greaterThan(10_000_000);
    expect(ropes.at(-1)!.root.height).to.be.at.most(5);
  });

  it("does not add up over a session of typing", () => {
    let rope = ropes.at(-1)!;
    const first = rope;
    for (let n = 0; n < 2000; n++) rope = typeAt(rope, 5_000_000 + n);
    // 2,000 characters fill a few chunks; nothing else of the tree was made anew.
    expect(nodesMade(first.root, rope.root)).to.be.at.most(30);
  });

  it("leaves one run where one text was typed, not one for each key", () => {
    let rope = Rope.from([textRun("start end")]);
    for (let n = 0; n < 300; n++) rope = typeAt(rope, 6 + n);
    expect([...rope.runs()].map(({ content }) => content)).to.deep.equal([`start ${"x".repeat(300)}end`]);
  });

  it("leaves one run where a format was given and taken back", () => {
    let rope = Rope.from([textRun("some words")]);
    for (const b of [1, null]) {
      const editor = rope.editor();
      editor.skip(5);
      editor.change(3, { a: { b } });
      rope = new Rope(editor.build());
    }
    expect([...rope.runs()].map(({ content }) => content)).to.deep.equal(["some words"]);
  });

  it("of a delete is the paths to its ends, however much lies between", () => {
    const rope = ropes.at(-1)!;
    const editor = rope.editor();
    editor.skip(1000);
    editor.delete(9_000_000);
    const after = new Rope(editor.build());
    expect(nodesMade(rope.root, after.root)).to.be.at.most(4 * rope.root.height + 4);
  });

  it("of many small edits in one op is their paths, shared where they meet", () => {
    const rope = ropes.at(-1)!;
    const editor = rope.editor();
    for (let n = 0; n < 100; n++) {
      editor.skip(100_000);
      editor.insert(textRun("x"));
    }
    const after = new Rope(editor.build());
    expect(nodesMade(rope.root, after.root)).to.be.at.most(100 * (rope.root.height + 1));
  });

  it("of building and reading the whole of 10 MB is linear and does not fill the stack", () => {
    const rope = ropes.at(-1)!;
    expect(rope.text()).to.equal(line.repeat(200_000));
    expect(Rope.from([...rope.runs()]).equals(rope)).to.equal(true);
  });
});
