// Rows that lack something, or have it in another form than their table allows: a bit that flips where the schema says how
// a column is called, or where a row says of which kind a column is. SQLite's own check may find neither.

import { isDeepStrictEqual } from "node:util";
import Sqlite, { type Database } from "better-sqlite3";
import { expect } from "chai";
import { checkDigest, digestOf } from "../../server/storage/digest.js";
import { StorageError } from "../../server/storage/index.js";
import { isSigned } from "../../server/storage/redaction.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { create, Documents, edit, PLAIN } from "./documents.js";
import { temporaryFolder } from "./support.js";
import { openFolding } from "./unthreaded.js";

const DOCUMENTS =
  "documents: key version collection id type pruned title folded created_at updated_at meta epoch chain pruned_chain digest";

/** Every read, with the table that it is of and the columns that it needs. */
const reads: readonly (readonly [of: string, read: (rows: SqliteRows) => unknown])[] = [
  [DOCUMENTS, (rows) => rows.load("documents", "plain")],
  [DOCUMENTS, (rows) => rows.heads("documents", ["plain"])],
  [DOCUMENTS, (rows) => rows.list({ collection: "documents", search: "", after: undefined, limit: 9 })],
  [DOCUMENTS, (rows) => rows.documents(0, 9)],
  ["ops: version src seq body meta chain digest", (rows) => rows.history("documents", "plain", 0, 9, 1e6)],
  ["pages: version first base chain ops digest", (rows) => rows.history("documents", "folded", 0, 1, 1e6)],
  ["snapshots: version type data chain digest", (rows) => rows.load("documents", "plain")],
  ["snapshots: version type data chain digest", (rows) => rows.nextSnapshot("documents", "plain", 0)],
  ["submissions: version hash digest", (rows) => rows.receipt("documents", "plain", "ann", 1)],
  ["submissions: src seq version hash digest", (rows) => rows.receipts("documents", "plain", undefined, 9)],
  ["meta: value digest", (rows) => rows.meta("secret", () => Buffer.alloc(32))],
  ["revocations: user doc token before digest", (rows) => rows.revocations()],
  ["revocations: user doc token before digest", (rows) => rows.news(0)],
  ["announcements: id text made until digest", (rows) => rows.news(0)],
  ["records: kind collection document key value time digest", (rows) => rows.recordsOf("documents", "plain")],
  ["records: kind collection document key value time digest", (rows) => rows.allRecords(undefined, 9)],
  ["news: last", (rows) => rows.news(0)],
];

const tables = reads.map(([of, read]) => {
  const [table, columns] = of.split(": ") as [string, string];
  return { table, columns: columns.split(" "), read };
});

/** What is served, or "corrupt". */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof StorageError && error.code === "corrupt") return "corrupt";
    throw error;
  }
}

/** Whether all that is found is what there was, however little it is. */
function isPart(found: unknown, whole: unknown): boolean {
  if (found === undefined || isDeepStrictEqual(found, whole)) return true;
  if (Array.isArray(found) && Array.isArray(whole))
    return found.every((one) => whole.some((other) => isPart(one, other)));
  if (typeof found !== "object" || typeof whole !== "object" || found === null || whole === null)
    return false;
  return Object.entries(found).every(([name, value]) =>
    isPart(value, (whole as Record<string, unknown>)[name]),
  );
}

/** Without those that statements rely on there is no opening a file at all. */
const INDEXES = `
  CREATE UNIQUE INDEX one ON documents (key);
  DROP INDEX documents_newest;
  DROP INDEX documents_owned;
  CREATE INDEX documents_newest ON documents (collection, updated_at, key) WHERE type IS NOT NULL;
  CREATE INDEX documents_owned ON documents (collection, owner, updated_at, key)
    WHERE type IS NOT NULL AND owner IS NOT NULL;`;

describe("a row that is not what its table allows", () => {
  const file = temporaryFolder();
  /** The bytes of the file that each test changes. */
  let intact: Buffer;

  before(async () => {
    const folding = { ops: 1, characters: 1e6 };
    const { log, folded } = await openFolding(file("intact.db"), { folding });
    const documents = new Documents(log, {
      snapshots: { ops: 2, characters: 1e6 },
    });
    await documents.commit("folded", create(PLAIN, ""));
    for (let version = 2; version <= 4; version++) {
      await documents.commit("folded", edit("x"));
      await documents.adapter.idle();
      await folded();
    }
    await documents.commit("plain", create(PLAIN, "words"));
    await documents.commit("plain", edit("more "), { src: "ann", seq: 1 });
    await documents.adapter.idle();
    await documents.close();
    const database = new Sqlite(file("intact.db"));
    const rows = new SqliteRows(database);
    rows.revoke({ user: "ann", doc: "", token: "", before: 7 });
    rows.announce({ id: "a", text: "soon", made: 7, until: 9 });
    rows.putRecord(
      { kind: "version", collection: "documents", document: "plain", key: "1", value: '"one"', time: 7 },
      {},
    );
    for (const [, read] of reads) read(rows);
    // There is no log beside bytes in memory.
    database.pragma("journal_mode = DELETE");
    intact = database.serialize();
    database.close();
  });

  /** A copy whose schema and rows are what `change` makes of them: in memory, for there are hundreds. */
  function changed<Result>(change: (database: Database) => void, look: (rows: SqliteRows) => Result): Result {
    const writer = new Sqlite(intact);
    writer.unsafeMode(true);
    for (const pragma of ["foreign_keys = OFF", "legacy_alter_table = ON", "writable_schema = ON"])
      writer.pragma(pragma);
    change(writer);
    const database = new Sqlite(writer.serialize());
    writer.close();
    try {
      return look(new SqliteRows(database));
    } finally {
      database.close();
    }
  }

  it("because a column is called otherwise is refused", () => {
    for (const { table, columns, read } of tables)
      for (const column of columns) {
        // Whose one number is read by its place.
        if (table === "news") continue;
        const called = column[0]!.toUpperCase() + column.slice(1);
        const rename = (database: Database) =>
          database
            .prepare("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = ?")
            .run(` ${column} `, ` ${called} `, table);
        changed(rename, (rows) =>
          expect(
            outcomeOf(() => read(rows)),
            `${table}.${called}`,
          ).to.equal("corrupt"),
        );
      }
  });

  it("because a column is of another kind is refused, or not found", () => {
    let refusals = 0;
    for (const { table, columns, read } of tables) {
      const whole = changed(() => {}, read);
      for (const column of columns)
        for (const form of ["NULL", `CAST(${column} AS BLOB)`, `CAST(${column} AS TEXT)`])
          changed(
            (database) => {
              // The same rows in a table that allows anything.
              database.exec(`ALTER TABLE ${table} RENAME TO was; CREATE TABLE ${table} AS SELECT * FROM was`);
              if (table === "documents") database.exec(INDEXES);
              database.exec(`UPDATE ${table} SET ${column} = ${form}`);
            },
            (rows) => {
              const outcome = outcomeOf(() => read(rows));
              if (outcome === "corrupt") refusals++;
              else expect(isPart(outcome, whole), `${table}.${column} as ${form}`).to.equal(true);
            },
          );
    }
    expect(refusals).to.be.greaterThan(100);
  });

  it("is no row of a digest, whatever else it is", () => {
    const digest = digestOf("submissions", 1, "ann", 1, 2, Buffer.from("hash"));
    checkDigest("submissions", digest, 1, "ann", 1, 2, Buffer.from("hash"));
    const others: unknown[][] = [
      [digest, 1, "ann", 1, 2, "hash"],
      [digest, 1, Buffer.from("ann"), 1, 2, Buffer.from("hash")],
      [digest, 1, "ann", 1, 2],
      [digest, 1, "ann", 1, 2n, Buffer.from("hash")],
      [digest, 1, "ann", 1, undefined, Buffer.from("hash")],
      [digest, 1, "ann", 1, 2, {}],
      ...[null, undefined, 7, digest.toString(), {}].map((other) => [
        other,
        ...[1, "ann", 1, 2, Buffer.from("hash")],
      ]),
    ];
    for (const [found, ...columns] of others)
      expect(outcomeOf(() => checkDigest("submissions", found, ...columns))).to.equal("corrupt");
  });

  it("is not signed, if it is one of redactions", () => {
    const secret = Buffer.alloc(32);
    for (const [record, mac] of [
      [undefined, Buffer.alloc(32)],
      ["{}", undefined],
      ["{}", "text"],
      [Buffer.from("{}"), Buffer.alloc(32)],
    ])
      expect(isSigned(secret, { record, mac } as never)).to.equal(false);
  });
});
