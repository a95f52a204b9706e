// Everything that is asked of SQLite, prepared once, with the shapes of the rows that come back.

import type { Database } from "better-sqlite3";
import type { DocumentRow } from "../columns.js";
import type { Column } from "../digest.js";
import type { Place } from "../listing.js";
import type { PageSize } from "../merging.js";
import type { OpRow, SnapshotRow } from "../op-log.js";
import type { Page } from "../pages.js";

type Digested<Row> = Row & { readonly digest: Uint8Array };
export type StoredSnapshot = Digested<SnapshotRow>;
export type StoredPage = Digested<Page>;
export type StoredOp = Digested<OpRow>;

/**
 * Kept are the two newest snapshots, and of the older ones the last in each so many versions, to read history from; and the
 * one that stands for what is gone, without which nothing up to the next could be read.
 */
const MILESTONE_VERSIONS = 1000;

const DOCUMENT = `key, collection, id, type, version, pruned, title, created_at, updated_at, meta, digest,
  epoch, chain, pruned_chain, folded, owner`;

/** Documents by their last change: all, or those of one owner. The planner might take an index that has deleted ones, too. */
const all = "documents INDEXED BY documents_newest WHERE collection = :collection AND type IS NOT NULL";
const owned =
  "documents INDEXED BY documents_owned WHERE collection = :collection AND type IS NOT NULL AND owner = :owner";
/** The last of those that a step of a list looks at; its title is not read for that. */
const lookedAt = (documents: string) => `SELECT updated_at AS time, key FROM ${documents}
  AND (updated_at, key) < (:time, :key) ORDER BY updated_at DESC, key DESC LIMIT 1 OFFSET :looks - 1`;
/** Those that are found, as far as that one. */
const listing = (documents: string) => `SELECT ${DOCUMENT} FROM ${documents}
  AND (updated_at, key) < (:time, :key) AND (updated_at, key) >= (:lastTime, :lastKey)
  AND (:search = '' OR instr(folded, :search) > 0) ORDER BY updated_at DESC, key DESC LIMIT :limit`;

/** Rows behind the last snapshots. */
interface Behind {
  readonly ops: number;
  readonly characters: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** The part of better-sqlite3's statement that is used. */
export interface Query<Parameters extends unknown[], Row> {
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
  iterate(...parameters: Parameters): IterableIterator<Row>;
  run(...parameters: Parameters): unknown;
}

export function statements(database: Database) {
  const prepare = <Parameters extends unknown[], Row = never>(sql: string): Query<Parameters, Row> =>
    database.prepare<Parameters, Row>(sql);
  return {
    document: prepare<[string, string], DocumentRow>(
      `SELECT ${DOCUMENT} FROM documents WHERE collection = ? AND id = ?`,
    ),
    nextKey: prepare<[], { key: number }>("SELECT coalesce(max(key), 0) + 1 AS key FROM documents"),
    // What runs for every op has its columns bound by their places: by name each would be looked up each time.
    putDocument: prepare<Column[]>(
      `INSERT INTO documents (${DOCUMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET type = excluded.type, version = excluded.version, pruned = excluded.pruned,
         title = excluded.title, folded = excluded.folded, created_at = excluded.created_at,
         updated_at = excluded.updated_at, meta = excluded.meta, digest = excluded.digest, epoch = excluded.epoch,
         chain = excluded.chain, pruned_chain = excluded.pruned_chain, owner = excluded.owner`,
    ),
    addOp: prepare<Column[]>(
      `INSERT INTO ops (document, version, src, seq, body, meta, chain, digest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    ops: prepare<[number, number, number], Digested<OpRow>>(
      `SELECT version, src, seq, body, meta, chain, digest FROM ops
       WHERE document = ? AND version > ? AND version <= ? ORDER BY version`,
    ),
    chain: prepare<[number, number], { chain: string }>(
      "SELECT chain FROM ops WHERE document = ? AND version = ?",
    ),
    opAfter: prepare<[object], { version: number }>(
      `SELECT version FROM ops WHERE document = :document AND version > :version
       UNION ALL SELECT version FROM pages WHERE document = :document AND version > :version LIMIT 1`,
    ),
    opDigests: prepare<[number, number], { digest: Uint8Array }>(
      "SELECT digest FROM ops WHERE document = ? AND version <= ? ORDER BY version",
    ),
    dropOps: prepare<[number, number]>("DELETE FROM ops WHERE document = ? AND version <= ?"),
    pageAfter: prepare<[number, number], StoredPage>(
      `SELECT version, first, base, chain, ops, digest FROM pages
       WHERE document = ? AND version > ? ORDER BY version LIMIT 1`,
    ),
    putPage: prepare<[object]>(
      `INSERT OR REPLACE INTO pages (document, version, first, base, chain, ops, digest)
       VALUES (:document, :version, :first, :base, :chain, :ops, :digest)`,
    ),
    /** Newest first. */
    newestPages: prepare<[number, number], PageSize>(
      "SELECT version, first, length(ops) AS bytes FROM pages WHERE document = ? ORDER BY version DESC LIMIT ?",
    ),
    /** Those between the first version of a merged page and its last. */
    dropMerged: prepare<[number, number, number]>(
      "DELETE FROM pages WHERE document = ? AND version >= ? AND version < ?",
    ),
    lastPage: prepare<[number], { version: number | null }>(
      "SELECT max(version) AS version FROM pages WHERE document = ?",
    ),
    dropPages: prepare<[number, number]>("DELETE FROM pages WHERE document = ? AND version <= ?"),
    behindSnapshots: prepare<[object], Behind>(
      `SELECT count(*) AS ops, coalesce(sum(length(body)), 0) AS characters, min(version) AS first,
         max(version) AS last FROM (
         SELECT version, body FROM ops WHERE document = :document AND version <= (
           SELECT version FROM snapshots WHERE document = :document ORDER BY version DESC LIMIT 1 OFFSET 1
         ) ORDER BY version LIMIT :ops
       )`,
    ),
    putSnapshot: prepare<[object]>(
      `INSERT OR REPLACE INTO snapshots (document, version, type, data, chain, digest)
       VALUES (:document, :version, :type, :data, :chain, :digest)`,
    ),
    documents: prepare<[number, number], DocumentRow>(
      `SELECT ${DOCUMENT} FROM documents WHERE key > ? ORDER BY key LIMIT ?`,
    ),
    nextSnapshot: prepare<[number, number], StoredSnapshot>(
      `SELECT version, type, data, chain, digest FROM snapshots
       WHERE document = ? AND version > ? ORDER BY version LIMIT 1`,
    ),
    newestSnapshot: prepare<[number], StoredSnapshot>(
      "SELECT version, type, data, chain, digest FROM snapshots WHERE document = ? ORDER BY version DESC LIMIT 1",
    ),
    thinSnapshots: prepare<[object]>(
      `DELETE FROM snapshots WHERE document = :document AND version IN (
         SELECT version FROM (
           SELECT version, lag(version) OVER newest AS next, row_number() OVER newest AS age
           FROM snapshots WHERE document = :document WINDOW newest AS (ORDER BY version DESC)
         ) WHERE age > 2 AND version / ${MILESTONE_VERSIONS} = next / ${MILESTONE_VERSIONS}
           AND version <> (SELECT pruned FROM documents WHERE key = :document)
       )`,
    ),
    heads: prepare<[string, string], DocumentRow>(
      `SELECT ${DOCUMENT} FROM documents
       WHERE collection = ? AND type IS NOT NULL AND id IN (SELECT value FROM json_each(?))`,
    ),
    list: prepare<[object], DocumentRow>(listing(all)),
    listOwned: prepare<[object], DocumentRow>(listing(owned)),
    lookedAt: prepare<[object], Place>(lookedAt(all)),
    lookedAtOwned: prepare<[object], Place>(lookedAt(owned)),
    changed: prepare<[string, number, number, number], DocumentRow>(
      `SELECT ${DOCUMENT} FROM documents
       WHERE collection = ? AND (updated_at, key) > (?, ?) ORDER BY updated_at, key LIMIT ?`,
    ),
    meta: prepare<[string], Digested<{ value: Uint8Array }>>("SELECT value, digest FROM meta WHERE name = ?"),
    putMeta: prepare<[string, Uint8Array, Uint8Array]>(
      "INSERT OR REPLACE INTO meta (name, value, digest) VALUES (?, ?, ?)",
    ),
  };
}
