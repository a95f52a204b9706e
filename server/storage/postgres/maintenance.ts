// What is done to documents in a PostgreSQL database from outside the op log, beside servers that go on writing.
//
// A document whose row is locked is nobody else's: commits wait for the lock, and find another head afterwards.

import { checked, type DocumentRow, digestOfDocument, digestOfMeta, digestOfSnapshot } from "../columns.js";
import { StorageError } from "../errors.js";
import { chainAfter, signRedaction } from "../redaction.js";
import type { Redacting, StoreReader } from "../store.js";
import { NOTHING_DONE, type NoteUpkeep, UPKEEP, type Upkeep, upkeepFrom } from "../upkeep.js";
import { readAddress } from "./address.js";
import { Connections, patience, type Session } from "./connections.js";
import { metaOf } from "./open.js";
import { dropRecords } from "./records.js";

/** Documents that get another life in one transaction. */
const PAGE_DOCUMENTS = 500;
const VACUUM_MS = 60 * 60_000;

/** What may not be written to once a store was left. */
const WRITTEN = ["documents", "pages", "snapshots", "records", "revocations", "announcements"];

/** In the transaction that has the document's row locked. */
export async function redactDocument(
  session: Session,
  reader: StoreReader,
  secret: Uint8Array,
  collection: string,
  id: string,
  { redaction, now, epoch }: Redacting,
): Promise<void> {
  const document = await reader.stored(collection, id);
  if (document === undefined) throw new StorageError("corrupt", `The row of ${id} is missing.`);
  const { key, version } = document;
  if (version !== redaction.version || document.chain !== redaction.chain)
    throw new StorageError("busy", `${id} was changed meanwhile.`);
  const signed = signRedaction(secret, id, redaction);
  const chain = chainAfter(signed.record);
  for (const table of ["ops", "pages", "snapshots"])
    await session.query(`DELETE FROM interline.${table} WHERE document = $1`, [key]);
  const snapshot = { version, ...now, chain };
  await session.query(
    `INSERT INTO interline.snapshots (document, version, type, data, chain, digest) VALUES ($1, $2, $3, $4, $5, $6)`,
    [key, version, now.type, now.data, chain, digestOfSnapshot(key, snapshot)],
  );
  const gone = now.type === null ? { title: "", folded: "", meta: null, owner: null } : {};
  // What its versions were called stands for what they were.
  await dropRecords(session, collection, id);
  const row = { ...document, ...gone, type: now.type, epoch, chain, pruned: version, pruned_chain: chain };
  await session.query(
    `UPDATE interline.documents SET type = $2, title = $3, folded = $4, meta = $5, epoch = $6, chain = $7,
       pruned = $8, pruned_chain = $9, owner = $10, digest = $11 WHERE key = $1`,
    [
      ...[key, row.type, row.title, row.folded, row.meta, row.epoch, row.chain, row.pruned, row.pruned_chain],
      ...[row.owner, digestOfDocument(row)],
    ],
  );
  await session.query("INSERT INTO interline.redactions (document, record, mac) VALUES ($1, $2, $3)", [
    ...[key, signed.record, signed.mac],
  ]);
}

/** Every document begins another life, some at a time. @returns how many there are */
export async function renewDocuments(connections: Connections, mintEpoch: () => string): Promise<number> {
  await connections.transaction(openTables);
  let count = 0;
  for (let after = 0; ; ) {
    const from = after;
    const rows = await connections.transaction(async (session) => {
      const found = await session.query<DocumentRow>(
        "SELECT * FROM interline.documents WHERE key > $1 ORDER BY key LIMIT $2 FOR NO KEY UPDATE",
        [from, PAGE_DOCUMENTS],
      );
      const renewed = found.map((row) => ({ ...checked(row), epoch: mintEpoch() }));
      await session.query(
        `UPDATE interline.documents SET epoch = n.epoch, digest = n.digest
         FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS n (key, epoch, digest) WHERE documents.key = n.key`,
        [renewed.map(({ key }) => key), renewed.map(({ epoch }) => epoch), renewed.map(digestOfDocument)],
      );
      return renewed;
    });
    count += rows.length;
    const last = rows.at(-1);
    if (last === undefined) return count;
    after = last.key;
  }
}

/**
 * Gives back the room of what was deleted, to be written over. It does not write over it itself: that would keep every
 * server waiting for as long as it takes (`VACUUM FULL`).
 */
export async function vacuum(address: string): Promise<void> {
  // One connection: the setting must be that of the statement.
  const connections = new Connections({ ...readAddress(address), connections: 1 }, { warn() {} }, patience);
  try {
    await connections.query(`SET statement_timeout = ${VACUUM_MS}`);
    const tables = "interline.ops, interline.pages, interline.snapshots, interline.documents";
    await connections.query(`VACUUM ${tables}`, [], VACUUM_MS);
  } finally {
    await connections.close();
  }
}

export async function upkeepOf(session: Session): Promise<Upkeep> {
  const kept = await metaOf(session, UPKEEP);
  return kept === undefined ? NOTHING_DONE : upkeepFrom(Buffer.from(kept).toString());
}

export async function noteUpkeep(session: Session, what: NoteUpkeep): Promise<void> {
  const value = Buffer.from(JSON.stringify(what(await upkeepOf(session))));
  await session.query(
    `INSERT INTO interline.meta (name, value, digest) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET value = $2, digest = $3`,
    [UPKEEP, value, digestOfMeta(UPKEEP, value)],
  );
}

/** Keeps everybody from writing; whoever writes just now is waited for. Servers then say that writing is not possible. */
export async function leaveTables(session: Session, to: string): Promise<void> {
  await session.query(
    `LOCK TABLE ${WRITTEN.map((table) => `interline.${table}`)} IN SHARE ROW EXCLUSIVE MODE`,
  );
  await openTables(session);
  // The code of a transaction that may only read: what a server says of a standby.
  await session.query(`
    CREATE FUNCTION interline.left_behind() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN RAISE EXCEPTION 'the documents are kept elsewhere now' USING ERRCODE = '25006'; END $body$`);
  for (const table of WRITTEN)
    await session.query(
      `CREATE TRIGGER left_behind BEFORE INSERT OR UPDATE OR DELETE ON interline.${table}
       FOR EACH STATEMENT EXECUTE FUNCTION interline.left_behind()`,
    );
  const value = Buffer.from(to);
  await session.query("INSERT INTO interline.meta (name, value, digest) VALUES ('left', $1, $2)", [
    value,
    digestOfMeta("left", value),
  ]);
}

/** Lets everybody write again. */
export async function openTables(session: Session): Promise<void> {
  await session.query("DROP FUNCTION IF EXISTS interline.left_behind() CASCADE");
  await session.query("DELETE FROM interline.meta WHERE name = 'left'");
}
