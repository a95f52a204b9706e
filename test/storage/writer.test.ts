// Groups of writes as transactions: what becomes of the others when one cannot be written.

import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { resultOf } from "../../server/storage/outcome.js";
import { createGroups } from "../../server/storage/sqlite/groups.js";
import { troubleWith } from "../../server/storage/sqlite/trouble.js";
import { createWriter } from "../../server/storage/sqlite/writer.js";
import { failure } from "./documents.js";
import { temporaryFolder } from "./support.js";

const write = (...args: unknown[]) => ({ name: "probe" as const, args });

describe("a group of writes", () => {
  const file = temporaryFolder();
  let files = 0;

  /** A writer of notes into a file that holds about 100 KB. */
  function notes(call?: (note: unknown) => void) {
    const executed: string[] = [];
    const verbose = (statement?: unknown) => void executed.push(String(statement));
    const database = new Sqlite(file(`${files++}.db`), { verbose });
    database.pragma("journal_mode = WAL");
    database.exec("CREATE TABLE notes (note TEXT)");
    database.pragma("max_page_count = 30");
    const insert = database.prepare("INSERT INTO notes VALUES (?)");
    const writer = createWriter(
      database,
      ({ args: [note] }) => {
        insert.run(note);
        call?.(note);
        return note;
      },
      (error) => troubleWith("notes.db", error),
    );
    const written = () => database.prepare("SELECT note FROM notes").pluck().all();
    return { database, writer, written, executed };
  }

  it("is one transaction", () => {
    const { writer, written } = notes();
    const outcomes = writer.write([write("a"), write("b"), write("c")]);
    expect(outcomes.map(resultOf)).to.deep.equal(["a", "b", "c"]);
    expect(written()).to.deep.equal(["a", "b", "c"]);
    expect(writer.counts()).to.deep.equal({ transactions: 1, writes: 3 });
  });

  it("loses only the one for which there is no room", () => {
    const { writer, written } = notes();
    const outcomes = writer.write([write("a"), write("x".repeat(200_000)), write("c")]);
    expect(outcomes[1]).to.deep.equal({
      trouble: { code: "disk_full", message: "The disk that holds notes.db is full." },
    });
    expect([outcomes[0], outcomes[2]].map((outcome) => resultOf(outcome!))).to.deep.equal(["a", "c"]);
    expect(written()).to.deep.equal(["a", "c"]);
  });

  it("leaves nothing half written of one that fails in the middle", () => {
    const { writer, written } = notes((note) => {
      if (note === "bad") throw new Error("after the insert");
    });
    const outcomes = writer.write([write("a"), write("bad")]);
    expect(outcomes.map((outcome) => "done" in outcome)).to.deep.equal([true, false]);
    expect(written()).to.deep.equal(["a"]);
  });

  it("fails as a whole, at once, while another program holds the file", () => {
    const { database, writer, written, executed } = notes();
    database.pragma("busy_timeout = 100");
    const other = new Sqlite(database.name);
    other.exec("BEGIN IMMEDIATE");
    const outcomes = writer.write(Array.from({ length: 20 }, (_, at) => write(String(at))));
    // One wait, and not one for each of the twenty.
    expect(executed.filter((statement) => statement.startsWith("BEGIN"))).to.have.length(1);
    for (const outcome of outcomes)
      expect(() => resultOf(outcome))
        .to.throw()
        .with.property("code", "busy");
    other.close();
    expect(written()).to.deep.equal([]);
    expect(writer.write([write("later")]).map(resultOf)).to.deep.equal(["later"]);
  });

  it("is never tried again once the disk could not sync, since what it dropped nobody knows", () => {
    let broken = true;
    const { writer, written } = notes(() => {
      if (broken) throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_FSYNC" });
    });
    expect(() => resultOf(writer.write([write("a"), write("b")])[1]!))
      .to.throw()
      .with.property("code", "io_failed");
    broken = false;
    expect(() => resultOf(writer.write([write("c")])[0]!))
      .to.throw()
      .with.property("code", "io_failed");
    expect(written()).to.deep.equal([]);
  });
});

describe("writes that wait", () => {
  it("go together while a group is on its way, in the order they came", async () => {
    const sent: unknown[][] = [];
    const groups = createGroups(async (writes) => {
      sent.push(writes.map(({ args }) => args[0]));
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      return writes.map(({ args }) => ({ done: args[0] }));
    });
    const first = [groups.add(write(1)), groups.add(write(2))];
    while (sent.length === 0) await Promise.resolve();
    const rest = [3, 4, 5].map((each) => groups.add(write(each)));
    expect(await Promise.all([...first, ...rest])).to.deep.equal([1, 2, 3, 4, 5]);
    expect(sent).to.deep.equal([
      [1, 2],
      [3, 4, 5],
    ]);
    await groups.idle();
  });

  it("make groups of a bounded size, and a huge one goes alone", async () => {
    const sizes: number[] = [];
    const groups = createGroups(async (writes) => {
      sizes.push(writes.length);
      return writes.map(() => ({ done: undefined }));
    });
    await Promise.all(Array.from({ length: 600 }, () => groups.add(write(1))));
    expect(sizes).to.deep.equal([256, 256, 88]);
    sizes.length = 0;
    const huge = "x".repeat(9 * 2 ** 20);
    await Promise.all(["a", huge, "b", "c"].map((text) => groups.add(write({ text }))));
    expect(sizes).to.deep.equal([1, 1, 2]);
  });

  it("all hear of it when a group is lost, and the next group is sent", async () => {
    let lost = true;
    const groups = createGroups(async (writes) => {
      if (lost) throw new Error("the thread is gone");
      return writes.map(() => ({ done: "written" }));
    });
    const both = await Promise.all([failure(groups.add(write(1))), failure(groups.add(write(2)))]);
    expect(both.map(({ message }) => message)).to.deep.equal(["the thread is gone", "the thread is gone"]);
    lost = false;
    expect(await groups.add(write(3))).to.equal("written");
  });
});
