// A token bucket: so many a second on average, so many at once. It holds two numbers and no timer.

import type { Clock } from "../protocol/index.js";

export interface Bucket {
  /** Takes `cost` tokens and returns 0, or takes none and returns the milliseconds until they would be there. */
  take(cost?: number): number;
}

export function createBucket(clock: Clock, perSecond: number, burst: number): Bucket {
  let tokens = burst;
  let filledAt = clock.now();

  return {
    take(cost = 1) {
      const now = clock.now();
      // A clock that was set back gives nothing and takes nothing away.
      tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * perSecond) / 1000);
      filledAt = now;
      // What costs more than the bucket holds passes when it is full, and empties it.
      const price = Math.min(cost, burst);
      if (tokens >= price) {
        tokens -= price;
        return 0;
      }
      return Math.max(1, Math.ceil(((price - tokens) * 1000) / perSecond));
    },
  };
}

/** A bucket for each of those who are met, as long as theirs is not full again. */
export function createBuckets(clock: Clock, perSecond: number, burst: number) {
  const buckets = new Map<string, { readonly bucket: Bucket; usedAt: number }>();
  const refillMs = (burst * 1000) / perSecond;

  return {
    take(who: string): number {
      const now = clock.now();
      const known = buckets.get(who);
      const entry = known ?? { bucket: createBucket(clock, perSecond, burst), usedAt: now };
      entry.usedAt = now;
      // Used last stands last, so the ones that are full again stand first.
      buckets.delete(who);
      buckets.set(who, entry);
      for (const [other, { usedAt }] of buckets) {
        if (now - usedAt < refillMs) break;
        buckets.delete(other);
      }
      return entry.bucket.take();
    },
    get size() {
      return buckets.size;
    },
  };
}
