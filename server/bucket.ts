// A token bucket: so many a second on average, so many at once. It holds two numbers and no timer.

import { type Clock, steadyMs } from "../protocol/index.js";

export interface Bucket {
  /** Takes `cost` tokens and returns 0, or takes none and returns the milliseconds until they would be there. */
  take(cost?: number): number;
  /** What {@link take} would return. Takes nothing. */
  wait(cost?: number): number;
  /** Takes `cost` tokens, there or not, and returns the milliseconds until none are owed. */
  owe(cost?: number): number;
}

export const createBucket = (clock: Clock, perSecond: number, burst: number): Bucket =>
  new TokenBucket(clock, perSecond, burst);

/** A class, because each connection has seven: as closures they would be the largest part of what it takes in memory. */
class TokenBucket implements Bucket {
  /** Less than nothing while some are owed, at most as many as it holds. */
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
    this.filledAt = steadyMs(clock);
  }

  wait(cost = 1): number {
    this.fill();
    // What costs more than the bucket holds passes when it is full, and empties it.
    return this.until(Math.min(cost, this.burst) - this.tokens);
  }

  take(cost = 1): number {
    const ms = this.wait(cost);
    if (ms === 0) this.tokens -= Math.min(cost, this.burst);
    return ms;
  }

  owe(cost = 1): number {
    this.fill();
    this.tokens = Math.max(-this.burst, this.tokens - cost);
    return this.until(-this.tokens);
  }

  private fill(): void {
    const now = steadyMs(this.clock);
    const gained = ((now - this.filledAt) * this.perSecond) / 1000;
    this.tokens = Math.min(this.burst, this.tokens + gained);
    this.filledAt = now;
  }

  private until(missing: number): number {
    return missing <= 0 ? 0 : Math.max(1, Math.ceil((missing * 1000) / this.perSecond));
  }
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
    const now = steadyMs(clock);
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
