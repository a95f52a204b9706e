// What a client says of how long its people waited: to servers that want to know, and of nothing but their own slowness.

import { expect } from "chai";
import { Waited } from "../../client/waited.js";
import { decodeRequest, MOST_WAITED_MS } from "../../protocol/index.js";
import { Desk } from "./desk.js";

describe("how long somebody waited for their edit to be saved", () => {
  function opened() {
    const desk = new Desk();
    desk.measures = true;
    return { desk, doc: desk.open("") };
  }
  const told = (desk: Desk) => desk.all("submit").map(({ waitedMs }) => waitedMs);

  it("is told with the next op, from the oldest edit in the one before to the word that it is saved", () => {
    const { desk, doc } = opened();
    doc.submit(["a"]);
    desk.clock.advance(40);
    doc.submit([1, "b"]);
    desk.clock.advance(10);
    desk.acknowledges(8);
    desk.echoes(8, ["a"]);
    desk.clock.advance(5);
    desk.echoes(9, [1, "b"], 2);
    doc.submit([2, "c"]);
    expect(told(desk)).to.deep.equal([undefined, 50, 15]);
  });

  it("is told once", () => {
    const { desk, doc } = opened();
    for (const version of [8, 9]) {
      doc.submit(["a"]);
      desk.clock.advance(20);
      desk.echoes(version, ["a"], version - 7);
    }
    desk.cuts();
    desk.takesBack();
    desk.answersSince(9, []);
    doc.submit(["b"]);
    desk.clock.advance(1);
    desk.refuses("submit", "op_malformed");
    doc.submit(["c"]);
    expect(told(desk)).to.deep.equal([20, undefined]);
  });

  it("does not count the time without a connection", () => {
    const { desk, doc } = opened();
    doc.submit(["a"]);
    desk.cuts();
    desk.clock.advance(60_000);
    desk.welcomes();
    desk.answersSince(7, []);
    desk.acknowledges(8);
    desk.echoes(8, ["a"]);
    doc.submit(["b"]);
    expect(told(desk)).to.deep.equal([undefined, undefined]);
  });

  it("is never told as longer than ten minutes, which is what servers take", () => {
    const waited = new Waited();
    waited.edited(0);
    waited.sent();
    waited.acknowledged(MOST_WAITED_MS + 1);
    expect(waited.take()).to.equal(MOST_WAITED_MS);
    const submit = { doc: "a", version: 1, seq: 1, op: ["x"] };
    expect(decodeRequest("submit", { ...submit, waitedMs: MOST_WAITED_MS })).to.include({
      waitedMs: MOST_WAITED_MS,
    });
    for (const waitedMs of [MOST_WAITED_MS + 1, -1, 0.5, "1", null])
      expect(() => decodeRequest("submit", { ...submit, waitedMs })).to.throw(
        "submit.waitedMs must be a whole number",
      );
  });

  it("is kept from a server that has not said that it takes it", () => {
    const desk = new Desk();
    const doc = desk.open("");
    for (const version of [8, 9]) {
      doc.submit(["a"]);
      desk.clock.advance(20);
      desk.echoes(version, ["a"], version - 7);
    }
    expect(desk.all("submit").map((body) => Object.keys(body))).to.deep.equal([
      ["doc", "version", "seq", "op"],
      ["doc", "version", "seq", "op"],
    ]);
  });
});
