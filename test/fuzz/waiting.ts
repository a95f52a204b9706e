// Waiting by a clock.

import type { Clock } from "../../protocol/index.js";

const LOOK_MS = 10;

export const sleep = (clock: Clock, ms: number) =>
  new Promise<void>((resolve) => void clock.after(ms, resolve));

/** Whether it comes true within a while. */
export async function holds(clock: Clock, condition: () => boolean, withinMs: number): Promise<boolean> {
  const until = clock.now() + withinMs;
  while (!condition()) {
    if (clock.now() > until) return false;
    await sleep(clock, LOOK_MS);
  }
  return true;
}
