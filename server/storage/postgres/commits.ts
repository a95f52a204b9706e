// Commits, document by document: those of one document in the order in which they were asked, those of different documents
// beside each other over the pool.
//
//   asked ─▶ waiting ─▶ group ─▶ planned from the head that is known ─▶ written with one statement ─▶ answered
//                                  ▲                                        │ the head was another
//                                  └──────── read anew ◀────────────────────┘
//
// Group commit: while a group is on its way, what is asked of the same document waits and makes the next. A commit alone,
// whose head is known here, costs one statement.
//
// What always holds:
//   - nobody is refused, or told that an op was there before, from what is remembered here: only from what was read since;
//   - when nobody knows what became of a group, it is written again over another connection. If it is there already, then
//     that is found out, for the statement waits for one that is still at work on the same document, and then meets its
//     chain; else it is there now. If even that cannot be found out, it is an error, in bounded time.

import { setTimeout } from "node:timers/promises";
import type { Checkpoint } from "../checkpoint.js";
import type { DocumentRow } from "../columns.js";
import { StorageError } from "../errors.js";
import { documentName } from "../name.js";
import { type Commit, MISSED_CHARACTERS, type Verdict } from "../op-log.js";
import type { Connections } from "./connections.js";
import { createKeys, type Keys } from "./keys.js";
import { type Known, type Plan, planOf } from "./plan.js";
import { PostgresReads } from "./reads.js";
import type { RowCache } from "./rows.js";
import { statements } from "./statements.js";
import { codeOf, Unsure } from "./trouble.js";
import { write } from "./write.js";

/** Commits in one group, and characters of JSON in it; a larger one goes alone. */
const GROUP_COMMITS = 256;
const GROUP_CHARACTERS = 8 * 2 ** 20;
/** How many ops a loser may be told of. */
const MISSED_OPS = 100;
/** How often a group is tried that others keep overtaking. */
const ATTEMPTS = 20;
/** The pause between two tries to find out what became of a group, in milliseconds. */
const PAUSE_MS = 100;

/** How well commits were grouped, and how often somebody else was first. */
export interface CommitCounts {
  readonly commits: number;
  readonly statements: number;
  readonly reads: number;
}

interface Waiting {
  readonly commit: Commit;
  resolve(verdict: Verdict): void;
  reject(error: unknown): void;
}

export class Commits {
  /** Document → what waits for it; there while anything waits or is on its way. */
  private readonly queues = new Map<string, Waiting[]>();
  private readonly working = new Set<Promise<void>>();
  private readonly keys: Keys;
  private readonly reads: PostgresReads;
  private readonly counted = { commits: 0, statements: 0, reads: 0 };

  constructor(
    private readonly connections: Connections,
    private readonly rows: RowCache,
    private readonly checkpoint?: Checkpoint,
  ) {
    const session = { query: connections.read.bind(connections) };
    this.keys = createKeys(session);
    this.reads = new PostgresReads(session);
  }

  get counts(): CommitCounts {
    return { ...this.counted };
  }

  add(commit: Commit): Promise<Verdict> {
    const name = documentName(commit.collection, commit.id);
    return new Promise((resolve, reject) => {
      const waiting = { commit, resolve, reject };
      const queue = this.queues.get(name);
      if (queue !== undefined) return void queue.push(waiting);
      const begun = [waiting];
      this.queues.set(name, begun);
      const working = this.work(name, begun).finally(() => this.working.delete(working));
      this.working.add(working);
    });
  }

  /** Resolves when all that was asked has been answered. */
  async idle(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working);
  }

  private async work(name: string, queue: Waiting[]): Promise<void> {
    // Whatever else was asked in this turn of the event loop comes along.
    await Promise.resolve();
    while (queue.length > 0) await this.answer(name, take(queue));
    this.queues.delete(name);
  }

  private async answer(name: string, group: readonly Waiting[]): Promise<void> {
    try {
      const verdicts = await this.settle(
        name,
        group.map(({ commit }) => commit),
      );
      group.forEach(({ resolve }, at) => {
        resolve(verdicts[at]!);
      });
    } catch (error) {
      this.rows.forget(name);
      // One that cannot be written shall not take its neighbours down, unless what ails it ails them all.
      if (group.length > 1 && !isHopeless(error)) {
        for (const one of group) await this.answer(name, [one]);
        return;
      }
      for (const { reject } of group) reject(error);
    }
  }

  /** @throws StorageError, also if nobody could find out in time what became of them */
  private async settle(name: string, commits: readonly Commit[]): Promise<readonly Verdict[]> {
    const [first] = commits;
    const row = this.rows.get(name);
    /** What is remembered, or what there is to be remembered of a document that is just being made. */
    let known: Met | undefined =
      row !== undefined || first!.op.version === 1
        ? { document: row, receipts: [], missed: undefined }
        : undefined;
    /** What was sent last, if nobody said what became of it; and until when somebody is asked. */
    let unsure: { readonly plan: Plan; readonly until: number } | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; ) {
      let plan: Plan | undefined;
      try {
        const isSure = known === undefined;
        const basis = known ?? (await this.read(commits, unsure?.plan));
        known = undefined;
        if (unsure !== undefined && isThere(unsure.plan, basis))
          return this.done(name, basis.document!, unsure.plan);
        plan = planOf(
          commits,
          basis,
          basis.document === undefined ? await this.keys.next() : basis.document.key,
        );
        if (!isSure && plan.verdicts.some(({ kind }) => kind !== "committed")) continue;
        if (plan.head === undefined) return plan.verdicts;
        attempt++;
        this.counted.statements++;
        const made = await this.write(basis.document, plan);
        if (made !== undefined) return this.done(name, made, plan);
      } catch (error) {
        if (error instanceof Unsure && plan !== undefined)
          unsure = { plan, until: unsure?.until ?? performance.now() + this.connections.patience.resolveMs };
        // Somebody else has the version, or the name, or so it seems: that is read.
        else if (isTaken(error)) continue;
        const mayAsk = unsure !== undefined && performance.now() < unsure.until;
        if (!mayAsk || !isPassing(error)) throw error;
        await setTimeout(PAUSE_MS);
      }
    }
    throw new StorageError("busy", `Others are always faster to write to ${first!.id}.`);
  }

  private async write(before: DocumentRow | undefined, { head, written }: Plan) {
    this.checkpoint?.("before-statement");
    const answer = write(this.connections, before, head!, written);
    const { checkpoint } = this;
    // With a connection that waits for work, the statement is on its way when this turn of the event loop has ended.
    if (checkpoint !== undefined) setImmediate(() => checkpoint("statement-sent"));
    const made = await answer;
    if (made !== undefined) this.checkpoint?.("statement-answered");
    return made;
  }

  private done(name: string, row: DocumentRow, { verdicts, written }: Plan): readonly Verdict[] {
    this.rows.put(name, row);
    this.counted.commits += written.length;
    return verdicts;
  }

  /** What the commits may meet, and whether the last of those that were sent before is there. */
  private async read(commits: readonly Commit[], before: Plan | undefined): Promise<Met> {
    this.counted.reads++;
    const [first] = commits;
    const names = commits.flatMap(({ op: { src, seq } }) => (src === null ? [] : [{ src, seq: seq! }]));
    const from = Math.min(...commits.map(({ op }) => op.version)) - 1;
    const last = before?.written.at(-1)?.op.version;
    const found = await this.reads.find(
      statements.met,
      first!.collection,
      first!.id,
      names.map(({ src }) => src),
      names.map(({ seq }) => seq),
      last === undefined ? [] : [last],
      ...[from, MISSED_CHARACTERS, MISSED_OPS + 1],
    );
    if (found === undefined) return { document: undefined, receipts: [], missed: [], chains: new Map() };
    const { document, receipts, ops, opsFound } = found;
    // So many have come since that it may be folded.
    const chain = last === undefined ? undefined : await this.reads.chainAt(found, last);
    const chains = new Map(chain === undefined ? [] : [[last!, chain]]);
    const isWhole = ops.length === opsFound && opsFound <= MISSED_OPS;
    return { document, receipts, chains, missed: isWhole ? ops : undefined };
  }
}

interface Met extends Known {
  readonly chains?: ReadonlyMap<number, string>;
}

/** A statement is done whole or not at all, so the last op that it wrote stands for all of it. */
function isThere({ written }: Plan, { chains }: Met): boolean {
  const last = written.at(-1)!.op;
  return chains?.get(last.version) === last.chain;
}

/** Whether to try one by one would be to wait once more for the same. */
const isHopeless = (error: unknown) =>
  error instanceof StorageError && /^(unreachable|disk_full|io_failed|busy|closed|corrupt)$/.test(error.code);

/** Whether to ask again, over another connection or a moment later, may say more. */
const isPassing = (error: unknown) =>
  error instanceof Unsure || (error instanceof StorageError && /^(unreachable|busy)$/.test(error.code));

/** A key that was to be new is there already. */
const isTaken = (error: unknown) => error instanceof StorageError && codeOf(error.cause) === "23505";

/** The first of what waits: as much as makes one group. */
function take(queue: Waiting[]): Waiting[] {
  let characters = 0;
  const fits = queue.findIndex(({ commit: { op } }, at) => {
    characters += op.body.length + (op.meta?.length ?? 0);
    return at >= GROUP_COMMITS || (at > 0 && characters > GROUP_CHARACTERS);
  });
  return queue.splice(0, fits === -1 ? queue.length : fits);
}
