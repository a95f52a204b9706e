// A clock that stands still until it is told to go on. Timers run in the order of their times.

import type { Clock } from "../../protocol/index.js";

export interface ManualClock extends Clock {
  /** Goes on by so much, running what comes due, and lets promises settle after each timer. */
  advance(ms: number): Promise<void>;
  /** Sets the time without running anything, as an administrator might. */
  set(time: number): void;
  /** How many timers wait. */
  readonly timers: number;
}

/** Lets every promise that can settle do so. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function manualClock(start = 1_700_000_000_000): ManualClock {
  let time = start;
  let made = 0;
  const waiting: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];

  return {
    now: () => time,
    after(delayMs, run) {
      // Like the real one, which fires at once when asked for more than 24 days.
      const timer = { at: time + (delayMs > 2 ** 31 - 1 ? 1 : delayMs), order: made++, run };
      waiting.push(timer);
      return () => {
        const index = waiting.indexOf(timer);
        if (index !== -1) waiting.splice(index, 1);
      };
    },
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (;;) {
        waiting.sort((a, b) => a.at - b.at || a.order - b.order);
        const next = waiting[0];
        if (next === undefined || next.at > end) break;
        waiting.shift();
        time = Math.max(time, next.at);
        next.run();
        await settle();
      }
      time = end;
    },
    set(at) {
      time = at;
    },
    get timers() {
      return waiting.length;
    },
  };
}
