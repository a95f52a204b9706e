// Keeps a live connection's token fresh: asks its source for another one well before the end and puts it in place, so
// that an hour of writing is not cut every time a token ends.
//
//   welcome ──most of the token's life──▶ source ──fresh token──▶ refresh ──taken──▶ again, by the new token's life
//                                           │ fails: again after a pause   │ refused: nothing; the connection ends with
//                                           ▼ until the end                ▼ its token, and the next one asks the source
//
// Nothing here ends a connection: whatever goes wrong, the server's word at the token's end is what it would have been.

import { type Clock, Fault, type Random } from "../protocol/index.js";
import { backoffMs } from "./backoff.js";
import type { Line } from "./line.js";

/** Which part of a token's life is over when a fresh one is asked for: not the same for all who came at once. */
const EARLIEST_PART = 0.6;
const LATEST_PART = 0.8;
/** A token that a source gives again and again must not make us ask all the time. */
const SHORTEST_WAIT_MS = 1_000;
/** A timer of more than 24 days would fire at once. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

export interface RenewalOptions {
  readonly source: () => string | Promise<string>;
  readonly line: Line;
  readonly clock: Clock;
  readonly random: Random;
}

/** @returns what stops it, for when the connection is gone */
export function renewToken({ source, line, clock, random }: RenewalOptions): () => void {
  let stopped = false;
  let stopTimer = () => {};
  let failures = 0;

  function wait(ms: number): void {
    if (stopped) return;
    const bounded = Math.min(Math.max(ms, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    stopTimer = clock.after(bounded, () => void renew());
  }

  function schedule(expiresInMs: number | undefined): void {
    if (expiresInMs === undefined) return;
    wait(expiresInMs * (EARLIEST_PART + (LATEST_PART - EARLIEST_PART) * random()));
  }

  async function renew(): Promise<void> {
    let token: string;
    try {
      token = await source();
    } catch (error) {
      // There is none to be had: the source will say so again when the connection has ended.
      if (!(error instanceof Fault && error.action === "authenticate")) wait(backoffMs(failures++, random));
      return;
    }
    if (stopped) return;
    failures = 0;
    line
      .ask(
        "refresh",
        { token },
        { ok: ({ tokenExpiresInMs }) => schedule(tokenExpiresInMs), fault: () => {} },
      )
      .start();
  }

  schedule(line.welcome.tokenExpiresInMs);
  return () => {
    stopped = true;
    stopTimer();
  };
}
