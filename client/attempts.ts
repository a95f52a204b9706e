// How long until a server is called again: longer with each attempt in a row, and not before it wants to be.
//
//   welcomed ──lives for ten seconds, lost──▶ first attempt ──in vain──▶ second, …      a channel that was lost sooner was not
//       └──────lost sooner──▶ next attempt in the row                                   a good one, and counts as one in vain
//
// Whatever is counted here is counted for one connection, however many channels it has had.

import { type Clock, leftMs, type Random, steadyMs } from "../protocol/index.js";
import { backoffMs, returnMs } from "./backoff.js";

/** A channel that lived so long was a good one: the next attempt is again a first one. */
export const STABLE_MS = 10_000;

export class Attempts {
  /** Since the last good channel. */
  #count = 0;
  /** When the last channel that was a good one was lost, or the first was not to be had. */
  #awaySince: number | undefined;
  #onlineSince = 0;
  /** Told by a server that is about to stop, when, and how long nobody is to come back from then on. */
  #pause: { readonly since: number; readonly ms: number } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** There is a channel. */
  welcomed(): void {
    this.#pause = undefined;
    this.#onlineSince = this.clock.now();
  }

  /** It is gone. */
  lost(): void {
    if (this.clock.now() - this.#onlineSince < STABLE_MS) return;
    this.#count = 0;
    this.#awaySince = undefined;
  }

  /** The server is about to stop, and is to be left alone for so long. */
  pause(ms: number): void {
    this.#pause = { since: this.clock.now(), ms };
  }

  /** How much of that is left. */
  get pauseLeftMs(): number {
    return this.#pause === undefined ? 0 : leftMs(this.clock, this.#pause.since, this.#pause.ms);
  }

  /** How long until the next attempt, with no channel. @param askedMs  how long the server wants to be left alone */
  waitMs(askedMs = 0): number {
    const asked = Math.max(this.pauseLeftMs, askedMs);
    this.#awaySince ??= steadyMs(this.clock);
    return asked + returnMs(this.#count++, this.random, steadyMs(this.clock) - this.#awaySince);
  }

  /** The same beside a channel that there still is. */
  waitBesideMs(askedMs = 0): number {
    return askedMs + backoffMs(this.#count++, this.random);
  }
}
