// Keeps a document in its place in the outbox: written whenever it has changed, one write at a time, of which only the
// latest matters; and read back by the next document of that id. While nothing is here that the server does not have,
// others' ops wait to be written together: a device that only shows what others type is not to write with each letter.
//
// Knows how far the writing has come, for those who say so (`save`). A store that refuses or does not answer costs
// nothing but that: what is in the page goes to the server all the same, and the store is tried again.

import type { Snapshot, TextType } from "../ot/index.js";
import type { Clock, DocumentType } from "../protocol/index.js";
import { canWait, isSame, type Kept, recordOf, sessionIn } from "./kept.js";
import { type FoundRecord, type Outbox, OutboxError, type OutboxPlace, type StorageState } from "./outbox.js";
import type { Session } from "./session-state.js";
import type { Op, RecoveredEdit } from "./types.js";

/** A write that takes longer is taken for one that failed, as far as anybody waits for it. */
const PATIENCE_MS = 5_000;
/** How long others' ops wait to be written together. */
export const GATHER_MS = 1_000;
/** How long after a write that failed the next is tried, if nothing changes before. */
const RETRY_MS = 2_000;

export interface KeeperOptions {
  readonly kind: DocumentType;
  readonly place: OutboxPlace;
  readonly outbox: Pick<Outbox, "state">;
  readonly clock: Clock;
  /** A write that took time has ended, well or not: the store may be in another state, and what it holds is more. */
  readonly changed: () => void;
}

export class Keeper<S extends Snapshot, O extends Op> {
  /** As last written, or being written. */
  #written: Kept<S, O> | undefined;
  /** As last tried in vain: not tried again before it has changed, or some time has passed. */
  #refused: Kept<S, O> | undefined;
  /** As it is now. */
  #latest: Kept<S, O> | undefined;
  #writing: Promise<void> | undefined;
  /** The write after that, once somebody wants it. */
  #next: Promise<void> | undefined;
  /** A write that has taken too long and has not ended yet: no other may begin. */
  #stuck = false;
  #trouble: "full" | "failed" | undefined;
  #stopRetry = () => {};
  /** Set while what others did waits to be written. */
  #stopGather: (() => void) | undefined;
  /** The committed ops since the last write began; undefined: not known, so the whole document is written. */
  #steps: O[] | undefined;
  /** The last local change that a finished write holds, and the recovered edits. */
  #through = 0;
  #edits: readonly RecoveredEdit[] = [];
  /** What was left cannot be read here: it is not to be overwritten. */
  #foreign = false;

  constructor(private readonly options: KeeperOptions) {}

  /** What an earlier document left, if it can be read. */
  adopt(type: TextType<S, O>): { readonly session: Session<S, O>; readonly record: FoundRecord } | undefined {
    const record = this.options.place.found;
    if (record === undefined) return undefined;
    try {
      if (record.type !== this.options.kind) throw new TypeError(`this is a ${record.type} document`);
      const session = sessionIn(type, record);
      this.#steps = [];
      this.#through = record.changes;
      this.#edits = record.recovered;
      return { session, record };
    } catch {
      // It stays where it is, for a page that can read it.
      this.#foreign = true;
      this.#trouble = "failed";
      return undefined;
    }
  }

  get state(): StorageState {
    return this.#trouble ?? this.options.outbox.state;
  }

  /** Whether the local change of this number is written so that it outlives the page. */
  holds(change: number): boolean {
    return this.state === "durable" && this.#through >= change;
  }

  /** Whether all of these recovered edits are written, as well as this store can. */
  keeps(edits: readonly RecoveredEdit[]): boolean {
    if (edits.length === 0 || this.state === "memory") return true;
    const written = new Set(this.#edits.map(({ id }) => id));
    return edits.every(({ id }) => written.has(id));
  }

  /** The confirmed document has moved on by this op. */
  moved(op: O): void {
    if (!this.options.place.onlyLast) this.#steps?.push(op);
  }

  /** It has become another, not by ops. */
  replaced(): void {
    this.#steps = undefined;
  }

  /** @returns when what is here now has been written, or could not be, if that is not at once and it cannot wait */
  store(kept: Kept<S, O>): Promise<void> | undefined {
    this.#latest = kept;
    if (this.options.place.onlyLast) return undefined;
    if (this.#steps === undefined || !canWait(kept, this.#written)) return this.#write();
    this.#stopGather ??= this.options.clock.after(GATHER_MS, () => {
      this.#stopGather = undefined;
      this.#write();
    });
    return undefined;
  }

  #write(): Promise<void> | undefined {
    if (this.#writing === undefined) return this.#begin();
    if (isSame(this.#latest!, this.#written)) return this.#writing;
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      // Whoever heard of the end of that write may have begun this one.
      return this.#write();
    });
    return this.#next;
  }

  /** Gives the store all that it does not have, at once, whatever it is doing: the page may end. */
  flush(): void {
    const kept = this.#latest;
    if (kept === undefined || this.#foreign || isSame(kept, this.#written)) return;
    this.#written = kept;
    const steps = this.#steps;
    this.#steps = [];
    const saving = new Promise<void>((resolve) =>
      resolve(this.options.place.save(recordOf(this.options.kind, kept), steps)),
    );
    saving.then(
      () => this.#done(kept),
      (error) => this.#failed(error),
    );
  }

  /**
   * The document has been closed; with `keep`, its record waits for the next. `gone`: it is not ours to read any more.
   *
   * @returns when its place is given back, if that is not at once
   */
  leave(keep: boolean, gone: boolean): Promise<void> | undefined {
    this.#stopRetry();
    if (this.#stopGather !== undefined) {
      this.#stopGather();
      if (!gone) this.#write();
    }
    const waits = this.#writing !== undefined || (keep && this.#refused !== undefined);
    return waits ? this.#giveBackLater(keep, gone) : this.#giveBack(keep, gone);
  }

  /** When what is being written is, or could not be. */
  async #giveBackLater(keep: boolean, gone: boolean): Promise<void> {
    for (let busy = this.#next ?? this.#writing; busy !== undefined; busy = this.#next ?? this.#writing)
      await busy;
    if (keep && this.#refused !== undefined) {
      // What the store would not take gets a last chance: it may have room again.
      this.#refused = undefined;
      await this.#begin();
      this.#stopRetry();
    }
    await this.#giveBack(keep, gone);
  }

  #giveBack(keep: boolean, gone: boolean): Promise<void> | undefined {
    if (keep && this.options.place.onlyLast) this.#begin();
    return this.options.place.leave(keep || this.#foreign, gone);
  }

  #begin(): Promise<void> | undefined {
    const kept = this.#latest!;
    if (this.#foreign || this.#stuck || isSame(kept, this.#written) || isSame(kept, this.#refused))
      return undefined;
    this.#stopRetry();
    this.#written = kept;
    const steps = this.#steps;
    this.#steps = [];
    try {
      const saving = this.options.place.save(recordOf(this.options.kind, kept), steps);
      if (saving !== undefined) return this.#wait(saving, kept);
      this.#through = kept.changes;
      this.#edits = kept.recovered;
      this.#trouble = undefined;
    } catch (error) {
      this.#failed(error);
    }
    return undefined;
  }

  #wait(saving: Promise<void>, kept: Kept<S, O>): Promise<void> {
    const { clock } = this.options;
    this.#writing = new Promise((resolve) => {
      let late = false;
      const ended = () => {
        this.#writing = undefined;
        resolve();
      };
      const stop = clock.after(PATIENCE_MS, () => {
        late = true;
        this.#stuck = true;
        this.#failed(new OutboxError("failed", "The store does not answer."));
        ended();
      });
      const settled = (settle: () => void) => {
        stop();
        this.#stuck = false;
        if (!late) ended();
        settle();
      };
      saving.then(
        // Late, it has written something all the same; what it was is written again, whole, to be sure.
        () => settled(() => (late ? this.#retry(0) : this.#done(kept))),
        (error) => settled(() => this.#failed(error)),
      );
    });
    return this.#writing;
  }

  #done({ changes, recovered }: Kept<S, O>): void {
    this.#through = Math.max(this.#through, changes);
    this.#edits = recovered;
    this.#trouble = undefined;
    this.options.changed();
  }

  #failed(error: unknown): void {
    this.#trouble = error instanceof OutboxError ? error.state : "failed";
    // Whoever hears of it below asks for the very same again, and a store may refuse at once.
    this.#refused = this.#written;
    this.#written = undefined;
    this.#steps = undefined;
    this.#retry(RETRY_MS);
    this.options.changed();
  }

  #retry(afterMs: number): void {
    this.#stopRetry();
    this.#stopRetry = this.options.clock.after(afterMs, () => {
      this.#refused = undefined;
      if (this.#writing === undefined) this.#begin();
    });
  }
}
