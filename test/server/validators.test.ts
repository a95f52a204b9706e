// Checks of requests that are made when they are first needed: they find what checks made at once find, and say the same.

import { Ajv } from "ajv";
import { expect } from "chai";
import { compileLate } from "../../server/validators.js";

const schema = {
  type: "object",
  required: ["doc"],
  properties: { doc: { type: "string", maxLength: 3 }, limit: { type: "integer" } },
};

describe("a check of requests", () => {
  it("is made when it is first run, once", () => {
    const ajv = new Ajv();
    const compile = ajv.compile.bind(ajv);
    let made = 0;
    ajv.compile = ((...args: Parameters<typeof compile>) => {
      made++;
      return compile(...args);
    }) as typeof ajv.compile;
    compileLate(ajv);
    const check = ajv.compile(schema);
    expect(made).to.equal(0);
    for (const doc of ["a", "b"]) check({ doc });
    expect(made).to.equal(1);
  });

  it("finds and says what one that is made at once does, and forgets the last mistake", () => {
    const atOnce = new Ajv().compile(schema);
    const ajv = new Ajv();
    compileLate(ajv);
    const late = ajv.compile(schema);
    for (const given of [{}, { doc: "abcd" }, { doc: "a" }, { doc: "a", limit: "1" }, 7, { doc: "b" }]) {
      expect(late(given), JSON.stringify(given)).to.equal(atOnce(given));
      expect(late.errors).to.deep.equal(atOnce.errors);
    }
  });

  it("of a schema that is none says so, whenever it is run", () => {
    const ajv = new Ajv();
    compileLate(ajv);
    const check = ajv.compile({ type: "nothing" });
    for (let round = 0; round < 2; round++) expect(() => check({})).to.throw(/type/);
  });
});
