// What a program has in its hands is a copy: the same to the letter, and nobody else's.

import { expect } from "chai";
import fc from "fast-check";
import { copied, fixed } from "../../protocol/index.js";

/** Everything in it that has parts, itself included. */
function wholes(json: unknown): object[] {
  if (typeof json !== "object" || json === null) return [];
  return [json, ...Object.values(json).flatMap(wholes)];
}

/** No key of what is copied is one of these. */
const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("__proto__"));

describe("a copy", () => {
  for (const copy of [copied, fixed])
    it(`says the same and shares nothing, ${copy === fixed ? "frozen in all its depth" : "to be changed"}`, () => {
      fc.assert(
        fc.property(json, (value) => {
          const before = JSON.stringify(value);
          const made = copy(value);
          expect(JSON.stringify(made)).to.equal(before);
          const originals = new Set(wholes(value));
          for (const whole of wholes(made)) {
            expect(originals.has(whole)).to.equal(false);
            expect(Object.isFrozen(whole)).to.equal(copy === fixed);
          }
          for (const original of originals) expect(Object.isFrozen(original)).to.equal(false);
        }),
      );
    });
});
