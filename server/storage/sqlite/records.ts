// The records in a SQLite file: their table, which is a step of `migrations.ts`, and the calls on it.

import type { Database } from "better-sqlite3";
import { checkDigest } from "../digest.js";
import {
  columnsOfRecord,
  digestOfRecord,
  type RecordCondition,
  type RecordName,
  type RecordRow,
  type RecordsQuery,
} from "../records.js";

const TABLE = `
  CREATE TABLE records (
    kind       TEXT NOT NULL,
    collection TEXT NOT NULL,
    document   TEXT NOT NULL,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    time       INTEGER NOT NULL,
    digest     BLOB NOT NULL,
    PRIMARY KEY (kind, collection, document, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX records_of ON records (collection, document, kind, key) WHERE document <> '';
`;

export function addRecords(database: Database): void {
  database.exec(TABLE);
}

type Stored = RecordRow & { readonly digest: Uint8Array };
const COLUMNS = "kind, collection, document, key, value, time, digest";
const NAMED = "kind = ? AND collection = ? AND document = ? AND key = ?";
const nameOf = ({ kind, collection, document, key }: RecordName) =>
  [kind, collection, document, key] as const;

/** @throws StorageError `corrupt` */
function checkedRecord({ digest, ...row }: Stored): RecordRow {
  checkDigest("records", digest, ...columnsOfRecord(row));
  return row;
}

/** @returns whether what must be so is so; the caller has opened a transaction if it writes then */
function holds(database: Database, name: RecordName, { instead, epoch }: RecordCondition): boolean {
  if (name.document !== "") {
    const life = database
      .prepare<[string, string], string>(
        "SELECT epoch FROM documents WHERE collection = ? AND id = ? AND type IS NOT NULL",
      )
      .pluck()
      .get(name.collection, name.document);
    if (life === undefined || (epoch !== undefined && life !== epoch)) return false;
  }
  return instead === undefined || (recordAt(database, name)?.value ?? null) === instead;
}

export function insertRecord(database: Database, row: RecordRow): void {
  database
    .prepare(`INSERT OR REPLACE INTO records (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    .run(...columnsOfRecord(row), digestOfRecord(row));
}

export function putRecord(database: Database, row: RecordRow, condition: RecordCondition): boolean {
  const may = holds(database, row, condition);
  if (may) insertRecord(database, row);
  return may;
}

export function deleteRecord(database: Database, name: RecordName, condition: RecordCondition): boolean {
  if (!holds(database, name, condition)) return false;
  return database.prepare(`DELETE FROM records WHERE ${NAMED}`).run(...nameOf(name)).changes > 0;
}

/** All that belongs to a document. */
export function dropRecords(database: Database, collection: string, document: string): void {
  database
    .prepare("DELETE FROM records WHERE document <> '' AND collection = ? AND document = ?")
    .run(collection, document);
}

export function recordAt(database: Database, name: RecordName): RecordRow | undefined {
  const row = database
    .prepare<string[], Stored>(`SELECT ${COLUMNS} FROM records WHERE ${NAMED}`)
    .get(...nameOf(name));
  return row && checkedRecord(row);
}

export function recordsOf(database: Database, query: RecordsQuery): RecordRow[] {
  const { kind, collection, document, after = "", limit } = query;
  return database
    .prepare<unknown[], Stored>(
      `SELECT ${COLUMNS} FROM records WHERE kind = ? AND collection = ? AND document = ? AND key > ?
       ORDER BY key LIMIT ?`,
    )
    .all(kind, collection, document, after, limit)
    .map(checkedRecord);
}

export function allRecords(database: Database, after: RecordName | undefined, limit: number): RecordRow[] {
  const from = nameOf(after ?? { kind: "", collection: "", document: "", key: "" });
  return database
    .prepare<unknown[], Stored>(
      `SELECT ${COLUMNS} FROM records WHERE (kind, collection, document, key) > (?, ?, ?, ?)
       ORDER BY kind, collection, document, key LIMIT ?`,
    )
    .all(...from, limit)
    .map(checkedRecord);
}

export function recordsOfDocument(database: Database, collection: string, document: string): RecordRow[] {
  return database
    .prepare<unknown[], Stored>(
      `SELECT ${COLUMNS} FROM records WHERE document <> '' AND collection = ? AND document = ? ORDER BY kind, key`,
    )
    .all(collection, document)
    .map(checkedRecord);
}
