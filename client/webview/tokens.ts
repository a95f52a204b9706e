// The guest's token: asked of the host when it is first needed, kept in memory only, replaced before it expires.
//
// What always holds: at most one question is out, whoever asks meanwhile gets its answer; a token that was asked for
// before `changed` (somebody else signed in) is never given out. At 80 % of its life a token is replaced; if that
// fails it is tried again, each time after 10 % of that life, while the old one is still good.

import type { Clock } from "../../protocol/clock.js";

export type TokenReason = "first" | "expiring" | "expired" | "rejected" | "changed";

export interface TokensOptions {
  readonly clock: Clock;
  readonly ask: (
    reason: TokenReason,
  ) => Promise<{ readonly token: string | null; readonly expiresInMs?: number }>;
  /** A new token is there, or, null, nobody is signed in. */
  readonly renewed: (token: string | null) => void;
}

interface Held {
  readonly token: string | null;
  readonly refreshAt: number;
  readonly expiresAt: number;
  readonly lifeMs: number;
}

/** Timers of browsers overflow after 24.8 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const REFRESH_AT = 0.8;
const RETRY_AFTER = 0.1;
const MIN_RETRY_MS = 1_000;

export class Tokens {
  private held: Held | undefined;
  private asking: Promise<string | null> | undefined;
  private nextReason: TokenReason = "first";
  /** Counts the times the host said that somebody else is writing. */
  private generation = 0;
  private stopTimer: (() => void) | undefined;
  private closed = false;

  constructor(private readonly options: TokensOptions) {}

  /** A token that has not expired; null if nobody is signed in. @throws BridgeFault when the host has no answer */
  async get(): Promise<string | null> {
    const { held } = this;
    const now = this.options.clock.now();
    if (held === undefined) return this.ask(this.nextReason);
    // A phone that slept has slept through the timer.
    if (now >= held.expiresAt) return this.ask("expired");
    return held.token;
  }

  /** The server refused `token`. @returns another one */
  async rejected(token: string): Promise<string | null> {
    // Refused, but replaced since: the new one has yet to be tried.
    if (this.held !== undefined && this.held.token !== token) return this.get();
    this.drop("rejected");
    return this.ask("rejected");
  }

  /** Somebody else is signed in: what we hold, and what is on its way, is not theirs. Asks anew if anybody has asked. */
  changed(): void {
    const wanted = this.held !== undefined || this.asking !== undefined;
    this.generation += 1;
    this.drop("changed");
    if (wanted) this.ask("changed").catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    this.drop("first");
  }

  private ask(reason: TokenReason): Promise<string | null> {
    this.asking ??= this.askUntilCurrent(reason).finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async askUntilCurrent(reason: TokenReason): Promise<string | null> {
    const { generation } = this;
    const outdated = () => generation !== this.generation && !this.closed;
    try {
      const { token, expiresInMs } = await this.options.ask(reason);
      if (!outdated()) {
        this.hold(token, expiresInMs ?? Number.POSITIVE_INFINITY);
        return token;
      }
    } catch (error) {
      if (!outdated()) throw error;
    }
    return this.askUntilCurrent("changed");
  }

  private hold(token: string | null, lifeMs: number): void {
    if (this.closed) return;
    const before = this.held?.token;
    const now = this.options.clock.now();
    this.held = { token, lifeMs, refreshAt: now + REFRESH_AT * lifeMs, expiresAt: now + lifeMs };
    this.wake(REFRESH_AT * lifeMs);
    if (before !== token) this.options.renewed(token);
  }

  private wake(delayMs: number): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    if (delayMs === Number.POSITIVE_INFINITY || this.closed) return;
    this.stopTimer = this.options.clock.after(Math.min(delayMs, MAX_TIMER_MS), () => this.refresh());
  }

  private refresh(): void {
    const { held } = this;
    if (held === undefined || this.closed) return;
    const now = this.options.clock.now();
    if (now < held.refreshAt) {
      this.wake(held.refreshAt - now);
      return;
    }
    this.ask(now >= held.expiresAt ? "expired" : "expiring").catch(() => {
      const stillGood = this.held === held && this.options.clock.now() < held.expiresAt;
      if (stillGood) this.wake(Math.max(RETRY_AFTER * held.lifeMs, MIN_RETRY_MS));
    });
  }

  private drop(reason: TokenReason): void {
    this.held = undefined;
    this.nextReason = reason;
    this.stopTimer?.();
    this.stopTimer = undefined;
  }
}
