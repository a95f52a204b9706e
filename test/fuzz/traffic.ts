// What the wires of a run have in common: how many messages have gone each way.

import type { Clock } from "../../protocol/index.js";
import type { Way } from "./steps.js";

/** How long a cut waits for a message to fall into, and a message for those that are to go before it. */
export const PATIENCE_MS = 400;
/** So long after a request a server has done what it was asked for, mostly. */
export const ANSWERED_MS = 40;

export class Traffic {
  #gone: Record<Way, number> = { up: 0, down: 0 };
  #waiting: { readonly way: Way; readonly at: number; readonly go: () => void }[] = [];

  constructor(private readonly clock: Clock) {}

  passed(way: Way): void {
    this.#gone[way]++;
    const due = this.#waiting.filter((one) => one.way === way && one.at <= this.#gone[way]);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { go } of due) go();
  }

  /** Resolves when so many more have gone that way, or after a while. */
  after(way: Way, count: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ way, at: this.#gone[way] + count, go });
      this.clock.after(PATIENCE_MS, go);
    });
  }
}
