// Many ops of one document on their way to the disk at once: each is made on top of the one before, nobody sees any of them
// before it is there, and when one is not written, those on top of it are made again.

import { expect } from "chai";
import { StorageError } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { Commit, Verdict } from "../../server/storage/op-log.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { failure, passing } from "../storage/documents.js";
import { temporaryFolder } from "../storage/support.js";
import { open, type Subject } from "./support.js";

/** A log whose commits wait until they are let go, and may then be answered by something else. */
function held() {
  const log = new MemoryLog();
  const rows = passing(log);
  let release = () => {};
  let gate: Promise<void> | undefined;
  const world = {
    rows,
    log,
    asked: [] as Commit[],
    /** What is done instead of a commit that was asked for as number so and so, from 0. */
    instead: new Map<number, (commit: () => Promise<Verdict>) => Promise<Verdict>>(),
    hold() {
      world.asked = [];
      gate = new Promise((resolve) => {
        release = resolve;
      });
    },
    go: () => release(),
  };
  rows.commit = async (commit) => {
    const number = world.asked.push(commit) - 1;
    await gate;
    const write = () => log.commit(commit);
    return (world.instead.get(number) ?? ((done) => done()))(write);
  };
  return world;
}

const turns = async (many = 50) => {
  for (let turn = 0; turn < many; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("ops that are on their way to the disk together", () => {
  let world: ReturnType<typeof held>;
  let subject: Subject;
  const send = (src: string, version = 1, seq = 1) =>
    subject.submit("a", src, [`<${src}>`], { version, seq });

  beforeEach(async () => {
    world = held();
    subject = open({ rows: world.rows, documentAtoms: 20 });
    await subject.ledger.create("a", "plain", "", "ann");
    world.hold();
  });

  it("are made on top of each other, and shown, told and answered when they are there", async () => {
    const answers: number[] = [];
    const sent = ["a", "b", "c"].map((src) => send(src).then((version) => answers.push(version)));
    await turns();
    expect(world.asked.map(({ op }) => op.version)).to.deep.equal([2, 3, 4]);
    expect(await subject.text("a")).to.equal("");
    expect(await subject.ledger.head("a")).to.include({ version: 1 });
    expect(await subject.ledger.ops("a", 1, 10)).to.deep.equal([]);
    expect([answers, subject.told.length]).to.deep.equal([[], 1]);
    world.go();
    await Promise.all(sent);
    expect([answers, subject.told.map(({ version }) => version)]).to.deep.equal([
      [2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(await subject.text("a")).to.equal("<c><b><a>");
  });

  it("go on without the one that the disk is too full for", async () => {
    world.instead.set(1, async () => {
      throw new StorageError("disk_full", "The disk is full.");
    });
    const sent = ["a", "b", "c", "d"].map((src) => send(src));
    await turns();
    world.go();
    const outcomes = await Promise.allSettled(sent);
    expect(
      outcomes.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code)),
    ).to.deep.equal([2, "storage_full", 3, 4]);
    expect(subject.told.map(({ version, src }) => `${version}${src}`)).to.deep.equal(["1", "2a", "3c", "4d"]);
    expect(await subject.text("a")).to.equal("<d><c><a>");
    expect(await send("b")).to.equal(5);
  });

  it("are all refused when the disk is full, and all there when it is not any more", async () => {
    for (const number of [0, 1, 2]) {
      world.instead.set(number, async () => {
        throw new StorageError("disk_full", "The disk is full.");
      });
    }
    const sent = ["a", "b", "c"].map((src) => failure(send(src)));
    await turns();
    world.go();
    for (const fault of await Promise.all(sent)) expect(fault).to.include({ code: "storage_full" });
    expect(await subject.text("a")).to.equal("");
    expect(await Promise.all(["a", "b", "c"].map((src) => send(src)))).to.deep.equal([2, 3, 4]);
  });

  it("prove that one was written of which the answer is lost: it is told in its place", async () => {
    world.instead.set(0, async (commit) => {
      await commit();
      throw new StorageError("io_failed", "The answer was lost.");
    });
    const sent = ["a", "b", "c"].map((src) => send(src));
    await turns();
    world.go();
    expect(await Promise.all(sent)).to.deep.equal([2, 3, 4]);
    expect(subject.told.map(({ version }) => version)).to.deep.equal([1, 2, 3, 4]);
    expect(subject.logged).to.deep.equal([]);
  });

  it("hold an op once that comes again meanwhile, and one that was there before", async () => {
    world.go();
    await send("old");
    world.hold();
    const sent = [send("a"), send("old", 2), send("b"), send("a", 2), send("c")];
    await turns();
    world.go();
    expect(await Promise.all(sent)).to.deep.equal([3, 2, 4, 3, 5]);
    expect(await subject.text("a")).to.equal("<c><b><a><old>");
  });

  it("do not tell an op that it does not fit, as long as that may still be untrue", async () => {
    world.instead.set(0, async () => {
      throw new StorageError("io_failed", "It was not written.");
    });
    const long = failure(subject.submit("a", "long", ["0123456789012345"], { version: 1, seq: 1 }));
    const other = send("other");
    await turns();
    world.go();
    expect(await long).to.include({ code: "unavailable" });
    expect(await other).to.equal(2);
    expect(await subject.text("a")).to.equal("<other>");
  });

  it("may end the document, and begin it anew", async () => {
    const before = send("a");
    const deleted = subject.ledger.delete("a", "ann");
    await turns();
    const made = subject.ledger.create("a", "plain", "anew", "ann");
    await turns();
    expect(world.asked.map(({ op }) => Object.keys(JSON.parse(op.body)))).to.deep.equal([
      ["op"],
      ["del"],
      ["create"],
    ]);
    world.go();
    expect([await before, await deleted]).to.deep.equal([2, 3]);
    const { epoch } = await made;
    expect(await subject.ledger.read("a")).to.include({ epoch, version: 4 });
    expect(await subject.text("a")).to.equal("anew");
  });
});

describe("ops of one document in SQLite", () => {
  const path = temporaryFolder();

  it("become durable many at a time", async () => {
    const log = await SqliteLog.open(path("many.db"));
    const subject = open({ rows: log });
    await subject.ledger.create("a", "plain", "", "ann");
    const before = await log.counts();
    const sent = Array.from({ length: 50 }, (_, at) => subject.submit("a", `w${at}`, ["x"], { version: 1 }));
    expect(await Promise.all(sent)).to.deep.equal(sent.map((_, at) => at + 2));
    const { transactions, writes } = await log.counts();
    expect(writes - before.writes).to.be.at.least(50);
    expect(transactions - before.transactions).to.be.lessThan(25);
    await subject.ledger.close();
  });
});
