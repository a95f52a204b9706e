// What of a document is on the device: all of it in one record, written as it changes, believed only when it is written,
// and taken up by the next page.

import { expect } from "chai";
import { memoryOutbox, OutboxError, type SaveState } from "../../client/index.js";
import { Desk, type Doc, outcome } from "./desk.js";
import { Shelf } from "./shelf.js";

/** The document of the next page on the same device, at a desk of its own. */
function nextPage(shelf: Shelf, id?: string): { readonly desk: Desk; readonly doc: Doc } {
  const desk = new Desk();
  desk.connect({ store: shelf.page() });
  const doc = desk.client.open("notes", { type: "plain" });
  if (id !== undefined) desk.welcomes(id);
  return { desk, doc };
}

describe("the next page after one that died", () => {
  it("shows the same document without a network, and can take back what the other did", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"], { group: "one" });
    desk.tells(8, ["a "]);
    doc.submit([6, "!"], { group: "two" });
    doc.submit([7, "!"], { group: "three" });
    doc.undo();
    shelf.pages[0]!.dies();
    const { doc: again } = nextPage(shelf);
    expect([again.text, again.version, again.status]).to.deep.equal(["a cats!", 8, "offline"]);
    expect([again.unsaved, again.canUndo, again.canRedo]).to.deep.equal([doc.unsaved, true, true]);
    expect(again.save.stage).to.equal("device");
    again.undo();
    expect(again.text).to.equal("a cats");
    again.undo();
    expect(again.text).to.equal("a cat");
    again.redo();
    again.redo();
    again.redo();
    expect(again.text).to.equal("a cats!!");
  });

  it("sends the op in flight and those after it in the name of the page that died", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    shelf.pages[0]!.dies();
    const { desk: next, doc: again } = nextPage(shelf, "ann-2");
    again.submit(["The "]);
    next.answersSince(7, []);
    const client = { id: "ann-1", ticket: "ticket of ann-1" };
    expect(next.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"], client });
    next.acknowledges(8);
    // What the other page had typed is not mixed with what this one types: sent twice, it must be the same op.
    expect(next.sent("submit")).to.deep.equal({ doc: "notes", version: 8, seq: 2, op: [4, "!"], client });
    next.acknowledges(9);
    // Names that the other may have given without having been able to write that down are left out.
    const seq = 3 + 2 ** 16;
    expect(next.sent("submit")).to.deep.equal({ doc: "notes", version: 9, seq, op: ["The "], client });
    next.acknowledges(10);
    expect([again.text, again.status]).to.deep.equal(["The cats!", "saved"]);
  });

  it("finds in history what the other had sent without having been able to write that down", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    desk.cuts();
    doc.submit([3, "s"]);
    const stale = shelf.records[0]!;
    expect([stale.inflight, stale.pending.length, stale.nextSeq]).to.deep.equal([undefined, 1, 1]);
    shelf.pages[0]!.dies();
    const { desk: next, doc: again } = nextPage(shelf, "ann-2");
    next.answersSince(9, [next.op(8, ["a "]), next.op(9, [5, "s and dogs"], "ann-1", 1)]);
    // It had typed on before it sent: the committed form has all of it.
    expect([again.text, again.unsaved, again.status]).to.deep.equal(["a cats and dogs", 0, "saved"]);
    expect(next.all("submit")).to.deep.equal([]);
  });

  it("opens what was all saved by its version, and shows it before there is a network", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.submit([3, "s"]);
    desk.acknowledges(8);
    shelf.pages[0]!.dies();
    const { desk: next, doc: again } = nextPage(shelf, "ann-2");
    expect([again.text, again.status, again.unsaved]).to.deep.equal(["cats", "offline", 0]);
    expect(next.sent("open")).to.include({ since: 8, epoch: "1" });
    next.answersSince(8, []);
    expect(again.status).to.equal("saved");
    again.submit([4, "!"]);
    expect(next.sent("submit")).to.deep.equal({ doc: "notes", version: 8, seq: 1, op: [4, "!"] });
  });

  it("leaves a record alone that it cannot read, and says that nothing is stored", () => {
    const shelf = new Shelf();
    const first = new Desk();
    first.open("cat", { store: shelf.page() });
    const [record] = shelf.records;
    const damaged = { ...record!, pending: [{ op: [99, "x"], first: 1, last: 1 }], unsaved: 1 };
    shelf.slots.splice(0);
    shelf.put("notes", damaged);
    const { desk, doc } = nextPage(shelf, "ann-2");
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
    doc.submit([3, "s"]);
    expect([doc.text, doc.save.storage]).to.deep.equal(["cats", "failed"]);
    doc.close();
    expect(shelf.records).to.deep.equal([damaged]);
  });
});

describe("a document that is opened again as soon as it is closed", () => {
  it("has what was typed a moment ago, once that is written, and can take it back", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    const [page] = shelf.pages;
    await outcome(doc.stored());
    shelf.slow = true;
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    doc.close();
    const again = desk.client.open("notes", { type: "plain" });
    expect(await outcome(again.ready)).to.equal("pending");
    while (page!.waiting.length > 0) await page!.writes();
    expect([again.text, again.unsaved, again.canUndo]).to.deep.equal(["cats!", 2, true]);
    expect(shelf.records.length).to.equal(1);
    desk.answersSince(7, []);
    expect(desk.sent("submit")).to.deep.include({ doc: "notes", version: 7, seq: 1 });
  });

  it("waits for nothing where the one before was closed with everything saved and written", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    doc.close();
    await outcome(Promise.resolve());
    desk.client.open("notes", { type: "plain" });
    expect(desk.all("open").length).to.equal(2);
  });

  for (const [how, leave] of [
    ["rejects", () => Promise.reject(new Error("no more"))],
    [
      "throws",
      () => {
        throw new Error("no more");
      },
    ],
  ] as const) {
    it(`is there also where a store of one's own ${how} when it is told that the one before was closed`, async () => {
      const memory = memoryOutbox();
      const open: typeof memory.open = (...of) => Object.assign(memory.open(...of), { leave });
      const desk = new Desk();
      const doc = desk.open("cat", { store: { ...memory, open } });
      const complain = console.error;
      const complaints: unknown[] = [];
      console.error = (what: unknown) => void complaints.push(what);
      try {
        doc.close();
        const again = desk.client.open("notes", { type: "plain" });
        await outcome(Promise.resolve());
        desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
        expect([await outcome(again.ready), again.text]).to.deep.equal(["resolved", "cat"]);
      } finally {
        console.error = complain;
      }
      expect(complaints).to.deep.equal(["interline: a store could not close its document"]);
    });
  }

  it("in vain, while it is open, keeps nobody from sending what another page of it left", async () => {
    const shelf = new Shelf();
    const [one, two] = [new Desk(), new Desk()];
    const doc = one.open("cat", { store: shelf.page() });
    const other = two.open("cat", { store: shelf.page() });
    expect(() => one.client.open("notes", { type: "plain" })).to.throw("open already");
    await outcome(doc.ready);
    two.cuts();
    other.submit([3, "s"]);
    shelf.pages[1]!.dies();
    await outcome(doc.ready);
    expect(one.lines.length).to.equal(2);
  });
});

describe("where the newest change is", () => {
  it("is said step by step: in the page, on the device, on its way, saved", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    const stages: SaveState["stage"][] = [];
    doc.on("save", ({ stage }) => stages.at(-1) !== stage && stages.push(stage));
    shelf.slow = true;
    doc.submit([3, "s"]);
    const stored = doc.stored();
    expect([doc.save.stage, await outcome(stored), desk.all("submit")]).to.deep.equal([
      "typed",
      "pending",
      [],
    ]);
    await store.writes();
    // The op's name is written before it goes out.
    expect([doc.save.stage, await outcome(stored), desk.all("submit")]).to.deep.equal([
      "device",
      "resolved",
      [],
    ]);
    await store.writes();
    expect([doc.save, desk.all("submit").length]).to.deep.equal([
      { stage: "sent", version: 7, unsaved: 1, storage: "durable" },
      1,
    ]);
    desk.acknowledges(8);
    expect(doc.save).to.deep.equal({ stage: "saved", version: 8, unsaved: 0, storage: "durable" });
    expect(stages).to.deep.equal(["typed", "device", "sent", "saved"]);
  });

  it("is not called saved while a recovered edit is only in the page", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    doc.submit([3, "s"]);
    shelf.slow = true;
    desk.refuses("submit", "op_malformed");
    expect([doc.unsaved, doc.save.stage]).to.deep.equal([0, "typed"]);
    await store.writes();
    expect(doc.save.stage).to.equal("saved");
  });

  it("is never the device, where the store is only memory", async () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.cuts();
    doc.submit([3, "s"]);
    expect(doc.save).to.deep.equal({ stage: "typed", version: 7, unsaved: 1, storage: "memory" });
    expect(await outcome(doc.stored())).to.equal("resolved");
  });

  it("is the page again, when something newer was typed", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    desk.cuts();
    shelf.slow = true;
    doc.submit([3, "s"]);
    await store.writes();
    expect(doc.save.stage).to.equal("device");
    doc.submit([4, "!"]);
    expect(doc.save.stage).to.equal("typed");
    await store.writes();
    expect(doc.save.stage).to.equal("device");
  });
});

describe("a store in trouble", () => {
  it("without room keeps nothing back from the server, says so, and is tried again", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    shelf.slow = true;
    doc.submit([3, "s"]);
    await store.refuses(new OutboxError("full", "no room"));
    expect([doc.save.storage, doc.save.stage]).to.deep.equal(["full", "typed"]);
    await store.refuses(new OutboxError("full", "no room"));
    expect(desk.all("submit").length).to.equal(1);
    desk.cuts();
    desk.clock.advance(2_000);
    expect(store.waiting.length).to.equal(1);
    await store.writes();
    expect([doc.save.storage, doc.save.stage]).to.deep.equal(["durable", "device"]);
    expect(shelf.records[0]!.inflight).to.include({ seq: 1 });
    // After a write that failed, nobody knows what the store has: the next one gives it the whole document.
    expect(shelf.steps.at(-1)).to.equal(undefined);
  });

  it("is tried again after a while, though nothing is typed and nothing happens", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    desk.cuts();
    shelf.slow = true;
    doc.submit([3, "s"]);
    for (let times = 1; times <= 3; times++) {
      await store.refuses(new OutboxError("failed", "no luck"));
      expect(store.waiting.length).to.equal(0);
      desk.clock.advance(1_999);
      expect(store.waiting.length).to.equal(0);
      desk.clock.advance(1);
      expect(store.waiting.length).to.equal(1);
    }
    await store.writes();
    expect([doc.save.storage, doc.save.stage]).to.deep.equal(["durable", "device"]);
  });

  it("that refuses at once is not asked again at once, and the page goes on", async () => {
    for (const refuse of [
      () => Promise.reject(new OutboxError("full", "no room")),
      () => {
        throw new OutboxError("failed", "no luck");
      },
    ]) {
      let asked = 0;
      const save = () => {
        if (asked++ > 100) throw new Error("asked without end");
        return refuse();
      };
      const store = { ...memoryOutbox(), open: () => ({ found: undefined, save, leave: () => undefined }) };
      const desk = new Desk();
      const doc = desk.open("cat", { store });
      doc.submit([3, "s"]);
      await new Promise(setImmediate);
      expect(asked).to.be.at.most(6);
      expect(desk.sent("submit")).to.include({ seq: 1 });
      const before = asked;
      desk.clock.advance(2_000);
      await new Promise(setImmediate);
      expect(asked - before).to.equal(1);
    }
  });

  it("that never answers is not waited for longer than five seconds", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    shelf.slow = true;
    doc.submit([3, "s"]);
    desk.clock.advance(4_999);
    expect([desk.all("submit").length, doc.save.storage]).to.deep.equal([0, "durable"]);
    desk.clock.advance(1);
    await new Promise(setImmediate);
    expect([desk.all("submit").length, doc.save.storage]).to.deep.equal([1, "failed"]);
    doc.submit([4, "!"]);
    desk.clock.advance(60_000);
    expect(store.waiting.length, "one write at a time").to.equal(1);
    // It answers after all: everything that happened meanwhile is written.
    await store.writes();
    desk.clock.advance(1);
    await store.writes();
    expect(doc.save.storage).to.equal("durable");
    expect(shelf.records[0]!.pending.map(({ op }) => op)).to.deep.equal([[4, "!"]]);
  });

  it("has everything when closing the connection says so", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    desk.cuts();
    shelf.slow = true;
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    const closed = desk.client.close();
    expect(await outcome(closed)).to.equal("pending");
    await store.writes();
    expect(await outcome(closed)).to.equal("pending");
    await store.writes();
    expect([await outcome(closed), shelf.records[0]!.unsaved]).to.deep.equal(["resolved", 2]);
  });

  it("is given everything at once when the page may end, whatever it was doing", async () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    desk.cuts();
    shelf.slow = true;
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    store.flush();
    expect(store.waiting.length).to.equal(2);
    await store.writes();
    await store.writes();
    expect(shelf.records[0]!.unsaved).to.equal(2);
  });
});
