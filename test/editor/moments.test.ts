// A trace, moment by moment, without the page that shows it.

import { expect } from "chai";
import { momentOf, parted, shownText } from "../../demo/inspector/moments.js";
import type { Frame, Trace } from "../fuzz/trace.js";

const frame = (after: number, client: number, document: string, version = after): Frame => ({
  ...{
    after,
    client,
    document,
    version,
    atMs: after,
    name: `c${client}`,
    status: "saved",
    unsaved: 0,
    pending: [],
  },
});
const trace = {
  header: { clients: 2 },
  frames: [frame(0, 0, ""), frame(1, 0, "a"), frame(2, 1, "b", 3), frame(5, 0, "ab")],
  log: [1, 2, 3, 4].map((version) => ({ version })),
} as unknown as Trace;

describe("a moment of a trace", () => {
  it("has for each client the last frame up to it, or none", () => {
    const documents = (after: number) => momentOf(trace, after).clients.map((each) => each?.document);
    expect(documents(0)).to.deep.equal(["", undefined]);
    expect(documents(1)).to.deep.equal(["a", undefined]);
    expect(documents(4)).to.deep.equal(["a", "b"]);
    expect(documents(5)).to.deep.equal(["ab", "b"]);
  });

  it("has of the log what some client had confirmed", () => {
    expect([0, 1, 2].map((after) => momentOf(trace, after).log.length)).to.deep.equal([0, 1, 3]);
  });

  it("shows where copies differ, and cuts no character in two", () => {
    expect(parted(["a𠀀b", "a𠀁b", "ab"]).map(({ own }) => own)).to.deep.equal(["𠀀", "𠀁", ""]);
    expect(parted(["aa", "a"])).to.deep.equal([
      { same: "a", own: "a", rest: "" },
      { same: "a", own: "", rest: "" },
    ]);
    expect(parted([])).to.deep.equal([]);
  });

  it("shows documents of either type as text", () => {
    expect(shownText("rich", ["\na", { i: "b", a: { b: 1 } }, "\nc"])).to.equal("ab\nc");
    expect(shownText("plain", "👻")).to.equal("👻");
  });
});
