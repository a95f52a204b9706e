// A token bucket: so many a second on average, so many at once. It holds two numbers and no timer.

import type { Clock } from "../protocol/index.js";

export interface Bucket {
  /** Takes `cost` tokens and returns 0, or takes none and returns the milliseconds until they would be there. */
  take(cost?: number): number;
  /** What {@link take} would return. Takes nothing. */
  wait(cost?: number): number;
  /** Takes `cost` tokens, there or not, and returns the milliseconds until none are owed. */
  owe(cost?: number): number;
}

export function createBucket(clock: Clock, perSecond: number, burst: number): Bucket {
  /** Less than nothing while some are owed, at most as many as it holds. */
  let tokens = burst;
  let filledAt = clock.now();

  function fill(): void {
    const now = clock.now();
    // A clock that was set back gives nothing and takes nothing away.
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * perSecond) / 1000);
    filledAt = now;
  }

  const until = (missing: number) =>
    missing <= 0 ? 0 : Math.max(1, Math.ceil((missing * 1000) / perSecond));

  function wait(cost = 1): number {
    fill();
    // What costs more than the bucket holds passes when it is full, and empties it.
    return until(Math.min(cost, burst) - tokens);
  }

  return {
    wait,
    take(cost = 1) {
      const ms = wait(cost);
      if (ms === 0) tokens -= Math.min(cost, burst);
      return ms;
    },
    owe(cost = 1) {
      fill();
      tokens = Math.max(-burst, tokens - cost);
      return until(-tokens);
    },
  };
}

/** A bucket for each of those who are met, as long as theirs is not full again; of at most `most` of them. */
export function createBuckets(
  clock: Clock,
  perSecond: number,
  burst: number,
  most = Number.POSITIVE_INFINITY,
) {
  const buckets = new Map<string, { readonly bucket: Bucket; usedAt: number }>();
  const refillMs = (burst * 1000) / perSecond;

  function of(who: string): Bucket {
    const now = clock.now();
    const known = buckets.get(who);
    const entry = known ?? { bucket: createBucket(clock, perSecond, burst), usedAt: now };
    entry.usedAt = now;
    // Used last stands last, so the ones that are full again stand first.
    buckets.delete(who);
    buckets.set(who, entry);
    for (const [other, { usedAt }] of buckets) {
      if (now - usedAt < refillMs && buckets.size <= most) break;
      buckets.delete(other);
    }
    return entry.bucket;
  }

  return {
    of,
    take: (who: string, cost?: number): number => of(who).take(cost),
    get size() {
      return buckets.size;
    },
  };
}

/** Takes `cost` from all of the buckets, or from none. @returns the longest wait, and 0 if it was taken */
export function takeFromAll(buckets: readonly Bucket[], cost = 1): number {
  const ms = Math.max(0, ...buckets.map((bucket) => bucket.wait(cost)));
  if (ms === 0) for (const bucket of buckets) bucket.take(cost);
  return ms;
}
