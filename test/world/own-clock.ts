// The clock of one computer in the world: it may be wrong by days, and stops for whoever has stopped. What a dead
// process had still to do never happens; what a paused one had to do happens when it goes on, as after SIGCONT.

import type { Clock } from "../../protocol/index.js";

export class OwnClock implements Clock {
  /** By how much it is wrong. */
  skewMs = 0;
  #dead = false;
  #paused = false;
  /** What came due while paused, in order. */
  #late: (() => void)[] = [];

  constructor(private readonly world: Clock) {}

  get paused(): boolean {
    return this.#paused;
  }

  get dead(): boolean {
    return this.#dead;
  }

  now(): number {
    return this.world.now() + this.skewMs;
  }

  after(delayMs: number, run: () => void): () => void {
    let live = true;
    const due = () => {
      if (live) run();
      live = false;
    };
    // It may be cancelled while it waits for this computer to go on.
    const cancel = this.world.after(delayMs, () => this.soon(due));
    return () => {
      live = false;
      cancel();
    };
  }

  /** Runs it now, or when this computer goes on, or never. */
  soon(run: () => void): void {
    if (this.#dead) return;
    if (this.#paused) this.#late.push(run);
    else run();
  }

  /** Resolves after so long; never, if this computer stops in the meantime. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    // Any of it may put this computer to sleep again.
    while (!this.#paused && this.#late.length > 0) this.#late.shift()!();
  }

  die(): void {
    this.#dead = true;
    this.#late = [];
  }
}
