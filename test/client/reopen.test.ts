// History that is gone: the document is fetched anew, and what is unsent is carried over, never dropped.

import { expect } from "chai";
import { Desk, openedByToken, refusals, snapshot } from "./desk.js";

describe("a document whose history is gone", () => {
  it("is fetched, and pending ops are carried past the difference", () => {
    const desk = new Desk();
    const doc = desk.open("one two three");
    desk.cuts();
    doc.submit([13, " four"]);
    doc.submit([4, { d: 4 }]);
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    expect(desk.sent("open")).to.deep.equal({ doc: "notes", type: "plain", create: false });
    desk.answers("open", snapshot(90, "zero one two three"));
    expect([doc.text, doc.version]).to.deep.equal(["zero one three four", 90]);
    expect(desk.all("submit").map(({ version, seq }) => [version, seq])).to.deep.equal([[90, 1]]);
    desk.acknowledges(91);
    expect([doc.status, refusals(doc).length]).to.deep.equal(["saved", 0]);
  });

  it("asks first what became of an op in flight, by sending it against a version that will never be", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", snapshot(90, "The cats"));
    const version = Number.MAX_SAFE_INTEGER;
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version, seq: 1, op: [3, "s"] });
    desk.acknowledges(8);
    expect(doc.text).to.equal("The cats!");
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 90, seq: 2, op: [8, "!"] });
  });

  it("sends it as a new op when it was not committed", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", snapshot(90, "The cat"));
    desk.refuses("submit", "version_ahead");
    expect(doc.text).to.equal("The cats");
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 90, seq: 2, op: [7, "s"] });
  });

  it("fetches once more when the op was committed just after what was fetched", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", snapshot(90, "The cat"));
    desk.acknowledges(91);
    desk.clock.advance(1);
    desk.answers("open", snapshot(91, "The cats"));
    expect([doc.text, doc.version, doc.status]).to.deep.equal(["The cats", 91, "saved"]);
  });

  it("may be known by the refusal of a submission, and then the op is known to be unsent", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "version_unknown");
    desk.answers("open", snapshot(90, "The cat"));
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 90, seq: 2, op: [7, "s"] });
    expect(doc.text).to.equal("The cats");
  });

  it("takes changes while it is fetched", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    doc.submit([3, "s"]);
    expect([doc.text, doc.status]).to.deep.equal(["cats", "saving"]);
    desk.answers("open", snapshot(90, "The cat"));
    expect(doc.text).to.equal("The cats");
  });

  it("gives the text of an op back, when nobody answers for its name any more", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack("ann-2");
    desk.refuses("open", "version_unknown");
    desk.answers("open", snapshot(90, "The cat"));
    desk.refuses("submit", "client_unknown");
    expect([doc.text, refused.map(({ text }) => text)]).to.deep.equal(["The cat", ["s"]]);
  });

  it("asks for the fate of an op that was sent under another name with the proof that it is ours", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack("ann-2");
    desk.refuses("open", "version_unknown");
    desk.answers("open", snapshot(90, "The cat"));
    expect(desk.sent("submit")?.client).to.deep.equal({ id: "ann-1", ticket: "ticket of ann-1" });
  });

  it("gives the text of an op back, when we may not write any more and nobody says what became of it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", { ...snapshot(90, "The cat"), writable: false });
    desk.refuses("submit", "readonly");
    expect([doc.text, doc.status]).to.deep.equal(["The cat", "readonly"]);
    expect(doc.recovered.map(({ text }) => text)).to.deep.equal(["s"]);
  });

  it("waits for a fresh token, where that is why nobody says what became of an op", async () => {
    const desk = new Desk();
    const doc = await openedByToken(desk, "cat");
    doc.submit([3, "s"]);
    desk.event("head", { doc: "notes", epoch: "2", version: 9 });
    desk.answers("open", { ...snapshot(9, "dog"), epoch: "2" });
    // The answer to the submission itself is not waited for any more.
    desk.refuses("submit", "op_malformed");
    desk.refuses("submit", "token_expired");
    expect([desk.client.status, doc.text, doc.fault]).to.deep.equal(["waiting", "cats", undefined]);
  });

  it("is not fetched in a hurry when that does not help", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.chance = 0.999;
    doc.submit([3, "s"]);
    desk.refuses("submit", "version_unknown");
    desk.refuses("open", "version_unknown");
    expect(desk.all("open").length).to.equal(2);
    desk.clock.advance(400);
    expect(desk.all("open").length).to.equal(2);
    desk.clock.advance(2_000);
    expect(desk.all("open").length).to.equal(3);
  });
});

describe("a document that was fetched anew", () => {
  it("is fetched at once the next time", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    for (const head of [90, 190]) {
      doc.submit(["a"]);
      desk.refuses("submit", "version_unknown");
      desk.answers("open", snapshot(head, "cat"));
      desk.acknowledges(head + 1);
    }
    expect([doc.status, doc.version]).to.deep.equal(["saved", 191]);
  });

  it("is told as no change where nothing in it is new", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const origins: unknown[] = [];
    doc.on("change", ({ origin }) => origins.push(origin));
    for (const [head, text] of [
      [90, "cat"],
      [190, "cats"],
    ] as const) {
      desk.cuts();
      desk.takesBack();
      desk.refuses("open", "version_unknown");
      desk.answers("open", snapshot(head, text));
      expect([doc.version, doc.text]).to.deep.equal([head, text]);
    }
    expect(origins).to.deep.equal(["replace"]);
  });

  it("can still be undone, past what was new in it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.acknowledges(8);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", snapshot(90, "The cats"));
    expect([doc.undo(), doc.text]).to.deep.equal([true, "The cat"]);
  });
});

describe("a server that has lost history", () => {
  it("is followed, and the text that it no longer has is told", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    const changes: unknown[] = [];
    doc.on("change", ({ op, origin }) => changes.push([origin, op]));
    desk.tells(8, [3, "s and dogs"]);
    desk.cuts();
    doc.submit([13, "!"]);
    desk.takesBack();
    desk.refuses("open", "version_ahead");
    desk.answers("open", snapshot(7, "cat"));
    expect([doc.text, doc.version]).to.deep.equal(["cat!", 7]);
    expect(refused.map(({ text, fault }) => [text, fault.code])).to.deep.equal([
      ["s and dogs", "version_ahead"],
    ]);
    expect(changes.at(-1)).to.deep.equal(["replace", [3, { d: 10 }]]);
    desk.acknowledges(8);
    expect(doc.status).to.equal("saved");
  });
});
