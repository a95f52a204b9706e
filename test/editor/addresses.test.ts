// Where an address in plain text ends, and what that costs. What becomes of it in a document: `clipboard.test.ts`, `rules.test.ts`.

import { expect } from "chai";
import { addressesIn, hrefOf } from "../../client/prosemirror/addresses.js";

const found = (text: string): readonly string[] =>
  addressesIn(text).map(({ from, to }) => text.slice(from, to));

/** How many characters `run` hands to the functions of strings and patterns that go through all they are given. */
function read(run: () => void): number {
  const before = {
    ...{ slice: String.prototype.slice, split: String.prototype.split },
    test: RegExp.prototype.test,
  };
  let characters = 0;
  String.prototype.slice = function (this: string, ...range) {
    characters += this.length;
    return before.slice.apply(this, range);
  };
  String.prototype.split = function (this: string, ...by: [never]) {
    characters += this.length;
    return before.split.apply(this, by);
  };
  RegExp.prototype.test = function (text) {
    characters += text.length;
    return before.test.call(this, text);
  };
  try {
    run();
  } finally {
    String.prototype.slice = before.slice;
    String.prototype.split = before.split;
    RegExp.prototype.test = before.test;
  }
  return characters;
}

describe("an address in plain text", () => {
  it("keeps the brackets that are opened in it, and no others", () => {
    for (const [text, address] of [
      ["(https://x.example/a_(b))", "https://x.example/a_(b)"],
      ["https://x.example/a_(b)).", "https://x.example/a_(b)"],
      ["https://x.example/(a)[b]{c}", "https://x.example/(a)[b]{c}"],
      ["https://x.example/a(b", "https://x.example/a(b"],
      ["[{https://x.example/)(}].", "https://x.example/)("],
      ["https://x.example/a.)]!", "https://x.example/a"],
      ["https://x.example/a)b)", "https://x.example/a)b"],
    ] as const)
      expect(found(text), text).to.deep.equal([address]);
  });

  it("has 2,048 characters at most", () => {
    const long = (length: number): string => "https://x.example/".padEnd(length, "a");
    expect(found(`a ${long(2048)} b`)).to.deep.equal([long(2048)]);
    expect(hrefOf(long(2048))).to.equal(long(2048));
    expect(found(`a ${long(2049)} b`)).to.deep.equal([]);
    expect(hrefOf(long(2049))).to.equal(null);
  });

  it("is told from the brackets behind it in one reading, however many they are", () => {
    const cost = (count: number): number =>
      read(() => {
        expect(found(`http://a${")".repeat(count)}`)).to.deep.equal(["http://a"]);
      });
    expect(cost(2000)).to.be.below(2.1 * cost(1000));
  });
});
