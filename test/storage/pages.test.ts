// Ops behind the last snapshots are folded into pages, and nobody can tell: whatever is asked of a log that folds all the time
// has the answer of one that never does.

import { setImmediate } from "node:timers/promises";
import Sqlite, { type Database } from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { keptTypes } from "../../server/ledger/documents.js";
import { GENESIS, nextChain } from "../../server/storage/chain.js";
import { digestOfPage, digestOfReceipt } from "../../server/storage/columns.js";
import { StorageError, verifyStore } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { NewOp, OpLog, OpRow } from "../../server/storage/op-log.js";
import { believe, entriesIn, fold, type Page, unfold } from "../../server/storage/pages.js";
import { createPaging } from "../../server/storage/paging.js";
import { partsOf } from "../../server/storage/parts.js";
import { createFolds, foldDocument, foldSteps } from "../../server/storage/sqlite/folds.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { sqliteStore } from "../../server/storage/sqlite/store.js";
import { copyStore } from "./corruption.js";
import { cold, create, Documents, edit, failure, PLAIN, RICH } from "./documents.js";
import { carryOut, compare, folding, never, same, snapshots, step } from "./folded.js";
import { temporaryFolder } from "./support.js";
import { openFolding } from "./unthreaded.js";

describe("folded history", () => {
  const file = temporaryFolder();
  let files = 0;

  for (const [where, open, numRuns] of [
    ["memory", async () => ({ log: new MemoryLog(folding), folded: async () => {} }), 25],
    ["SQLite", () => openFolding(file(`${files++}.db`), { folding }), 6],
  ] as const)
    it(`answers in ${where} as if it had never been folded`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
          const [{ log, folded }, whole] = [await open(), new MemoryLog(never)];
          await carryOut(log, steps, folded);
          await carryOut(whole, steps);
          await compare(log, whole);
          await log.close();
        }),
        { numRuns },
      );
    });

  /** A file with a document of 41 ops, most of them in pages: a copy of the first. */
  let first: Promise<string> | undefined;
  async function written(): Promise<string> {
    first ??= write(file("first.db"));
    const path = file(`${files++}.db`);
    copyStore(await first, path);
    return path;
  }
  async function write(path: string): Promise<string> {
    const { log, folded } = await openFolding(path, { folding });
    const documents = new Documents(log, { snapshots });
    await documents.commit("a", create(RICH, ["\n"]));
    for (let seq = 1; seq <= 40; seq++) {
      await documents.commit("a", edit(seq, { i: "x", a: { b: 1 } }), { src: "ann", seq });
      await documents.adapter.idle();
      await folded();
    }
    await documents.close();
    return path;
  }
  function changed<Result>(path: string, change: (database: Database) => Result): Result {
    const database = new Sqlite(path);
    const close = () => void database.close();
    let result: Result | undefined;
    try {
      result = change(database);
      return result;
    } finally {
      if (result instanceof Promise) result.then(close, close);
      else close();
    }
  }
  function foldable(database: Database) {
    const rows = new SqliteRows(database, undefined, folding);
    const steps = foldSteps(rows, ({ name, args }) =>
      database.transaction(() => Reflect.apply(rows[name], rows, args))(),
    );
    return { rows, fold: { steps, paging: createPaging(), rule: folding, pause: async () => {} } };
  }
  const counted = (path: string, table: string) =>
    changed(path, (database) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number);

  it("is rows no longer, but for the newest", async () => {
    const path = await written();
    expect(counted(path, "ops")).to.be.within(4, 10);
    expect(counted(path, "pages")).to.be.at.least(1);
    expect(counted(path, "submissions")).to.be.within(4, 10);
    expect(counted(path, "names")).to.equal(1);
  });

  it("has the names of its ops folded as well, also those that older versions left as rows", async () => {
    const path = await written();
    await changed(path, async (database) => {
      const { rows, fold } = foldable(database);
      const all = rows.receipts("documents", "a", undefined, 1_000);
      expect(all).to.have.length(40);
      database.exec("DELETE FROM names; DELETE FROM submissions");
      for (const { src, seq, version, hash } of all) {
        const digest = digestOfReceipt(1, src, seq, { version, hash });
        database
          .prepare("INSERT INTO submissions VALUES (1, ?, ?, ?, ?, ?)")
          .run(src, seq, version, hash, digest);
      }
      while (rows.nextFoldable(0)?.foldable) expect(await foldDocument(1, fold)).to.equal(true);
      // The newest, and fewer than make it worth while.
      expect(counted(path, "submissions")).to.be.lessThan(counted(path, "ops") + folding.ops);
      expect(rows.receipts("documents", "a", undefined, 1_000)).to.deep.equal(all);
    });
  });

  it("goes on from an op that was sent again, however long ago", async () => {
    const log = await SqliteLog.open(await written());
    const documents = new Documents(log, cold);
    const again = await failure(
      documents.commit("a", edit(1, { i: "x", a: { b: 1 } }), { src: "ann", seq: 1 }),
    );
    expect(again).to.include({ code: "ERR_OP_ALREADY_SUBMITTED" });
    await log.close();
  });

  for (const [what, spoil] of [
    [
      "a byte of a page has changed",
      "UPDATE pages SET ops = CAST(substr(ops, 1, 30) || x'00' || substr(ops, 32) AS BLOB)",
    ],
    ["a page is missing", "DELETE FROM pages WHERE version = (SELECT max(version) FROM pages)"],
    [
      "a page stands in the place of another",
      "UPDATE pages SET version = version + 1 WHERE version = (SELECT max(version) FROM pages)",
    ],
    ["a page with a digest of its own is of another history", undefined],
  ] as const)
    it(`is refused, and found when verified, if ${what}`, async () => {
      const path = await written();
      changed(path, (database) => (spoil === undefined ? forge(database) : database.exec(spoil)));
      await sqliteStore(path).read(async (store) => {
        const found = await failure(new Documents(store as unknown as OpLog, cold).ops("a"));
        expect(found).to.include({ name: "StorageError", code: "corrupt" });
        const findings = [];
        const options = { types: Object.values(keptTypes), deep: true };
        for await (const verified of verifyStore(store, options)) findings.push(...verified.findings);
        expect(findings).to.not.have.length(0);
      });
    });

  it("goes with a document that is redacted, and with one that is taken away", async () => {
    for (const gone of ["redacted", "removed"]) {
      const path = await written();
      const own = await sqliteStore(path).own();
      if (gone === "removed") await own.takeIn((intake) => intake.remove("documents", "a"));
      else
        await own.redact("documents", "a", async (store) => {
          const { version, chain } = (await store.stored("documents", "a"))!;
          const redaction = { version, chain, meant: "all", reason: "law", time: 1 };
          return { redaction, now: { type: RICH, data: '["\\n"]' }, epoch: "next" };
        });
      await own.close();
      expect(counted(path, "pages"), gone).to.equal(0);
      expect(counted(path, "names"), gone).to.equal(gone === "removed" ? 0 : 1);
    }
  });

  it("of documents that nobody writes to is made in the pauses after the file was opened", async () => {
    const path = file(`${files++}.db`);
    const documents = new Documents(await SqliteLog.open(path), { snapshots });
    for (const id of ["a", "b", "c"]) {
      await documents.commit(id, create(PLAIN, ""));
      for (let version = 2; version <= (id === "b" ? 3 : 20); version++)
        await documents.commit(id, edit("x"));
    }
    await documents.close();
    await changed(path, async (database) => {
      const { rows, fold } = foldable(database);
      const folded: number[] = [];
      const putFolded = (...args: Parameters<typeof fold.steps.putFolded>) =>
        folded.push(args[0]) > 0 && fold.steps.putFolded(...args);
      const waiting: (() => void)[] = [];
      const after = (_: number, run: () => void) => {
        waiting.push(run);
        return () => {};
      };
      createFolds({ ...fold, steps: { ...fold.steps, putFolded } }, (from) => rows.nextFoldable(from), {
        after,
      });
      for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
        run();
        await setImmediate();
      }
      expect(folded).to.deep.equal([1, 1, 1, 3, 3, 3]);
      expect(rows.nextFoldable(0)).to.deep.equal({ key: 3, foldable: false });
    });
    const log = await SqliteLog.open(path);
    expect(await new Documents(log, cold).ops("c")).to.have.length(20);
    await log.close();
  });

  it("of a database that knew of no pages is folded as it is written to", async () => {
    const path = file(`${files++}.db`);
    const before = new Documents(await SqliteLog.open(path), { snapshots });
    await before.commit("a", create(PLAIN, ""));
    for (let version = 2; version <= 30; version++) await before.commit("a", edit("x"));
    await before.close();
    const ops = counted(path, "ops");
    changed(path, (database) => database.exec("DROP TABLE pages; DROP TABLE names; PRAGMA user_version = 7"));
    const { log, folded } = await openFolding(path, { folding });
    const after = new Documents(log, { ...cold, snapshots });
    for (let version = 31; version <= 60; version++) {
      await after.commit("a", edit("y"));
      await after.adapter.idle();
      await folded();
    }
    expect(await after.ops("a")).to.have.length(60);
    await after.close();
    expect(ops).to.equal(30);
    expect(counted(path, "ops")).to.be.lessThan(15);
  });
});

/** Lets the first page begin elsewhere, as somebody would who knows how digests are made. */
function forge(database: Database): void {
  const { document, ...page } = database
    .prepare("SELECT * FROM pages ORDER BY version LIMIT 1")
    .get() as Page & {
    readonly document: number;
  };
  const forged = { ...page, base: page.chain };
  database
    .prepare("UPDATE pages SET base = ?, digest = ? WHERE document = ? AND version = ?")
    .run(forged.base, digestOfPage(document, forged), document, page.version);
}

describe("a page", () => {
  const text = fc.oneof(
    fc.constantFrom(
      '{"op":["x"]}',
      '{"op":[3,{"d":1}]}',
      '{"op":[3,"👻"]}',
      '{"del":true}',
      '{"create":{"type":"t"}}',
    ),
    fc.constantFrom(
      '{"op":[0,"x"]}',
      '{"op": ["x"]}',
      '{"op":["x"],"more":1}',
      '{"op":[{"p":[1],"li":2}]}',
      '{"op":7}',
    ),
    fc.constantFrom(
      '{"op":["\\ud83d"]}',
      '{"op":[{"a":{"b":1},"i":"x"}]}',
      '{"op":[{"i":"x","a":{"b":-0}}]}',
      '{"op":',
    ),
    fc.string(),
  );
  const meta = fc.oneof(
    fc.constant(null),
    fc.nat().map((ts) => JSON.stringify({ ts, author: "ann" })),
    fc.constantFrom(
      '{"ts":007}',
      '{"author":"\\"ts\\":5","ts":6}',
      '{"ts":1.5}',
      '{"ts":-3}',
      '{"ts":12345678901234567890}',
      "",
    ),
  );
  const op: fc.Arbitrary<Omit<NewOp, "version">> = fc.record({
    src: fc.constantFrom(null, "a", "b"),
    seq: fc.oneof(fc.constant(null), fc.nat(100)),
    body: text,
    meta,
  });

  const chained = (ops: readonly Omit<NewOp, "version">[], first: number): OpRow[] => {
    let chain = GENESIS;
    return ops.map((op, at) => {
      const row = { ...op, version: first + at };
      chain = nextChain(chain, row);
      return { ...row, chain };
    });
  };

  it("gives back every row byte for byte, whatever stood in it", () => {
    fc.assert(
      fc.property(fc.array(op, { minLength: 1, maxLength: 12 }), fc.nat(9_000), (ops, at) => {
        const rows = chained(ops, at + 1);
        same(unfold(fold(rows, GENESIS)), rows);
      }),
      { numRuns: 200 },
    );
  });

  it("is proven once: not again by its readers where another thread that folded it has done so", () => {
    const pageWith = (body: string): Page => ({
      ...fold(chained([{ src: "a", seq: 1, body, meta: null }], 1), GENESIS),
      chain: "not what its ops make",
    });
    const entries = (page: Page) => partsOf(page).flatMap((part) => entriesIn(part));
    expect(() => entries(pageWith('{"op":["unproven"]}'))).to.throw(StorageError, "not what was written");
    const believed = pageWith('{"op":["believed"]}');
    believe(believed);
    expect(entries(believed)).to.have.length(1);
    expect(() => entries({ ...believed, base: "another" })).to.throw(StorageError, "not what was written");
  });

  it("is not made of rows that do not follow on each other", () => {
    const rows = chained([{ src: null, seq: null, body: '{"op":["x"]}', meta: null }], 1);
    expect(() => fold(rows, "another")).to.throw(StorageError, "does not follow");
  });

  it("is refused whatever of it has changed", () => {
    const page = fold(
      chained(
        Array.from({ length: 9 }, () => ({ src: "a", seq: 1, body: '{"op":["x"]}', meta: null })),
        1,
      ),
      GENESIS,
    );
    const wrong: Page[] = [
      { ...page, first: 2 },
      { ...page, version: 8 },
      { ...page, version: page.version + 1, first: 2 },
      { ...page, base: "another" },
      { ...page, chain: "another" },
      { ...page, ops: page.ops.subarray(1) },
      { ...page, ops: Buffer.alloc(0) },
      { ...page, ops: Buffer.alloc(1_000, 255) },
    ];
    for (const one of wrong) expect(() => unfold(one)).to.throw(StorageError, "not what was written");
  });
});
