// A value of which only the last state matters (what a toolbar shows, the theme, the insets), kept the same on the
// other side over a link that loses messages.
//
// Fields are sent when they change, gathered for `intervalMs`, and stay *dirty* until a message that carried them is
// acknowledged. Each message carries every dirty field with its value of now, so it replaces all before it: what was
// lost needs no repetition of its own, and once the last message is acknowledged both sides hold the same. This needs
// a receiver that drops what arrives late, as the link does.

import { type Clock, leftMs } from "../../protocol/clock.js";
import { BridgeFault } from "./faults.js";

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export interface LatestOptions<F extends object> {
  readonly clock: Clock;
  /** At most one message per so many milliseconds. 0: one per turn of the event loop. */
  readonly intervalMs: number;
  /** Sends `fields`; resolves when the other side has them. `signal` is aborted when a newer message replaces this one. */
  readonly send: (fields: Partial<F>, signal: AbortSignal) => Promise<unknown>;
}

export class Latest<F extends object> {
  private current: Partial<F> = {};
  private readonly dirty = new Set<keyof F>();
  private open = false;
  private lastSentAt = Number.NEGATIVE_INFINITY;
  private retryMs = FIRST_RETRY_MS;
  private stopTimer: (() => void) | undefined;
  private sending: AbortController | undefined;

  constructor(private readonly options: LatestOptions<F>) {}

  /** Everything that has been set. */
  get value(): Partial<F> {
    return this.current;
  }

  /** Sets some fields. Those that are equal to what they were are not sent. */
  set(fields: Partial<F>): void {
    for (const key of Object.keys(fields) as (keyof F)[]) {
      if (fields[key] === undefined || same(fields[key], this.current[key])) continue;
      this.current = { ...this.current, [key]: fields[key] };
      this.dirty.add(key);
    }
    // A timer that waits to try again would keep this change waiting too.
    this.retryMs = FIRST_RETRY_MS;
    this.stopTimer?.();
    this.stopTimer = undefined;
    this.schedule();
  }

  /** The other side is there. */
  start(): void {
    this.open = true;
    this.schedule();
  }

  /** Nothing is sent until `start`. */
  pause(): void {
    this.open = false;
    this.stopTimer?.();
    this.stopTimer = undefined;
    this.sending?.abort();
  }

  /** The other side is new and knows nothing. */
  forget(): void {
    for (const key of Object.keys(this.current) as (keyof F)[]) this.dirty.add(key);
  }

  /** The other side is about to be told everything by other means (the handshake). */
  assumeTold(): void {
    this.dirty.clear();
  }

  /** Sends now what would be sent soon. */
  flush(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    if (this.open && this.dirty.size > 0) this.transmit();
  }

  private schedule(waitMs = 0): void {
    if (!this.open || this.dirty.size === 0 || this.stopTimer !== undefined) return;
    const { clock, intervalMs } = this.options;
    const delayMs = Math.max(waitMs, leftMs(clock, this.lastSentAt, intervalMs));
    this.stopTimer = clock.after(delayMs, () => this.flush());
  }

  private transmit(): void {
    this.sending?.abort();
    const sending = new AbortController();
    this.sending = sending;
    const fields: Partial<F> = {};
    for (const key of this.dirty) fields[key] = this.current[key]!;
    this.lastSentAt = this.options.clock.now();
    this.options.send(fields, sending.signal).then(
      () => this.told(sending, fields),
      (error: unknown) => this.failed(sending, error),
    );
  }

  private told(sending: AbortController, fields: Partial<F>): void {
    if (this.sending !== sending) return;
    this.sending = undefined;
    this.retryMs = FIRST_RETRY_MS;
    for (const key of Object.keys(fields) as (keyof F)[]) {
      if (same(fields[key], this.current[key])) this.dirty.delete(key);
    }
    this.schedule();
  }

  private failed(sending: AbortController, error: unknown): void {
    if (this.sending !== sending) return;
    this.sending = undefined;
    if (error instanceof BridgeFault && error.action === "give_up" && error.code !== "aborted") {
      // It would be refused again: what is dirty waits for the next change.
      return;
    }
    this.stopTimer?.();
    this.stopTimer = undefined;
    this.schedule(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, MAX_RETRY_MS);
  }
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
