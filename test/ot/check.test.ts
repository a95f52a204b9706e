// What strangers may send, and what they may not: every vector is refused with its code, at once, and by both `checkOp` and
// nobody further in.

import { expect } from "chai";
import fc from "fast-check";
import {
  checkPlainOp,
  checkPlainWire,
  checkRichOp,
  checkRichWire,
  OtError,
  type OtErrorCode,
  plainText,
  richText,
} from "../../ot/index.js";
import { both, fine, finePlain, keys, plainOnly, richOnly } from "./vectors.js";

function refusal(run: () => void): OtErrorCode | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof OtError) return error.code;
    throw error;
  }
  return undefined;
}

describe("an op of a stranger", () => {
  it("is tried with at least eighty hostile vectors for rich documents", () => {
    expect(both.length + richOnly.length).to.be.at.least(80);
  });

  for (const [title, json, code] of [...both, ...plainOnly]) {
    it(`on a plain document is refused: ${title}`, () => {
      expect(refusal(() => checkPlainOp(JSON.parse(json)))).to.equal(code);
    });
  }

  for (const [title, json, code] of [...both, ...richOnly]) {
    it(`on a rich document is refused: ${title}`, () => {
      expect(refusal(() => checkRichOp(JSON.parse(json)))).to.equal(code);
    });
  }

  it("that JSON could not have carried is refused as well", () => {
    class Embed {
      readonly image = 1;
    }
    const strange: readonly unknown[] = [
      undefined,
      [undefined],
      [Number.NaN],
      [1n],
      [Symbol("x")],
      [() => 1],
      new Array(3),
      [new Embed()],
      [{ i: new Embed() }],
      [{ i: new Date(0) }],
      [{ i: new Map([["image", 1]]) }],
      [{ i: { image: undefined } }],
      [{ i: { image: 1n } }],
      [{ i: "x", a: undefined }],
      [{ r: 1, a: { b: undefined } }],
      [Object.create({ d: 1 })],
    ];
    for (const op of strange) {
      expect(refusal(() => checkRichOp(op))).to.equal("op_malformed");
      expect(refusal(() => checkPlainOp(op))).to.equal("op_malformed");
    }
  });

  it("leaves no trace in any prototype", () => {
    for (const [, json] of [...both, ...richOnly]) refusal(() => checkRichOp(JSON.parse(json)));
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
    expect(({} as { x?: unknown }).x).to.equal(undefined);
  });

  it("is taken when it is as large as may be", () => {
    for (const json of fine)
      expect(
        refusal(() => checkRichOp(JSON.parse(json))),
        json,
      ).to.equal(undefined);
    for (const json of finePlain) {
      expect(
        refusal(() => checkPlainOp(JSON.parse(json))),
        json,
      ).to.equal(undefined);
    }
  });

  it("never costs more than reading it, whatever its numbers say", () => {
    const started = process.cpuUsage();
    for (let n = 0; n < 100; n++) {
      for (const json of ["[1e9]", '[{"d":1e999}]', '[2147483647,"x"]', '[{"d":2147483647}]']) {
        refusal(() => checkRichOp(JSON.parse(json)));
        refusal(() => richText.apply(richText.create(["\n"]), JSON.parse(json)));
        refusal(() => plainText.compose(JSON.parse('[2147483647,"x"]'), JSON.parse('[5,{"d":1}]')));
      }
    }
    expect(process.cpuUsage(started).user / 1000).to.be.lessThan(2000);
  });

  it("is refused or taken, but never makes the check fail in another way", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.array(fc.anything()), fc.array(fc.json().map((json) => JSON.parse(json)))),
        (op) => {
          refusal(() => checkRichOp(op));
          refusal(() => checkPlainOp(op));
          refusal(() => checkRichWire(op));
          refusal(() => checkPlainWire(op));
          refusal(() => richText.create(op));
          refusal(() => plainText.create(op));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe("an op that does not fit its document", () => {
  const beyond = [[4, "x"], [{ d: 4 }], [2, { d: 2 }], [2147483647, "x"], [{ d: 2147483647 }]];

  it("is refused as out of bounds, and at once", () => {
    for (const op of beyond) {
      expect(refusal(() => plainText.apply(plainText.create("abc"), op as never))).to.equal(
        "op_out_of_bounds",
      );
      expect(refusal(() => richText.apply(richText.create(["\nab"]), op as never))).to.equal(
        "op_out_of_bounds",
      );
    }
    const retain = [{ r: 4, a: { b: 1 } }];
    expect(refusal(() => richText.apply(richText.create(["\nab"]), retain))).to.equal("op_out_of_bounds");
  });

  it("is taken when it ends exactly at the end", () => {
    expect(plainText.apply(plainText.create("abc"), [3, "x"]).toJSON()).to.equal("abcx");
    expect(plainText.apply(plainText.create("abc"), [{ d: 3 }]).toJSON()).to.equal("");
  });

  it("is refused when it quotes what does not stand there", () => {
    const apply = (quote: string) => plainText.apply(plainText.create("a👻b"), [1, { d: quote }]).toJSON();
    expect(apply("👻b")).to.equal("a");
    expect(plainText.apply(plainText.create("👻ab"), [{ d: "👻" }, 1, { d: "b" }]).toJSON()).to.equal("a");
    expect(refusal(() => apply("👺"))).to.equal("op_malformed");
    expect(refusal(() => apply("👻bc"))).to.equal("op_malformed");
  });
});

describe("a snapshot of a stranger", () => {
  it("is inserts in canonical form", () => {
    expect(refusal(() => checkRichWire(["\n", { i: "x", a: { b: 1 } }, { i: { image: 1 } }]))).to.equal(
      undefined,
    );
    for (const wire of [
      "\n",
      null,
      ["a", "b"],
      [1, "x"],
      ["x", { d: 1 }],
      [{ r: 1, a: { b: 1 } }],
      [[]],
      [""],
    ]) {
      expect(
        refusal(() => checkRichWire(wire)),
        JSON.stringify(wire),
      ).to.equal("op_malformed");
    }
    expect(refusal(() => checkRichWire(["\r"]))).to.equal("bad_unicode");
    expect(refusal(() => checkPlainWire("a\nb"))).to.equal(undefined);
    expect(refusal(() => checkPlainWire(["a"]))).to.equal("op_malformed");
    expect(refusal(() => checkPlainWire("a\0"))).to.equal("bad_unicode");
  });

  it("need not be canonical to be opened, if it comes from a store", () => {
    const stored = ["a", "b", { i: "c" }, { i: "d", a: {} }, "", { i: "e", a: { i: 1, b: 1 } }];
    expect(richText.create(stored).toJSON()).to.deep.equal(["abcd", { i: "e", a: { b: 1, i: 1 } }]);
    for (const wire of [
      "x",
      [1],
      [null],
      [{}],
      [{ i: 1 }],
      [{ i: "x", a: 1 }],
      [{ i: "x", a: { b: null } }],
    ]) {
      expect(
        refusal(() => richText.create(wire)),
        JSON.stringify(wire),
      ).to.equal("op_malformed");
    }
    expect(refusal(() => richText.create(["\ud83d"]))).to.equal("bad_unicode");
    expect(refusal(() => plainText.create(7))).to.equal("op_malformed");
    expect(refusal(() => plainText.create("\ud83d"))).to.equal("bad_unicode");
  });

  it("can be opened whatever its atoms have gathered, and what it deletes can be put back", () => {
    let document = richText.create(["x"]);
    for (let n = 0; n < 300; n++) document = richText.apply(document, [{ r: 1, a: { [`c:${n}`]: 1 } }]);
    expect(richText.create(JSON.parse(JSON.stringify(document))).equals(document)).to.equal(true);
    const gathered = richText.create([{ i: "x", a: JSON.parse(keys(200)) }]);
    expect(refusal(() => checkRichOp(richText.invertWithDoc([{ d: 1 }], gathered)))).to.equal(undefined);
  });
});
