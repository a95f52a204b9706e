// The op log's calls as SQL, one connection, no thread and no waiting. Whoever calls a write has opened a transaction.
//
// Rows are checked against their digests whenever they are read, and written with a digest whenever they change.

import type { Database } from "better-sqlite3";
import {
  type Commit,
  foldTitle,
  type History,
  type ListedDocument,
  type ListQuery,
  type Loaded,
  type OpRow,
  type Reads,
  type Receipt,
  type SnapshotRow,
  type Verdict,
  type Writes,
  within,
} from "../op-log.js";
import { checkDigest, digestOf } from "./digest.js";
import { type DocumentRow, statements } from "./statements.js";

export class SqliteRows implements Writes, Reads {
  private readonly sql: ReturnType<typeof statements>;

  constructor(database: Database) {
    this.sql = statements(database);
  }

  commit({ collection, id, op, hash, head, time }: Commit): Verdict {
    const before = this.document(collection, id);
    if (before !== undefined && op.src !== null) {
      const receipt = this.receiptOf(before.key, op.src, op.seq!);
      if (receipt !== undefined) {
        return { kind: "repeated", version: receipt.version, same: Buffer.compare(receipt.hash, hash) === 0 };
      }
    }
    if (op.version !== (before?.version ?? 0) + 1) return { kind: "conflict", head: before?.version ?? 0 };
    const reborn = head.type !== null && (before?.type ?? null) === null;
    const key = this.put({
      ...head,
      key: before?.key ?? this.sql.nextKey.get()!.key,
      collection,
      id,
      pruned: before?.pruned ?? 0,
      created_at: reborn || before === undefined ? time : before.created_at,
      updated_at: time,
    });
    this.sql.addOp.run({ ...op, document: key, digest: digestOfOp(key, op) });
    if (op.src !== null) {
      const columns = { document: key, src: op.src, seq: op.seq!, version: op.version, hash };
      this.sql.addSubmission.run({ ...columns, digest: digestOf("submissions", ...Object.values(columns)) });
    }
    return { kind: "committed" };
  }

  saveSnapshot(collection: string, id: string, { version, type, data }: SnapshotRow): void {
    const document = this.document(collection, id);
    if (document === undefined || version > document.version) return;
    const digest = digestOf("snapshots", document.key, version, type, data);
    this.sql.putSnapshot.run({ document: document.key, version, type, data, digest });
    this.sql.thinSnapshots.run({ document: document.key });
  }

  prune(collection: string, id: string, version: number): number {
    const document = this.document(collection, id);
    if (document === undefined) return 0;
    const newest = this.sql.newestSnapshot.get(document.key)?.version ?? 0;
    const pruned = Math.max(document.pruned, Math.min(version, newest));
    this.sql.dropOps.run(document.key, pruned);
    this.put({ ...document, pruned });
    return pruned;
  }

  probe(): void {
    this.sql.putMeta.run("probe", Buffer.from("written"));
  }

  load(collection: string, id: string): Loaded | undefined {
    const document = this.document(collection, id);
    if (document === undefined) return undefined;
    const { type, version, meta, title, pruned, key } = document;
    const snapshot = this.snapshot(key);
    const ops = [...this.ops(key, snapshot?.version ?? pruned, version)];
    return { head: { type, version, meta, title }, pruned, snapshot, ops };
  }

  history(collection: string, id: string, from: number, to: number, characters: number): History | undefined {
    const document = this.document(collection, id);
    if (document === undefined) return undefined;
    const { key, version: head, pruned } = document;
    return { head, pruned, ...within(characters, this.ops(key, from, to)) };
  }

  receipt(collection: string, id: string, src: string, seq: number): Receipt | undefined {
    const document = this.document(collection, id);
    return document && this.receiptOf(document.key, src, seq);
  }

  heads(collection: string, ids: readonly string[]): [id: string, version: number][] {
    const documents = this.sql.heads.all(collection, JSON.stringify(ids)).map(checked);
    return documents.map(({ id, version }) => [id, version]);
  }

  list({ collection, search, after, limit }: ListQuery): ListedDocument[] {
    const { time, key } = after ?? { time: Number.MAX_SAFE_INTEGER, key: Number.MAX_SAFE_INTEGER };
    return this.sql.list.all({ collection, search, time, key, limit }).map((row) => {
      const { id, type, version, title, created_at: createdAt, updated_at: updatedAt } = checked(row);
      return {
        id,
        type: type!,
        version,
        title,
        createdAt,
        updatedAt,
        place: { time: updatedAt, key: row.key },
      };
    });
  }

  /** What belongs to the file itself: made by `make` the first time it is asked for. */
  meta(name: string, make: () => Uint8Array): Uint8Array {
    const found = this.sql.meta.get(name)?.value;
    if (found !== undefined) return found;
    const value = make();
    this.sql.putMeta.run(name, value);
    return value;
  }

  private document(collection: string, id: string): DocumentRow | undefined {
    const row = this.sql.document.get(collection, id);
    return row && checked(row);
  }

  private put(document: Omit<DocumentRow, "digest">): number {
    this.sql.putDocument.run({
      ...document,
      folded: foldTitle(document.title),
      digest: digestOfDocument(document),
    });
    return document.key;
  }

  private receiptOf(document: number, src: string, seq: number): Receipt | undefined {
    const row = this.sql.submission.get(document, src, seq);
    if (row === undefined) return undefined;
    checkDigest("submissions", row.digest, document, src, seq, row.version, row.hash);
    return { version: row.version, hash: row.hash };
  }

  private snapshot(document: number): SnapshotRow | undefined {
    const row = this.sql.newestSnapshot.get(document);
    if (row === undefined) return undefined;
    const { digest, version, type, data } = row;
    checkDigest("snapshots", digest, document, version, type, data);
    return { version, type, data };
  }

  private *ops(document: number, from: number, to: number): Generator<OpRow> {
    for (const { digest, ...op } of this.sql.ops.iterate(document, from, to)) {
      checkDigest("ops", digest, ...columnsOfOp(document, op));
      yield op;
    }
  }
}

const columnsOfOp = (document: number, { version, src, seq, body, meta }: OpRow) =>
  [document, version, src, seq, body, meta] as const;

const digestOfOp = (document: number, op: OpRow) => digestOf("ops", ...columnsOfOp(document, op));

const columnsOfDocument = (row: Omit<DocumentRow, "digest">) =>
  [
    ...[row.key, row.version, row.collection, row.id, row.type, row.pruned, row.title],
    ...[row.created_at, row.updated_at, row.meta],
  ] as const;

const digestOfDocument = (row: Omit<DocumentRow, "digest">) =>
  digestOf("documents", ...columnsOfDocument(row));

function checked(row: DocumentRow): DocumentRow {
  checkDigest("documents", row.digest, ...columnsOfDocument(row));
  return row;
}
