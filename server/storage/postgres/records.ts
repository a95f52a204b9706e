// The records in PostgreSQL: their table, which is a step of `migrations.ts`, and the calls on it.
//
// Whoever puts a record of a document shares its row until that is committed, and the commit that ends a life has the row
// alone before it looks for records: so none of them outlives its document.

import { checkDigest } from "../digest.js";
import { isStorable } from "../name.js";
import {
  columnsOfRecord,
  digestOfRecord,
  type RecordCondition,
  type RecordName,
  type RecordRow,
  type RecordsQuery,
} from "../records.js";
import type { Connections, Session } from "./connections.js";

/** A step of `migrations.ts`. */
export const RECORDS = `
  CREATE TABLE interline.records (
    kind       text COLLATE "C" NOT NULL,
    collection text COLLATE "C" NOT NULL,
    document   text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    value      text COLLATE "C" NOT NULL,
    time       bigint NOT NULL,
    digest     bytea NOT NULL,
    PRIMARY KEY (kind, collection, document, key)
  );
  CREATE INDEX records_of ON interline.records (collection, document, kind, key) WHERE document <> '';`;

type Stored = RecordRow & { readonly digest: Uint8Array };
const COLUMNS = "kind, collection, document, key, value, time, digest";
const nameOf = ({ kind, collection, document, key }: RecordName) => [kind, collection, document, key];

const PUT = {
  name: "put-record",
  text: `INSERT INTO interline.records (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (kind, collection, document, key) DO UPDATE SET value = $5, time = $6, digest = $7
    RETURNING key`,
};
const ADD = {
  name: "add-record",
  text: `INSERT INTO interline.records (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (kind, collection, document, key) DO NOTHING RETURNING key`,
};
const CHANGE = {
  name: "change-record",
  text: `UPDATE interline.records SET value = $5, time = $6, digest = $7
    WHERE kind = $1 AND collection = $2 AND document = $3 AND key = $4 AND value = $8 RETURNING key`,
};
const DELETE = {
  name: "delete-record",
  text: `DELETE FROM interline.records
    WHERE kind = $1 AND collection = $2 AND document = $3 AND key = $4 AND ($5::text IS NULL OR value = $5)
    RETURNING key`,
};

/** @throws StorageError */
export function putRecord(
  connections: Connections,
  row: RecordRow,
  condition: RecordCondition,
): Promise<boolean> {
  return inLife(connections, row, condition, (session) => put(session, row, condition.instead));
}

export function deleteRecord(
  connections: Connections,
  name: RecordName,
  condition: RecordCondition,
): Promise<boolean> {
  const { instead } = condition;
  return inLife(connections, name, condition, async (session) => {
    if (instead === null) return false;
    return (await session.query(DELETE, [...nameOf(name), instead ?? null])).length > 0;
  });
}

async function put(session: Session, row: RecordRow, instead?: string | null): Promise<boolean> {
  const values = [...columnsOfRecord(row), digestOfRecord(row)];
  if (instead === undefined) return (await session.query(PUT, values)).length > 0;
  if (instead === null) return (await session.query(ADD, values)).length > 0;
  return (await session.query(CHANGE, [...values, instead])).length > 0;
}

/** Does `work` if the document is there, and in the life that is meant. */
async function inLife(
  connections: Connections,
  { collection, document }: RecordName,
  { epoch }: RecordCondition,
  work: (session: Session) => Promise<boolean>,
): Promise<boolean> {
  if (document === "") return work({ query: (...asked) => connections.query(...asked) });
  return connections.transaction(async (session) => {
    const [life] = await session.query<{ readonly epoch: string }>(
      `SELECT epoch FROM interline.documents WHERE collection = $1 AND id = $2 AND type IS NOT NULL FOR SHARE`,
      [collection, document],
    );
    return life !== undefined && (epoch ?? life.epoch) === life.epoch && work(session);
  });
}

/** In a transaction that is open. */
export async function insertRecord(session: Session, row: RecordRow): Promise<void> {
  await put(session, row);
}

/** All that belongs to a document, in a transaction that has its row. */
export async function dropRecords(session: Session, collection: string, document: string): Promise<void> {
  await session.query(
    "DELETE FROM interline.records WHERE document <> '' AND collection = $1 AND document = $2",
    [collection, document],
  );
}

export async function recordAt(session: Session, name: RecordName): Promise<RecordRow | undefined> {
  if (!nameOf(name).every(isStorable)) return undefined;
  const [row] = await session.query<Stored>(
    {
      name: "record",
      text: `SELECT ${COLUMNS} FROM interline.records
        WHERE kind = $1 AND collection = $2 AND document = $3 AND key = $4`,
    },
    nameOf(name),
  );
  return row && checkedRecord(row);
}

export async function recordsOf(session: Session, query: RecordsQuery): Promise<RecordRow[]> {
  const { kind, collection, document, after = "", limit } = query;
  if (![kind, collection, document, after].every(isStorable)) return [];
  const rows = await session.query<Stored>(
    {
      name: "records",
      text: `SELECT ${COLUMNS} FROM interline.records
        WHERE kind = $1 AND collection = $2 AND document = $3 AND key > $4 ORDER BY key LIMIT $5`,
    },
    [kind, collection, document, after, limit],
  );
  return rows.map(checkedRecord);
}

export async function allRecords(
  session: Session,
  after: RecordName | undefined,
  limit: number,
): Promise<RecordRow[]> {
  const from = nameOf(after ?? { kind: "", collection: "", document: "", key: "" });
  const rows = await session.query<Stored>(
    `SELECT ${COLUMNS} FROM interline.records WHERE (kind, collection, document, key) > ($1, $2, $3, $4)
     ORDER BY kind, collection, document, key LIMIT $5`,
    [...from, limit],
  );
  return rows.map(checkedRecord);
}

export async function recordsOfDocument(
  session: Session,
  collection: string,
  document: string,
): Promise<RecordRow[]> {
  const rows = await session.query<Stored>(
    `SELECT ${COLUMNS} FROM interline.records
     WHERE document <> '' AND collection = $1 AND document = $2 ORDER BY kind, key`,
    [collection, document],
  );
  return rows.map(checkedRecord);
}

/** @throws StorageError `corrupt` */
function checkedRecord({ digest, ...row }: Stored): RecordRow {
  checkDigest("records", digest, ...columnsOfRecord(row));
  return row;
}
