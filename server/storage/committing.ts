// Commits on their way from ShareDB to the log: from what each was made, and what is answered to whoever asked for it.
//
// A snapshot that was read in order to commit remembers the head that it was read from, so that the commit names the chain
// it goes on from, and so that whoever judges an op by it can ask later whether it ever became so (`stood`).

import ShareDB from "sharedb";
import type { Clock } from "../../protocol/index.js";
import type { Answer } from "./ahead.js";
import { GENESIS, nextChain } from "./chain.js";
import type { Checkpoints } from "./checkpoint.js";
import { commitFrom, SeqReused } from "./commit.js";
import type { Head } from "./head-cache.js";
import type { Heads } from "./heads.js";
import { type KnownTypes, titleOf } from "./known-types.js";
import { documentName } from "./name.js";
import type { Commit, OpLog } from "./op-log.js";

/** What a commit was made on top of was not committed, so this one was not either. */
export class Fell extends Error {
  override readonly name = "Fell";
  constructor() {
    super("The op was made on top of one that was not committed.");
  }
}

/** A commit that has been asked for. */
export interface Asking {
  /** True when it is durable, false when another op took the version. */
  readonly verdict: Promise<boolean>;
  /** To be called when whoever asked is told. */
  readonly told: () => void;
}

interface Making extends Checkpoints {
  readonly clock: Clock;
}

export class Committing {
  /** What each snapshot that was read to commit was made from. */
  private readonly bases = new WeakMap<ShareDB.Snapshot, Head | "nothing">();
  private readonly lives = new WeakMap<ShareDB.RawOp, string>();

  constructor(
    private readonly opLog: Pick<OpLog, "commit">,
    private readonly types: KnownTypes,
    private readonly documents: Heads,
    private readonly options: Making,
    private readonly mintEpoch: () => string,
  ) {}

  /** `snapshot` was read from `head`, for a commit. */
  begin(snapshot: ShareDB.Snapshot, head: Head | undefined): void {
    this.bases.set(snapshot, head ?? "nothing");
  }

  baseOf(snapshot: ShareDB.Snapshot): Head | "nothing" | undefined {
    return this.bases.get(snapshot);
  }

  /**
   * Whether what a snapshot was read from, in order to commit, is the document's history: at once, if it was in the log
   * then, or when that is known. The chain at it, or undefined if it never became so.
   */
  async stood(snapshot: ShareDB.Snapshot): Promise<string | undefined> {
    const base = this.bases.get(snapshot);
    if (typeof base !== "object") return GENESIS;
    const maker = this.documents.ahead.makerOf(base);
    return maker === undefined || (await maker.settled) ? base.chain : undefined;
  }

  /** The life of the document in which `op` was committed here. */
  lifeOf(op: ShareDB.RawOp): string | undefined {
    return this.lives.get(op);
  }

  /** All of the op and the snapshot is read at once: ShareDB goes on using both objects. */
  ask(
    collection: string,
    id: string,
    op: ShareDB.RawOp,
    snapshot: ShareDB.Snapshot,
    options: ShareDB.Options,
  ): Asking {
    const held = this.types.hold(snapshot.type, snapshot.data);
    const submitted = options?.submitted instanceof Uint8Array ? options.submitted : undefined;
    const named = options?.epoch;
    const mint = typeof named === "string" ? () => named : this.mintEpoch;
    const base = this.bases.get(snapshot);
    const onto = base === undefined ? undefined : base === "nothing" ? GENESIS : base.chain;
    const { clock, checkpoint } = this.options;
    const title = titleOf(held);
    const commit = commitFrom(collection, id, op, snapshot, { title, submitted, onto }, clock, mint);
    if (typeof options?.written === "function") options.written(commit.op.body);
    const below = typeof base === "object" ? this.documents.ahead.makerOf(base) : undefined;
    const tip = this.documents.ahead.tip(documentName(collection, id));
    if (below !== undefined && below.fallen !== "not") throw new Fell();
    if (below !== undefined && tip !== undefined && tip !== below) throw new Fell();
    checkpoint?.("before-commit");
    if (onto === undefined || tip !== (below && tip))
      return { verdict: this.askAnywhere(commit, op, submitted), told: () => {} };

    const epoch = commit.epoch ?? (base as Head).epoch;
    const on = base === "nothing" ? undefined : base;
    const round =
      typeof options?.round === "function" ? (options.round() as Promise<void> | undefined) : undefined;
    const next = { epoch, chain: nextChain(onto, commit.op) };
    const { asked, told } = this.documents.ask(commit, held, on, next, round);
    const verdict = asked.settled.then(async (committed) => {
      if (!committed && asked.fallen === "with another") {
        const its = await asked.answer;
        if ("verdict" in its && its.verdict.kind === "conflict") throw new Fell();
      }
      // What was found out from those on top of it is worth more than its own answer.
      if (committed) return this.made(op, asked.head.epoch);
      return this.outcome(await asked.answer, op, submitted);
    });
    return { verdict, told };
  }

  /** A commit that is on top of nothing that is known, or not of what is on its way: the log decides. */
  private async askAnywhere(commit: Commit, op: ShareDB.RawOp, submitted: Uint8Array | undefined) {
    const given: Answer = await this.opLog.commit(commit).then(
      (verdict) => ({ verdict }),
      (error: unknown) => ({ error }),
    );
    this.documents.judge(commit, given, undefined);
    return this.outcome(given, op, submitted);
  }

  private outcome(given: Answer, op: ShareDB.RawOp, submitted: Uint8Array | undefined): boolean {
    if ("error" in given) throw given.error;
    const { verdict } = given;
    switch (verdict.kind) {
      case "committed":
        return this.made(op, verdict.epoch);
      case "conflict":
        return false;
      case "repeated":
        op.v = verdict.version - 1;
        if (submitted !== undefined && !verdict.same) throw new SeqReused(verdict.version);
        throw new ShareDB.Error(ShareDB.Error.CODES.ERR_OP_ALREADY_SUBMITTED!, "Op already submitted");
    }
  }

  private made(op: ShareDB.RawOp, epoch: string): true {
    this.lives.set(op, epoch);
    return true;
  }
}
