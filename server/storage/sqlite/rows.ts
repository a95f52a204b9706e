// What is written to a database, as SQL, besides what `reads.ts` reads and `folded.ts` folds. Whoever calls a write has opened a
// transaction.
//
// A snapshot that is saved is saved and no more: what is behind the last ones then is folded afterwards.
//
// Rows are written with a digest whenever they change; an op, a snapshot and a head with the chain at their version.

import type { Database } from "better-sqlite3";
import { GENESIS, nextChain } from "../chain.js";
import type { Checkpoint } from "../checkpoint.js";
import {
  columnsOfOp,
  damaged,
  digestOfDocument,
  digestOfMeta,
  digestOfSnapshot,
  type NewDocumentRow,
} from "../columns.js";
import { digestOf } from "../digest.js";
import { StorageError } from "../errors.js";
import { foldTitle } from "../listing.js";
import { documentName } from "../name.js";
import { isSameOp } from "../name-runs.js";
import type { AnnouncementRow } from "../news.js";
import type { Commit, SnapshotRow, Standing, Verdict } from "../op-log.js";
import type { FoldRule } from "../pages.js";
import { probeOf } from "../probe.js";
import type { RecordCondition, RecordName, RecordRow } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import { SqliteFolded } from "./folded.js";
import { KnownDocuments } from "./known.js";
import type { Steps, Write } from "./messages.js";
import { putAnnouncement, putRevocation } from "./news.js";
import { deleteRecord, dropRecords, putRecord } from "./records.js";

export class SqliteRows extends SqliteFolded implements Steps {
  private readonly saved = new Set<number>();
  /** Within a group, documents that its commits have changed, by name: as they are, and not written yet. */
  private held: Map<string, NewDocumentRow> | undefined;
  private readonly known: KnownDocuments;

  constructor(database: Database, checkpoint?: Checkpoint, folding?: FoldRule) {
    super(database, checkpoint, folding);
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
      const standing = this.known.standing(documentName(collection, id));
      if (standing === undefined) unknown.add(id);
      else if (standing !== null) found.push([id, standing]);
    }
    if (unknown.size === 0) return found;
    const read = super.heads(collection, [...unknown]);
    for (const [id, standing] of read) this.known.stands(documentName(collection, id), standing);
    return [...found, ...read];
  }

  commit({ collection, id, op, epoch, owner = null, onto, hash, head, time }: Commit): Verdict {
    const name = documentName(collection, id);
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
    this.saved.add(document.key);
  }

  /** The documents of which a snapshot was saved since this was asked last. */
  takeSaved(): readonly number[] {
    const keys = [...this.saved];
    this.saved.clear();
    return keys;
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

  probe(bytes = 0): void {
    this.putMeta("probe", probeOf(bytes));
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
    this.known.written(documentName(collection, id), document);
  }

  private putHeld(): void {
    if (this.held === undefined) return;
    for (const document of this.held.values()) this.put(document);
    this.held.clear();
  }
}
