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
  checked,
  columnsOfOp,
  type DocumentRow,
  damaged,
  digestOfDocument,
  digestOfMeta,
  digestOfPage,
  digestOfSnapshot,
  type NewDocumentRow,
} from "../columns.js";
import { digestOf } from "../digest.js";
import { StorageError } from "../errors.js";
import { dueToMerge, NEWEST_PAGES } from "../merging.js";
import { isSameOp } from "../name-runs.js";
import type { AnnouncementRow } from "../news.js";
import { type Commit, foldTitle, type SnapshotRow, type Standing, type Verdict } from "../op-log.js";
import { cut, dueOf, type FoldRule, fold, foldRule, type Page } from "../pages.js";
import type { RecordCondition, RecordName, RecordRow } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import { KnownDocuments, nameOf } from "./known.js";
import type { Steps, Write } from "./messages.js";
import { putAnnouncement, putRevocation } from "./news.js";
import { SqliteReads } from "./reads.js";
import { deleteRecord, dropRecords, putRecord } from "./records.js";
import type { StoredPage } from "./statements.js";
import type { Foldable } from "./sweep.js";

/** Documents that are looked at in one go for one that is to be folded. */
const LOOKED_AT = 100;

export class SqliteRows extends SqliteReads implements Steps {
  private readonly folded = new Set<number>();
  /** Within a group, documents that its commits have changed, by name: as they are, and not written yet. */
  private held: Map<string, NewDocumentRow> | undefined;
  private readonly known: KnownDocuments;

  constructor(
    database: Database,
    private readonly checkpoint?: Checkpoint,
    private readonly folding: FoldRule = foldRule,
  ) {
    super(database);
    this.known = new KnownDocuments(database);
  }

  /**
   * Does a group of writes in the transaction that is open. The row of a document is read once for all commits of the group,
   * if it was not written by one before, and written once at its end, or before anything else is done that could look for it.
   */
  together(group: readonly Write[], call: (write: Write) => unknown): unknown[] {
    this.known.begin();
    this.held = new Map();
    try {
      const results = group.map((write) => {
        if (write.name !== "commit") this.putHeld();
        return call(write);
      });
      this.putHeld();
      return results;
    } finally {
      // What is left is of a transaction that is undone.
      this.held = undefined;
    }
  }

  /** A transaction was undone, or nobody knows whether it was. */
  undone(): void {
    this.known.forget();
  }

  /** As it is read, but for documents that this thread knows of. */
  override heads(collection: string, ids: readonly string[]): [id: string, standing: Standing][] {
    this.known.begin();
    const found: [string, Standing][] = [];
    const unknown = new Set<string>();
    for (const id of ids) {
      const standing = this.known.standing(nameOf(collection, id));
      if (standing === undefined) unknown.add(id);
      else if (standing !== null) found.push([id, standing]);
    }
    if (unknown.size === 0) return found;
    const read = super.heads(collection, [...unknown]);
    for (const [id, standing] of read) this.known.stands(nameOf(collection, id), standing);
    return [...found, ...read];
  }

  commit({ collection, id, op, epoch, owner = null, onto, hash, head, time }: Commit): Verdict {
    const name = nameOf(collection, id);
    const before =
      this.held === undefined
        ? this.document(collection, id)
        : (this.held.get(name) ?? this.known.get(name) ?? this.document(collection, id));
    if (before !== undefined && op.src !== null) {
      const receipt = this.names.find(before.key, op.src, op.seq!);
      if (receipt !== undefined) {
        return { kind: "repeated", version: receipt.version, same: isSameOp(receipt.hash, hash) };
      }
    }
    const from = before?.chain ?? GENESIS;
    if (op.version !== (before?.version ?? 0) + 1 || from !== (onto ?? from))
      return { kind: "conflict", head: before?.version ?? 0 };
    const reborn = head.type !== null && (before?.type ?? null) === null;
    const chain = nextChain(from, op);
    const life = epoch ?? before!.epoch;
    const key = before?.key ?? this.sql.nextKey.get()!.key;
    // One by one: what is spread into a row costs several times as much, for every op.
    const document: NewDocumentRow = {
      type: head.type,
      version: head.version,
      meta: head.meta,
      title: head.title,
      epoch: life,
      chain,
      owner: reborn ? owner : (before?.owner ?? null),
      key,
      collection,
      id,
      pruned: before?.pruned ?? 0,
      pruned_chain: before?.pruned_chain ?? GENESIS,
      created_at: reborn || before === undefined ? time : before.created_at,
      updated_at: time,
    };
    // Of a new one the op's row needs it to be there, and the next new one its key.
    if (before === undefined || this.held === undefined) this.put(document);
    else this.held.set(name, document);
    if (head.type === null) dropRecords(this.database, collection, id);
    const { version, src, seq, body, meta } = op;
    const columns = columnsOfOp(key, { version, src, seq, body, meta, chain });
    this.sql.addOp.run(...columns, digestOf("ops", ...columns));
    this.checkpoint?.("after-op-row");
    if (op.src !== null) this.names.add(key, { src: op.src, seq: op.seq!, version: op.version, hash });
    return { kind: "committed", epoch: life, chain };
  }

  saveSnapshot(collection: string, id: string, snapshot: SnapshotRow): void {
    const document = this.document(collection, id);
    if (document === undefined || snapshot.chain !== this.chainAt(document, snapshot.version)) return;
    const digest = digestOfSnapshot(document.key, snapshot);
    this.sql.putSnapshot.run({ ...snapshot, document: document.key, digest });
    this.checkpoint?.("during-snapshot");
    this.sql.thinSnapshots.run({ document: document.key });
    this.foldOldest(document);
  }

  /** Folds the oldest ops of a document into a page, or names of ops that are in pages, if they are due. @returns whether they were */
  fold(key: number): boolean {
    const [row] = this.sql.documents.all(key - 1, 1);
    if (row?.key !== key) return false;
    const document = checked(row);
    return this.foldOldest(document) || (this.areNamesDue(key) && this.foldNames(key));
  }

  /**
   * The first document after `after` that is due, of the next few, or else the last of those; undefined if there are none.
   * It is read and not believed.
   */
  nextFoldable(after: number): Foldable {
    const next = this.sql.documents.all(after, LOOKED_AT);
    const due = next.find(({ key }) => this.behind(key) !== undefined || this.areNamesDue(key));
    const key = due?.key ?? next.at(-1)?.key;
    return key === undefined ? undefined : { key, foldable: due !== undefined };
  }

  /** The pages of a document that are to be merged, oldest first; none, while they are too few. */
  mergeable(key: number): readonly StoredPage[] {
    const due = dueToMerge(this.sql.newestPages.all(key, NEWEST_PAGES), this.folding);
    return due.map(({ version }) => this.pageAfter(key, version - 1)!);
  }

  /** Puts `page` in the place of those that it was merged from, if they are all there still. @returns whether they were */
  putMerged(key: number, from: readonly StoredPage[], page: Page): boolean {
    const isThere = ({ version, digest }: StoredPage) => {
      const found = this.sql.pageAfter.get(key, version - 1);
      return found !== undefined && Buffer.compare(found.digest, digest) === 0;
    };
    if (!from.every(isThere)) return false;
    this.putPage(key, page);
    this.checkpoint?.("during-merge");
    this.sql.dropMerged.run(key, page.first, page.version);
    return true;
  }

  /** The documents of which something was folded since this was asked last. */
  takeFolded(): readonly number[] {
    const keys = [...this.folded];
    this.folded.clear();
    return keys;
  }

  private foldOldest(document: DocumentRow): boolean {
    const page = this.due(document);
    if (page === undefined) return false;
    this.folded.add(document.key);
    this.putPage(document.key, page);
    this.checkpoint?.("during-fold");
    this.sql.dropOps.run(document.key, page.version);
    this.foldNames(document.key);
    return true;
  }

  /** Whether older versions have left names of folded ops as rows, or an import has. */
  private areNamesDue(key: number): boolean {
    const { version } = this.sql.lastPage.get(key)!;
    return version !== null && this.names.isDue(key, version, this.folding.ops);
  }

  /** Twice as many as there are ops in a page, so that what was left comes after. */
  private foldNames(key: number): boolean {
    const { version } = this.sql.lastPage.get(key)!;
    return unlessDamaged(() => this.names.fold(key, version ?? 0, 2 * this.folding.ops)) ?? false;
  }

  /** The oldest rows behind the last snapshots, folded; undefined while they are too few, or are not as they were written. */
  private due(document: DocumentRow): Page | undefined {
    const last = this.behind(document.key);
    if (last === undefined) return undefined;
    return unlessDamaged(() => {
      const rows = dueOf(this.unfolded(document.key, document.pruned, last), this.folding);
      const base = rows && this.chainAt(document, rows[0]!.version - 1);
      return rows === undefined || base === undefined ? undefined : fold(rows, base);
    });
  }

  /** Up to which version there are enough rows behind the last snapshots to make a page; undefined if there are not. */
  private behind(document: number): number | undefined {
    const { ops, characters, last } = this.sql.behindSnapshots.get({ document, ops: this.folding.ops })!;
    return ops >= this.folding.ops || characters >= this.folding.characters ? last! : undefined;
  }

  private putPage(document: number, page: Page): void {
    this.sql.putPage.run({ ...page, document, digest: digestOfPage(document, page) });
  }

  /** Forgets folded ops up to `version`, where the chain is `chain`: of a page in which it lies, the rest is folded anew. */
  private cutPages(document: number, version: number, chain: string): void {
    const page = this.pageAfter(document, version);
    if (page !== undefined && page.first <= version) this.putPage(document, cut(page, version, chain));
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

  private put(document: NewDocumentRow): void {
    const { key, collection, id, type, version, pruned, title, created_at, updated_at, meta } = document;
    const { epoch, chain, pruned_chain, owner } = document;
    this.sql.putDocument.run(
      ...[key, collection, id, type, version, pruned, title, created_at, updated_at, meta],
      ...[digestOfDocument(document), epoch, chain, pruned_chain, foldTitle(title), owner],
    );
    this.known.written(nameOf(collection, id), document);
  }

  private putHeld(): void {
    if (this.held === undefined) return;
    for (const document of this.held.values()) this.put(document);
    this.held.clear();
  }
}

/** Whoever reads or verifies what is damaged is told; a snapshot is none the worse for it. */
function unlessDamaged<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof StorageError && error.code === "corrupt") return undefined;
    throw error;
  }
}
