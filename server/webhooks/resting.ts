// What failed and rests: nothing of it is tried before its time, and the next time it rests twice as long, up to a bound.
// Kept by this process alone; clocks that are set count for nothing.

import { type Clock, steadyMs } from "../../protocol/index.js";
import { restMs } from "./plan.js";

export interface Resting {
  /** Whether it is not to be tried yet. */
  rests(key: string): boolean;
  failed(key: string): void;
  /** It went well, or is gone. */
  ended(key: string): void;
  clear(): void;
}

export function createResting(clock: Clock, firstMs: number, longestMs: number): Resting {
  const known = new Map<string, { readonly failures: number; readonly until: number }>();

  return {
    rests: (key) => steadyMs(clock) < (known.get(key)?.until ?? Number.NEGATIVE_INFINITY),
    failed(key) {
      const failures = (known.get(key)?.failures ?? 0) + 1;
      known.set(key, { failures, until: steadyMs(clock) + restMs(failures, firstMs, longestMs) });
    },
    ended: (key) => void known.delete(key),
    clear: () => known.clear(),
  };
}
