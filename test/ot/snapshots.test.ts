// Snapshots as those who read them see them: wire forms, look-ups and the lines of a document, against the slow model.

import { expect } from "chai";
import fc from "fast-check";
import { lineAt, lines, plainText, type RichSnapshot, type RichWire, richText } from "../../ot/index.js";
import { weigh } from "../../ot/weight.js";
import { dice, plainDocument, richDocument, rollRichDocument } from "../arbitraries/index.js";
import { atomsOf, isBlock, wireOf } from "../oracle/atoms.js";

const again = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Small documents, and some of many chunks. */
const documents: fc.Arbitrary<RichWire> = fc.oneof(
  { weight: 4, arbitrary: richDocument(12) },
  { weight: 1, arbitrary: fc.integer().map((seed) => rollRichDocument(dice(seed), 400)) },
);
const holds = (check: (wire: RichWire, snapshot: RichSnapshot, n: number, m: number) => void) =>
  fc.assert(
    fc.property(documents, fc.nat(), fc.nat(), (wire, n, m) => check(wire, richText.create(wire), n, m)),
    { numRuns: 600 },
  );

describe("a rich snapshot", () => {
  it("counts atoms, UTF-16 units and blocks", () => {
    holds((wire, snapshot) => {
      const atoms = atomsOf(wire);
      const units = atoms.map(({ content }) => (typeof content === "string" ? content.length : 1));
      expect(snapshot.length).to.equal(atoms.length);
      expect(snapshot.utf16Length).to.equal(units.reduce((x, y) => x + y, 0));
      expect(snapshot.markers).to.equal(atoms.filter(({ content }) => isBlock(content)).length);
    });
  });

  it("weighs what its wire form is long, about, however it has come to be", () => {
    holds((wire, snapshot, n, m) => {
      const isLike = (one: RichSnapshot) => {
        const { length } = JSON.stringify(one);
        // A bare string has more around it than is counted, and a line feed is written as two signs.
        expect(weigh(one).weight).to.be.within(length / 3 - 4, 3 * length);
      };
      isLike(snapshot);
      if (snapshot.length === 0) return;
      const at = n % snapshot.length;
      const rest = 1 + (m % (snapshot.length - at));
      const a = { long: "y".repeat(1000) };
      for (const op of [[{ r: rest, a, b: a }], ["x"], [{ d: rest }]])
        isLike(richText.apply(snapshot, at === 0 ? op : [at, ...op]));
      expect(weigh(snapshot)).to.deep.equal(weigh(richText.create(wire)));
    });
  });

  it("gives any range in canonical wire form, as text, as pieces and as atoms", () => {
    holds((wire, snapshot, n, m) => {
      const from = n % (snapshot.length + 1);
      const to = from + (m % (snapshot.length + 1));
      const atoms = atomsOf(wire).slice(from, to);
      expect(again(snapshot.slice(from, to))).to.deep.equal(again(wireOf(atoms)));
      const text = atoms.map(({ content }) => (typeof content === "string" ? content : "")).join("");
      expect(snapshot.text(from, to)).to.equal(text);
      expect(again([...snapshot.atoms(from, to)])).to.deep.equal(again(atoms));
      let at = from;
      for (const piece of snapshot.pieces(from, to)) {
        const inside = atomsOf([{ i: piece.content, a: piece.attributes }]);
        expect(piece.at).to.equal(at);
        expect(again(inside)).to.deep.equal(again(atoms.slice(at - from, at - from + piece.atoms)));
        expect(new Set(inside.map(({ content }) => isBlock(content))).size).to.equal(1);
        at += piece.atoms;
      }
      expect(at).to.equal(Math.min(to, snapshot.length));
    });
  });

  it("finds atoms, attributes and markers by position", () => {
    holds((wire, snapshot, n) => {
      const atoms = atomsOf(wire);
      const position = n % (atoms.length + 2);
      const blocks = [...atoms.keys()].filter((at) => isBlock(atoms[at]!.content));
      expect(snapshot.atomAt(position)).to.deep.equal(atoms[position]?.content);
      expect(again(snapshot.attributesAt(position))).to.deep.equal(again(atoms[position]?.attributes ?? {}));
      expect(snapshot.markersBefore(position)).to.equal(blocks.filter((at) => at < position).length);
      expect(snapshot.markerAtOrBefore(position)).to.equal(blocks.findLast((at) => at <= position) ?? -1);
      expect(snapshot.markerPosition(n % 5)).to.equal(blocks[n % 5] ?? -1);
    });
  });

  it("turns positions into UTF-16 offsets and back", () => {
    holds((_, snapshot, n) => {
      const position = n % (snapshot.length + 1);
      expect(snapshot.positionOf(snapshot.utf16Of(position))).to.equal(position);
    });
  });

  it("equals another with the same atoms, and no other", () => {
    holds((wire, snapshot, n) => {
      expect(snapshot.equals(richText.create(again(wire)))).to.equal(true);
      if (snapshot.length === 0) return;
      const at = n % snapshot.length;
      const change = [...(at > 0 ? [at] : []), { r: 1, a: { zz: 1 }, b: { zz: 1 } }];
      expect(snapshot.equals(richText.apply(snapshot, change))).to.equal(false);
    });
  });

  it("tells embeds apart by what is in them, whatever the order of their keys", () => {
    const one = richText.create([{ i: { image: { src: "x", sizes: [1, null] } } }]);
    expect(one.equals(richText.create([{ i: { image: { sizes: [1, null], src: "x" } } }]))).to.equal(true);
    for (const image of [{ src: "x" }, { src: "x", sizes: [1, 2] }, { src: "x", sizes: { 0: 1, 1: null } }]) {
      const other = richText.create([{ i: { image } }]);
      expect([one.equals(other), other.equals(one)]).to.deep.equal([false, false]);
    }
  });

  it("has a title where its text begins", () => {
    const title = (...wire: (string | { i: object })[]) => richText.create(wire).firstBlockText(10);
    expect(title("\n\n", { i: { image: 1 } }, "\nHello big world\nnext")).to.equal("Hello big");
    expect(title({ i: { image: 1 } }, "\n")).to.equal("");
    expect(richText.create().firstBlockText(10)).to.equal("");
  });

  it("is itself what `create` makes of it", () => {
    const snapshot = richText.create(["\n"]);
    expect(richText.create(snapshot)).to.equal(snapshot);
    expect(richText.apply(["\n"] as never, [1, "x"]).toJSON()).to.deep.equal(["\nx"]);
  });
});

describe("a plain snapshot", () => {
  it("is its text, counted in code points", () => {
    fc.assert(
      fc.property(plainDocument(20), fc.nat(), fc.nat(), (text, n, m) => {
        const snapshot = plainText.create(text);
        const points = [...text];
        const from = n % (points.length + 1);
        const to = from + (m % (points.length + 1));
        expect(snapshot.toJSON()).to.equal(text);
        expect(`${snapshot}`).to.equal(text);
        expect([snapshot.length, snapshot.utf16Length]).to.deep.equal([points.length, text.length]);
        expect(snapshot.slice(from, to)).to.equal(points.slice(from, to).join(""));
        expect(snapshot.utf16Of(from)).to.equal(points.slice(0, from).join("").length);
        expect(snapshot.positionOf(snapshot.utf16Of(from))).to.equal(from);
        expect(snapshot.equals(plainText.create(text))).to.equal(true);
        expect(snapshot.equals(plainText.create(`${text}x`))).to.equal(false);
      }),
    );
  });

  it("has a title where its text begins, and is taken as its text too", () => {
    expect(plainText.create("\n  One 👻 two\nthree").firstLineText(5)).to.equal("One 👻");
    expect(plainText.create().toJSON()).to.equal("");
    expect(plainText.apply("ab" as never, [1, "x"]).toJSON()).to.equal("axb");
    expect(plainText.invertWithDoc([1, { d: 1 }], "ab" as never)).to.deep.equal([1, "b"]);
  });
});

describe("the lines of a document", () => {
  const linesOf = (wire: RichWire) =>
    [...lines(richText.create(wire))].map(({ at, end, marker, embed, attributes, text }) => ({
      ...{ at, end, marker, text, attributes: again(attributes) },
      ...(embed && { embed }),
    }));

  it("begin at markers and block embeds, each with the text after it", () => {
    expect(linesOf([{ i: "\n", a: { t: "h1" } }, "Title\nText"])).to.deep.equal([
      { at: 0, end: 6, marker: true, text: "Title", attributes: { t: "h1" } },
      { at: 6, end: 11, marker: true, text: "Text", attributes: {} },
    ]);
  });

  it("need no marker behind a block embed, and then stay in its containers", () => {
    const hr = { i: { hr: 1, blk: true }, a: { q: 2, li: "b", in: 1, iq: 1, al: "left", other: 1 } } as const;
    expect(linesOf([hr, "text", "\n"])).to.deep.equal([
      { at: 0, end: 1, marker: true, text: "", attributes: { ...hr.a }, embed: hr.i },
      { at: 1, end: 5, marker: false, text: "text", attributes: { q: 2, li: "c", in: 1, iq: 1 } },
      { at: 5, end: 6, marker: true, text: "", attributes: {} },
    ]);
  });

  it("are one even where there is nothing, or text without any marker", () => {
    expect(linesOf([])).to.deep.equal([{ at: 0, end: 0, marker: false, text: "", attributes: {} }]);
    expect(linesOf(["a", "b\n"])).to.deep.equal([
      { at: 0, end: 2, marker: false, text: "ab", attributes: {} },
      { at: 2, end: 3, marker: true, text: "", attributes: {} },
    ]);
  });

  it("hold every atom exactly once, in order, and are found from any position", () => {
    holds((wire, snapshot, n) => {
      const atoms = atomsOf(wire);
      const all = [...lines(snapshot)];
      let at = 0;
      for (const line of all) {
        expect(line.at).to.equal(at);
        expect(line.marker).to.equal(at < atoms.length && isBlock(atoms[at]!.content));
        if (line.embed !== undefined) expect(line.end).to.equal(line.at + 1);
        const inside = [...line.pieces()].flatMap(({ content }) => atomsOf([{ i: content }]));
        expect(inside.some(({ content }) => isBlock(content))).to.equal(false);
        expect(line.start + inside.length).to.equal(line.end);
        at = line.end;
      }
      expect(at).to.equal(atoms.length);

      const position = n % (atoms.length + 1);
      const found = all.find((line) => position < line.end) ?? all.at(-1)!;
      expect(lineAt(snapshot, position).at).to.equal(found.at);
      const to = Math.min(position + 3, atoms.length);
      const touched = all.filter((line) => line === found || (line.at > position && line.at < to));
      expect([...lines(snapshot, position, to)].map((line) => line.at)).to.deep.equal(
        touched.map((line) => line.at),
      );
    });
  });

  it("are read one at a time: the first few of a large document are there at once", () => {
    const snapshot = richText.create(["\nsome text".repeat(100_000)]);
    const first = [];
    for (const line of lines(snapshot, 500_000)) {
      first.push(line.text);
      if (first.length === 3) break;
    }
    expect(first).to.deep.equal(["some text", "some text", "some text"]);
  });
});
