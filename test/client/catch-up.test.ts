// What was missed is asked for, walked op by op, and nothing is taken twice.

import { expect } from "chai";
import { Desk } from "./desk.js";

describe("ops that arrive in disorder", () => {
  it("wait when they are early, and are taken in their turn", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.tells(9, ["b"]);
    desk.tells(10, ["c"]);
    expect([doc.text, doc.version]).to.deep.equal(["cat", 7]);
    desk.tells(8, ["a"]);
    expect([doc.text, doc.version]).to.deep.equal(["cbacat", 10]);
    desk.clock.advance(1_000);
    expect(desk.all("ops")).to.deep.equal([]);
  });

  it("are dropped when they come twice or are old", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.tells(8, ["a"]);
    desk.tells(8, ["a"]);
    desk.tells(7, ["zzz"]);
    expect([doc.text, doc.version]).to.deep.equal(["acat", 8]);
  });

  it("leave a hole that is asked for after 50 ms, once", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.tells(9, ["b"]);
    desk.clock.advance(49);
    expect(desk.all("ops")).to.deep.equal([]);
    desk.clock.advance(1);
    desk.tells(11, ["d"]);
    desk.clock.advance(100);
    expect(desk.all("ops")).to.deep.equal([{ doc: "notes", since: 7 }]);
    desk.answers("ops", { ops: [desk.op(8, ["a"]), desk.op(9, ["b"]), desk.op(10, ["c"])], head: 11 });
    expect([doc.text, doc.version]).to.deep.equal(["dcbacat", 11]);
  });

  it("are kept up to a bound; the rest is asked for again", () => {
    const desk = new Desk();
    const doc = desk.open("");
    for (let version = 9; version <= 700; version++) desk.tells(version, ["a"]);
    desk.tells(8, ["a"]);
    expect([doc.version, doc.text.length]).to.deep.equal([520, 513]);
    desk.clock.advance(50);
    expect(desk.sent("ops")).to.deep.equal({ doc: "notes", since: 520 });
  });

  it("are asked for page by page", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("head", { doc: "notes", version: 10 });
    desk.clock.advance(50);
    desk.answers("ops", { ops: [desk.op(8, ["a"])], head: 10 });
    desk.answers("ops", { ops: [desk.op(9, ["b"])], head: 10 });
    desk.answers("ops", { ops: [desk.op(10, ["c"])], head: 10 });
    expect(desk.all("ops").map(({ since }) => since)).to.deep.equal([7, 8, 9]);
    expect([doc.text, doc.version]).to.deep.equal(["cbacat", 10]);
  });

  it("are not asked for in a hurry when a page brings nothing", () => {
    const desk = new Desk();
    desk.open("cat");
    desk.event("head", { doc: "notes", version: 10 });
    desk.clock.advance(50);
    desk.answers("ops", { ops: [], head: 10 });
    desk.clock.advance(999);
    expect(desk.all("ops").length).to.equal(1);
    desk.clock.advance(1);
    expect(desk.all("ops").length).to.equal(2);
  });
});

describe("a lost last op", () => {
  it("is noticed by the head that the server tells", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("head", { doc: "notes", version: 7 });
    desk.clock.advance(1_000);
    expect(desk.all("ops")).to.deep.equal([]);
    desk.event("head", { doc: "notes", version: 8 });
    desk.clock.advance(50);
    desk.answers("ops", { ops: [desk.op(8, ["a "])], head: 8 });
    expect([doc.text, doc.version]).to.deep.equal(["a cat", 8]);
  });

  it("may be our own: it is acknowledged by the page that brings it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.event("head", { doc: "notes", version: 8 });
    desk.clock.advance(50);
    desk.answers("ops", { ops: [desk.op(8, [3, "s"], "ann-1", 1)], head: 8 });
    expect([doc.text, doc.status]).to.deep.equal(["cats", "saved"]);
    desk.clock.advance(60_000);
    expect(desk.all("submit").length).to.equal(1);
  });
});

describe("coming back after a cut", () => {
  it("asks for what came since, under the same client id and ticket", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    expect(doc.status).to.equal("offline");
    desk.takesBack();
    expect(desk.line.hello.client).to.deep.equal({ id: "ann-1", ticket: "ticket of ann-1" });
    expect(desk.sent("open")).to.deep.equal({
      doc: "notes",
      type: "plain",
      create: false,
      since: 7,
      epoch: "1",
    });
    desk.answersSince(8, [desk.op(8, ["a "])]);
    expect([doc.text, doc.status, doc.version]).to.deep.equal(["a cat", "saved", 8]);
  });

  it("takes in everything missed, page by page, before it sends anything", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    doc.submit([3, "s"]);
    desk.takesBack();
    desk.answersSince(9, [desk.op(8, ["a "])]);
    expect(desk.all("submit")).to.deep.equal([]);
    desk.answers("ops", { ops: [desk.op(9, ["Oh, "])], head: 9 });
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 9, seq: 1, op: [9, "s"] }]);
    expect(doc.text).to.equal("Oh, a cats");
  });

  it("knows its own op in what it missed, and does not send it again", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(9, [desk.op(8, ["a "]), desk.op(9, [5, "s"], "ann-1", 1)]);
    expect(desk.all("submit")).to.deep.equal([{ doc: "notes", version: 9, seq: 2, op: [6, "!"] }]);
    expect([doc.text, doc.unsaved]).to.deep.equal(["a cats!", 1]);
  });

  it("is not misled by a room that is ahead of the reply", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack();
    desk.tells(8, ["a "]);
    desk.answersSince(7, []);
    expect([doc.text, doc.version]).to.deep.equal(["a cats", 8]);
    expect(desk.all("open").length).to.equal(1);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"] });
  });

  it("sends its op in the old name, with its ticket, when the server gives it another id", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.cuts();
    desk.takesBack("ann-2");
    desk.answersSince(8, [desk.op(8, ["a "])]);
    const client = { id: "ann-1", ticket: "ticket of ann-1" };
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"], client });
    desk.acknowledges(9);
    // Whatever was unsent together keeps one name; after that, the connection's own is good enough.
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 9, seq: 2, op: [6, "!"], client });
    desk.acknowledges(10);
    doc.submit(["? "]);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 10, seq: 1, op: ["? "] });
    expect(doc.text).to.equal("? a cats!");
  });

  it("sends it under the new name when the server does not know the old one, after looking for it in what it missed", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack("ann-2");
    desk.answersSince(9, [desk.op(8, ["a "])]);
    expect(desk.all("submit")).to.deep.equal([]);
    desk.answers("ops", { ops: [desk.op(9, ["Oh, "])], head: 9 });
    desk.refuses("submit", "client_unknown");
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 9, seq: 1, op: [9, "s"] });
    desk.tells(10, [9, "s"], "ann-2", 1);
    expect([doc.text, doc.status]).to.deep.equal(["Oh, a cats", "saved"]);
  });

  it("finds its op under the old name, and sends nothing", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack("ann-2");
    desk.answersSince(8, [desk.op(8, [3, "s"], "ann-1", 1)]);
    expect(desk.all("submit")).to.deep.equal([]);
    expect([doc.text, doc.status]).to.deep.equal(["cats", "saved"]);
  });

  it("never goes back: an older snapshot in a late answer is not taken", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const { asked } = desk.line;
    desk.tells(8, ["a "]);
    asked[0]!.answer({ ok: { head: 7, writable: true, people: [], snapshot: "cat" } } as never);
    expect([doc.text, doc.version]).to.deep.equal(["a cat", 8]);
  });

  it("takes what the room told while the document was on its way for a hint, and asks", () => {
    const desk = new Desk();
    desk.connect();
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "plain" });
    desk.tells(7, ["zzz"]);
    desk.tells(8, ["a "]);
    expect(doc.status).to.equal("loading");
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
    // What it said may have been of another life of the document.
    expect([doc.text, doc.version, doc.status]).to.deep.equal(["cat", 7, "saved"]);
    desk.clock.advance(50);
    desk.answers("ops", { ops: [desk.op(8, ["a "])], head: 8 });
    expect([doc.text, doc.version, doc.status]).to.deep.equal(["a cat", 8, "saved"]);
  });
});
