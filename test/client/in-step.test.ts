// The duties of a document towards its line: what it asks for and lets be, whatever it hears and whenever.

import { expect } from "chai";
import { Desk, type Doc, openedByToken, snapshot } from "./desk.js";

/** What it tells of its status from here on. */
function statuses(doc: Doc): string[] {
  const told: string[] = [];
  doc.on("status", ({ status }) => told.push(status));
  return told;
}

describe("a document that misses something", () => {
  it("takes in what the room tells while page after page is fetched", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    desk.takesBack();
    desk.answersSince(9, []);
    desk.tells(8, ["a"]);
    desk.tells(9, ["b"]);
    expect([doc.text, doc.version]).to.deep.equal(["bacat", 9]);
    desk.answers("ops", { ops: [desk.op(8, ["a"])], head: 9 });
    expect([doc.text, doc.status]).to.deep.equal(["bacat", "saved"]);
    desk.clock.advance(10_000);
    expect(desk.all("ops").length).to.equal(1);
  });

  it("asks for it on the next line too, where the first was cut before it could ask", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.tells(9, ["b"]);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(9, [desk.op(8, ["a"]), desk.op(9, ["b"])]);
    desk.tells(11, ["d"]);
    desk.clock.advance(50);
    expect([doc.version, desk.sent("ops")?.since]).to.deep.equal([9, 9]);
  });

  it("is not content with an older head that it is told afterwards, nor on the next line", () => {
    const desk = new Desk();
    desk.open("cat");
    desk.tells(9, ["b"]);
    desk.event("head", { doc: "notes", version: 7 });
    desk.clock.advance(50);
    expect(desk.sent("ops")?.since).to.equal(7);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(7, []);
    desk.clock.advance(50);
    expect(desk.sent("ops")?.since).to.equal(7);
  });

  it("goes on at once where a page says that there is more by now", () => {
    const desk = new Desk();
    desk.open("cat");
    desk.event("head", { doc: "notes", version: 8 });
    desk.clock.advance(50);
    desk.answers("ops", { ops: [desk.op(8, ["a"])], head: 9 });
    expect(desk.all("ops").map(({ since }) => since)).to.deep.equal([7, 8]);
  });

  it("misses nothing of the life that is over, once it is fetched anew with fewer versions", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("head", { doc: "notes", epoch: "2", version: 1 });
    desk.answers("open", { ...snapshot(1, "dog"), epoch: "2" });
    desk.clock.advance(10_000);
    expect([doc.text, doc.version, desk.all("ops")]).to.deep.equal(["dog", 1, []]);
  });

  it("takes a head for what it is also before the document is there", () => {
    const desk = new Desk();
    desk.connect();
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "plain" });
    desk.event("head", { doc: "notes", version: 9 });
    desk.answers("open", snapshot(9, "cat"));
    expect([doc.text, doc.version]).to.deep.equal(["cat", 9]);
  });
});

describe("what one may do to a document", () => {
  const mayNot = { writable: false, role: "viewer", people: [] } as const;

  it("is what the server says when one comes back, and when the document is fetched anew", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    desk.takesBack();
    desk.answers("open", { head: 7, ops: [], ...mayNot });
    expect([doc.status, doc.role]).to.deep.equal(["readonly", "viewer"]);
    desk.event("head", { doc: "notes", epoch: "2", version: 9 });
    desk.answers("open", { ...snapshot(9, "cat"), epoch: "2", role: "editor" });
    expect([doc.status, doc.role]).to.deep.equal(["saved", "editor"]);
  });

  it("is told when it is only reading from now on, without anything having been asked", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = statuses(doc);
    desk.event("fault", { doc: "notes", fault: { code: "readonly", message: "" } });
    expect([told, doc.role]).to.deep.equal([["readonly"], "viewer"]);
  });

  it("is as it was after a fault that is about one message, or about this moment", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = statuses(doc);
    for (const code of ["message_malformed", "busy"] as const)
      desk.event("fault", { doc: "notes", fault: { code, message: "" } });
    expect([told, doc.fault]).to.deep.equal([[], undefined]);
  });
});

describe("a document that is fetched anew", () => {
  it("says meanwhile that nobody knows whether it is saved", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = statuses(doc);
    desk.event("head", { doc: "notes", epoch: "2", version: 9 });
    expect(told).to.deep.equal(["saving"]);
    desk.answers("open", { ...snapshot(9, "cat"), epoch: "2" });
    expect([told[0], told.at(-1)]).to.deep.equal(["saving", "saved"]);
  });

  it("is so too where its life has ended while it was still catching up", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    desk.takesBack();
    desk.answersSince(9, []);
    desk.event("head", { doc: "notes", epoch: "2", version: 3 });
    desk.answers("open", { ...snapshot(3, "dog"), epoch: "2" });
    expect([doc.text, doc.version, doc.status]).to.deep.equal(["dog", 3, "saved"]);
  });
});

describe("a fault that is about the whole connection", () => {
  it("is the connection's business, whatever it answers: with a fresh token all goes on", async () => {
    const desk = new Desk();
    const doc = await openedByToken(desk, "cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "token_expired");
    desk.clock.advance(0);
    await new Promise(setImmediate);
    desk.welcomes();
    desk.answersSince(7, []);
    expect([doc.status, doc.fault, desk.sent("submit")?.op]).to.deep.equal(["saving", undefined, [3, "s"]]);
  });

  it("ends the connection where no waiting mends it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "origin_refused");
    expect([desk.client.status, doc.fault?.code, doc.unsaved]).to.deep.equal(["closed", "origin_refused", 1]);
  });
});

describe("a document that moves to another line", () => {
  it("was never away, also if it was still catching up, or moving already", () => {
    for (const moves of [["catching"], ["live", "moving"]]) {
      const desk = new Desk();
      const doc = desk.open("cat");
      if (moves[0] === "catching") {
        desk.cuts();
        desk.takesBack();
        desk.answersSince(9, []);
      }
      const told = statuses(doc);
      for (const _ of moves) {
        desk.event("draining", { returnAfterMs: 0 });
        desk.clock.advance(1);
        desk.welcomes();
      }
      expect([told, doc.status, desk.sent("open")?.since], moves[0]).to.deep.equal([[], "saved", 7]);
    }
  });
});
