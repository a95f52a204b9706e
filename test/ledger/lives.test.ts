// Documents that are deleted and made anew: two lives of one name, of which nobody sees one for the other.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { temporaryFolder } from "../storage/support.js";
import { openUnthreaded } from "../storage/unthreaded.js";
import { faulty, open, type Subject } from "./support.js";

function deletion(openLog: () => Promise<OpLog>): void {
  let subject: Subject;
  let ledger: Subject["ledger"];
  let epoch: string;

  beforeEach(async () => {
    subject = open({ rows: await openLog() });
    ({ ledger } = subject);
    ({ epoch } = await ledger.create("a", "plain", "first", "ann"));
    expect(await subject.submit("a", "ann", ["one "], { version: 1, seq: 1 })).to.equal(2);
  });
  afterEach(() => ledger.close());

  it("leaves nothing to be read, listed or written", async () => {
    expect(await ledger.delete("a", "ann")).to.equal(3);
    expect(await ledger.head("a")).to.equal(undefined);
    expect(await ledger.read("a")).to.equal(undefined);
    expect([...(await ledger.heads(["a"]))]).to.deep.equal([]);
    expect((await ledger.list({ limit: 10 })).documents).to.deep.equal([]);
    expect((await ledger.list({ limit: 10, search: "first" })).documents).to.deep.equal([]);
    await faulty(ledger.ops("a", 0, 10), "forbidden");
    await faulty(ledger.ops("a", 3, 10), "forbidden");
    for (const version of [1, 2, 3]) {
      await faulty(subject.submit("a", "bo", ["x"], { version, seq: 1 }), "forbidden");
    }
    expect(subject.logged).to.deep.equal([]);
  });

  it("is done once: of what is not there, nobody can say that it was", async () => {
    const both = await Promise.allSettled([ledger.delete("a", "ann"), ledger.delete("a", "bo")]);
    expect(both.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
    await faulty(ledger.delete("a", "cy"), "forbidden");
    await faulty(ledger.delete("never", "cy"), "forbidden");
  });

  it("waits its turn behind the ops that came before it, and the ones behind it are refused", async () => {
    const before = subject.submit("a", "bo", ["two "], { version: 2, seq: 1 });
    const deleted = ledger.delete("a", "ann");
    const after = faulty(subject.submit("a", "cy", ["three "], { version: 2, seq: 1 }), "forbidden");
    expect(await before).to.equal(3);
    expect(await deleted).to.equal(4);
    await after;
  });

  it("gives the name away: the next life has another epoch, and its versions go on", async () => {
    await ledger.delete("a", "ann");
    const next = await ledger.create("a", "rich", ["\nsecond"], "bo");
    expect(next).to.deep.include({ type: "rich", version: 4 });
    expect(next.epoch).to.not.equal(epoch);
    expect(await ledger.head("a")).to.deep.equal(next);
    expect(await ledger.read("a")).to.deep.include(next);
    expect((await ledger.heads(["a"])).get("a")).to.deep.equal({ epoch: next.epoch, version: 4 });
    expect(await subject.submit("a", "bo", [1, "the "])).to.equal(5);
    expect(await subject.text("a")).to.equal("\nthe second");
    const { documents } = await ledger.list({ limit: 10 });
    expect(documents.map(({ type, title }) => [type, title])).to.deep.equal([["rich", "the second"]]);
  });

  it("is a wall in history: it is read on this side of it only", async () => {
    await ledger.delete("a", "ann");
    await ledger.create("a", "plain", "second", "bo");
    await subject.submit("a", "bo", ["x"]);
    for (const since of [0, 1, 2, 3]) await faulty(ledger.ops("a", since, 10), "version_unknown");
    const ops = await ledger.ops("a", 4, 10);
    expect(ops.map(({ version }) => version)).to.deep.equal([5]);
  });

  it("refuses what was made in the former life, near and far behind, and takes what is made in this one", async () => {
    await ledger.delete("a", "ann");
    await ledger.create("a", "plain", "second", "bo");
    for (const version of [1, 2, 3]) {
      const fault = await faulty(
        subject.submit("a", "cy", ["x"], { version, seq: version }),
        "version_unknown",
      );
      expect(fault.action).to.equal("reopen");
    }
    for (let at = 0; at < 250; at++) await subject.submit("a", "bo", ["y"]);
    for (const version of [1, 2, 3]) {
      await faulty(subject.submit("a", "cy", ["x"], { version, seq: version }), "version_unknown");
    }
    expect(await subject.submit("a", "cy", ["x"], { version: 4, seq: 9 })).to.equal(255);
    expect(await subject.text("a")).to.equal(`x${"y".repeat(250)}second`);
  });

  it("never applies what the former life has to the next one, however it is sent again", async () => {
    const again = (version: number, op = ["one "]) => subject.submit("a", "ann", op, { version, seq: 1 });
    const answers = async () => {
      for (const version of [1, 2, 3, 4, 5]) expect(await again(version)).to.equal(2);
      await faulty(again(4, ["two "]), "seq_reused");
    };
    await ledger.delete("a", "ann");
    await answers();
    await ledger.create("a", "plain", "second", "bo");
    await answers();
    expect(await subject.text("a")).to.equal("second");
    expect((await ledger.head("a"))!.version).to.equal(4);
  });

  it("can happen any number of times", async () => {
    const epochs = new Set([epoch]);
    for (let life = 2; life <= 5; life++) {
      await ledger.delete("a", "ann");
      const head = await ledger.create("a", "plain", `life ${life}`, "ann");
      epochs.add(head.epoch);
      expect(await subject.text("a")).to.equal(`life ${life}`);
    }
    expect(epochs.size).to.equal(5);
  });

  it("and creation go to one of those who want it", async () => {
    await ledger.delete("a", "ann");
    const makers = await Promise.allSettled(
      ["ann", "bo", "cy"].map((who) => ledger.create("a", "plain", who, who)),
    );
    expect(makers.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    for (const maker of makers)
      if (maker.status === "rejected")
        expect(maker.reason).to.be.instanceOf(Fault).with.property("code", "busy");
  });

  it("by another server is noticed here, at the latest when heads are asked for", async () => {
    const other = open({ rows: subject.rows });
    expect(await other.text("a")).to.equal("one first");
    await ledger.delete("a", "ann");
    await other.ledger.heads(["a"]);
    expect(await other.ledger.read("a")).to.equal(undefined);
    const next = await ledger.create("a", "plain", "second", "ann");
    await other.ledger.heads(["a"]);
    expect(await other.ledger.head("a")).to.deep.equal(next);
    // One that still holds it deletes nothing a second time.
    const late = open({ rows: subject.rows });
    await late.ledger.head("a");
    const deleted = await ledger.delete("a", "ann");
    await faulty(late.ledger.delete("a", "bo"), "forbidden");
    expect((await subject.adapter.head("documents", "a"))!.version).to.equal(deleted);
    await ledger.create("a", "plain", "another", "ann");
    // One that still holds the former life deletes nothing of the next.
    const stale = open({ rows: subject.rows });
    await stale.ledger.head("a");
    await ledger.delete("a", "ann");
    const last = await ledger.create("a", "plain", "third", "ann");
    await faulty(stale.ledger.delete("a", "bo"), "version_unknown");
    expect(await ledger.head("a")).to.deep.equal(last);
  });
}

describe("a deletion in memory", () => deletion(async () => new MemoryLog()));

describe("a deletion in SQLite", () => {
  const path = temporaryFolder();
  let files = 0;
  deletion(() => openUnthreaded(path(`${files++}.db`)));

  it("and the life after it are there after a restart", async () => {
    const at = path("restarted.db");
    const before = open({ rows: await SqliteLog.open(at) });
    await before.ledger.create("a", "plain", "first", "ann");
    await before.submit("a", "ann", ["one "], { version: 1, seq: 1 });
    await before.ledger.create("b", "plain", "gone", "ann");
    await before.ledger.delete("a", "ann");
    await before.ledger.delete("b", "ann");
    const next = await before.ledger.create("a", "plain", "second", "ann");
    await before.ledger.close();
    const after = open({ rows: await SqliteLog.open(at) });
    expect(await after.ledger.head("a")).to.deep.equal(next);
    expect(await after.ledger.head("b")).to.equal(undefined);
    expect(await after.submit("a", "ann", ["one "], { version: 4, seq: 1 })).to.equal(2);
    await faulty(after.submit("a", "ann", ["x"], { version: 2, seq: 2 }), "version_unknown");
    expect(await after.text("a")).to.equal("second");
    await after.ledger.close();
  });
});
