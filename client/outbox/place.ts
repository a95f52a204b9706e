// One open document's place in an outbox on a shelf: what of its record is written, what is not, and what to do when a
// write fails.
//
// Every write is a change from the last record known to be written, never from one whose write is unanswered; so a write
// that begins while another is under way (the page may be ending) is right whether that one is done or not. After a failure
// of which nobody knows how it ended, everything is written anew. While the store is in trouble, the newest record is
// tried again by and by, without being asked, and typing does not wait for it.

import { type Clock, type DocumentType, leftMs } from "../../protocol/index.js";
import type { FoundRecord, OutboxPlace, OutboxRecord } from "../outbox.js";
import type { Op } from "../types.js";
import { changeFor, type KnownSteps, stepsAfter, stepsBeyond, type Written } from "./parts.js";
import type { Head, RecordChange } from "./shelf.js";
import { outboxError, Taken, type Trouble, troubleOf } from "./trouble.js";

/** A record that is ours as long as we hold it. */
export interface Claim {
  readonly key: string;
  readonly release: () => void;
}

/** What a place asks of its outbox. */
export interface PlaceHost {
  readonly clock: Clock;
  /** Nothing is written any more: storing is not allowed, or somebody has signed out. */
  readonly memoryOnly: boolean;
  /** A record of a key nobody else has. */
  newClaim(): Promise<Claim>;
  /** Begun when this returns. `wanted`: nothing newer has been asked for since. */
  write(change: RecordChange, wanted: () => boolean): Promise<void>;
  /** The head that is on the shelf now, and the trouble there is with it. */
  told(place: Place, head: Head | undefined, trouble: Trouble | undefined): void;
  left(place: Place, leaving: Leaving): Promise<void>;
}

/** How a document was closed: see `OutboxPlace.leave`. */
export interface Leaving {
  readonly keep: boolean;
  readonly gone: boolean;
  /** The record, if it is not on the shelf as it is. */
  readonly unwritten: OutboxRecord | undefined;
}

export interface Beginning {
  readonly claim?: Claim | undefined;
  readonly found?: FoundRecord | undefined;
  /** What is on the shelf under the claim's key. */
  readonly head?: Head | undefined;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

export class Place implements OutboxPlace {
  readonly doc: string;
  readonly type: DocumentType;
  readonly found: FoundRecord | undefined;
  claim: Claim | undefined;
  #written: Written | undefined;
  #latest: OutboxRecord | undefined;
  #known: KnownSteps;
  /** Counts writes. */
  #attempt = 0;
  /** The last one that was done. */
  #done = 0;
  /** Writes of everything that are unanswered: what they replace may or may not be there still. */
  #wholes = 0;
  #writing: Promise<void> | undefined;
  #trouble:
    | {
        readonly kind: "full" | "failed";
        readonly error: unknown;
        readonly since: number;
        readonly delay: number;
      }
    | undefined;
  #failures = 0;
  #cancelRetry = () => {};
  #left = false;

  constructor(
    private readonly host: PlaceHost,
    { doc, type }: { readonly doc: string; readonly type: DocumentType },
    { claim, found, head }: Beginning,
  ) {
    this.doc = doc;
    this.type = type;
    this.found = found;
    this.claim = claim;
    this.#latest = found;
    this.#written = found && head && { record: found, head };
    this.#known = { epoch: found?.epoch ?? "", end: found?.version ?? 0, ops: [] };
  }

  save(record: OutboxRecord, steps?: readonly Op[]): undefined | Promise<void> {
    this.#known = stepsAfter(this.#known, this.#latest, record, steps);
    this.#latest = record;
    if (this.host.memoryOnly || this.#left) return undefined;
    const trouble = this.#trouble;
    if (trouble !== undefined && leftMs(this.host.clock, trouble.since, trouble.delay) > 0)
      return Promise.reject(outboxError(trouble.kind, trouble.error));
    return this.#write();
  }

  /** What was written is gone: the store has been made anew. */
  forget(): void {
    this.#written = undefined;
  }

  async leave(keep: boolean, gone = false): Promise<void> {
    if (this.#left) return;
    // One last try, if the newest is not on the shelf.
    if (keep && this.#trouble !== undefined) await this.#write().catch(() => {});
    this.#left = true;
    this.#cancelRetry();
    await this.#writing?.catch(() => {});
    const latest = this.#latest;
    const unwritten = this.#written?.record === latest ? undefined : latest;
    await this.host.left(this, { keep, gone, unwritten });
  }

  #write(): Promise<void> {
    const writing = this.#begin();
    this.#writing = writing;
    return writing;
  }

  #begin(): Promise<void> {
    const { claim } = this;
    if (claim === undefined) return this.#claimFirst();
    const record = this.#latest!;
    const attempt = ++this.#attempt;
    this.#cancelRetry();
    const { key } = claim;
    const change = changeFor(
      { key, doc: this.doc, time: this.host.clock.now() },
      record,
      this.#wholes > 0 ? undefined : this.#written,
      this.#known,
    );
    if (change.whole) this.#wholes++;
    const answered = () => {
      if (change.whole) this.#wholes--;
    };
    return this.host
      .write(change, () => attempt === this.#attempt && !this.#left)
      .then(
        () => {
          answered();
          this.#succeeded(attempt, { record, head: change.head });
        },
        (error: unknown) => {
          answered();
          this.#failed(attempt, error);
        },
      );
  }

  async #claimFirst(): Promise<void> {
    try {
      const claim = await this.host.newClaim();
      if (this.claim === undefined) this.claim = claim;
      else claim.release();
    } catch (error) {
      return this.#failed(++this.#attempt, error);
    }
    return this.#begin();
  }

  #succeeded(attempt: number, written: Written): void {
    if (attempt < this.#done) return;
    this.#done = attempt;
    this.#written = written;
    this.#known = stepsBeyond(this.#known, written);
    this.#trouble = undefined;
    this.#failures = 0;
    this.host.told(this, written.head, undefined);
  }

  /** @throws OutboxError unless nothing is to be kept any more */
  #failed(attempt: number, error: unknown): void {
    const kind = troubleOf(error);
    // What was aborted for want of room has left everything as it was. Of other failures one cannot know.
    if (kind !== "full") this.#written = undefined;
    // From here on ours is another one.
    if (error instanceof Taken) this.claim = undefined;
    if (kind === "forbidden") {
      this.#trouble = undefined;
      this.host.told(this, undefined, kind);
      return;
    }
    if (attempt === this.#attempt && !this.#left) {
      const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
      this.#trouble = { kind, error, since: this.host.clock.now(), delay };
      this.#cancelRetry = this.host.clock.after(delay, () => {
        // Who asked for the first try has been told; what this one comes to, the state says.
        this.#write().catch(() => {});
      });
      this.host.told(this, this.#written?.head, kind);
    }
    throw outboxError(kind, error);
  }
}
