// An op log that ends with the process: for tests, demonstrations and servers that are meant to forget. Here are the documents;
// what is kept beside them is in `records.ts` and `news.ts`.
//
// It keeps the same rows as SQLite does and gives the same verdicts; the contract suite holds both to it. Every call does
// its work at once and answers later, so calls take effect in the order they were made; of a long history it tells what there
// was when it was asked, and others go first now and then.

import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { GENESIS, nextChain } from "../chain.js";
import { StorageError } from "../errors.js";
import {
  type ChangedDocument,
  foldTitle,
  type Listed,
  type ListedDocument,
  type ListQuery,
  LOOKED,
  listedTo,
  type Place,
} from "../listing.js";
import { byName, isSameOp, shortHash } from "../name-runs.js";
import type { AnnouncementRow, News } from "../news.js";
import {
  type Commit,
  type HeadRow,
  MISSED_CHARACTERS,
  type Named,
  type NamedReceipt,
  type OpLog,
  type Reads,
  type Receipt,
  type SnapshotRow,
  type Verdict,
  within,
} from "../op-log.js";
import { type FoldRule, shortFoldRule } from "../pages.js";
import type { RecordCondition, RecordName, RecordRow, RecordsQuery } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import { ByChange } from "./by-change.js";
import { between, chainAt, foldBehind, forget, type MemoryHistory, readBetween } from "./history.js";
import { MemoryNews } from "./news.js";
import { MemoryRecords } from "./records.js";

/** Characters of an op from which on others go first before it is told of: some milliseconds' worth. */
const LONG_OP = 100_000;

/** One document; each commit replaces `head` and adds to `ops`. */
interface Kept extends MemoryHistory {
  readonly key: number;
  readonly id: string;
  head: HeadRow;
  folded: string;
  createdAt: number;
  updatedAt: number;
  /** The newest that was saved. */
  snapshot: SnapshotRow | undefined;
  readonly receipts: Map<string, NamedReceipt>;
}

export class MemoryLog implements OpLog {
  readonly shared = false;
  readonly secret: Uint8Array = randomBytes(32);
  /** Collection → document id → what is kept. */
  private readonly collections = new Map<string, Map<string, Kept>>();
  private readonly byChange = new Map<string, ByChange<Kept>>();
  private keys = 0;
  private readonly pieces = new MemoryNews();
  private readonly beside = new MemoryRecords((collection, id) => this.find(collection, id)?.head);
  private closed = false;

  constructor(private readonly folding: FoldRule = shortFoldRule) {}

  async commit({
    collection,
    id,
    op,
    epoch,
    owner = null,
    onto,
    hash,
    head: next,
    time,
  }: Commit): Promise<Verdict> {
    const found = this.find(collection, id);
    const name = op.src === null ? undefined : nameOf(op.src, op.seq!);
    const receipt = name === undefined ? undefined : found?.receipts.get(name);
    if (receipt !== undefined) {
      return { kind: "repeated", version: receipt.version, same: isSameOp(receipt.hash, hash) };
    }
    const before = found?.head;
    const [at, from] = [before?.version ?? 0, before?.chain ?? GENESIS];
    if (op.version !== at + 1 || from !== (onto ?? from)) {
      const missed = within(MISSED_CHARACTERS, found ? between(found, op.version - 1, at) : []);
      return { kind: "conflict", head: at, ...(missed.whole && { missed: missed.ops }) };
    }
    const chain = nextChain(from, op);
    const begins = next.type !== null && (before?.type ?? null) === null;
    const head = {
      ...next,
      ...{ epoch: epoch ?? before!.epoch, chain, owner: begins ? owner : (before?.owner ?? null) },
    };
    const kept = found ?? this.add(collection, id, head, time);
    if (begins) kept.createdAt = time;
    if (head.type === null) this.beside.drop(collection, id);
    kept.head = head;
    kept.folded = foldTitle(head.title);
    this.byChange.get(collection)!.move(kept, () => {
      kept.updatedAt = time;
    });
    kept.ops.push({ ...op, chain });
    if (name !== undefined)
      kept.receipts.set(name, { src: op.src!, seq: op.seq!, version: op.version, hash: shortHash(hash) });
    // It is in its place; what is told of a long one next takes its own time.
    if (op.body.length > LONG_OP) await setImmediate();
    return { kind: "committed", epoch: head.epoch, chain };
  }

  async saveSnapshot(collection: string, id: string, snapshot: SnapshotRow): Promise<void> {
    const kept = this.find(collection, id);
    if (kept === undefined || snapshot.chain !== chainAt(kept, snapshot.version)) return;
    const before = kept.snapshot?.version ?? 0;
    if (snapshot.version < before) return;
    kept.snapshot = snapshot;
    if (snapshot.version > before) kept.behind = before;
    foldBehind(kept, this.folding);
  }

  async prune(collection: string, id: string, version: number): Promise<number> {
    const kept = this.find(collection, id);
    if (kept === undefined) return 0;
    const to = Math.max(kept.pruned, Math.min(version, kept.snapshot?.version ?? 0));
    forget(kept, to);
    return to;
  }

  async revoke(row: RevocationRow): Promise<void> {
    this.demandOpen();
    this.pieces.revoke(row);
  }

  async revocations(): Promise<readonly RevocationRow[]> {
    this.demandOpen();
    return this.pieces.revocations();
  }

  async announce(row: AnnouncementRow): Promise<void> {
    this.demandOpen();
    this.pieces.announce(row);
  }

  async news(since: number): Promise<News> {
    this.demandOpen();
    return this.pieces.after(since);
  }

  async putRecord(row: RecordRow, condition: RecordCondition): Promise<boolean> {
    this.demandOpen();
    return this.beside.put(row, condition);
  }

  async deleteRecord(name: RecordName, condition: RecordCondition): Promise<boolean> {
    this.demandOpen();
    return this.beside.delete(name, condition);
  }

  async record(name: RecordName): Promise<RecordRow | undefined> {
    this.demandOpen();
    return this.beside.get(name);
  }

  async records(query: RecordsQuery): Promise<RecordRow[]> {
    this.demandOpen();
    return this.beside.list(query);
  }

  async recordsOf(collection: string, id: string): Promise<RecordRow[]> {
    this.demandOpen();
    return this.beside.of(collection, id);
  }

  async allRecords(after: RecordName | undefined, limit: number): Promise<RecordRow[]> {
    this.demandOpen();
    return this.beside.all(after, limit);
  }

  async changed(collection: string, { time, key }: Place, limit: number): Promise<ChangedDocument[]> {
    this.demandOpen();
    const changed: ChangedDocument[] = [];
    for (const kept of this.byChange.get(collection)?.upFrom({ time, key }) ?? []) {
      if (changed.length === limit) break;
      changed.push(changeOf(kept));
    }
    return changed;
  }

  async lastChange(collection: string, id: string): Promise<ChangedDocument | undefined> {
    const kept = this.find(collection, id);
    return kept && changeOf(kept);
  }

  async probe(): Promise<void> {
    this.demandOpen();
  }

  async load(collection: string, id: string): Promise<ReturnType<Reads["load"]>> {
    const kept = this.find(collection, id);
    if (kept === undefined) return undefined;
    const { head, pruned, snapshot } = kept;
    return { head, pruned, snapshot, ops: [...between(kept, snapshot?.version ?? pruned, head.version)] };
  }

  async history(
    collection: string,
    id: string,
    from: number,
    to: number,
    characters: number,
  ): Promise<ReturnType<Reads["history"]>> {
    const kept = this.find(collection, id);
    if (kept === undefined) return undefined;
    const { head, pruned } = kept;
    const base = chainAt(kept, from);
    return { head, pruned, base, ...(await readBetween(kept, from, to, characters)) };
  }

  async receipt(collection: string, id: string, src: string, seq: number): Promise<Receipt | undefined> {
    return this.find(collection, id)?.receipts.get(nameOf(src, seq));
  }

  async heads(collection: string, ids: readonly string[]): Promise<ReturnType<Reads["heads"]>> {
    return ids.flatMap((id) => {
      const head = this.find(collection, id)?.head;
      return head === undefined || head.type === null ? [] : [[id, standing(head)] as const];
    });
  }

  async list(query: ListQuery): Promise<Listed> {
    this.demandOpen();
    const { collection, search, owner, after, limit } = query;
    const found: ListedDocument[] = [];
    let left = query.looks ?? LOOKED;
    for (const kept of this.byChange.get(collection)?.downFrom(after) ?? []) {
      const { id, key, head, folded, createdAt, updatedAt } = kept;
      const { type, version, title } = head;
      const place = { time: updatedAt, key };
      if (type !== null && folded.includes(search) && (owner === undefined || head.owner === owner))
        found.push({ id, type, version, title, owner: head.owner, createdAt, updatedAt, place });
      if (found.length === limit || --left === 0) return listedTo(place, query, found);
    }
    return listedTo(undefined, query, found);
  }

  async documents(after: number, limit: number): Promise<ReturnType<Reads["documents"]>> {
    this.demandOpen();
    return [...this.collections]
      .flatMap(([collection, documents]) => [...documents.values()].map((kept) => ({ collection, kept })))
      .map(({ collection, kept: { key, id, head } }) => ({ key, collection, id, type: head.type }))
      .sort((a, b) => a.key - b.key)
      .filter(({ key }) => key > after)
      .slice(0, limit);
  }

  async nextSnapshot(collection: string, id: string, after: number): Promise<SnapshotRow | undefined> {
    const snapshot = this.find(collection, id)?.snapshot;
    return snapshot !== undefined && snapshot.version > after ? snapshot : undefined;
  }

  async receipts(
    collection: string,
    id: string,
    after: Named | undefined,
    limit: number,
  ): Promise<ReturnType<Reads["receipts"]>> {
    return [...(this.find(collection, id)?.receipts.values() ?? [])]
      .sort(byName)
      .filter((receipt) => after === undefined || byName(after, receipt) < 0)
      .slice(0, limit);
  }

  async structure(): Promise<readonly string[]> {
    this.demandOpen();
    return [];
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private find(collection: string, id: string): Kept | undefined {
    this.demandOpen();
    return this.collections.get(collection)?.get(id);
  }

  private add(collection: string, id: string, head: HeadRow, time: number): Kept {
    const documents = this.collections.get(collection) ?? new Map<string, Kept>();
    this.collections.set(collection, documents);
    if (!this.byChange.has(collection)) this.byChange.set(collection, new ByChange());
    const kept: Kept = {
      key: ++this.keys,
      id,
      head,
      folded: "",
      createdAt: time,
      updatedAt: time,
      pruned: 0,
      prunedChain: GENESIS,
      pages: [],
      ops: [],
      snapshot: undefined,
      behind: 0,
      receipts: new Map(),
    };
    documents.set(id, kept);
    return kept;
  }

  private demandOpen(): void {
    if (this.closed) throw new StorageError("closed", "The documents in memory have been closed.");
  }
}

const nameOf = (src: string, seq: number) => `${seq} ${src}`;

const standing = ({ epoch, version }: HeadRow) => ({ epoch, version });

const changeOf = ({ id, key, head, updatedAt }: Kept): ChangedDocument => ({
  ...{ id, type: head.type, ...standing(head) },
  place: { time: updatedAt, key },
});
