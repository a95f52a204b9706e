// Waiting in real time.

import { systemClock } from "../../protocol/index.js";

const LOOK_MS = 10;

export const sleep = (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve));

/** Whether it comes true within a while. */
export async function holds(condition: () => boolean, withinMs: number): Promise<boolean> {
  const until = systemClock.now() + withinMs;
  while (!condition()) {
    if (systemClock.now() > until) return false;
    await sleep(LOOK_MS);
  }
  return true;
}
