// Documents at their heads: read from the op log when somebody asks, kept while they are used, moved on by each commit, and
// saved as snapshots every so many ops.
//
// What is kept may be older than the log where another process writes to it, so a commit that meets another's is told to
// `contradicted`; it is never newer, and a slow reading never replaces what a commit has made meanwhile.

import { setImmediate } from "node:timers/promises";
import type { Log } from "../log.js";
import { type CacheBounds, type Head, HeadCache, recentOf, withRecent } from "./head-cache.js";
import { type Held, jsonOf, type KnownTypes } from "./known-types.js";
import type { Commit, OpLog, Standing, Verdict } from "./op-log.js";
import { headFrom, isSnapshotDue, type SnapshotRule } from "./replay.js";

export class Heads {
  private readonly cache: HeadCache;
  /** Documents being read, so that many who ask at once cost one read. */
  private readonly loading = new Map<string, Promise<Head | undefined>>();
  /** Snapshots on their way to the log. */
  private readonly saving = new Set<Promise<void>>();

  constructor(
    private readonly opLog: OpLog,
    private readonly types: KnownTypes,
    private readonly log: Pick<Log, "warn">,
    bounds: CacheBounds,
    private readonly rule: SnapshotRule,
  ) {
    this.cache = new HeadCache(bounds);
  }

  /** Undefined if there never was such a document. @throws StorageError */
  async get(collection: string, id: string): Promise<Head | undefined> {
    return (
      this.cached(collection, id) ?? this.loading.get(nameOf(collection, id)) ?? this.load(collection, id)
    );
  }

  /** The document as it was last seen, if it is kept. */
  cached(collection: string, id: string): Head | undefined {
    return this.cache.get(nameOf(collection, id));
  }

  /** An op was committed: the head is what it made. */
  moved(commit: Commit, held: Held, verdict: Committed): void {
    const { collection, id } = commit;
    const next = advance(commit, held, verdict, this.cached(collection, id));
    this.forget(collection, id);
    if (next !== undefined) this.cache.put(nameOf(collection, id), this.saved(collection, id, next));
  }

  /** A commit found the head at another version than was thought. */
  contradicted(collection: string, id: string, version: number): void {
    if (this.cached(collection, id)?.version !== version) this.forget(collection, id);
  }

  /** The log says where the document stands, or that it does not exist. */
  compare(collection: string, id: string, standing: Standing | undefined): void {
    const kept = this.cached(collection, id);
    if (kept === undefined || (kept.type === null && standing === undefined)) return;
    // Newer than the log's answer it may be: a commit has passed it on the way.
    if (standing === undefined || kept.version < standing.version) this.forget(collection, id);
  }

  /** The log has come as far as `version`, or further. */
  passed(collection: string, id: string, version: number): void {
    if ((this.cached(collection, id)?.version ?? version) < version) this.forget(collection, id);
  }

  /** Whatever is known, or being read, may be wrong. */
  forget(collection: string, id: string): void {
    this.cache.forget(nameOf(collection, id));
    this.loading.delete(nameOf(collection, id));
  }

  /** Resolves when the snapshots that were due have been saved. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.saving);
  }

  private load(collection: string, id: string): Promise<Head | undefined> {
    const name = nameOf(collection, id);
    const loading: Promise<Head | undefined> = this.opLog
      .load(collection, id)
      .then((loaded) => loaded && this.saved(collection, id, headFrom(id, loaded, this.types)))
      .then((head) => {
        // Not if something was committed meanwhile: this may be older.
        if (head !== undefined && this.loading.get(name) === loading) this.cache.put(name, head);
        return head;
      })
      .finally(() => {
        if (this.loading.get(name) === loading) this.loading.delete(name);
      });
    this.loading.set(name, loading);
    return loading;
  }

  /** `head` as it is when a snapshot of it has been saved, if one is due; it is saved after the commit has been answered. */
  private saved(collection: string, id: string, head: Head): Head {
    if (!isSnapshotDue(head, this.rule)) return head;
    const { version, type, held, chain } = head;
    const saving: Promise<void> = setImmediate()
      .then(() => this.opLog.saveSnapshot(collection, id, { version, type, data: jsonOf(held), chain }))
      .catch((error) => this.log.warn({ err: error, doc: id, version }, "A snapshot could not be saved"))
      .finally(() => this.saving.delete(saving));
    this.saving.add(saving);
    return { ...head, unsaved: { ops: 0, characters: 0 } };
  }
}

type Committed = Extract<Verdict, { kind: "committed" }>;

/** The head that a commit made, if what came before it is known. */
function advance(
  { op, head }: Commit,
  held: Held,
  { epoch, chain }: Committed,
  before: Head | undefined,
): Head | undefined {
  const { type, version, meta } = head;
  const first = { recent: recentOf([]), pruned: 0, unsaved: { ops: 0, characters: 0 } };
  const known = version === 1 ? first : before?.version === version - 1 ? before : undefined;
  if (known === undefined) return undefined;
  const { pruned, recent, unsaved } = known;
  return {
    ...{ type, epoch, version, chain, meta, held, pruned },
    recent: withRecent(recent, { ...op, chain }),
    unsaved: { ops: unsaved.ops + 1, characters: unsaved.characters + op.body.length },
  };
}

/** One name for (collection, id), whatever characters they hold. */
const nameOf = (collection: string, id: string) => `${collection.length} ${collection}${id}`;
