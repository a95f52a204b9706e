// The storage adapter: what ShareDB asks of a database, over any op log. The rules stand here, once for all databases.
//
// What always holds:
//   - a commit calls back with true only when the op is durable; with false when another op took the version, and then the
//     cache no longer holds what led there, so that ShareDB's retry reads anew;
//   - who is about to commit (`$submit`) gets the document with all that is on its way to the log; nobody else does. A
//     commit on top of one that was not committed has `Fell`, and its asker begins again with the op as it was sent;
//   - commits of one document call back in the order of their versions;
//   - where others write to the log too, whoever reads a document reads it as it is now in the log;
//   - ops come as new objects (`op-rows.ts` says how); snapshots come in a new wrapper, the immutable text shared;
//   - the text is the newest saved snapshot and the ops after it. A snapshot is saved every so many ops, after the commit
//     and outside of it, since it can be made again.
// ShareDB's queries are not supported; `list` is the engine's own.

import ShareDB from "sharedb";
import type { Clock } from "../../protocol/index.js";
import type { Log } from "../log.js";
import type { Meter } from "../meter.js";
import { answer, type Callback } from "./callback.js";
import { mintEpoch } from "./chain.js";
import type { Checkpoints } from "./checkpoint.js";
import { type Asking, Committing } from "./committing.js";
import { type CacheBounds, cacheBounds, type Head } from "./head-cache.js";
import { Heads } from "./heads.js";
import { dataOf, type KnownType, KnownTypes } from "./known-types.js";
import { type Beginning, lifeBegan, turnsBetween } from "./life.js";
import type { Listed, ListQuery } from "./listing.js";
import type { OpLog, Receipt, Run, Standing, Vitals } from "./op-log.js";
import { OpRows } from "./op-rows.js";
import type { Folding } from "./pages.js";
import { pastAt, versionAt, versionsOf } from "./past.js";
import { missedOp, rawOp, type SnapshotRule, snapshotRule } from "./replay.js";
import { createSearching, type Looks, type MayList } from "./searching.js";

export interface AdapterOptions extends Checkpoints, Folding {
  readonly types: readonly KnownType[];
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly cache?: CacheBounds;
  readonly snapshots?: SnapshotRule;
  /** Is told of what is asked of the log, and of its failures. */
  readonly meter?: Pick<Meter, "committing" | "storeFailed" | "snapshotSaved" | "disk">;
  /** Names the lives of documents; each name is new. */
  readonly mintEpoch?: () => string;
}

export class StorageAdapter extends ShareDB.DB {
  private readonly types: KnownTypes;
  private readonly documents: Heads;
  private readonly rows: OpRows;
  private readonly committing: Committing;
  private readonly searching: ReturnType<typeof createSearching>;
  /** Gives a name for a life of a document that no life has had. */
  readonly mintEpoch: () => string;

  constructor(
    private readonly opLog: OpLog,
    options: AdapterOptions,
  ) {
    super();
    this.disableSubscribe = true;
    this.mintEpoch = options.mintEpoch ?? mintEpoch;
    const { types, log, cache = cacheBounds, snapshots = snapshotRule } = options;
    this.types = new KnownTypes(types);
    this.searching = createSearching(opLog);
    this.documents = new Heads(opLog, { types: this.types, log, cache, snapshots });
    this.rows = new OpRows(opLog, this.documents);
    this.committing = new Committing(opLog, this.types, this.documents, options, this.mintEpoch);
  }

  /** Whether other processes may write to the log too. */
  get shared(): boolean {
    return this.opLog.shared;
  }

  /** 32 random bytes, made once per database. */
  get secret(): Uint8Array {
    return this.opLog.secret;
  }

  // What ShareDB asks.

  /**
   * Writes an op and the head it makes, if the head is still the one before it. `options.submitted` may give the
   * {@link fingerprint} of the op as it was before it was transformed; ShareDB's own agents give none, and then the name
   * (src, seq) alone says that an op was there before. `options.epoch` may name the life that a creation begins. The
   * backend's own are `options.round`, which gives what must be waited for before the commit is sent, `options.asked`,
   * which is called once the next commit can be made on top of this one, and `options.written`, which is told the op's JSON.
   *
   * Calls back with ShareDB's ERR_OP_ALREADY_SUBMITTED and `op.v` as it was then, if the op was committed before; with
   * `SeqReused`, if another op was committed under its name.
   */
  override commit(
    collection: string,
    id: string,
    op: ShareDB.RawOp,
    snapshot: ShareDB.Snapshot,
    options: ShareDB.Options,
    callback: Callback<boolean>,
  ): void {
    let asked: Asking;
    try {
      asked = this.committing.ask(collection, id, op, snapshot, options);
    } catch (error) {
      process.nextTick(callback, error);
      return;
    } finally {
      if (typeof options?.asked === "function") options.asked();
    }
    const done = (error: Error | null, committed?: boolean) => {
      asked.told();
      callback(error, committed);
    };
    answer(asked.verdict, done as Callback<boolean>);
  }

  override getSnapshot(
    collection: string,
    id: string,
    fields: ShareDB.Fields,
    options: ShareDB.Options,
    callback: Callback<ShareDB.Snapshot>,
  ): void {
    const submits = Boolean(fields?.$submit);
    const withMeta = submits || Boolean(options?.metadata);
    const head = submits ? this.documents.top(collection, id) : this.head(collection, id);
    answer(
      head.then((head) => {
        const snapshot = {
          id,
          v: head?.version ?? 0,
          type: head?.type ?? null,
          data: head && dataOf(head.held),
          m: withMeta && head?.type != null && head.meta ? (JSON.parse(head.meta) as ShareDB.Metadata) : null,
        };
        if (submits) this.committing.begin(snapshot, head);
        return snapshot;
      }),
      callback,
    );
  }

  /** The ops between `from` and a snapshot that was read to commit: also those that are on their way. To be read only. */
  override getOpsToSnapshot(
    collection: string,
    id: string,
    from: number,
    snapshot: ShareDB.Snapshot,
    options: ShareDB.Options,
    callback: Callback<ShareDB.RawOp[]>,
  ): void {
    const base = this.committing.baseOf(snapshot);
    const rows =
      typeof base === "object"
        ? this.rows.upTo(collection, id, from, base)
        : this.rows.between(collection, id, from, snapshot.v, Number.MAX_SAFE_INTEGER);
    answer(
      rows.then((ops) => ops.map((op) => missedOp(op, Boolean(options?.metadata)))),
      callback,
    );
  }

  /**
   * The ops with `from` <= v < `to`, as far as they exist; null stands for the beginning and the head. With
   * `options.characters` no more of them than have so much JSON, but at least one.
   */
  override getOps(
    collection: string,
    id: string,
    from: number | null,
    to: number | null,
    options: ShareDB.Options,
    callback: Callback<ShareDB.RawOp[]>,
  ): void {
    const characters = typeof options?.characters === "number" ? options.characters : Number.MAX_SAFE_INTEGER;
    const rows = this.rows.between(collection, id, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, characters);
    answer(
      rows.then((ops) => ops.map((op) => rawOp(op, Boolean(options?.metadata)))),
      callback,
    );
  }

  override getCommittedOpVersion(
    collection: string,
    id: string,
    _snapshot: ShareDB.Snapshot,
    op: ShareDB.RawOp,
    _options: ShareDB.Options,
    callback: Callback<number | undefined>,
  ): void {
    const receipt =
      op.src == null ? Promise.resolve(undefined) : this.receipt(collection, id, op.src, op.seq ?? 0);
    answer(
      receipt.then((found) => found && found.version - 1),
      callback,
    );
  }

  override close(callback?: Callback<void>): void {
    answer(
      this.idle().then(() => this.opLog.close()),
      callback,
    );
  }

  // What the ledger asks besides.

  /** The document at its head; undefined if there never was one, type null if it is deleted. */
  head(collection: string, id: string): Promise<Head | undefined> {
    return this.shared ? this.documents.current(collection, id) : this.documents.get(collection, id);
  }

  /** The document as it was last seen here: another process may have gone on. */
  seen(collection: string, id: string): Promise<Head | undefined> {
    return this.documents.get(collection, id);
  }

  /** The document as it is now in the log, whoever has written to it: for whoever has heard of more than is known here. */
  current(collection: string, id: string): Promise<Head | undefined> {
    return this.documents.current(collection, id);
  }

  /** The type of a document that is kept here; null if it is not, or is deleted. */
  cachedType(collection: string, id: string): string | null {
    return this.documents.cached(collection, id)?.type ?? null;
  }

  /** Whether some commits of the document of that name ({@link documentName}) have fallen, and their askers do not know yet. */
  falling(name: string): boolean {
    return this.documents.ahead.falling(name);
  }

  /** The ops after `version` up to the document as it was last seen here, and its type; undefined if there is none. */
  async seenAfter(collection: string, id: string, version: number) {
    const head = this.documents.cached(collection, id);
    if (head === undefined || head.type === null) return undefined;
    const rows = await this.rows.between(collection, id, version, head.version, Number.MAX_SAFE_INTEGER);
    return { type: head.type, ops: rows.map((row) => rawOp(row, false)) };
  }

  /** The time of the op that a commit of `snapshot` goes on from; 0 if there is none. */
  timeBelow(snapshot: ShareDB.Snapshot): number {
    const base = this.committing.baseOf(snapshot);
    if (typeof base !== "object" || base.meta === null) return 0;
    return (JSON.parse(base.meta) as ShareDB.Metadata).mtime ?? 0;
  }

  /** The life of the document that a snapshot was read of, in order to commit. */
  lifeBelow(snapshot: ShareDB.Snapshot): string | undefined {
    const base = this.committing.baseOf(snapshot);
    return typeof base === "object" ? base.epoch : undefined;
  }

  /** As {@link Committing.stood}. */
  stood(snapshot: ShareDB.Snapshot): Promise<string | undefined> {
    return this.committing.stood(snapshot);
  }

  /** The life of the document in which `op` was committed here. */
  lifeOf(op: ShareDB.RawOp): string | undefined {
    return this.committing.lifeOf(op);
  }

  /** The ops after `from` in one piece; undefined where they are to be had one by one only. */
  async run(collection: string, id: string, from: number, most: number): Promise<Run | undefined> {
    return this.opLog.run?.(collection, id, from, most);
  }

  /** What became of the op that a client called `seq`. */
  receipt(collection: string, id: string, src: string, seq: number): Promise<Receipt | undefined> {
    return this.opLog.receipt(collection, id, src, seq);
  }

  /** Where the documents stand that exist, as the database has it; what is kept of them and is older is forgotten. */
  heads(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    return this.documents.compared(collection, ids);
  }

  /** Documents that exist, the newest first, as `searching.ts` says. */
  list(query: ListQuery, may?: MayList, looks?: Looks): Promise<Listed> {
    return this.searching(query, may, looks);
  }

  /** Which versions there are of a document, what it was at one, and which it had at a time; as `past.ts` says. */
  versions(collection: string, id: string) {
    return versionsOf(this.opLog, collection, id);
  }
  past(collection: string, id: string, version: number) {
    return pastAt(this.opLog, this.types, collection, id, version);
  }
  versionAt(collection: string, id: string, time: number) {
    return versionAt(this.opLog, collection, id, time);
  }

  /** Where its lives begin and end, as `life.ts` says. */
  turns(collection: string, id: string, from: number, to: number) {
    return turnsBetween(this.opLog, collection, id, from, to);
  }

  /** With which version the present life of a document began, as `life.ts` says. */
  async began(collection: string, id: string): Promise<Beginning | undefined> {
    const head = await this.head(collection, id);
    const { ctime } = (head?.meta ? JSON.parse(head.meta) : {}) as ShareDB.Metadata;
    return head && lifeBegan(this.opLog, collection, id, ctime);
  }

  /** What is kept beside the ops, and which documents have changed. */
  get beside(): Pick<OpLog, "record" | "records" | "putRecord" | "deleteRecord" | "changed" | "lastChange"> {
    return this.opLog;
  }

  /** Forgets the ops up to `version`, as far as a saved snapshot allows. @returns the version up to which they are gone */
  async prune(collection: string, id: string, version: number): Promise<number> {
    const pruned = await this.opLog.prune(collection, id, version);
    this.documents.forget(collection, id);
    return pruned;
  }

  /** What every node must hear of: what is revoked and what is announced. */
  get news(): Pick<OpLog, "shared" | "revoke" | "announce" | "news"> {
    return this.opLog;
  }

  /** How the database is, for whoever operates it. */
  async vitals(): Promise<Vitals> {
    return (await this.opLog.vitals?.()) ?? {};
  }

  /** Finds out by writing, so many bytes or a few, whether writing works. @throws StorageError */
  probe(bytes?: number): Promise<void> {
    return this.opLog.probe(bytes);
  }

  /** Resolves when the snapshots that were due have been saved. */
  async idle(): Promise<void> {
    await this.documents.idle();
  }
}
