// SQLite under the contract of all op logs, and what only a file can do: be durable, be in use, be damaged, be full.

import { statSync, symlinkSync } from "node:fs";
import type { Worker } from "node:worker_threads";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import type { OpLog } from "../../server/storage/op-log.js";
import { demand } from "../../server/storage/sqlite/file.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { storageContract } from "./contract.js";
import { create, Documents, edit, failure, PLAIN } from "./documents.js";
import { temporaryFolder } from "./support.js";
import { openUnthreaded } from "./unthreaded.js";

describe("the SQLite log", () => {
  const file = temporaryFolder();
  const paths = new Map<OpLog, string>();
  let files = 0;

  async function open(path = file(`${files++}.db`), opened = SqliteLog.open(path)): Promise<SqliteLog> {
    const log = await opened;
    paths.set(log, path);
    return log;
  }

  describe("keeps the contract:", () => {
    const openHere = (path = file(`${files++}.db`)) => open(path, openUnthreaded(path));
    storageContract({ open: () => openHere(), reopen: (closed) => openHere(paths.get(closed)), runs: 15 });
  });

  describe("opened again", () => {
    it("has what was committed, the names and the secret", async () => {
      const log = await open();
      const before = new Documents(log);
      await before.commit("a", create(PLAIN, "text"));
      await before.commit("a", edit("more "), { src: "ann", seq: 1 });
      await before.close();
      const again = await open(paths.get(log));
      const after = new Documents(again);
      expect(await after.text("a")).to.equal("more text");
      expect(await again.receipt("documents", "a", "ann", 1)).to.include({ version: 2 });
      expect(again.secret).to.deep.equal(log.secret);
      await after.close();
    });

    it("has its folder, and that one only for its owner", async () => {
      const log = await open(file("some/folder/interline.db"));
      await log.close();
      expect(statSync(file("some/folder")).mode & 0o777).to.equal(0o700);
    });
  });

  describe("durability", () => {
    it("is asked for and read back: every commit is synced", async () => {
      const log = await open();
      expect(log.settings).to.deep.equal({
        ...{ journal_mode: "wal", synchronous: 2, foreign_keys: 1, trusted_schema: 0, busy_timeout: 5000 },
      });
      await log.close();
    });

    it("that cannot be had stops the server from starting", async () => {
      // A database without a file has no write-ahead log, whatever it is asked for.
      const memory = new Sqlite(":memory:");
      expect(() => demand(memory, "interline.db", "journal_mode", "WAL", "wal")).to.throw(
        /journal_mode is memory/,
      );
      memory.close();
      const deaf = { pragma: (asked: string) => (asked === "synchronous" ? 1 : undefined) };
      expect(() => demand(deaf, "interline.db", "synchronous", "FULL", 2))
        .to.throw("interline.db cannot be kept durably: SQLite's synchronous is 1, and must be 2.")
        .with.property("code", "not_durable");
    });

    it("comes before the answer: who hears of a commit finds it in the file", async () => {
      const log = await open();
      const documents = new Documents(log);
      const reader = new Sqlite(paths.get(log)!, { readonly: true });
      const count = reader.prepare("SELECT count(*) FROM ops").pluck();
      await documents.commit("a", create(PLAIN, ""));
      for (let version = 2; version <= 50; version++) {
        await documents.commit("a", edit("x"));
        expect(count.get()).to.equal(version);
      }
      reader.close();
      await log.close();
    });

    it("means waiting: nobody hears of a commit that SQLite has not taken yet", async () => {
      const log = await open();
      const documents = new Documents(log);
      await documents.commit("a", create(PLAIN, ""));
      await documents.text("a");
      const other = new Sqlite(paths.get(log)!);
      other.exec("BEGIN IMMEDIATE");
      let answered = false;
      const commit = documents.commit("a", edit("x")).finally(() => {
        answered = true;
      });
      // Long enough for a hundred commits; the other writer is still at it.
      for (const end = performance.now() + 150; performance.now() < end; ) await new Promise(setImmediate);
      expect(answered).to.equal(false);
      expect(other.prepare("SELECT count(*) FROM ops").pluck().get()).to.equal(1);
      other.exec("COMMIT");
      expect(await commit).to.equal(true);
      expect(other.prepare("SELECT count(*) FROM ops").pluck().get()).to.equal(2);
      other.close();
      await log.close();
    });
  });

  describe("group commit", () => {
    it("writes in one transaction what is asked in one turn of the event loop, be it after many promises", async () => {
      const log = await open();
      const before = await log.counts();
      const later = async (promises: number) => {
        for (let nth = 0; nth < promises; nth++) await Promise.resolve();
        return log.probe();
      };
      await Promise.all([0, 5, 50].map(later));
      const after = await log.counts();
      expect([after.writes - before.writes, after.transactions - before.transactions]).to.deep.equal([3, 1]);
      await log.close();
    });

    it("writes what waits in one transaction, with a verdict for each", async () => {
      const log = await open();
      const documents = new Documents(log);
      const ids = Array.from({ length: 50 }, (_, at) => `doc-${at}`);
      for (const id of ids) await documents.commit(id, create(PLAIN, ""));
      const before = await log.counts();
      const verdicts = await Promise.all([...ids, "doc-7"].map((id) => documents.commit(id, edit(id))));
      const after = await log.counts();
      expect(verdicts.filter(Boolean)).to.have.length(50);
      expect(after.writes - before.writes).to.equal(51);
      expect(after.transactions - before.transactions).to.be.at.most(3);
      for (const id of ids) expect(await documents.text(id)).to.equal(id);
      await log.close();
    });
  });

  it("writes whenever it is asked whether it can be written", async () => {
    const log = await open();
    const reader = new Sqlite(paths.get(log)!, { readonly: true });
    const probe = reader.prepare("SELECT value FROM meta WHERE name = 'probe'").pluck();
    const written = new Set<string>();
    for (let asked = 0; asked < 3; asked++) {
      await log.probe();
      // What is written in the place of the same is not written at all.
      written.add((probe.get() as Buffer).toString("hex"));
    }
    expect(written.size).to.equal(3);
    await log.probe(10_000);
    expect(probe.get()).to.have.length(10_000);
    reader.close();
    await log.close();
  });

  it("whose thread has ended says so to everybody who waits, and to everybody who comes", async () => {
    const log = await open();
    const documents = new Documents(log);
    await documents.commit("a", create(PLAIN, ""));
    const { worker } = log as unknown as { worker: Worker };
    worker.postMessage(null); // Not a question: the thread fails on it.
    const waiting = [failure(documents.commit("a", edit("x"))), failure(log.load("documents", "b"))];
    for (const error of await Promise.all(waiting))
      expect(error).to.include({ name: "StorageError", code: "closed" });
    expect(await failure(documents.commit("b", create(PLAIN, "")))).to.include({ code: "closed" });
    await log.close();
    const again = new Documents(await open(paths.get(log)));
    expect(await again.text("a")).to.equal("");
    await again.close();
  });

  describe("in use", () => {
    it("is refused to a second server, until the first has closed it", async () => {
      const log = await open();
      const path = paths.get(log)!;
      const link = file("link.db");
      symlinkSync(path, link);
      for (const name of [path, link]) {
        const error = await failure(SqliteLog.open(name));
        expect(error).to.include({ name: "StorageError", code: "locked" });
        expect(error.message).to.match(/is in use by another server\.$/);
      }
      // The first one has not noticed.
      await new Documents(log).commit("a", create(PLAIN, "text"));
      await log.close();
      await (await SqliteLog.open(path)).close();
    });
  });
});
