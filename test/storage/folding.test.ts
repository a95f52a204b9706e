// SQLite's log is taken into the database after those who wait were answered, and somebody is told how long it took.

import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { createFolding, LOG_PAGES } from "../../server/storage/sqlite/folding.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { create, Documents, edit, PLAIN } from "./documents.js";
import { temporaryFolder } from "./support.js";

describe("the log of a SQLite file", () => {
  const file = temporaryFolder();

  function openNotes(name: string) {
    const database = new Sqlite(file(name));
    database.pragma("journal_mode = WAL");
    const told: string[] = [];
    const fold = createFolding(database, (what) => told.push(what));
    database.exec("CREATE TABLE notes (note TEXT)");
    const insert = database.prepare("INSERT INTO notes VALUES (?)");
    const pages = () =>
      (database.pragma("wal_checkpoint(NOOP)") as [{ log: number; checkpointed: number }])[0];
    const write = (times: number) => {
      for (let at = 0; at < times; at++) insert.run("x".repeat(4000));
    };
    return { database, told, fold, pages, write };
  }

  it("is left alone until there is enough of it, and then is in the file", () => {
    const { database, told, fold, pages, write } = openNotes("enough.db");
    // Each of them takes a few pages of the log.
    write(0.3 * LOG_PAGES);
    expect(pages()).to.include({ checkpointed: 0 });
    fold();
    expect(told).to.deep.equal([]);
    write(0.6 * LOG_PAGES);
    const { log } = pages();
    expect(log).to.be.greaterThan(LOG_PAGES);
    fold();
    expect(told).to.deep.equal(["checkpoint"]);
    expect(pages()).to.deep.equal({ busy: 0, log, checkpointed: log });
    database.close();
  });

  it("stays safe while somebody reads, and is taken in after that", () => {
    const { database, fold, pages, write } = openNotes("reader.db");
    const reader = new Sqlite(file("reader.db"), { readonly: true });
    write(1);
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM notes").get();
    write(1.1 * LOG_PAGES);
    fold();
    expect(pages().checkpointed).to.be.lessThan(pages().log);
    reader.exec("COMMIT");
    fold();
    expect(pages().checkpointed).to.equal(pages().log);
    reader.close();
    database.close();
  });

  it("of a server is folded after the answer, and both that and each fsync are told", async () => {
    const told: string[] = [];
    const meter = { disk: (what: string, ms: number) => void (ms >= 0 && told.push(what)) };
    const log = await SqliteLog.open(file("server.db"), { meter });
    const documents = new Documents(log);
    await documents.commit("a", create(PLAIN, ""));
    const large = { kind: "k", collection: "", document: "", value: "x".repeat(1_000_000), time: 0 };
    for (let at = 0; at < 20; at++) await log.putRecord({ ...large, key: `${at}` }, {});
    await documents.commit("a", edit("y"));
    expect(told.filter((what) => what === "checkpoint")).to.have.length.at.least(1);
    expect(told.filter((what) => what === "fsync")).to.have.length.at.least(22);
    await documents.close();
  });
});
