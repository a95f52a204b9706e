// How long to wait before trying again: full jitter, so that a thousand clients that lost one server do not all come
// back in the same instant.

import type { Random } from "../protocol/index.js";

/** The longest first wait, and the longest wait of all. */
export const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 30_000;

/** The longest wait of whoever has been away for less than a minute: a server that is started again is back by then. */
export const LONGEST_FIRST_MINUTE_MS = 5_000;
/** After that, nobody waits for longer than this part of the time for which they have been away already. */
const PART_OF_OUTAGE = 12;

/** Anything from nothing up to a bound that doubles with every attempt; `attempt` counts from 0. */
export function backoffMs(attempt: number, random: Random): number {
  return random() * boundOf(attempt);
}

/** The same for whoever comes back to a server, after an outage that has lasted for `awayMs`: they are never long behind it. */
export function returnMs(attempt: number, random: Random, awayMs: number): number {
  return random() * Math.min(boundOf(attempt), Math.max(LONGEST_FIRST_MINUTE_MS, awayMs / PART_OF_OUTAGE));
}

const boundOf = (attempt: number) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 16));
