// One op in flight, named for ever: how it is acknowledged, and what happens when acknowledgements get lost.

import { expect } from "chai";
import { Desk, outcome, refusals } from "./desk.js";

describe("an op on its way", () => {
  it("is acknowledged by its own name in the stream, not by its turn", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    // Somebody else's first op: same seq, other name.
    desk.tells(8, ["a "], "bo-1", 1);
    expect([doc.text, doc.status, doc.unsaved]).to.deep.equal(["a cats", "saving", 1]);
    desk.echoes(9, [5, "s"]);
    expect([doc.text, doc.status, doc.unsaved, doc.version]).to.deep.equal(["a cats", "saved", 0, 9]);
  });

  it("is acknowledged by the reply as well, and then not applied again when the room brings it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.acknowledges(8);
    desk.echoes(8, [3, "s"]);
    expect([doc.text, doc.status, doc.version]).to.deep.equal(["cats", "saved", 8]);
  });

  it("stays in flight when the reply tells of versions that are missing here, until they have come", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.acknowledges(9);
    expect([doc.status, doc.version]).to.deep.equal(["saving", 7]);
    desk.clock.advance(50);
    expect(desk.sent("ops")).to.deep.equal({ doc: "notes", since: 7 });
    desk.answers("ops", { ops: [desk.op(8, ["a "])], head: 9 });
    expect([doc.text, doc.status, doc.version]).to.deep.equal(["a cats", "saved", 9]);
  });

  it("is not sent a second time on a line where it was answered, however long the room takes", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.acknowledges(10);
    doc.submit([4, "!"]);
    desk.tells(8, ["a "]);
    expect(desk.all("submit").map(({ seq }) => seq)).to.deep.equal([1]);
    desk.tells(9, ["b "]);
    expect(desk.all("submit").map(({ seq, version }) => [seq, version])).to.deep.equal([
      [1, 7],
      [2, 10],
    ]);
  });

  it("is sent again on the next line, though it was answered on the one before", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.acknowledges(9);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, []);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"] });
    expect(doc.status).to.equal("saving");
  });

  it("is the only one: what is typed meanwhile is composed and sent after it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    doc.submit([5, "?"]);
    expect(desk.all("submit").map(({ op }) => op)).to.deep.equal([[3, "s"]]);
    desk.echoes(8, [3, "s"]);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 8, seq: 2, op: [4, "!?"] });
    expect([doc.unsaved, doc.status]).to.deep.equal([2, "saving"]);
  });

  it("is never composed into once it was sent, offline or not", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    doc.submit([4, "!"]);
    desk.takesBack();
    desk.answersSince(7, []);
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 7, seq: 1, op: [3, "s"] }]);
  });

  it("is sent again as it was, with the version it was made at, when others' ops have passed it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.tells(8, ["a "]);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(9, [desk.op(9, ["Oh, "])]);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"] });
    expect(doc.text).to.equal("Oh, a cats");
  });

  it("is sent again on the same channel when its acknowledgement is lost in silence", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.clock.advance(4_999);
    expect(desk.all("submit").length).to.equal(1);
    desk.clock.advance(1);
    expect(desk.all("submit")).to.deep.equal(
      new Array(2).fill({ doc: "notes", version: 7, seq: 1, op: [3, "s"] }),
    );
    desk.acknowledges(8);
    desk.acknowledges(8);
    expect([doc.text, doc.status, doc.version]).to.deep.equal(["cats", "saved", 8]);
  });

  it("makes its channel dead by four silences, and goes out on the next", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.clock.advance(20_000);
    expect(desk.lines[0]!.open).to.equal(false);
    desk.takesBack();
    desk.answersSince(7, []);
    expect(desk.lines.length).to.equal(2);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"] });
    expect(doc.status).to.equal("saving");
  });

  it("leaves its channel alone while the server says that it cannot tell yet, however long", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    for (let times = 0; times < 10; times++) {
      // Silence first, as from a server that takes longer to say so.
      desk.clock.advance(9_000);
      desk.refuses("submit", "unavailable", { retryAfterMs: 1_000 });
      desk.clock.advance(1_000);
    }
    expect([desk.lines.length, desk.lines[0]!.open, doc.status]).to.deep.equal([1, true, "saving"]);
    desk.acknowledges(8);
    expect(doc.status).to.equal("saved");
  });

  it("is believed where a server committed another form of it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    const shown: unknown[] = [];
    doc.on("change", ({ op }) => shown.push(op));
    desk.echoes(8, ["s "]);
    expect([doc.text, doc.unsaved]).to.deep.equal(["s cat!", 1]);
    expect(shown, "what an editor that follows is told").to.deep.equal([["s ", 3, { d: 1 }]]);
  });

  it("is not shown twice when it is in history under a name we do not know", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    doc.submit([3, "s"]);
    desk.tells(8, [3, "s"], "ann-0", 1);
    expect(doc.text).to.equal("catss");
    desk.acknowledges(8);
    expect([doc.text, doc.status, doc.version, refused]).to.deep.equal(["cats", "saved", 8, []]);
  });

  it("goes before others' text at the same place, here as on the server", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.tells(8, [3, "z"]);
    expect(doc.text).to.equal("cats!z");
    desk.echoes(9, [3, "s"]);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 9, seq: 2, op: [4, "!"] });
  });

  it("is not sent at all when others' ops have left nothing of it", async () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([{ d: 1 }]);
    doc.submit([1, { d: 1 }]);
    const settled = doc.settled();
    desk.tells(8, [2, { d: 1 }]);
    desk.echoes(9, [{ d: 1 }]);
    expect([desk.all("submit").length, doc.text, doc.status]).to.deep.equal([1, "a", "saved"]);
    expect(await outcome(settled)).to.equal("resolved");
  });
});

describe("settled", () => {
  it("resolves when everything typed so far is durable, whatever is typed after", async () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    const first = doc.settled();
    doc.submit([4, "!"]);
    const second = doc.settled();
    expect([await outcome(first), await outcome(second)]).to.deep.equal(["pending", "pending"]);
    desk.echoes(8, [3, "s"]);
    expect([await outcome(first), await outcome(second)]).to.deep.equal(["resolved", "pending"]);
    desk.acknowledges(8);
    desk.acknowledges(9);
    expect(await outcome(second)).to.equal("resolved");
    expect(await outcome(doc.settled())).to.equal("resolved");
  });

  it("rejects when the document is closed before", async () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    const settled = doc.settled();
    doc.close();
    expect([await outcome(settled), await outcome(doc.settled())]).to.deep.equal(["rejected", "rejected"]);
  });
});
