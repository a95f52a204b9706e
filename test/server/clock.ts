// A clock that stands still until it is told to go on. Timers run in the order of their times. Its time of day may be set, and
// timers and what is steady take no notice of that, as on a real machine.

import type { Clock } from "../../protocol/index.js";

export interface ManualClock extends Clock {
  steady(): number;
  /** Goes on by so much, running what comes due, and lets promises settle after each timer. */
  advance(ms: number): Promise<void>;
  /** Sets the time of day, as an administrator might. */
  set(time: number): void;
  /** Stands still for so long, as a process does that is not run: what comes due meanwhile is late. */
  stall(ms: number): void;
  /** How many timers wait. */
  readonly timers: number;
}

/** Lets every promise that can settle do so. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function manualClock(start = 1_700_000_000_000): ManualClock {
  let time = start;
  /** By how much the time of day is ahead of what is steady. */
  let ahead = 0;
  let made = 0;
  const waiting: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];

  return {
    now: () => time + ahead,
    steady: () => time,
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
    stall(ms) {
      time += ms;
    },
    set(at) {
      ahead = at - time;
    },
    get timers() {
      return waiting.length;
    },
  };
}
