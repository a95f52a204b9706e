// An outbox whose store has no room, fails, or does not answer: visible in its state, never a loss, never in the way of a
// document that opens, and over as soon as the store works again.

import { expect } from "chai";
import { OutboxError, type StorageState } from "../../client/outbox.js";
import { VirtualClock } from "../world/clock.js";
import { ops, record, whole } from "./contract.js";
import { type ModelDevice, type ModelOutbox, modelDevice } from "./devices.js";

const unsent = (text: string, version = 1) => record(version, "", { pending: ops([text]), unsaved: 1 });

/** Lets everything happen that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await null;
}

async function outcome(writing: undefined | Promise<void>): Promise<string> {
  try {
    await writing;
    return "done";
  } catch (error) {
    expect(error).to.be.instanceOf(OutboxError);
    return (error as OutboxError).state;
  }
}

describe("an outbox in trouble", () => {
  let clock: VirtualClock;
  let device: ModelDevice;
  let page: ModelOutbox;
  let states: StorageState[];

  beforeEach(() => {
    clock = new VirtualClock(1_000);
    device = modelDevice({ clock });
    page = device.page();
    states = [];
    page.outbox.onState((state) => states.push(state));
  });

  const nextFinds = async () => (await device.page().outbox.open("a", "plain")).found;

  it("says that there is no room, keeps the newest in mind, and writes it when there is", async () => {
    const place = await page.outbox.open("a", "plain");
    await place.save(unsent("short"));
    device.disk.room = 20;
    expect(await outcome(place.save(unsent("much longer than there is room for")))).to.equal("full");
    expect(page.outbox.state).to.equal("full");
    expect(await outcome(place.save(unsent("the newest, still too long")))).to.equal("full");
    device.disk.room = 1_000;
    clock.advance(1_000);
    await turns();
    expect(states).to.deep.equal(["full", "durable"]);
    page.kill();
    expect((await nextFinds())?.pending).to.deep.equal(ops(["the newest, still too long"]));
  });

  it("lets copies of other documents go when there is no room, the write is done, and what is unsent stays", async () => {
    for (const doc of ["x", "y"]) {
      const copy = await page.outbox.open(doc, "plain");
      await copy.save(record(3, "c".repeat(100)));
      await copy.leave(false);
    }
    const other = await page.outbox.open("unsent", "plain");
    await other.save(unsent("u".repeat(100)));
    await other.leave(true);
    device.disk.room = device.disk.used() + 50;
    const place = await page.outbox.open("a", "plain");
    expect(await outcome(place.save(unsent("n".repeat(150))))).to.equal("done");
    expect(states).to.deep.equal([]);
    const docs = [...device.disk.records.values()].map(({ head }) => head.doc);
    expect(docs).to.have.members(["unsent", "a"]);
  });

  it("keeps no more copies than it may, and those that were written last", async () => {
    const few = modelDevice({ clock, copies: { records: 3, units: 1_000 } });
    const { outbox } = few.page();
    for (let at = 0; at < 6; at++) {
      clock.advance(10);
      const place = await outbox.open(`doc-${at}`, "plain");
      await place.save(record(1, at === 5 ? "large".repeat(150) : "small"));
      await place.leave(false);
      await turns();
    }
    const docs = [...few.disk.records.values()].map(({ head }) => head.doc);
    expect(docs).to.have.members(["doc-3", "doc-4", "doc-5"]);
    clock.advance(10);
    const place = await outbox.open("doc-6", "plain");
    await place.save(record(1, "large".repeat(150)));
    await place.leave(false);
    await turns();
    expect([...few.disk.records.values()].map(({ head }) => head.doc)).to.deep.equal(["doc-6"]);
  });

  it("says that the store fails, and writes everything anew when it works again", async () => {
    const place = await page.outbox.open("a", "plain");
    await place.save(record(1, "text", { pending: ops(["a"]), unsaved: 1 }));
    device.disk.fail = () => new DOMException("gone", "UnknownError");
    expect(await outcome(place.save(unsent("b")))).to.equal("failed");
    device.disk.records.clear();
    clock.advance(300);
    // Typing does not hammer a store that has just failed.
    const { writes } = device.disk;
    expect(
      await outcome(place.save(record(2, "texts", { pending: ops(["c"]), unsaved: 1 }), [[4, "s"]])),
    ).to.equal("failed");
    device.disk.fail = undefined;
    expect(device.disk.writes).to.equal(writes);
    clock.advance(1_000);
    await turns();
    expect(states).to.deep.equal(["failed", "durable"]);
    page.kill();
    expect(whole((await nextFinds())!)).to.deep.equal(
      record(2, "texts", { pending: ops(["c"]), unsaved: 1 }),
    );
  });

  for (const silent of ["lost", "done"] as const) {
    it(`waits only so long for a write that is never answered (${silent}), and opens the store anew`, async () => {
      const place = await page.outbox.open("a", "plain");
      await place.save(unsent("a"));
      device.disk.silent = silent;
      const writing = outcome(place.save(unsent("b")));
      clock.advance(5_100);
      expect(await writing).to.equal("failed");
      expect(page.shelf.resets).to.equal(1);
      device.disk.silent = undefined;
      clock.advance(500);
      await turns();
      expect(page.outbox.state).to.equal("durable");
      page.kill();
      expect((await nextFinds())?.pending).to.deep.equal(ops(["b"]));
    });
  }

  it("opens a document in memory when the store does not answer, and writes it as soon as it does", async () => {
    const shelf = page.shelf as { heads: ModelOutbox["shelf"]["heads"] };
    const { heads } = shelf;
    shelf.heads = () => new Promise(() => {});
    const opening = page.outbox.open("a", "plain");
    clock.advance(5_000);
    const place = await opening;
    expect(place.found).to.equal(undefined);
    expect(states).to.deep.equal(["failed"]);
    shelf.heads = heads;
    expect(await outcome(place.save(unsent("typed meanwhile")))).to.equal("done");
    expect(states).to.deep.equal(["failed", "durable"]);
  });

  it("gives back a claim that is granted too late", async () => {
    const place = await page.outbox.open("a", "plain");
    await place.save(unsent("a"));
    page.kill();
    const slow = device.page();
    const claims = slow.shelf.claims as { take: ModelOutbox["shelf"]["claims"]["take"] };
    const { take } = claims;
    let grant = () => {};
    claims.take = async (key) => {
      await new Promise<void>((resolve) => {
        grant = resolve;
      });
      return take(key);
    };
    const opening = slow.outbox.open("a", "plain");
    await turns();
    clock.advance(5_000);
    expect((await opening).found).to.equal(undefined);
    grant();
    await turns();
    expect((await nextFinds())?.pending).to.deep.equal(ops(["a"]));
  });

  it("is an outbox in memory where storing is forbidden", async () => {
    const shelf = page.shelf as { heads: ModelOutbox["shelf"]["heads"] };
    shelf.heads = async () => {
      throw new DOMException("not in this frame", "SecurityError");
    };
    const place = await page.outbox.open("a", "plain");
    expect(page.outbox.state).to.equal("memory");
    expect(place.save(unsent("a"))).to.equal(undefined);
    await place.leave(true);
    expect((await page.outbox.open("a", "plain")).found?.pending).to.deep.equal(ops(["a"]));
  });

  it("gives the next document of the page what could not be written when the last one closed", async () => {
    const place = await page.outbox.open("a", "plain");
    device.disk.room = 0;
    await outcome(place.save(unsent("a")));
    await place.leave(true);
    const next = await page.outbox.open("a", "plain");
    expect(next.found?.pending).to.deep.equal(ops(["a"]));
    device.disk.room = 1_000;
    expect(await outcome(next.save(unsent("ab")))).to.equal("done");
    page.kill();
    expect((await nextFinds())?.pending).to.deep.equal(ops(["ab"]));
  });

  it("writes at once, beside a write that is unanswered, when the page may be ending", async () => {
    const place = await page.outbox.open("a", "plain");
    await place.save(unsent("a"));
    const first = place.save(record(2, "b", { pending: ops(["b"]), unsaved: 1 }));
    const second = place.save(record(3, "bc", { pending: ops(["c"]), unsaved: 1 }), [[1, "c"]]);
    // Both have been asked of the store before anything is answered.
    expect(device.disk.writes).to.equal(3);
    page.kill();
    void [first, second];
    expect(whole((await nextFinds())!)).to.deep.equal(record(3, "bc", { pending: ops(["c"]), unsaved: 1 }));
  });

  it("leaves alone what a newer page has written", async () => {
    const place = await page.outbox.open("a", "plain");
    await place.save(unsent("from the future"));
    page.kill();
    const [stored] = device.disk.records.values();
    const { key } = stored!.head;
    const newer = { ...stored!, head: { ...stored!.head, layout: 2 } };
    device.disk.records.set(key, newer);
    page = device.page();
    const next = await page.outbox.open("a", "plain");
    expect(next.found).to.equal(undefined);
    await next.save(unsent("from today"));
    await next.leave(false);
    expect(device.disk.records.get(key)).to.equal(newer);
  });

  it("tells the other pages once that something is unsent, and once that nothing is, not for every key", async () => {
    let told = 0;
    const talking = modelDevice({ clock, hints: { tell: () => told++, listen: () => () => {} } });
    const place = await talking.page().outbox.open("a", "plain");
    for (let key = 1; key <= 20; key++) await place.save(unsent("k".repeat(key)));
    expect(told).to.equal(1);
    await place.save(record(2, "k"));
    expect(told).to.equal(2);
  });

  it("sets a record aside that makes no sense, and opens without it", async () => {
    const place = await page.outbox.open("a", "plain");
    await place.save(unsent("precious"));
    page.kill();
    const [stored] = device.disk.records.values();
    stored!.parts.set("pending:0", '["precio');
    page = device.page();
    const next = await page.outbox.open("a", "plain");
    expect(next.found).to.equal(undefined);
    await next.save(unsent("new"));
    const [aside] = await page.outbox.unreadable();
    expect(aside!.parts.get("pending:0")).to.equal('["precio');
    expect(aside!.head.broken).to.be.a("string");
  });
});
