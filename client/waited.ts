// How long whoever writes here waits until it is saved: from the oldest edit in an op to the word that the op is durable.
//
//   edited ──sent──▶ on its way ──acknowledged──▶ known, to be told with the next op
//
// Only what is written and saved over one line counts: being offline is no slowness of the server's. Kept for one op on its
// way and those that wait behind it, as the session is (`session.ts`); the clock's moments are passed in.

import { MOST_WAITED_MS } from "../protocol/index.js";

export class Waited {
  /** When the oldest edit was made that waits for its turn, and the oldest in the op that is on its way. */
  #edited: number | undefined;
  #sent: number | undefined;
  #known: number | undefined;

  edited(now: number): void {
    this.#edited ??= now;
  }

  /** Everything that waited is in the op that goes out now. */
  sent(): void {
    this.#sent = this.#edited;
    this.#edited = undefined;
  }

  acknowledged(now: number): void {
    if (this.#sent !== undefined)
      this.#known = Math.min(Math.max(0, Math.ceil(now - this.#sent)), MOST_WAITED_MS);
    this.#sent = undefined;
  }

  /** The line is gone, or the op was refused: what waits will have waited for something else. */
  forget(): void {
    this.#edited = this.#sent = undefined;
  }

  /** What is known and was not taken yet, in whole milliseconds. */
  take(): number | undefined {
    const known = this.#known;
    this.#known = undefined;
    return known;
  }
}
