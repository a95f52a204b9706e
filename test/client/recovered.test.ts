// Edits that could not be applied: each is kept, listed, and can be made again where it belongs or let go.

import { expect } from "chai";
import type { Notice } from "../../client/index.js";
import type { PlainOp } from "../../ot/index.js";
import { Desk, type Doc, refusals } from "./desk.js";
import { Shelf } from "./shelf.js";

const kept = (doc: Doc) => doc.recovered.map(({ reason, text, fault }) => [reason, text, fault.code]);

function notices(doc: Doc): Notice[] {
  const told: Notice[] = [];
  doc.on("notice", (notice) => told.push(notice));
  return told;
}

describe("a refused edit", () => {
  it("is kept with its text and the reason, and is made again as a new op that can be undone", () => {
    const desk = new Desk();
    const doc = desk.open("one two three");
    const lists: number[] = [];
    doc.on("recovered", (edits) => lists.push(edits.length));
    doc.submit([4, { d: 3 }, "2"]);
    desk.refuses("submit", "bad_url");
    expect(doc.text).to.equal("one two three");
    expect(kept(doc)).to.deep.equal([["refused", "2", "bad_url"]]);
    expect(doc.restore(doc.recovered[0]!.id)).to.equal(true);
    expect([doc.text, doc.recovered, lists]).to.deep.equal(["one 2 three", [], [1, 0]]);
    expect(desk.sent("submit")).to.include({ version: 7, seq: 2 });
    desk.acknowledges(8);
    expect([doc.status, doc.undo(), doc.text]).to.deep.equal(["saved", true, "one two three"]);
  });

  it("goes along with what others and its author write meanwhile", () => {
    const desk = new Desk();
    const doc = desk.open("one two three");
    doc.submit([4, "2 "]);
    doc.submit(["zero "]);
    desk.tells(8, ["Now: "]);
    desk.refuses("submit", "op_malformed");
    desk.tells(9, [5, "-1 "]);
    doc.submit([{ d: 5 }]);
    expect(doc.text).to.equal("Now: -1 one two three");
    expect(doc.restore(doc.recovered[0]!.id)).to.equal(true);
    expect(doc.text).to.equal("Now: -1 one 2 two three");
  });

  it("is let go when its author says so, and not before", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "seq_reused");
    const { id } = doc.recovered[0]!;
    expect([doc.discard("no such"), doc.discard(id), doc.discard(id), doc.restore(id)]).to.deep.equal([
      false,
      true,
      false,
      false,
    ]);
    expect([doc.recovered, doc.text]).to.deep.equal([[], "cat"]);
  });

  it("is there in the next page, and fits the document as it is there", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    doc.submit(["The "]);
    shelf.pages[0]!.dies();
    const next = new Desk();
    next.connect({ store: shelf.page() });
    const again = next.client.open("notes", { type: "plain" });
    expect([again.text, kept(again)]).to.deep.equal(["The cat", [["refused", "s", "op_malformed"]]]);
    expect([again.restore(again.recovered[0]!.id), again.text]).to.deep.equal([true, "The cats"]);
    expect(shelf.records.map(({ recovered }) => recovered)).to.deep.equal([[]]);
  });

  it("keeps its record when the document is closed with everything else saved", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    expect(doc.unsaved).to.equal(0);
    doc.close();
    const again = desk.client.open("notes", { type: "plain" });
    expect(kept(again)).to.deep.equal([["refused", "s", "op_malformed"]]);
  });
});

describe("a document that is closed to us with edits unsent", () => {
  for (const code of ["forbidden", "document_deleted", "type_mismatch"] as const) {
    it(`by ${code} gives all of them back as one, which is kept and no longer unsent`, async () => {
      const shelf = new Shelf();
      const desk = new Desk();
      const doc = desk.open("cat", { store: shelf.page() });
      const refused = refusals(doc);
      doc.submit([3, "s"]);
      doc.submit([4, "!"]);
      desk.event("fault", { doc: "notes", fault: { code, message: code } });
      expect([doc.status, doc.text, doc.unsaved, doc.writable]).to.deep.equal(["fault", "cats!", 0, false]);
      expect(kept(doc)).to.deep.equal([["closed", "s!", code]]);
      expect(refused.map(({ text }) => text)).to.deep.equal(["s", "!"]);
      expect(doc.restore(doc.recovered[0]!.id)).to.equal(false);
      const [record] = shelf.records;
      expect([record!.pending, record!.inflight, record!.unsaved]).to.deep.equal([[], undefined, 0]);
      doc.close();
      await doc.ready;
    });
  }

  it("gives back in one piece with them what was typed until its author heard of it", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, " and dog"]);
    desk.event("fault", { doc: "notes", fault: { code: "document_deleted", message: "" } });
    const typed = (op: PlainOp) => expect(() => doc.submit(op, { keep: true })).to.throw();
    typed([11, " and bird"]);
    expect(kept(doc)).to.deep.equal([["closed", " and dog and bird", "document_deleted"]]);
    typed([11, "!"]);
    const next = new Desk();
    shelf.pages[0]!.dies();
    next.connect({ store: shelf.page() });
    const again = next.client.open("notes", { type: "plain" });
    const [all, last] = again.recovered;
    expect([again.text, again.restore(last!.id), again.text]).to.deep.equal(["cat", true, "cat!"]);
    expect([again.restore(all!.id), again.text]).to.deep.equal([true, "cat and dog and bird!"]);
  });

  it("keeps nothing of an edit that did nothing", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("fault", { doc: "notes", fault: { code: "document_deleted", message: "" } });
    for (const op of [[], [3]]) expect(() => doc.submit(op, { keep: true })).to.throw();
    expect(doc.recovered).to.deep.equal([]);
  });

  it("keeps edits that wait for a decision where they fit the document without what is given back", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    doc.submit(["The "]);
    desk.event("fault", { doc: "notes", fault: { code: "forbidden", message: "" } });
    doc.discard(doc.recovered[1]!.id);
    expect(() => doc.submit([4, "black "], { keep: true })).to.throw();
    doc.close();
    const again = desk.client.open("notes", { type: "plain" });
    for (const { id } of again.recovered) expect(again.restore(id)).to.equal(true);
    expect(again.text).to.equal("black cats");
  });

  it("leaves no copy on the device, unless there is something of ours to decide on", async () => {
    const shelf = new Shelf();
    for (const typed of [false, true]) {
      const desk = new Desk();
      const doc = desk.open("cat", { store: shelf.page() });
      if (typed) doc.submit([3, "s"]);
      desk.event("fault", { doc: "notes", fault: { code: "document_deleted", message: "" } });
      doc.close();
      await new Promise(setImmediate);
    }
    expect(shelf.left).to.deep.equal([
      { keep: false, gone: true },
      { keep: true, gone: true },
    ]);
  });

  it("lets them be made again by whoever may write there later", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.event("fault", { doc: "notes", fault: { code: "forbidden", message: "" } });
    doc.close();
    const again = desk.client.open("notes", { type: "plain" });
    expect(again.text).to.equal("cat");
    desk.answersSince(8, [desk.op(8, ["a "])]);
    expect([again.restore(again.recovered[0]!.id), again.text]).to.deep.equal([true, "a cats!"]);
  });

  it("for want of a token leaves them unsent, for whoever comes with a better one", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page(), token: "old" });
    doc.submit([3, "s"]);
    desk.event("fault", { fault: { code: "token_expired", message: "" } });
    expect([doc.status, doc.fault?.code, doc.recovered, doc.unsaved]).to.deep.equal([
      "fault",
      "token_expired",
      [],
      1,
    ]);
    doc.close();
    const next = new Desk();
    next.connect({ store: shelf.page(), token: "new" });
    const again = next.client.open("notes", { type: "plain" });
    expect([again.text, again.unsaved]).to.deep.equal(["cats", 1]);
  });
});

describe("edits carried over a gap in history", () => {
  const anew = (head: number, snapshot: string, epoch = "1") => ({
    ...{ head, snapshot, epoch, writable: true, people: [] },
  });

  it("are kept as they were as well, and their author is told", () => {
    const desk = new Desk();
    const doc = desk.open("one two three");
    const told = notices(doc);
    desk.cuts();
    doc.submit([13, " four"]);
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", anew(90, "zero one two three"));
    expect(doc.text).to.equal("zero one two three four");
    expect(doc.recovered).to.have.length(1);
    const { reason, text, copy, op, id } = doc.recovered[0]!;
    expect([reason, text, copy, op]).to.deep.equal(["rebased", " four", "one two three four", []]);
    expect([doc.restore(id), told]).to.deep.equal([
      false,
      [{ kind: "rebased", recovered: doc.recovered[0] }],
    ]);
  });

  it("are not spoken of when there are none", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = notices(doc);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "version_unknown");
    desk.answers("open", anew(90, "cats"));
    expect([doc.recovered, told, doc.text]).to.deep.equal([[], [], "cats"]);
  });

  it("in another life of the document are carried over likewise, and that it is another is always told", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = notices(doc);
    desk.cuts();
    desk.takesBack();
    expect(desk.sent("open")).to.include({ since: 7, epoch: "1" });
    desk.refuses("open", "epoch_changed");
    desk.answers("open", anew(3, "cats", "2"));
    expect([doc.text, doc.version, told]).to.deep.equal(["cats", 3, [{ kind: "replaced" }]]);
    doc.submit([4, "!"]);
    expect(desk.sent("submit")).to.include({ version: 3, seq: 1 });
  });

  it("are asked for their fate first: what a restored store still has is not sent again", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "epoch_changed");
    desk.answers("open", anew(8, "cats", "2"));
    expect(desk.sent("submit")).to.include({ version: Number.MAX_SAFE_INTEGER, seq: 1 });
    desk.acknowledges(8);
    expect([doc.text, doc.unsaved, doc.status]).to.deep.equal(["cats", 0, "saved"]);
    expect(doc.recovered).to.deep.equal([]);
  });

  it("can be made again where they were committed to a document that has been made anew since", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s and dogs"]);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "epoch_changed");
    desk.answers("open", anew(12, "", "2"));
    // In the life before: names stay taken, so that nothing of it comes into the next.
    desk.acknowledges(8);
    expect([doc.text, doc.unsaved]).to.deep.equal(["", 0]);
    expect(doc.recovered).to.have.length(1);
    const vanished = doc.recovered[0]!;
    expect([vanished.reason, vanished.text, vanished.copy]).to.deep.equal([
      ...["vanished", "cats and dogs", "cats and dogs"],
    ]);
    expect([doc.restore(vanished.id), doc.text]).to.deep.equal([true, "cats and dogs"]);
  });

  it("leave behind what the server has lost: it can be made again", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s are fine"]);
    desk.acknowledges(8);
    desk.cuts();
    doc.submit(["The "]);
    desk.takesBack();
    desk.refuses("open", "epoch_changed");
    desk.answers("open", anew(7, "cat", "2"));
    expect(doc.text).to.equal("The cat");
    const vanished = doc.recovered.find(({ reason }) => reason === "vanished")!;
    expect(vanished.text).to.equal("s are fine");
    expect([doc.restore(vanished.id), doc.text]).to.deep.equal([true, "The cats are fine"]);
  });

  it("leave behind what the server has lost: it takes nothing of what others wrote since, and can be read", () => {
    const desk = new Desk();
    const doc = desk.open("Agreed: tea.");
    doc.submit([12, " And cake for everybody."]);
    desk.acknowledges(8);
    desk.cuts();
    desk.takesBack();
    desk.refuses("open", "epoch_changed");
    desk.answers("open", anew(8, "Agreed: tea. Bo wrote this instead.", "2"));
    const vanished = doc.recovered.find(({ reason }) => reason === "vanished")!;
    expect(vanished.text).to.equal(" And cake for everybody.");
    expect(vanished.copy).to.equal("Agreed: tea. And cake for everybody.");
    doc.restore(vanished.id);
    expect(doc.text).to.equal("Agreed: tea. Bo wrote this instead. And cake for everybody.");
  });

  it("takes in no op of another life, be it late or early", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const op = { src: "bo", seq: 1, author: "bo", time: 1 };
    desk.event("ops", { doc: "notes", epoch: "0", ops: [{ ...op, version: 8, op: ["late "] }] });
    desk.event("ops", { doc: "notes", epoch: "1", ops: [{ ...op, version: 8, op: ["a "] }] });
    desk.event("ops", { doc: "notes", epoch: "2", ops: [{ ...op, seq: 2, version: 9, op: ["early "] }] });
    expect([doc.text, doc.version]).to.deep.equal(["a cat", 8]);

    desk.event("head", { doc: "notes", epoch: "2", version: 9 });
    desk.event("ops", { doc: "notes", epoch: "1", ops: [{ ...op, seq: 3, version: 9, op: ["late "] }] });
    desk.event("ops", { doc: "notes", epoch: "2", ops: [{ ...op, seq: 3, version: 10, op: ["the "] }] });
    desk.answers("open", anew(9, "dog", "2"));
    expect([doc.text, doc.version]).to.deep.equal(["the dog", 10]);
  });

  it("meet no op that came early in the life before", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.tells(9, ["early "]);
    desk.event("head", { doc: "notes", epoch: "2", version: 7 });
    desk.answers("open", anew(7, "dog", "2"));
    const op = { src: "bo", seq: 1, author: "bo", time: 1, version: 8, op: ["the "] };
    desk.event("ops", { doc: "notes", epoch: "2", ops: [op] });
    expect([doc.text, doc.version]).to.deep.equal(["the dog", 8]);
  });

  it("are noticed by the heartbeat, when the document begins another life while it is open", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const told = notices(doc);
    desk.event("head", { doc: "notes", epoch: "2", version: 7 });
    expect(desk.sent("open")).to.deep.equal({ doc: "notes", type: "plain", create: false });
    desk.answers("open", anew(2, "dog", "2"));
    expect([doc.text, doc.version, told.map(({ kind }) => kind)]).to.deep.equal(["dog", 2, ["replaced"]]);
  });

  it("wait for what is fetched, when the room speaks of the other life before it is here", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("head", { doc: "notes", epoch: "2", version: 7 });
    desk.tells(8, ["the "]);
    expect(doc.text).to.equal("cat");
    desk.answers("open", anew(7, "dog", "2"));
    expect([doc.text, doc.version]).to.deep.equal(["the dog", 8]);
  });

  it("go along with a later edit that is taken back", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    doc.submit(["The "]);
    desk.refuses("submit", "op_malformed");
    const [first, second] = doc.recovered;
    expect([doc.restore(first!.id), doc.text]).to.deep.equal([true, "cats"]);
    expect([doc.restore(second!.id), doc.text]).to.deep.equal([true, "The cats"]);
  });
});
