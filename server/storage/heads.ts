// Documents at their heads: read from the op log when somebody asks (`head-reader.ts`), kept while they are used, moved on by
// each commit and by what other processes have committed, and saved as snapshots every so many ops (`snapshots.ts`).
//
//   kept ──commit──▶ kept       what is kept is never newer than the log
//     │ somebody knows of more
//     ▼
//   behind ──missed ops──▶ kept     only those are read, if the text that is held is still of this history
//
// What is kept may be older than a log that is shared, so `current` asks the log first where a document stands. A slow
// reading never replaces what a commit has made meanwhile. What is on its way to the log is for the next commits alone
// (`ahead.ts`): no reader sees it.

import type { Log } from "../log.js";
import { Ahead, type Answer } from "./ahead.js";
import { type CacheBounds, type Head, HeadCache } from "./head-cache.js";
import { HeadReader } from "./head-reader.js";
import type { Held, KnownTypes } from "./known-types.js";
import { documentName } from "./name.js";
import type { Commit, NewOp, OpLog, Standing, Verdict } from "./op-log.js";
import { Recent } from "./recent.js";
import { isSnapshotDue, NOTHING_UNSAVED, type SnapshotRule } from "./replay.js";
import { Snapshots } from "./snapshots.js";
import { Standings } from "./standings.js";

export interface HeadsOptions {
  readonly types: KnownTypes;
  readonly log: Pick<Log, "warn">;
  readonly cache: CacheBounds;
  readonly snapshots: SnapshotRule;
}

interface Loading {
  /** Counts readings, so that it is known which began later than what. */
  readonly number: number;
  readonly head: Promise<Head | undefined>;
}

export class Heads {
  readonly ahead = new Ahead();
  private readonly cache: HeadCache;
  /** Documents being read, so that many who ask at once cost one read. */
  private readonly loading = new Map<string, Loading>();
  private readings = 0;
  /** Documents that are kept as they were before something that is in the log now. */
  private readonly behind = new Set<string>();
  private readonly standings: Standings;
  private readonly snapshots: Snapshots;
  private readonly reader: HeadReader;

  constructor(
    private readonly opLog: OpLog,
    { types, log, cache, snapshots }: HeadsOptions,
  ) {
    this.cache = new HeadCache(cache);
    this.snapshots = new Snapshots(opLog, log, snapshots);
    this.reader = new HeadReader(opLog, types, this.snapshots);
    this.standings = new Standings((collection, ids) => opLog.heads(collection, ids));
  }

  /** As it was last seen, read if it is not kept. Undefined if there never was such a document. @throws StorageError */
  async get(collection: string, id: string): Promise<Head | undefined> {
    const name = documentName(collection, id);
    const kept = this.cache.get(name);
    if (kept !== undefined && !this.behind.has(name)) return kept;
    return (this.loading.get(name) ?? this.load(collection, id)).head;
  }

  /** The same, as it is now in the log: nothing that was committed before this call is missing. @throws StorageError */
  async current(collection: string, id: string): Promise<Head | undefined> {
    const name = documentName(collection, id);
    const began = this.readings;
    if (this.cache.get(name) === undefined && !this.loading.has(name)) return this.load(collection, id).head;
    const standing = await this.standings.of(collection, id);
    this.compare(collection, id, standing);
    const head = await this.get(collection, id);
    if (reaches(head, standing)) return head;
    // What was being read began before it was asked where the document stands.
    const loading = this.loading.get(name);
    if (loading !== undefined && loading.number > began) return loading.head;
    this.forget(collection, id);
    return this.load(collection, id).head;
  }

  /** Where the documents stand that exist, as the log has it. */
  async compared(collection: string, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const standings = await this.standings.all(collection, ids);
    for (const id of ids) this.compare(collection, id, standings.get(id));
    return standings;
  }

  /** The document as it was last seen, if it is kept. */
  cached(collection: string, id: string): Head | undefined {
    return this.cache.get(documentName(collection, id));
  }

  /** What the next commit is made on top of: what is on its way, or else {@link get}. */
  async top(collection: string, id: string): Promise<Head | undefined> {
    const name = documentName(collection, id);
    const head = this.ahead.tip(name)?.head ?? (await this.get(collection, id));
    return this.ahead.tip(name)?.head ?? head;
  }

  /**
   * Asks the log for a commit on top of `base`, which is the tip, if there is one.
   *
   * @param round  it is not sent before that
   */
  ask(
    commit: Commit,
    held: Held,
    base: Head | undefined,
    next: Pick<Head, "epoch" | "chain">,
    round: Promise<void> | undefined,
  ) {
    const { collection, id } = commit;
    const name = documentName(collection, id);
    const head = advance(commit, commit.op, held, next, base, this.snapshots.rule);
    const sent =
      round === undefined ? this.opLog.commit(commit) : round.then(() => this.opLog.commit(commit));
    return this.ahead.add(name, commit, head, sent, (answer) => this.judge(commit, answer, head));
  }

  /** The log has answered to a commit. @returns whether it was committed */
  judge(commit: Commit, answer: Answer, head: Head | undefined): boolean {
    const { collection, id } = commit;
    const name = documentName(collection, id);
    if ("error" in answer) {
      // It may be there or not; whoever asks next must find out.
      this.forget(collection, id);
      return false;
    }
    const { verdict } = answer;
    switch (verdict.kind) {
      case "committed":
        this.forget(collection, id);
        if (head !== undefined && head.chain === verdict.chain) {
          this.cache.put(name, inLife(head, verdict.epoch));
          this.snapshots.save(collection, id, head);
        }
        return true;
      case "conflict":
        this.contradicted(commit, verdict);
        return false;
      case "repeated":
        this.knownOf(collection, id, verdict.version);
        return false;
    }
  }

  /** The log says where the document stands, or that it does not exist. */
  private compare(collection: string, id: string, standing: Standing | undefined): void {
    const kept = this.cached(collection, id);
    if (kept === undefined || (kept.type === null && standing === undefined)) return;
    if (standing === undefined || kept.epoch !== standing.epoch) this.forget(collection, id);
    // Newer than the log's answer it may be: a commit has passed it on the way.
    else this.knownOf(collection, id, standing.version);
  }

  /** The log has come as far as `version`, or further. */
  private knownOf(collection: string, id: string, version: number): void {
    const kept = this.cached(collection, id);
    if (kept === undefined || kept.version >= version) return;
    this.behind.add(documentName(collection, id));
  }

  /** A commit found something else in the log than was thought. */
  private contradicted({ collection, id, op, onto }: Commit, { head, missed }: Conflict): void {
    const kept = this.cached(collection, id);
    if (kept === undefined) return;
    const { version } = op;
    if (kept.version === head) {
      // As many ops, and others: the history that there was has been taken away (a redaction).
      if (version === head + 1 && onto === kept.chain) this.forget(collection, id);
      return;
    }
    const name = documentName(collection, id);
    const told = version === kept.version + 1 && missed?.at(-1)?.version === head ? missed : undefined;
    const next = told && this.reader.followed(id, kept, told);
    if (next === undefined) {
      if (kept.version < head) this.knownOf(collection, id, head);
      else this.forget(collection, id);
      return;
    }
    this.behind.delete(name);
    this.loading.delete(name);
    this.cache.put(name, next);
  }

  /** Whatever is known, or being read, may be wrong. */
  forget(collection: string, id: string): void {
    const name = documentName(collection, id);
    this.cache.forget(name);
    this.behind.delete(name);
    this.loading.delete(name);
  }

  /** Resolves when the snapshots that were due have been saved. */
  idle(): Promise<void> {
    return this.snapshots.idle();
  }

  private load(collection: string, id: string): Loading {
    const name = documentName(collection, id);
    const head: Promise<Head | undefined> = this.reader
      .read(collection, id, this.cache.get(name))
      .then((head) => {
        // Not if something was committed meanwhile: this may be older.
        if (this.loading.get(name) !== loading) return head;
        this.behind.delete(name);
        if (head === undefined) this.cache.forget(name);
        else this.cache.put(name, head);
        return head;
      })
      .finally(() => {
        if (this.loading.get(name) === loading) this.loading.delete(name);
      });
    const loading: Loading = { number: ++this.readings, head };
    this.loading.set(name, loading);
    return loading;
  }
}

type Conflict = Extract<Verdict, { kind: "conflict" }>;

/** The head that a commit makes on top of `base`. */
function advance(
  { head: { type, version, meta } }: Commit,
  op: NewOp,
  held: Held,
  { epoch, chain }: Pick<Head, "epoch" | "chain">,
  base: Head | undefined,
  rule: SnapshotRule,
): Head {
  // Where one is due, it is saved with that head, and counting begins anew after it.
  const { ops, characters } =
    base === undefined || isSnapshotDue(base, rule) ? NOTHING_UNSAVED : base.unsaved;
  const { src, seq, body, meta: known } = op;
  // Written out, and not spread: it is done for every op, and costs several times as much otherwise.
  return {
    type,
    epoch,
    version,
    chain,
    held,
    meta,
    recent: (base?.recent ?? Recent.of([])).with({ version, src, seq, body, meta: known, chain }),
    unsaved: { ops: ops + 1, characters: characters + body.length },
  };
}

/** Another object in any case: `head` is known as one that was on its way. */
function inLife({ type, version, chain, held, meta, recent, unsaved }: Head, epoch: string): Head {
  return { type, epoch, version, chain, held, meta, recent, unsaved };
}

/** Whether `head` is what the log said, or comes after it. */
function reaches(head: Head | undefined, standing: Standing | undefined): boolean {
  if (standing === undefined) return head === undefined || head.type === null;
  return head !== undefined && head.epoch === standing.epoch && head.version >= standing.version;
}
