// When a document is written to its place on the device, and when not any more.

import { expect } from "chai";
import { OutboxError, type OutboxRecord } from "../../client/index.js";
import { Desk, outcome } from "./desk.js";
import { Shelf } from "./shelf.js";

const full = () => new OutboxError("full", "no room");

function opened(options: { readonly slow?: boolean } = {}) {
  const shelf = new Shelf();
  const desk = new Desk();
  const store = shelf.page();
  const doc = desk.open("cat", { store });
  shelf.slow = options.slow === true;
  return { shelf, desk, store, doc };
}

describe("what a page before has left", () => {
  it("counts as on the device at once, with what was recovered", () => {
    const { shelf, desk, doc } = opened();
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    desk.cuts();
    doc.submit([3, "!"]);
    shelf.pages[0]!.dies();
    shelf.slow = true;
    const next = new Desk();
    next.connect({ store: shelf.page() });
    const again = next.client.open("notes", { type: "plain" });
    expect([again.save.stage, again.unsaved, again.recovered.length]).to.deep.equal(["device", 1, 1]);
    next.welcomes();
    next.answersSince(8, [next.op(8, [3, "!"], "ann-1", 2)]);
    expect([again.save.stage, again.unsaved]).to.deep.equal(["saved", 0]);
  });

  it("and cannot be read stays as it is, when the page may end and when the document is closed", () => {
    const shelf = new Shelf();
    const record = { type: "plain", version: 7, confirmed: 5, pending: [], nextSeq: 1 } as unknown;
    shelf.put("notes", record as OutboxRecord);
    const desk = new Desk();
    const store = shelf.page();
    const doc = desk.open("cat", { store });
    doc.submit([3, "s"]);
    store.flush();
    desk.acknowledges(8);
    doc.close();
    expect([shelf.records, shelf.steps]).to.deep.equal([[record], []]);
  });
});

describe("what only others have done", () => {
  it("is written a second later, each time", () => {
    const { shelf, desk } = opened();
    const written: number[] = [];
    for (const version of [8, 9]) {
      desk.tells(version, ["a"]);
      desk.clock.advance(1_000);
      written.push(shelf.records[0]!.version);
    }
    expect(written).to.deep.equal([8, 9]);
  });

  it("is not written any more when the document is not ours to read", () => {
    const { shelf, desk, doc } = opened();
    desk.tells(8, ["a"]);
    const before = shelf.steps.length;
    desk.event("fault", { doc: "notes", fault: { code: "forbidden", message: "" } });
    doc.close();
    desk.clock.advance(10_000);
    expect([shelf.left, shelf.steps.length - before]).to.deep.equal([[{ keep: false, gone: true }], 0]);
  });
});

describe("a store that writes at once", () => {
  it("has what is typed and what was recovered as soon as it is", () => {
    const { desk, doc } = opened();
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    expect([doc.recovered.length, doc.save.stage]).to.deep.equal([1, "saved"]);
    desk.cuts();
    doc.submit([3, "!"]);
    expect(doc.save.stage).to.equal("device");
  });

  it("is called durable again as soon as it takes something", () => {
    let fails = true;
    const save = () => {
      if (fails) throw full();
      return undefined;
    };
    const place = { found: undefined, save, leave: () => undefined };
    const store = { state: "durable" as const, onState: () => () => {}, open: () => place };
    const desk = new Desk();
    const doc = desk.open("cat", { store });
    expect(doc.save.storage).to.equal("full");
    fails = false;
    doc.submit([3, "s"]);
    expect(doc.save.storage).to.equal("durable");
  });
});

describe("a store that is only memory", () => {
  it("is not the device, though it takes everything", () => {
    const { desk, doc, store } = opened();
    store.state = "memory";
    doc.submit([3, "s"]);
    desk.refuses("submit", "op_malformed");
    // What was recovered is kept as well as it can be.
    expect(doc.save).to.deep.equal({ stage: "saved", version: 7, unsaved: 0, storage: "memory" });
    desk.cuts();
    doc.submit([3, "!"]);
    expect(doc.save.stage).to.equal("typed");
  });
});

describe("what was recovered", () => {
  it("is safe where all of it is written, and in a store that is only memory at once", async () => {
    const { desk, doc, store } = opened({ slow: true });
    for (const stages of [
      ["typed", "saved"],
      ["typed", "saved"],
    ]) {
      doc.submit([3, "s"]);
      while (store.waiting.length > 0) await store.writes();
      desk.refuses("submit", "op_malformed");
      const before = doc.save.stage;
      while (store.waiting.length > 0) await store.writes();
      expect([before, doc.save.stage]).to.deep.equal(stages);
    }
    const other = new Desk();
    const inMemory = other.open("cat");
    inMemory.submit([3, "s"]);
    other.refuses("submit", "op_malformed");
    expect([inMemory.recovered.length, inMemory.save.stage]).to.deep.equal([1, "saved"]);
  });
});

describe("a write because the page may end", () => {
  it("is believed when it is done, and the next goes on from there", async () => {
    const { shelf, desk, doc, store } = opened({ slow: true });
    desk.tells(8, ["a"]);
    store.flush();
    await store.writes();
    desk.tells(9, ["b"]);
    desk.cuts();
    doc.submit([3, "s"]);
    doc.submit([4, "!"]);
    store.flush();
    while (store.waiting.length > 0) await store.writes();
    expect([doc.save.stage, shelf.records[0]!.version]).to.deep.equal(["device", 9]);
    // As the page goes on, each op that was committed is given to the store once.
    expect(shelf.steps.slice(1).flat()).to.deep.equal([["a"], ["b"]]);
  });
});

describe("a write that fails", () => {
  it("is told of, though nothing else happens", async () => {
    const { desk, doc, store } = opened({ slow: true });
    desk.cuts();
    doc.submit([3, "s"]);
    const heard: string[] = [];
    doc.on("save", ({ storage }) => heard.push(storage));
    await store.refuses(full());
    expect(heard).to.deep.equal(["full"]);
  });

  it("because the page may end is tried again, as is any other", async () => {
    const { shelf, desk, doc, store } = opened({ slow: true });
    desk.cuts();
    doc.submit([3, "s"]);
    await store.writes();
    doc.submit([4, "!"]);
    doc.submit([5, "!"]);
    store.flush();
    await store.writes();
    await store.refuses(full());
    expect([doc.save.stage, doc.save.storage]).to.deep.equal(["typed", "full"]);
    desk.clock.advance(2_000);
    await store.writes();
    expect([doc.save.stage, doc.save.storage]).to.deep.equal(["device", "durable"]);
    expect(shelf.records[0]!.unsaved).to.equal(3);
  });

  it("has a last chance when its document is closed, and no other after that", async () => {
    for (const ends of ["well", "badly"]) {
      const { shelf, desk, doc, store } = opened({ slow: true });
      desk.cuts();
      doc.submit([3, "s"]);
      await store.refuses(full());
      const closed = desk.client.close();
      expect([await outcome(closed), store.waiting.length, shelf.left], ends).to.deep.equal([
        "pending",
        1,
        [],
      ]);
      await (ends === "well" ? store.writes() : store.refuses(full()));
      desk.clock.advance(10_000);
      expect([await outcome(closed), store.waiting.length], ends).to.deep.equal(["resolved", 0]);
      expect(shelf.left, ends).to.deep.equal([{ keep: true, gone: false }]);
      expect(shelf.records[0]!.unsaved, ends).to.equal(ends === "well" ? 1 : 0);
    }
  });

  it("is not tried again for a document that is closed with everything saved", async () => {
    const { shelf, desk, store, doc } = opened({ slow: true });
    desk.tells(8, ["a"]);
    desk.clock.advance(1_000);
    await store.refuses(full());
    doc.close();
    expect([shelf.left, store.waiting.length]).to.deep.equal([[{ keep: false, gone: false }], 0]);
    desk.clock.advance(10_000);
    expect(store.waiting.length).to.equal(0);
  });
});
