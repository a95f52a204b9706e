// A disk under the server's storage contract, in virtual time. Writing and syncing are apart:
//
//   asked ──▶ written (outlives the process) ──▶ synced (outlives the power) ──▶ seen by readers, answered
//
// One call at a time, each in its turn, as one thread of SQLite does it. A process that dies takes its waiting calls
// with it; what it had written stays; a power cut forgets what was not synced. What the rows mean is the memory log's: the
// disk keeps the list of writes, and whatever is on it is the log that they make.

import type { Random } from "../../protocol/index.js";
import { StorageError } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { Commit, OpLog, Reads, Verdict, Writes } from "../../server/storage/op-log.js";
import type { OwnClock } from "./own-clock.js";

/** fine · slow: every step takes a second or so · full, broken: nothing can be written */
export type DiskState = "fine" | "slow" | "full" | "broken";

/** Where a process may die. */
export type DiskPoint = "asked" | "written" | "synced";

export interface DiskOptions {
  readonly random: Random;
  readonly point: (point: DiskPoint) => void;
  readonly seen: (what: "unanswered" | "disk-full" | "power-forgot" | "write-kept") => void;
  /** Something has become visible to readers. */
  readonly committed: (commit: Commit) => void;
  /** Something that was visible is gone, as if it had never been. */
  readonly forgot: () => void;
  /** Answers before it syncs: what no disk may do. To find out whether that would be noticed. */
  readonly lies?: boolean;
}

type Write = {
  [Name in WriteName]: { readonly name: Name; readonly args: Parameters<OpLog[Name]> };
}[WriteName];
type WriteName = keyof Writes;

export const writes = keysOf<keyof Writes>({
  commit: 1,
  saveSnapshot: 1,
  prune: 1,
  probe: 1,
  revoke: 1,
  announce: 1,
  putRecord: 1,
  deleteRecord: 1,
});
export const reads = keysOf<keyof Reads>({
  ...{ load: 1, history: 1, receipt: 1, heads: 1, list: 1, documents: 1, nextSnapshot: 1, receipts: 1 },
  ...{ structure: 1, revocations: 1, news: 1 },
  ...{ changed: 1, lastChange: 1, record: 1, records: 1, recordsOf: 1, allRecords: 1 },
});

export class Disk {
  state: DiskState = "fine";
  /** So many commits more are done, and then said to have failed. */
  unanswered = 0;
  /** Everything written, in order; the first `#synced` of it outlive a power cut. */
  #written: Write[] = [];
  #synced = 0;
  /** How many of them somebody has been told of. */
  #told = 0;
  /** What the synced writes make. */
  #log = new MemoryLog();
  /** Calls in their order; each waits for the one before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: DiskOptions) {}

  /** The log as one process has it, whose clock stops when the process does. */
  async open(clock: OwnClock): Promise<OpLog> {
    await this.#mount(this.#written);
    // Whoever waited for its turn was of a process that is no more.
    this.#turn = Promise.resolve();
    const write = (name: WriteName, args: unknown[]) =>
      this.#next(clock, () => this.#write(clock, { name, args } as unknown as Write));
    const read = (name: keyof Reads, args: unknown[]) =>
      this.#next(clock, async () => {
        await clock.wait(this.#delayMs());
        return Reflect.apply(this.#log[name], this.#log, args) as unknown;
      });
    const calls = [
      ...writes.map((name) => [name, (...args: unknown[]) => write(name, args)]),
      ...reads.map((name) => [name, (...args: unknown[]) => read(name, args)]),
    ];
    const { secret } = this.#log;
    return { ...Object.fromEntries(calls), shared: false, secret, close: async () => {} } as OpLog;
  }

  /** All power is gone, and what was not synced with it. */
  cutPower(): void {
    if (this.#written.length > this.#synced) this.options.seen("power-forgot");
    if (this.#told > this.#synced) this.options.forgot();
    this.#forget(this.#synced);
  }

  /** How much is on the disk, to come back to with {@link rewind}. */
  get length(): number {
    return this.#synced;
  }

  /** What is on it, for whoever only looks. */
  get contents(): Pick<OpLog, keyof Reads> {
    return this.#log;
  }

  /** Somebody puts an older copy back: the documents in it begin other lives where they were then. */
  rewind(length: number): void {
    this.#forget(length);
    this.#written = this.#written.map((write) => {
      if (write.name !== "commit" || write.args[0].epoch === undefined) return write;
      const [commit] = write.args;
      return { name: "commit", args: [{ ...commit, epoch: `${commit.epoch}r` }] };
    });
  }

  #forget(from: number): void {
    this.#written.length = Math.min(from, this.#written.length);
    this.#synced = Math.min(from, this.#synced);
    this.#told = Math.min(from, this.#told);
  }

  /** Makes the log anew from what is written; all of that is synced by whoever opens it. */
  async #mount(writes: readonly Write[]): Promise<void> {
    this.#log = new MemoryLog();
    if (writes.length > this.#synced) this.options.seen("write-kept");
    this.#synced = writes.length;
    for (const [at, write] of writes.entries()) {
      const verdict = await perform(this.#log, write);
      if (at >= this.#told) this.#tell(write, verdict);
    }
  }

  #next<T>(clock: OwnClock, run: () => Promise<T>): Promise<T> {
    // A call of a dead process never ends, and nobody may wait behind it: see also `open`.
    if (clock.dead) return new Promise<never>(() => {});
    const answer = this.#turn.then(() => (clock.dead ? new Promise<never>(() => {}) : run()));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #write(clock: OwnClock, write: Write): Promise<unknown> {
    this.#point(clock, "asked");
    await clock.wait(this.#delayMs());
    this.#refuse();
    this.#written.push(write);
    this.#point(clock, "written");
    if (this.options.lies) return this.#lie(clock, write);
    await clock.wait(this.#delayMs());
    const answer = await this.#sync(write);
    this.#point(clock, "synced");
    await clock.wait(0);
    if (write.name === "commit" && this.unanswered > 0) {
      this.unanswered--;
      this.options.seen("unanswered");
      throw new StorageError("io_failed", "The disk said nothing.");
    }
    return answer;
  }

  async #sync(write: Write): Promise<unknown> {
    this.#synced++;
    const answer = await perform(this.#log, write);
    this.#tell(write, answer);
    return answer;
  }

  /** The answer, and a sync some time later. */
  async #lie(clock: OwnClock, write: Write): Promise<unknown> {
    const answer = await perform(this.#log, write);
    this.#tell(write, answer);
    const length = this.#written.length;
    clock.after(500, () => {
      this.#synced = Math.max(this.#synced, Math.min(length, this.#written.length));
    });
    return answer;
  }

  #tell(write: Write, answer: unknown): void {
    this.#told++;
    if (write.name === "commit" && (answer as Verdict).kind === "committed")
      this.options.committed(write.args[0]);
  }

  #point(clock: OwnClock, point: DiskPoint): void {
    if (!clock.dead) this.options.point(point);
  }

  #refuse(): void {
    if (this.state === "full") this.options.seen("disk-full");
    if (this.state === "full") throw new StorageError("disk_full", "The disk is full.");
    if (this.state === "broken") throw new StorageError("io_failed", "The disk is broken.");
  }

  #delayMs(): number {
    const most = this.state === "slow" ? 1_000 : 3;
    return Math.floor(this.options.random() * most);
  }
}

async function perform(log: MemoryLog, { name, args }: Write): Promise<unknown> {
  return Reflect.apply(log[name], log, args) as Promise<unknown>;
}

/** All of a union's members, so that none can be forgotten. */
function keysOf<Key extends string>(keys: { readonly [K in Key]: 1 }): readonly Key[] {
  return Object.keys(keys) as Key[];
}
