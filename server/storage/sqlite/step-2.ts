// The second step of `migrations.ts`: every document gets a life, and its history a chain.
//
// It is done for rows as the first step made them, so the columns that their digests cover are written out here and change
// no more. A row that is not as it was written stops the step: nobody shall put a chain over it.

import type { Database } from "better-sqlite3";
import { GENESIS, mintEpoch, nextChain } from "../chain.js";
import type { Checkpoint } from "../checkpoint.js";
import { checkDigest, digestOf } from "../digest.js";
import { StorageError } from "../errors.js";
import type { NewOp } from "../op-log.js";

const COLUMNS = `
  ALTER TABLE meta ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
  ALTER TABLE documents ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
  ALTER TABLE documents ADD COLUMN chain TEXT NOT NULL DEFAULT '';
  ALTER TABLE documents ADD COLUMN pruned_chain TEXT NOT NULL DEFAULT '';
  ALTER TABLE ops ADD COLUMN chain TEXT NOT NULL DEFAULT '';
  ALTER TABLE snapshots ADD COLUMN chain TEXT NOT NULL DEFAULT '';
`;

/** Ops that are read at once. */
const PAGE_OPS = 500;

interface DocumentRow {
  readonly key: number;
  readonly collection: string;
  readonly id: string;
  readonly type: string | null;
  readonly version: number;
  readonly pruned: number;
  readonly title: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly meta: string | null;
  readonly digest: Uint8Array;
}

interface SnapshotRow {
  readonly version: number;
  readonly type: string | null;
  readonly data: string | null;
  readonly digest: Uint8Array;
}

type OpRow = NewOp & { readonly digest: Uint8Array };

/** @throws StorageError `corrupt` */
export function addChains(database: Database, checkpoint?: Checkpoint): void {
  database.exec(COLUMNS);
  for (const { name, value } of database.prepare<[], MetaRow>("SELECT name, value FROM meta").all()) {
    // There is no digest of it yet, only a kind that it must be of.
    if (typeof name !== "string" || !(value instanceof Uint8Array))
      throw new StorageError(
        "corrupt",
        "The database is damaged: what belongs to the file itself has changed.",
      );
    database.prepare("UPDATE meta SET digest = ? WHERE name = ?").run(digestOf("meta", name, value), name);
  }
  const keys = database.prepare<[], number>("SELECT key FROM documents").pluck().all();
  const document = database.prepare<[number], DocumentRow>("SELECT * FROM documents WHERE key = ?");
  const put = database.prepare(
    "UPDATE documents SET epoch = ?, chain = ?, pruned_chain = ?, digest = ? WHERE key = ?",
  );
  for (const key of keys) {
    const row = document.get(key);
    if (row === undefined)
      throw new StorageError("corrupt", "The database is damaged: a document is missing.");
    const columns = columnsOf(row);
    checkDigest("documents", row.digest, ...columns);
    const epoch = mintEpoch();
    const chain = chainOps(database, row);
    // What was before the ops that are left, nobody knows: the chain begins there.
    const added = [epoch, chain, GENESIS] as const;
    put.run(...added, digestOf("documents", ...columns, ...added), key);
    checkpoint?.("during-migration");
  }
}

interface MetaRow {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Puts the chain on a document's ops and snapshots. @returns the chain at the head */
function chainOps(database: Database, { key, id, version: head, pruned }: DocumentRow): string {
  const page = database.prepare<[number, number], OpRow>(
    `SELECT version, src, seq, body, meta, digest FROM ops
     WHERE document = ? AND version > ? ORDER BY version LIMIT ${PAGE_OPS}`,
  );
  const put = database.prepare("UPDATE ops SET chain = ?, digest = ? WHERE document = ? AND version = ?");
  const snapshots = snapshotsOf(database, key, id);
  snapshots.chain(pruned, GENESIS);
  let chain = GENESIS;
  let at = pruned;
  for (let ops = page.all(key, at); ops.length > 0; ops = page.all(key, at)) {
    for (const { digest, ...op } of ops) {
      const { version, src, seq, body, meta } = op;
      if (version !== ++at) throw missing(id, at);
      checkDigest("ops", digest, key, version, src, seq, body, meta);
      chain = nextChain(chain, op);
      put.run(chain, digestOf("ops", key, version, src, seq, body, meta, chain), key, version);
      snapshots.chain(version, chain);
    }
  }
  if (at !== head) throw missing(id, Math.min(at, head) + 1);
  return chain;
}

function snapshotsOf(database: Database, key: number, id: string) {
  const versions = new Set(
    database.prepare<[number], number>("SELECT version FROM snapshots WHERE document = ?").pluck().all(key),
  );
  const get = database.prepare<[number, number], SnapshotRow>(
    "SELECT version, type, data, digest FROM snapshots WHERE document = ? AND version = ?",
  );
  const put = database.prepare(
    "UPDATE snapshots SET chain = ?, digest = ? WHERE document = ? AND version = ?",
  );
  return {
    chain(version: number, chain: string): void {
      if (!versions.has(version)) return;
      const row = get.get(key, version);
      if (row === undefined) throw missing(id, version);
      const { type, data, digest } = row;
      checkDigest("snapshots", digest, key, version, type, data);
      put.run(chain, digestOf("snapshots", key, version, type, data, chain), key, version);
    },
  };
}

const missing = (id: string, version: number) =>
  new StorageError(
    "corrupt",
    `The database is damaged: of ${id}, version ${version} is not what was written.`,
  );

const columnsOf = (row: DocumentRow) =>
  [
    ...[row.key, row.version, row.collection, row.id, row.type, row.pruned, row.title],
    ...[row.created_at, row.updated_at, row.meta],
  ] as const;
