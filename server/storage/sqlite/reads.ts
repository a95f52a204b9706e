// What is read of a database, as SQL: one connection, no thread and no waiting. It writes nothing, so that a file that is
// opened for reading only will do.
//
// Rows are checked against their digests whenever they are read.

import type { Database } from "better-sqlite3";
import { demandConnected } from "../chain.js";
import {
  changeOf,
  changesOf,
  checked,
  columnsOfOp,
  columnsOfPage,
  columnsOfSnapshot,
  type DocumentRow,
  damaged,
} from "../columns.js";
import { checkDigest } from "../digest.js";
import {
  type ChangedDocument,
  type DamagedDocument,
  type Listed,
  type ListQuery,
  listedTo,
  looksOf,
  type Place,
} from "../listing.js";
import type { News } from "../news.js";
import {
  type DocumentName,
  type History,
  type Loaded,
  type Named,
  type NamedReceipt,
  type OpRow,
  type Reads,
  type Receipt,
  type Run,
  type RunReads,
  type SnapshotRow,
  type Standing,
  within,
} from "../op-log.js";
import { createUnfolding, entriesIn, entryOf } from "../pages.js";
import { partsOf } from "../parts.js";
import type { RecordName, RecordRow, RecordsQuery } from "../records.js";
import { demandDense } from "../replay.js";
import type { RevocationRow } from "../revocation.js";
import { runOf, type Stretch } from "../run.js";
import { SqliteNames } from "./names.js";
import { newsSince } from "./news.js";
import { allRecords, recordAt, recordsOf, recordsOfDocument } from "./records.js";
import { allRevocations } from "./revocations.js";
import { type StoredPage, type StoredSnapshot, statements } from "./statements.js";
import { faultsOfOwners, faultsOfPages } from "./structure.js";

/** Rows that are read at once for a run, and how many characters of JSON. */
const ROWS = 1_000;
const ROWS_CHARACTERS = 2 ** 20;

export class SqliteReads implements Reads, RunReads {
  protected readonly sql: ReturnType<typeof statements>;
  protected readonly names: SqliteNames;
  private readonly unfold = createUnfolding<StoredPage>();

  constructor(protected readonly database: Database) {
    this.sql = statements(database);
    this.names = new SqliteNames(database);
  }

  revocations(): RevocationRow[] {
    return allRevocations(this.database);
  }

  news(since: number): News {
    return newsSince(this.database, since);
  }

  load(collection: string, id: string): Loaded | undefined {
    const document = this.document(collection, id);
    if (document === undefined) return undefined;
    const { type, epoch, version, chain, meta, title, owner, pruned, key } = document;
    const snapshot = this.newestSnapshot(key);
    const ops = [...this.ops(key, snapshot?.version ?? pruned, version)];
    return { head: { type, epoch, version, chain, meta, title, owner }, pruned, snapshot, ops };
  }

  history(collection: string, id: string, from: number, to: number, characters: number): History | undefined {
    const document = this.document(collection, id);
    if (document === undefined) return undefined;
    const { key, version, chain, meta, pruned } = document;
    const base = this.chainAt(document, from);
    return { head: { version, chain, meta }, pruned, base, ...within(characters, this.ops(key, from, to)) };
  }

  run(collection: string, id: string, from: number, most: number): Run | undefined {
    const document = this.document(collection, id);
    if (document === undefined || from < document.pruned || from >= document.version) return undefined;
    return runOf(document, this.stretches(document, from), from, most);
  }

  receipt(collection: string, id: string, src: string, seq: number): Receipt | undefined {
    const document = this.document(collection, id);
    return document && this.names.find(document.key, src, seq);
  }

  heads(collection: string, ids: readonly string[]): [id: string, standing: Standing][] {
    const documents = this.sql.heads.all(collection, JSON.stringify(ids)).map((row) => this.head(row));
    return documents.map(({ id, epoch, version }) => [id, { epoch, version }]);
  }

  list(query: ListQuery): Listed {
    const { collection, search, owner, after, limit } = query;
    const { time, key } = after ?? { time: Number.MAX_SAFE_INTEGER, key: Number.MAX_SAFE_INTEGER };
    const from = { collection, time, key, ...(owner === undefined ? {} : { owner }) };
    const [lookedAt, list] =
      owner === undefined ? [this.sql.lookedAt, this.sql.list] : [this.sql.lookedAtOwned, this.sql.listOwned];
    const end = lookedAt.get({ ...from, looks: looksOf(query) });
    const to = { lastTime: end?.time ?? Number.MIN_SAFE_INTEGER, lastKey: end?.key ?? 0 };
    const found = list.all({ ...from, ...to, search, limit }).map((row) => {
      const {
        id,
        type,
        version,
        title,
        owner,
        created_at: createdAt,
        updated_at: updatedAt,
      } = this.head(row);
      return {
        id,
        type: type!,
        version,
        title,
        owner,
        createdAt,
        updatedAt,
        place: { time: updatedAt, key: row.key },
      };
    });
    return listedTo(end, query, found);
  }

  changed(collection: string, { time, key }: Place, limit: number): (ChangedDocument | DamagedDocument)[] {
    return changesOf(this.sql.changed.all(collection, time, key, limit), (row) => this.head(row));
  }

  lastChange(collection: string, id: string): ChangedDocument | undefined {
    const document = this.document(collection, id);
    return document && changeOf(document);
  }

  record(name: RecordName): RecordRow | undefined {
    return recordAt(this.database, name);
  }

  records(query: RecordsQuery): RecordRow[] {
    return recordsOf(this.database, query);
  }

  recordsOf(collection: string, id: string): RecordRow[] {
    return recordsOfDocument(this.database, collection, id);
  }

  allRecords(after: RecordName | undefined, limit: number): RecordRow[] {
    return allRecords(this.database, after, limit);
  }

  documents(after: number, limit: number): DocumentName[] {
    return this.sql.documents.all(after, limit).map((row) => {
      const { key, collection, id, type } = checked(row);
      return { key, collection, id, type };
    });
  }

  nextSnapshot(collection: string, id: string, after: number): SnapshotRow | undefined {
    const document = this.document(collection, id);
    return document && snapshotOf(document.key, this.sql.nextSnapshot.get(document.key, after));
  }

  receipts(collection: string, id: string, after: Named | undefined, limit: number): NamedReceipt[] {
    const document = this.document(collection, id);
    if (document === undefined) return [];
    return this.names.after(document.key, after ?? { src: "", seq: -1 }, limit);
  }

  structure(): string[] {
    return [...faultsOfPages(this.database), ...faultsOfOwners(this.database)];
  }

  /** What belongs to the file itself. @throws StorageError `corrupt` if it is not what was written */
  protected metaOf(name: string): Uint8Array | undefined {
    const found = this.sql.meta.get(name);
    if (found !== undefined) checkDigest("meta", found.digest, name, found.value);
    return found?.value;
  }

  protected document(collection: string, id: string): DocumentRow | undefined {
    const row = this.sql.document.get(collection, id);
    return row && this.head(row);
  }

  /** A row that is as it was written, and not as it once was. @throws StorageError `corrupt` */
  private head(row: DocumentRow): DocumentRow {
    const believed = checked(row);
    const { key, version, id } = believed;
    if (this.sql.opAfter.get({ document: key, version }) !== undefined)
      throw damaged(id, "it has ops beyond its head");
    return believed;
  }

  protected newestSnapshot(document: number): SnapshotRow | undefined {
    return snapshotOf(document, this.sql.newestSnapshot.get(document));
  }

  /** The chain at `version`, if it is known. */
  protected chainAt({ key, pruned, pruned_chain }: DocumentRow, version: number): string | undefined {
    if (version === pruned) return pruned_chain;
    const row = this.sql.chain.get(key, version);
    if (row !== undefined) return row.chain;
    const page = this.pageAfter(key, version - 1);
    if (page === undefined || page.first > version + 1) return undefined;
    if (page.first > version) return page.base;
    return [...this.unfold(page, version - 1, version)][0]!.chain;
  }

  /** The page with the op that made the version after `version`, or else the next one. */
  protected pageAfter(document: number, version: number): StoredPage | undefined {
    const page = this.sql.pageAfter.get(document, version);
    if (page !== undefined) checkDigest("pages", page.digest, ...columnsOfPage(document, page));
    return page;
  }

  /** The ops that made the versions `from` + 1 … `to`, as far as they exist, whether they are folded or not. */
  private *ops(document: number, from: number, to: number): Generator<OpRow> {
    let page = this.pageAfter(document, from);
    for (; page !== undefined && page.first <= to; page = this.pageAfter(document, page.version))
      yield* this.unfold(page, from, to);
    yield* this.unfolded(document, from, to);
  }

  /** The ops after `from`, part by part and then row by row, from the part on that has the first of them. */
  private *stretches(document: DocumentRow, from: number): Generator<Stretch> {
    const { key, version } = document;
    let at = from;
    for (let page = this.pageAfter(key, at); page !== undefined; page = this.pageAfter(key, at)) {
      for (const part of partsOf(page))
        if (part.version > from) yield { ...part, entries: entriesIn(part), bytes: part.run.length };
      at = page.version;
    }
    while (at < version) {
      const { ops } = within(ROWS_CHARACTERS, this.unfolded(key, at, Math.min(version, at + ROWS)));
      if (ops.length === 0) return;
      demandDense(ops, at, at + ops.length);
      const base = this.chainAt(document, at);
      if (base === undefined) return;
      const bytes = ops.reduce((sum, { body }) => sum + body.length, 0);
      const chain = demandConnected(ops, base);
      yield { first: at + 1, version: at + ops.length, base, chain, entries: ops.map(entryOf), bytes };
      at += ops.length;
    }
  }

  /** Those of them that are rows. */
  protected *unfolded(document: number, from: number, to: number): Generator<OpRow> {
    for (const { digest, ...op } of this.sql.ops.iterate(document, from, to)) {
      checkDigest("ops", digest, ...columnsOfOp(document, op));
      yield op;
    }
  }
}

function snapshotOf(document: number, row: StoredSnapshot | undefined): SnapshotRow | undefined {
  if (row === undefined) return undefined;
  const { digest, ...snapshot } = row;
  checkDigest("snapshots", digest, ...columnsOfSnapshot(document, snapshot));
  return snapshot;
}
