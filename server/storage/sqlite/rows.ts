// The op log's calls as SQL, one connection, no thread and no waiting. Whoever calls a write has opened a transaction.
//
// Rows are checked against their digests whenever they are read, and written with a digest whenever they change.

import type { Database } from "better-sqlite3";
import { GENESIS, nextChain } from "../chain.js";
import { StorageError } from "../errors.js";
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
  type Standing,
  type Verdict,
  type Writes,
  within,
} from "../op-log.js";
import {
  checked,
  columnsOfOp,
  columnsOfReceipt,
  columnsOfSnapshot,
  digestOfDocument,
  digestOfOp,
  digestOfReceipt,
  digestOfSnapshot,
} from "./columns.js";
import { checkDigest, digestOf } from "./digest.js";
import { type DocumentRow, statements } from "./statements.js";

export class SqliteRows implements Writes, Reads {
  private readonly sql: ReturnType<typeof statements>;

  constructor(database: Database) {
    this.sql = statements(database);
  }

  commit({ collection, id, op, epoch, hash, head, time }: Commit): Verdict {
    const before = this.document(collection, id);
    if (before !== undefined && op.src !== null) {
      const receipt = this.receiptOf(before.key, op.src, op.seq!);
      if (receipt !== undefined) {
        return { kind: "repeated", version: receipt.version, same: Buffer.compare(receipt.hash, hash) === 0 };
      }
    }
    if (op.version !== (before?.version ?? 0) + 1) return { kind: "conflict", head: before?.version ?? 0 };
    const reborn = head.type !== null && (before?.type ?? null) === null;
    const chain = nextChain(before?.chain ?? GENESIS, op);
    const life = epoch ?? before!.epoch;
    const key = this.put({
      ...head,
      epoch: life,
      chain,
      key: before?.key ?? this.sql.nextKey.get()!.key,
      collection,
      id,
      pruned: before?.pruned ?? 0,
      pruned_chain: before?.pruned_chain ?? GENESIS,
      created_at: reborn || before === undefined ? time : before.created_at,
      updated_at: time,
    });
    const row = { ...op, chain };
    this.sql.addOp.run({ ...row, document: key, digest: digestOfOp(key, row) });
    if (op.src !== null) {
      const receipt = { version: op.version, hash };
      const digest = digestOfReceipt(key, op.src, op.seq!, receipt);
      this.sql.addSubmission.run({ ...receipt, document: key, src: op.src, seq: op.seq!, digest });
    }
    return { kind: "committed", epoch: life, chain };
  }

  saveSnapshot(collection: string, id: string, snapshot: SnapshotRow): void {
    const document = this.document(collection, id);
    if (document === undefined || snapshot.chain !== this.chainAt(document, snapshot.version)) return;
    const digest = digestOfSnapshot(document.key, snapshot);
    this.sql.putSnapshot.run({ ...snapshot, document: document.key, digest });
    this.sql.thinSnapshots.run({ document: document.key });
  }

  prune(collection: string, id: string, version: number): number {
    const document = this.document(collection, id);
    if (document === undefined) return 0;
    const newest = this.sql.newestSnapshot.get(document.key)?.version ?? 0;
    const pruned = Math.max(document.pruned, Math.min(version, newest));
    const chain = this.chainAt(document, pruned);
    if (chain === undefined) throw damaged(id, `the op that made version ${pruned} is missing`);
    this.sql.dropOps.run(document.key, pruned);
    this.put({ ...document, pruned, pruned_chain: chain });
    return pruned;
  }

  probe(): void {
    this.putMeta("probe", Buffer.from("written"));
  }

  load(collection: string, id: string): Loaded | undefined {
    const document = this.document(collection, id);
    if (document === undefined) return undefined;
    const { type, epoch, version, chain, meta, title, pruned, key } = document;
    if (this.sql.opAfter.get(key, version) !== undefined) throw damaged(id, "it has ops beyond its head");
    const snapshot = this.snapshot(key);
    const ops = [...this.ops(key, snapshot?.version ?? pruned, version)];
    return { head: { type, epoch, version, chain, meta, title }, pruned, snapshot, ops };
  }

  history(collection: string, id: string, from: number, to: number, characters: number): History | undefined {
    const document = this.document(collection, id);
    if (document === undefined) return undefined;
    const { key, version, chain, pruned } = document;
    const base = this.chainAt(document, from);
    return { head: { version, chain }, pruned, base, ...within(characters, this.ops(key, from, to)) };
  }

  receipt(collection: string, id: string, src: string, seq: number): Receipt | undefined {
    const document = this.document(collection, id);
    return document && this.receiptOf(document.key, src, seq);
  }

  heads(collection: string, ids: readonly string[]): [id: string, standing: Standing][] {
    const documents = this.sql.heads.all(collection, JSON.stringify(ids)).map(checked);
    return documents.map(({ id, epoch, version }) => [id, { epoch, version }]);
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

  /**
   * What belongs to the file itself: made by `make` while there is no document yet.
   *
   * @throws StorageError `corrupt` if it is not what was written, or was there and is not any more
   */
  meta(name: string, make: () => Uint8Array): Uint8Array {
    const found = this.sql.meta.get(name);
    if (found !== undefined) {
      checkDigest("meta", found.digest, name, found.value);
      return found.value;
    }
    if (this.sql.nextKey.get()!.key > 1)
      throw new StorageError("corrupt", `The database is damaged: its ${name} is missing.`);
    const value = make();
    this.putMeta(name, value);
    return value;
  }

  private putMeta(name: string, value: Uint8Array): void {
    this.sql.putMeta.run(name, value, digestOf("meta", name, value));
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
    checkDigest("submissions", row.digest, ...columnsOfReceipt(document, src, seq, row));
    return { version: row.version, hash: row.hash };
  }

  private snapshot(document: number): SnapshotRow | undefined {
    const row = this.sql.newestSnapshot.get(document);
    if (row === undefined) return undefined;
    const { digest, ...snapshot } = row;
    checkDigest("snapshots", digest, ...columnsOfSnapshot(document, snapshot));
    return snapshot;
  }

  /** The chain at `version`, if it is known. */
  private chainAt({ key, pruned, pruned_chain }: DocumentRow, version: number): string | undefined {
    return version === pruned ? pruned_chain : this.sql.chain.get(key, version)?.chain;
  }

  private *ops(document: number, from: number, to: number): Generator<OpRow> {
    for (const { digest, ...op } of this.sql.ops.iterate(document, from, to)) {
      checkDigest("ops", digest, ...columnsOfOp(document, op));
      yield op;
    }
  }
}

const damaged = (id: string, what: string) =>
  new StorageError("corrupt", `The database is damaged: of ${id}, ${what}.`);
