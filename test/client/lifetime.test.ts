// Opening, closing and opening again; what outlives a document.

import { expect } from "chai";
import { memoryOutbox, type Outbox, type OutboxPlace, type OutboxRecord } from "../../client/index.js";
import { Desk, outcome } from "./desk.js";

describe("a document", () => {
  it("is made if there is none, and acknowledged by its first version", () => {
    const desk = new Desk();
    desk.connect();
    const doc = desk.client.open("notes", { type: "plain" });
    const other = desk.client.open("other", { type: "plain", create: false });
    desk.welcomes();
    expect(desk.all("open")).to.deep.equal([
      { doc: "notes", type: "plain", create: true },
      { doc: "other", type: "plain", create: false },
    ]);
    desk.answers("open", { head: 1, writable: true, people: [], snapshot: "" });
    expect([doc.version, doc.text, doc.status, other.status]).to.deep.equal([1, "", "saved", "loading"]);
  });

  it("has nothing to show and takes no changes before it is loaded", () => {
    const desk = new Desk();
    desk.connect();
    const doc = desk.client.open("notes", { type: "plain" });
    expect(() => doc.snapshot).to.throw("not loaded");
    expect(() => doc.submit(["x"])).to.throw("not loaded");
    expect([doc.version, doc.unsaved, doc.status, doc.undo()]).to.deep.equal([0, 0, "loading", false]);
  });

  it("refuses an op that does not fit, and is as before", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    expect(() => doc.submit([9, "x"])).to.throw();
    expect(() => doc.submit(["\ud800"])).to.throw();
    expect([doc.text, doc.unsaved, doc.status, doc.canUndo]).to.deep.equal(["cat", 0, "saved", false]);
  });

  it("takes an op that does nothing for nothing", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const changes: unknown[] = [];
    doc.on("change", (change) => changes.push(change));
    doc.submit([]);
    doc.submit([2]);
    expect([doc.unsaved, desk.all("submit").length, changes, doc.canUndo]).to.deep.equal([0, 0, [], false]);
  });

  it("is open once on a connection", () => {
    const desk = new Desk();
    desk.open("cat");
    expect(() => desk.client.open("notes", { type: "plain" })).to.throw("open already");
  });

  it("hears nothing more once it is closed, and tells the server", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.close();
    expect(desk.sent("leave")).to.deep.equal({ doc: "notes" });
    desk.tells(8, ["zzz"]);
    expect(doc.text).to.equal("cat");
    expect(() => doc.submit(["x"])).to.throw("closed");
    doc.close();
    // Not again either when nobody answers: the document may have been opened anew by then.
    desk.clock.advance(60_000);
    expect(desk.all("leave").length).to.equal(1);
  });

  it("can be closed while it is opening, and while there is no server", async () => {
    const desk = new Desk();
    desk.connect();
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "plain" });
    doc.close();
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
    expect(await outcome(doc.ready)).to.equal("rejected");
    desk.cuts();
    const again = desk.client.open("notes", { type: "plain" });
    again.close();
    desk.takesBack();
    expect(desk.all("open")).to.deep.equal([]);
  });

  it("is closed with its connection, and what is unsaved waits in the store", async () => {
    const store = memoryOutbox();
    const desk = new Desk();
    const doc = desk.open("cat", { store });
    doc.submit([3, "s"]);
    const settled = doc.settled();
    desk.client.close();
    expect(await outcome(settled)).to.equal("rejected");
    expect(() => doc.submit([4, "!"])).to.throw("closed");
    expect([desk.client.status, desk.line.open]).to.deep.equal(["closed", false]);
    const other = new Desk();
    other.connect({ store });
    expect(other.client.open("notes", { type: "plain" }).text).to.equal("cats");
  });

  it("that is opened again on the same connection never names an op like an earlier one", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.acknowledges(8);
    doc.close();
    const again = desk.client.open("notes", { type: "plain" });
    desk.answers("open", { head: 8, writable: true, people: [], snapshot: "cats" });
    again.submit([3, "s"]);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 8, seq: 2, op: [3, "s"] });
  });
});

describe("what a closed document left unsent", () => {
  it("is taken over by the next, with the op in flight under its name", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.cuts();
    doc.close();
    const again = desk.client.open("notes", { type: "plain" });
    expect([again.text, again.version, again.unsaved, again.status]).to.deep.equal([
      "cats!",
      7,
      2,
      "offline",
    ]);
    desk.takesBack();
    desk.answersSince(8, [desk.op(8, ["a "])]);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 1, op: [3, "s"] });
    desk.acknowledges(9);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 9, seq: 2, op: [6, "!"] });
    desk.acknowledges(10);
    expect([again.text, again.status]).to.deep.equal(["a cats!", "saved"]);
  });

  it("is taken over once, and by another client of the same store", () => {
    const store = memoryOutbox();
    const desk = new Desk();
    const doc = desk.open("cat", { store });
    desk.cuts();
    doc.submit([3, "s"]);
    doc.close();
    const other = new Desk();
    other.connect({ store });
    const [first, second] = [
      other.client.open("notes", { type: "plain" }),
      other.client.open("more", { type: "plain" }),
    ];
    expect([first.text, second.status]).to.deep.equal(["cats", "loading"]);
    const third = new Desk();
    third.connect({ store });
    expect(third.client.open("notes", { type: "plain" }).status).to.equal("loading");
  });

  it("stays in the store, if it is of another type than asked for", () => {
    const store = memoryOutbox();
    const desk = new Desk();
    const doc = desk.open("cat", { store });
    desk.cuts();
    doc.submit([3, "s"]);
    doc.close();
    const wrong = desk.client.open("notes", { type: "rich" });
    expect(wrong.status).to.equal("loading");
    wrong.close();
    expect(desk.client.open("notes", { type: "plain" }).text).to.equal("cats");
  });

  it("goes on counting where its client id had got to", () => {
    const record: OutboxRecord = {
      type: "plain",
      epoch: "1",
      version: 7,
      confirmed: "cat",
      pending: [{ op: [3, "s"], first: 1, last: 1 }],
      changes: 1,
      client: { id: "ann-1", ticket: "ticket of ann-1" },
      nextSeq: 5,
      unsaved: 1,
      recovered: [],
    };
    const place: OutboxPlace = { found: record, save: () => undefined, leave: () => undefined };
    const desk = new Desk();
    desk.connect({ store: { ...memoryOutbox(), open: () => place } });
    const doc = desk.client.open("notes", { type: "plain" });
    expect([doc.text, doc.status, doc.unsaved]).to.deep.equal(["cats", "offline", 1]);
    desk.welcomes();
    desk.answersSince(7, []);
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 5, op: [3, "s"] });
  });

  it("is nothing, if all was saved", () => {
    const store = memoryOutbox();
    const desk = new Desk();
    const doc = desk.open("cat", { store });
    doc.submit([3, "s"]);
    desk.acknowledges(8);
    doc.close();
    expect(desk.client.open("notes", { type: "plain" }).status).to.equal("loading");
  });
});

/** A store whose writes end when a test says so. */
class SlowStore implements Outbox {
  readonly state = "durable";
  readonly onState = () => () => {};
  readonly saved: OutboxRecord[] = [];
  readonly #ends: (() => void)[] = [];

  async open(): Promise<OutboxPlace> {
    return {
      found: undefined,
      save: (record) => {
        this.saved.push(record);
        return new Promise((resolve) => this.#ends.push(resolve));
      },
      leave: () => undefined,
    };
  }

  async end(): Promise<void> {
    this.#ends.shift()?.();
    await new Promise(setImmediate);
  }
}

describe("a store that takes its time", () => {
  it("has an op's name before the op goes out", async () => {
    const store = new SlowStore();
    const desk = new Desk();
    desk.connect({ store });
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "plain" });
    await new Promise(setImmediate);
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: "cat" });
    await store.end();
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    // One write at a time: the latest waits for the one before it.
    expect([doc.text, desk.all("submit").length, store.saved.length]).to.deep.equal(["cats!", 0, 2]);
    for (let writes = 0; writes < 3; writes++) await store.end();
    const { inflight } = store.saved.at(-1)!;
    expect(inflight && [inflight.src, inflight.seq, inflight.base, inflight.sent]).to.deep.equal([
      "ann-1",
      1,
      7,
      [3, "s"],
    ]);
    expect(desk.all("submit").length).to.equal(1);
  });
});

describe("the status", () => {
  it("is saved only when everything typed is acknowledged", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const heard: unknown[] = [];
    doc.on("status", ({ status, unsaved, version }) => heard.push([status, unsaved, version]));
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    desk.acknowledges(8);
    desk.cuts();
    desk.takesBack();
    desk.answersSince(8, []);
    desk.acknowledges(9);
    expect(heard).to.deep.equal([
      ["saving", 1, 7],
      ["saving", 2, 7],
      ["saving", 1, 8],
      ["offline", 1, 8],
      ["saving", 1, 8],
      ["saved", 0, 9],
    ]);
  });

  it("tells of another role also where it stays the same, so that whoever shows the document looks again", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const heard: unknown[] = [];
    doc.on("status", ({ status, role }) => heard.push([status, role, doc.writable]));
    for (const role of ["commenter", "viewer", "commenter", "commenter", "editor", "owner"] as const)
      desk.event("access", { doc: "notes", writable: role === "editor" || role === "owner", role });
    expect(heard).to.deep.equal([
      ["saved", "commenter", false],
      ["readonly", "viewer", false],
      ["saved", "commenter", false],
      ["saved", "editor", true],
      ["saved", "owner", true],
    ]);
  });

  it("is readonly where the server says so", () => {
    const desk = new Desk();
    desk.connect();
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "plain" });
    desk.answers("open", { head: 7, writable: false, people: [], snapshot: "cat" });
    expect([doc.status, doc.writable]).to.deep.equal(["readonly", false]);
    expect(() => doc.submit(["x"])).to.throw();
    desk.tells(8, ["a "]);
    expect(doc.text).to.equal("a cat");
  });
});
