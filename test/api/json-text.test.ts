// What a JSON text may hold that is to be parsed where everybody waits.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { demandSimpleText } from "../../server/api/json-text.js";

function faultOf(json: string): string {
  try {
    demandSimpleText(json);
    return "none";
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe("a JSON text", () => {
  const deep = "op_too_complex: Nested too deeply.";
  const keys = "op_too_complex: An object has too many keys.";
  const pieces = "op_too_complex: There are too many pieces in it.";
  const object = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join(",")}}`;
  const list = (item: string, count: number) => `[${Array<string>(count).fill(item).join(",")}]`;

  it("nests as deep as a body may, has as many keys, and so many pieces", () => {
    for (const [json, fault] of [
      [`${"[".repeat(17)}${"]".repeat(17)}`, "none"],
      [`${"[".repeat(18)}${"]".repeat(18)}`, deep],
      [`${'{"a":'.repeat(18)}1${"}".repeat(18)}`, deep],
      [list("[[[]]]", 50_000), "none"],
      [object(1000), "none"],
      [object(1001), keys],
      [`{"a":${object(1001)}}`, keys],
      [list(object(1000), 50), "none"],
      [list("0", 2_000_000), "none"],
      [list("0", 2_000_002), pieces],
      [list("{}", 1_000_002), pieces],
    ] as const)
      expect(faultOf(json), json.slice(0, 40)).to.equal(fault);
  });

  it("may have any of that in its strings", () => {
    for (const inside of [
      "[".repeat(100),
      "{,".repeat(2_100_000),
      `\\"${"[".repeat(100)}`,
      `\\\\\\"${"[".repeat(100)}`,
    ])
      expect(faultOf(`{"text":"${inside}","b":[1]}`), inside.slice(0, 20)).to.equal("none");
    expect(faultOf(`["\\\\",${"[".repeat(100)}`)).to.equal(deep);
  });

  it("need be no JSON", () => {
    for (const json of ["", '"', "]]]]", ",,,", '{"a', "\\"]) expect(faultOf(json), json).to.equal("none");
  });
});
