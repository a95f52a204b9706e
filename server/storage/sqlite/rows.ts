// What is written to a database, as SQL, besides what `reads.ts` reads. Whoever calls a write has opened a transaction.
//
// Ops behind the last snapshots are folded into a page when a snapshot is saved, one page at a time, so that what a
// snapshot costs is bounded; the two newest snapshots, and so the head, never need one.
//
// Rows are written with a digest whenever they change; an op, a snapshot and a head with the chain at their version.

import type { Database } from "better-sqlite3";
import { GENESIS, nextChain } from "../chain.js";
import type { Checkpoint } from "../checkpoint.js";
import {
  type DocumentRow,
  damaged,
  digestOfDocument,
  digestOfMeta,
  digestOfOp,
  digestOfPage,
  digestOfReceipt,
  digestOfSnapshot,
  type NewDocumentRow,
} from "../columns.js";
import { StorageError } from "../errors.js";
import type { AnnouncementRow } from "../news.js";
import { type Commit, foldTitle, type SnapshotRow, type Verdict, type Writes } from "../op-log.js";
import { dueOf, type FoldRule, fold, foldRule, type Page, unfold } from "../pages.js";
import type { RecordCondition, RecordName, RecordRow } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import { putAnnouncement, putRevocation } from "./news.js";
import { SqliteReads } from "./reads.js";
import { deleteRecord, dropRecords, putRecord } from "./records.js";

export class SqliteRows extends SqliteReads implements Writes {
  constructor(
    database: Database,
    private readonly checkpoint?: Checkpoint,
    private readonly folding: FoldRule = foldRule,
  ) {
    super(database);
  }

  commit({ collection, id, op, epoch, owner = null, onto, hash, head, time }: Commit): Verdict {
    const before = this.document(collection, id);
    if (before !== undefined && op.src !== null) {
      const receipt = this.receiptOf(before.key, op.src, op.seq!);
      if (receipt !== undefined) {
        return { kind: "repeated", version: receipt.version, same: Buffer.compare(receipt.hash, hash) === 0 };
      }
    }
    const from = before?.chain ?? GENESIS;
    if (op.version !== (before?.version ?? 0) + 1 || from !== (onto ?? from))
      return { kind: "conflict", head: before?.version ?? 0 };
    const reborn = head.type !== null && (before?.type ?? null) === null;
    const chain = nextChain(from, op);
    const life = epoch ?? before!.epoch;
    const key = this.put({
      ...head,
      epoch: life,
      chain,
      owner: reborn ? owner : (before?.owner ?? null),
      key: before?.key ?? this.sql.nextKey.get()!.key,
      collection,
      id,
      pruned: before?.pruned ?? 0,
      pruned_chain: before?.pruned_chain ?? GENESIS,
      created_at: reborn || before === undefined ? time : before.created_at,
      updated_at: time,
    });
    if (head.type === null) dropRecords(this.database, collection, id);
    const row = { ...op, chain };
    this.sql.addOp.run({ ...row, document: key, digest: digestOfOp(key, row) });
    this.checkpoint?.("after-op-row");
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
    this.checkpoint?.("during-snapshot");
    this.sql.thinSnapshots.run({ document: document.key });
    const page = this.due(document);
    if (page === undefined) return;
    this.putPage(document.key, page);
    this.checkpoint?.("during-fold");
    this.sql.dropOps.run(document.key, page.version);
  }

  /** The oldest rows behind the last snapshots, folded; undefined while they are too few, or are not as they were written. */
  private due(document: DocumentRow): Page | undefined {
    const { key, pruned } = document;
    const behind = this.sql.behindSnapshots.get({ document: key, ops: this.folding.ops })!;
    if (behind.ops < this.folding.ops && behind.characters < this.folding.characters) return undefined;
    try {
      const rows = dueOf(this.unfolded(key, pruned, behind.last), this.folding);
      const base = rows && this.chainAt(document, rows[0]!.version - 1);
      return rows === undefined || base === undefined ? undefined : fold(rows, base);
    } catch (error) {
      // Whoever reads or verifies them is told; a snapshot is none the worse for it.
      if (error instanceof StorageError && error.code === "corrupt") return undefined;
      throw error;
    }
  }

  private putPage(document: number, page: Page): void {
    this.sql.putPage.run({ ...page, document, digest: digestOfPage(document, page) });
  }

  /** Forgets folded ops up to `version`, where the chain is `chain`: of a page in which it lies, the rest is folded anew. */
  private cutPages(document: number, version: number, chain: string): void {
    const page = this.pageAfter(document, version);
    if (page !== undefined && page.first <= version)
      this.putPage(document, fold(unfold(page).slice(version + 1 - page.first), chain));
    this.sql.dropPages.run(document, version);
  }

  prune(collection: string, id: string, version: number): number {
    const document = this.document(collection, id);
    if (document === undefined) return 0;
    const newest = this.newestSnapshot(document.key);
    // What is forgotten must be in a snapshot that can be read and is of this history.
    if (newest !== undefined && newest.chain !== this.chainAt(document, newest.version))
      throw damaged(id, "its newest snapshot is of another history");
    const pruned = Math.max(document.pruned, Math.min(version, newest?.version ?? 0));
    const chain = this.chainAt(document, pruned);
    if (chain === undefined) throw damaged(id, `the op that made version ${pruned} is missing`);
    this.cutPages(document.key, pruned, chain);
    this.sql.dropOps.run(document.key, pruned);
    this.checkpoint?.("during-prune");
    this.put({ ...document, pruned, pruned_chain: chain });
    return pruned;
  }

  revoke(row: RevocationRow): void {
    putRevocation(this.database, row);
  }

  announce(row: AnnouncementRow): void {
    putAnnouncement(this.database, row);
  }

  putRecord(row: RecordRow, condition: RecordCondition): boolean {
    return putRecord(this.database, row, condition);
  }

  deleteRecord(name: RecordName, condition: RecordCondition): boolean {
    return deleteRecord(this.database, name, condition);
  }

  probe(): void {
    this.putMeta("probe", Buffer.from("written"));
  }

  /**
   * What belongs to the file itself: made by `make` while there is no document yet.
   *
   * @throws StorageError `corrupt` if it is not what was written, or was there and is not any more
   */
  meta(name: string, make: () => Uint8Array): Uint8Array {
    const found = this.metaOf(name);
    if (found !== undefined) return found;
    if (this.sql.nextKey.get()!.key > 1)
      throw new StorageError("corrupt", `The database is damaged: its ${name} is missing.`);
    const value = make();
    this.putMeta(name, value);
    return value;
  }

  private putMeta(name: string, value: Uint8Array): void {
    this.sql.putMeta.run(name, value, digestOfMeta(name, value));
  }

  private put(document: NewDocumentRow): number {
    this.sql.putDocument.run({
      ...document,
      folded: foldTitle(document.title),
      digest: digestOfDocument(document),
    });
    return document.key;
  }
}
