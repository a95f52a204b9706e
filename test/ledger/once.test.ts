// An op is committed once, whatever was lost on the way and however often it is sent again.

import { expect } from "chai";
import { Fault, type Op } from "../../protocol/index.js";
import { StorageError } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { failure, passing } from "../storage/documents.js";
import { temporaryFolder } from "../storage/support.js";
import { open, type Subject } from "./support.js";

describe("an op that is sent again", () => {
  let subject: Subject;
  const send = (op: Op, version: number, seq = 1) => subject.submit("a", "ann", op, { version, seq });

  beforeEach(async () => {
    subject = open();
    await subject.ledger.create("a", "plain", "text", "ann");
    expect(await send([4, "!"], 1)).to.equal(2);
  });
  afterEach(() => subject.ledger.close());

  it("has the version it made the first time", async () => {
    expect(await send([4, "!"], 1)).to.equal(2);
    expect(await subject.text("a")).to.equal("text!");
  });

  it("has it at a later version, too", async () => {
    expect(await send([4, "!"], 2)).to.equal(2);
    await subject.submit("a", "bo", ["more "]);
    for (const version of [1, 2, 3]) expect(await send([4, "!"], version)).to.equal(2);
    expect(await subject.text("a")).to.equal("more text!");
  });

  it("has it even where it would not fit any more, or nobody knows its version", async () => {
    await subject.submit("a", "bo", [{ d: 5 }]);
    for (const version of [1, 3, 99]) expect(await send([4, "!"], version)).to.equal(2);
  });

  it("has it when its history is gone", async () => {
    await subject.submit("a", "bo", ["more "]);
    expect(await subject.prune("a", 3)).to.equal(3);
    expect(await send([4, "!"], 1)).to.equal(2);
  });

  it("has it while it is on its way", async () => {
    const versions = await Promise.all([send(["x"], 2, 2), send(["x"], 2, 2), send(["x"], 1, 2)]);
    expect(versions).to.deep.equal([3, 3, 3]);
    expect(await subject.text("a")).to.equal("xtext!");
  });

  it("is not told of twice", async () => {
    const told = subject.told.length;
    await send([4, "!"], 1);
    expect(subject.told).to.have.length(told);
  });

  it("is the same op whatever order its keys are in", async () => {
    await subject.ledger.create("r", "rich", ["\ntext"], "ann");
    const at = { version: 1, seq: 1 };
    await subject.submit("r", "ann", [1, { r: 4, a: { b: 1, i: 1 } }], at);
    expect(await subject.submit("r", "ann", [1, { a: { i: 1, b: 1 }, r: 4 }], at)).to.equal(2);
  });

  it("is refused as another op, if it is another, at whatever version", async () => {
    await subject.submit("a", "bo", ["more "]);
    for (const version of [1, 2, 3, 99]) {
      const error = await failure(send([4, "?"], version));
      expect(error).to.be.instanceOf(Fault);
      expect(error).to.include({ code: "seq_reused" });
    }
    expect(await subject.text("a")).to.equal("more text!");
  });

  it("is another author's with the same seq", async () => {
    expect(await subject.submit("a", "bo", [4, "!"], { version: 1, seq: 1 })).to.equal(3);
    expect(await subject.text("a")).to.equal("text!!");
  });
});

describe("an op whose answer is lost", () => {
  /** A log that does `commit` on the next op. */
  function unsure(lose: (commit: () => Promise<unknown>) => Promise<never>) {
    const log = new MemoryLog();
    let losing = false;
    const rows = passing(log);
    rows.commit = (commit) => {
      if (!losing) return log.commit(commit);
      losing = false;
      return lose(() => log.commit(commit));
    };
    return { rows, loseNext: () => (losing = true) };
  }

  it("is looked up: if it is there, it is answered and told of", async () => {
    const { rows, loseNext } = unsure(async (commit) => {
      await commit();
      throw new StorageError("io_failed", "The answer was lost.");
    });
    const subject = open({ rows });
    await subject.ledger.create("a", "plain", "", "ann");
    loseNext();
    expect(await subject.submit("a", "ann", ["x"])).to.equal(2);
    expect(subject.told.at(-1)).to.deep.include({ doc: "a", version: 2, src: "ann", seq: 1, op: ["x"] });
    expect(await subject.submit("a", "bo", ["y"])).to.equal(3);
    expect(subject.told.map(({ version }) => version)).to.deep.equal([1, 2, 3]);
    await subject.ledger.close();
  });

  it("is looked up: if it is not there, its author is to send it again", async () => {
    const { rows, loseNext } = unsure(async () => {
      throw new StorageError("disk_full", "The disk that holds /secret/path is full.");
    });
    const subject = open({ rows });
    await subject.ledger.create("a", "plain", "", "ann");
    loseNext();
    const error = await failure(subject.submit("a", "ann", ["x"], { version: 1, seq: 1 }));
    expect(error).to.include({ code: "storage_full", action: "retry" });
    expect(error.message).to.not.match(/secret/);
    expect(await subject.text("a")).to.equal("");
    expect(await subject.submit("a", "ann", ["x"], { version: 1, seq: 1 })).to.equal(2);
    await subject.ledger.close();
  });
});

describe("an op that is refused while names cannot be looked up", () => {
  it("is to be sent again: nobody can say that it was not committed before", async () => {
    const log = new MemoryLog();
    const rows = passing(log);
    const subject = open({ rows });
    await subject.ledger.create("a", "plain", "text", "ann");
    expect(await subject.submit("a", "ann", [4, "!"], { version: 1, seq: 1 })).to.equal(2);
    await subject.submit("a", "bo", [{ d: 5 }]);
    rows.receipt = async () => {
      throw new StorageError("io_failed", "Reading failed.");
    };
    const again = () => subject.submit("a", "ann", [4, "!"], { version: 3, seq: 1 });
    expect(await failure(again())).to.include({ code: "unavailable", action: "retry" });
    rows.receipt = log.receipt.bind(log);
    expect(await again()).to.equal(2);
    await subject.ledger.close();
  });
});

describe("an op that is sent again after a restart", () => {
  const file = temporaryFolder();

  it("has the version it made before", async () => {
    const before = open({ rows: await SqliteLog.open(file("interline.db")) });
    await before.ledger.create("a", "plain", "text", "ann");
    await before.submit("a", "ann", [4, "!"], { version: 1, seq: 1 });
    await before.submit("a", "bo", ["more "], { version: 1, seq: 1 });
    const { secret } = before.ledger;
    await before.ledger.close();

    const after = open({ rows: await SqliteLog.open(file("interline.db")) });
    expect(after.ledger.secret).to.deep.equal(secret);
    for (const version of [1, 2, 3]) {
      expect(await after.submit("a", "ann", [4, "!"], { version, seq: 1 })).to.equal(2);
    }
    expect(await failure(after.submit("a", "ann", [4, "?"], { version: 3, seq: 1 }))).to.include({
      code: "seq_reused",
    });
    expect(await after.submit("a", "ann", [10, "?"], { version: 3, seq: 2 })).to.equal(4);
    expect(await after.text("a")).to.equal("more text!?");
    await after.ledger.close();
  });
});
