// The storage adapter: what ShareDB asks of a database, over any op log. The rules stand here, once for all databases.
//
// What always holds:
//   - a commit calls back with true only when the op is durable; with false when another op took the version, and then the
//     cache no longer holds what led there, so that ShareDB's retry reads anew;
//   - ops come without holes and as the chain over them says, or not at all, as new objects; snapshots come in a new wrapper, the immutable text shared;
//   - the text is the newest saved snapshot and the ops after it. A snapshot is saved every so many ops, after the commit
//     and outside of it, since it can be made again.
// ShareDB's queries are not supported; `list` is the engine's own.

import ShareDB from "sharedb";
import type { Clock } from "../../protocol/index.js";
import type { Log } from "../log.js";
import { answer, type Callback } from "./callback.js";
import { demandConnected, demandSame, mintEpoch } from "./chain.js";
import type { Checkpoints } from "./checkpoint.js";
import { commitFrom, SeqReused } from "./commit.js";
import { StorageError } from "./errors.js";
import { type CacheBounds, cacheBounds, type Head } from "./head-cache.js";
import { Heads } from "./heads.js";
import { dataOf, type KnownType, KnownTypes, titleOf } from "./known-types.js";
import {
  type Commit,
  type ListQuery,
  type OpLog,
  type OpRow,
  type Receipt,
  type Standing,
  type Verdict,
  within,
} from "./op-log.js";
import { pastAt, versionAt, versionsOf } from "./past.js";
import { demandDense, rawOp, type SnapshotRule, snapshotRule } from "./replay.js";
import type { RevocationRow } from "./revocation.js";

export interface AdapterOptions extends Checkpoints {
  readonly types: readonly KnownType[];
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
  readonly cache?: CacheBounds;
  readonly snapshots?: SnapshotRule;
  /** Names the lives of documents; each name is new. */
  readonly mintEpoch?: () => string;
}

export class StorageAdapter extends ShareDB.DB {
  private readonly types: KnownTypes;
  private readonly documents: Heads;
  /** Gives a name for a life of a document that no life has had. */
  readonly mintEpoch: () => string;

  constructor(
    private readonly opLog: OpLog,
    private readonly options: AdapterOptions,
  ) {
    super();
    this.disableSubscribe = true;
    this.mintEpoch = options.mintEpoch ?? mintEpoch;
    const { types, log, cache = cacheBounds, snapshots = snapshotRule } = options;
    this.types = new KnownTypes(types);
    this.documents = new Heads(opLog, this.types, log, cache, snapshots);
  }

  /** 32 random bytes, made once per database. */
  get secret(): Uint8Array {
    return this.opLog.secret;
  }

  // What ShareDB asks.

  /**
   * Writes an op and the head it makes, if the head is still the one before it. `options.submitted` may give the
   * {@link fingerprint} of the op as it was before it was transformed; ShareDB's own agents give none, and then the name
   * (src, seq) alone says that an op was there before. `options.epoch` may name the life that a creation begins.
   *
   * Calls back with ShareDB's ERR_OP_ALREADY_SUBMITTED and `op.v` as it was then, if the op was committed before; with
   * {@link SeqReused}, if another op was committed under its name.
   */
  override commit(
    collection: string,
    id: string,
    op: ShareDB.RawOp,
    snapshot: ShareDB.Snapshot,
    options: ShareDB.Options,
    callback: Callback<boolean>,
  ): void {
    // All of it is read now: ShareDB goes on using both objects once it has been called back.
    const settled = (async () => {
      const held = this.types.hold(snapshot.type, snapshot.data);
      const submitted = options?.submitted instanceof Uint8Array ? options.submitted : undefined;
      const named = options?.epoch;
      const mint = typeof named === "string" ? () => named : this.mintEpoch;
      const commit = commitFrom(
        collection,
        id,
        op,
        snapshot,
        titleOf(held),
        submitted,
        this.options.clock,
        mint,
      );
      const verdict = await this.write(commit);
      switch (verdict.kind) {
        case "committed":
          this.documents.moved(commit, held, verdict);
          return true;
        case "conflict":
          this.documents.contradicted(collection, id, verdict.head);
          return false;
        case "repeated":
          op.v = verdict.version - 1;
          this.documents.passed(collection, id, verdict.version);
          if (submitted !== undefined && !verdict.same) throw new SeqReused(verdict.version);
          throw new ShareDB.Error(ShareDB.Error.CODES.ERR_OP_ALREADY_SUBMITTED!, "Op already submitted");
      }
    })();
    answer(settled, callback);
  }

  override getSnapshot(
    collection: string,
    id: string,
    fields: ShareDB.Fields,
    options: ShareDB.Options,
    callback: Callback<ShareDB.Snapshot>,
  ): void {
    const withMeta = Boolean(fields?.$submit || options?.metadata);
    answer(
      this.head(collection, id).then((head) => ({
        id,
        v: head?.version ?? 0,
        type: head?.type ?? null,
        data: head && dataOf(head.held),
        m: withMeta && head?.meta ? (JSON.parse(head.meta) as ShareDB.Metadata) : null,
      })),
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
    const rows = this.rows(collection, id, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, characters);
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
    return this.documents.get(collection, id);
  }

  /** What became of the op that a client called `seq`. */
  receipt(collection: string, id: string, src: string, seq: number): Promise<Receipt | undefined> {
    return this.opLog.receipt(collection, id, src, seq);
  }

  /** Where the documents stand that exist, as the database has it; what is kept of them and is older is forgotten. */
  async heads(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const standings = new Map(await this.opLog.heads(collection, ids));
    for (const id of ids) this.documents.compare(collection, id, standings.get(id));
    return standings;
  }

  list(query: ListQuery) {
    return this.opLog.list(query);
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

  /** Forgets the ops up to `version`, as far as a saved snapshot allows. @returns the version up to which they are gone */
  async prune(collection: string, id: string, version: number): Promise<number> {
    const pruned = await this.opLog.prune(collection, id, version);
    this.documents.forget(collection, id);
    return pruned;
  }

  /** Keeps what has been taken back of tokens. */
  revoke(row: RevocationRow): Promise<void> {
    return this.opLog.revoke(row);
  }

  revocations(): Promise<readonly RevocationRow[]> {
    return this.opLog.revocations();
  }

  /** Finds out by writing whether writing works. @throws StorageError */
  probe(): Promise<void> {
    return this.opLog.probe();
  }

  /** Resolves when the snapshots that were due have been saved. */
  async idle(): Promise<void> {
    await this.documents.idle();
  }

  private async write(commit: Commit): Promise<Verdict> {
    try {
      this.options.checkpoint?.("before-commit");
      return await this.opLog.commit(commit);
    } catch (error) {
      // It may be there or not; whoever asks next must find out.
      this.documents.forget(commit.collection, commit.id);
      throw error;
    }
  }

  private async rows(
    collection: string,
    id: string,
    from: number,
    to: number,
    characters: number,
  ): Promise<readonly OpRow[]> {
    const cached = this.documents.cached(collection, id);
    const oldest = cached?.recent.ops[0]?.version;
    if (cached !== undefined && from >= cached.version) return [];
    if (cached !== undefined && oldest !== undefined && from >= oldest - 1) {
      const asked = cached.recent.ops.filter(({ version }) => version > from && version <= to);
      return within(characters, asked).ops;
    }
    const history = await this.opLog.history(collection, id, from, to, characters);
    if (history === undefined || from >= history.head.version) return [];
    const { ops, whole, pruned, head, base } = history;
    if (from < pruned) {
      throw new StorageError("history_pruned", `The history of ${id} before version ${pruned} is gone.`);
    }
    demandDense(ops, from, whole ? Math.min(to, head.version) : from + ops.length);
    if (ops.length === 0) return ops;
    if (base === undefined) demandDense([], from - 1, from);
    const chain = demandConnected(ops, base!);
    if (ops.at(-1)!.version === head.version) demandSame(chain, head.chain, head.version);
    return ops;
  }
}
