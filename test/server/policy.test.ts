// What the server demands of ops and snapshots beyond their grammar.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { allowOp, allowSnapshot } from "../../server/policy.js";

function codeOf(run: () => void): string {
  try {
    run();
    return "allowed";
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}
const rich = (...op: unknown[]) => codeOf(() => allowOp("rich", op));
const snapshot = (wire: unknown) => codeOf(() => allowSnapshot("rich", wire));

describe("the policy", () => {
  it("keeps the first block marker of a rich document", () => {
    expect(rich(1, "a")).to.equal("allowed");
    expect(rich({ r: 1, b: { t: "h1" } })).to.equal("allowed");
    expect(rich()).to.equal("allowed");
    for (const first of ["a", "\n", { d: 1 }, { i: "a", a: { b: 1 } }, { i: { hr: 1, blk: true } }]) {
      expect(rich(first, 1, "x"), JSON.stringify(first)).to.equal("op_malformed");
    }
  });

  it("lets links and images point to the web and nowhere else", () => {
    expect(rich(1, { i: "a", a: { l: "https://example.org" } })).to.equal("allowed");
    expect(rich(1, { i: "a", a: { l: "javascript:x" } })).to.equal("bad_url");
    expect(rich({ r: 1, a: { l: "javascript:x" } })).to.equal("bad_url");
    expect(rich({ r: 1, b: { l: "javascript:x" } })).to.equal("bad_url");
    expect(rich(1, { i: { image: { src: "/a.png" } } })).to.equal("allowed");
    for (const image of [null, 7, "x", {}, { src: "data:image/png;base64,x" }]) {
      expect(rich(1, { i: { image } }), JSON.stringify(image)).to.equal("bad_url");
    }
  });

  it("lets attributes be taken away, whatever they were", () => {
    expect(rich({ r: 1, a: { l: null, fg: null, bg: null } })).to.equal("allowed");
  });

  it("lets colours be colours only", () => {
    expect(rich(1, { i: "a", a: { fg: "#fff", bg: "#00ff00" } })).to.equal("allowed");
    expect(rich(1, { i: "a", a: { fg: "red" } })).to.equal("op_malformed");
    expect(rich({ r: 1, a: { bg: "url(x)" } })).to.equal("op_malformed");
  });

  it("leaves embeds and attributes alone that it does not know", () => {
    expect(rich(1, { i: { chart: { src: "a:b" } }, a: { sparkle: "javascript:" } })).to.equal("allowed");
  });

  it("demands the same of a snapshot", () => {
    expect(snapshot(["\nText"])).to.equal("allowed");
    expect(snapshot([{ i: "\n", a: { t: "h1" } }, "Title"])).to.equal("allowed");
    for (const wire of [[], ["Text"], [{ i: "a", a: { b: 1 } }], [{ i: { hr: 1, blk: true } }], "", null]) {
      expect(snapshot(wire), JSON.stringify(wire)).to.equal("op_malformed");
    }
    expect(snapshot(["\n", { i: "a", a: { l: "javascript:x" } }])).to.equal("bad_url");
  });

  it("has nothing to say of plain text", () => {
    expect(codeOf(() => allowOp("plain", ["javascript:x"]))).to.equal("allowed");
    expect(codeOf(() => allowSnapshot("plain", "javascript:x"))).to.equal("allowed");
  });
});
