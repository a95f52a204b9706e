// A database from before owners and records were kept: it is brought up to date when it is opened, and each document has
// the owner that the op says which made it.

import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { type DocumentRow, digestOfDocument } from "../../server/storage/columns.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { create, Documents, del, edit, PLAIN } from "./documents.js";
import { ask, postgresForAll } from "./postgres.js";
import { quietLog, temporaryFolder } from "./support.js";

/** As the digest was before there were owners. */
const unowned = (row: DocumentRow) => Buffer.from(digestOfDocument({ ...row, owner: null }));

async function fill(log: OpLog): Promise<void> {
  const documents = new Documents(log);
  await documents.commit("ann's", create(PLAIN, "1"), { author: "ann" });
  await documents.commit("ann's", edit("2"), { author: "bo" });
  await documents.commit("again", create(PLAIN, "1"), { author: "ann" });
  await documents.commit("again", del, { author: "ann" });
  await documents.commit("again", create(PLAIN, "1"), { author: "bo" });
  await documents.commit("nobody's", create(PLAIN, "1"));
  await documents.close();
}

async function ownersIn(log: OpLog): Promise<Record<string, string | null>> {
  const { documents } = await log.list({ collection: "documents", search: "", after: undefined, limit: 10 });
  await log.putRecord(
    { kind: "k", collection: "documents", document: "ann's", key: "", value: "1", time: 1 },
    {},
  );
  expect(await log.recordsOf("documents", "ann's")).to.have.length(1);
  await log.close();
  return Object.fromEntries(documents.map(({ id, owner }) => [id, owner]));
}
const owners = { "ann's": "ann", again: "bo", "nobody's": null };

describe("a database from before owners were kept", () => {
  const file = temporaryFolder();
  const postgres = postgresForAll();

  it("gets them when it is opened: SQLite", async () => {
    const path = join(file("old.db"));
    await fill(await SqliteLog.open(path));
    const database = new Sqlite(path);
    const rows = database.prepare<[], DocumentRow>("SELECT * FROM documents").all();
    for (const row of rows)
      database.prepare("UPDATE documents SET digest = ? WHERE key = ?").run(unowned(row), row.key);
    database.exec(`DROP INDEX documents_owned; DROP INDEX documents_changed;
      ALTER TABLE documents DROP COLUMN owner; DROP TABLE records; DROP TABLE pages;
      DROP TABLE names`);
    database.pragma("user_version = 5");
    database.close();
    expect(await ownersIn(await SqliteLog.open(path))).to.deep.equal(owners);
  });

  it("gets them when it is opened: PostgreSQL, where a row of an older node has none", async () => {
    const address = await postgres().newDatabase();
    await fill(await PostgresLog.open(address, quietLog));
    const rows = await ask<DocumentRow & { key: string }>(address, "SELECT * FROM interline.documents");
    const numbers = (row: DocumentRow) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          /^(key|version|pruned|.*_at)$/.test(name) ? Number(value) : value,
        ]),
      ) as unknown as DocumentRow;
    const undo = rows.map((row) => {
      const digest = unowned(numbers(row)).toString("hex");
      return `UPDATE interline.documents SET digest = '\\x${digest}' WHERE key = ${row.key}`;
    });
    // As a node of an older version leaves a row, beside ours.
    await ask(address, undo[0]!);
    const mixed = await PostgresLog.open(address, quietLog);
    const { head } = (await mixed.load("documents", rows[0]!.id))!;
    expect(head.owner).to.equal(null);
    await mixed.close();

    await ask(
      address,
      [
        ...undo,
        "DROP INDEX interline.documents_owned, interline.documents_changed",
        "ALTER TABLE interline.documents DROP COLUMN owner",
        "DROP TABLE interline.records, interline.pages",
        "DELETE FROM interline.migrations WHERE interline_step > 2",
      ].join("; "),
    );
    expect(await ownersIn(await PostgresLog.open(address, quietLog))).to.deep.equal(owners);
  });
});
