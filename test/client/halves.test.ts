// A character that a key says in two halves.

import { expect } from "chai";
import { halves } from "../../client/halves.js";

const press = (text: string, isComposing = false) =>
  text.split("").map((unit) => ({ charCode: unit.charCodeAt(0), isComposing }));

describe("a character of two halves", () => {
  it("is nothing with the first and all with the second, again and again", () => {
    const read = halves();
    expect(press("👻👻").map(read)).to.deep.equal(["", "👻", "", "👻"]);
  });

  it("leaves all other keys alone, and halves that do not belong together", () => {
    const read = halves();
    expect(press("aé\r漢").map(read)).to.deep.equal([undefined, undefined, undefined, undefined]);
    expect(press("\ud83da\udc7b").map(read)).to.deep.equal(["", undefined, undefined]);
    expect(press("\ud83d\ud83d\udc7b\udc7b").map(read)).to.deep.equal(["", "", "👻", undefined]);
  });

  it("is an input method's affair while that composes", () => {
    expect(press("👻", true).map(halves())).to.deep.equal([undefined, undefined]);
  });
});
