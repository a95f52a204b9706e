// How long to wait before trying again: full jitter, so that a thousand clients that lost one server do not all come
// back in the same instant.

import type { Random } from "../protocol/index.js";

/** The longest first wait, and the longest wait of all. */
export const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 30_000;

/** Anything from nothing up to a bound that doubles with every attempt; `attempt` counts from 0. */
export function backoffMs(attempt: number, random: Random): number {
  return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 16));
}
