// What is measured while load runs: how long things took, counted from when they should have begun, and how many there were,
// as a whole and second by second. Times are milliseconds; percentiles come from HDR histograms of microseconds, exact to
// three digits.

import { build, type Histogram } from "hdr-histogram-js";

/** Ten minutes in microseconds: whatever takes longer is counted as that. */
const LONGEST = 600_000_000;

export const percentilesShown = [50, 90, 95, 99, 99.9] as const;

const histogram = (): Histogram =>
  build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 64,
  });

/** How long one kind of thing took. */
export class Timing {
  readonly #all = histogram();
  #lately = histogram();

  record(ms: number): void {
    const value = Math.min(LONGEST, Math.max(1, Math.round(ms * 1000)));
    this.#all.recordValue(value);
    this.#lately.recordValue(value);
  }

  get count(): number {
    return this.#all.totalCount;
  }

  /** Milliseconds; 0 if nothing was measured. */
  percentile(p: number): number {
    // The histogram gives the upper end of what it cannot tell apart.
    return this.count === 0 ? 0 : Math.min(this.max, this.#all.getValueAtPercentile(p) / 1000);
  }

  get max(): number {
    return this.count === 0 ? 0 : this.#all.maxValue / 1000;
  }

  /** Of what was recorded since the last call; null if that was nothing. */
  lately(): { readonly p50: number; readonly p99: number } | null {
    const since = this.#lately;
    this.#lately = histogram();
    if (since.totalCount === 0) return null;
    return { p50: since.getValueAtPercentile(50) / 1000, p99: since.getValueAtPercentile(99) / 1000 };
  }

  summary(): TimingSummary {
    const percentiles = percentilesShown.map((p) => [`p${p}`, this.percentile(p)] as const);
    return { count: this.count, ...Object.fromEntries(percentiles), max: this.max } as TimingSummary;
  }
}

export type TimingSummary = { readonly count: number; readonly max: number } & {
  readonly [P in `p${(typeof percentilesShown)[number]}`]: number;
};

/** What happened in one second. */
export interface Second {
  /** Since writing began. */
  readonly at: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly seen: number;
  readonly errors: number;
  readonly acknowledgedMs: { readonly p50: number; readonly p99: number } | null;
  readonly seenMs: { readonly p50: number; readonly p99: number } | null;
  /** The longest that this program's own event loop was late: beyond some milliseconds, it measures itself. */
  readonly lagMs: number;
}

/** All that is counted. Counters only grow. */
export class Measures {
  sent = 0;
  acknowledged = 0;
  seen = 0;
  reconnects = 0;
  readonly errors = new Map<string, number>();
  /** From when a keystroke was due to its acknowledgement, and to when somebody else's copy had it. */
  readonly toAcknowledged = new Timing();
  readonly toSeen = new Timing();
  /** From dialling to a document that can be shown. */
  readonly toOpen = new Timing();
  readonly seconds: Second[] = [];
  #told = { sent: 0, acknowledged: 0, seen: 0, errors: 0 };

  error(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  get errorCount(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Ends a second. */
  tick(at: number, lagMs: number): Second {
    const { sent, acknowledged, seen, errorCount: errors } = this;
    const second: Second = {
      at,
      sent: sent - this.#told.sent,
      acknowledged: acknowledged - this.#told.acknowledged,
      seen: seen - this.#told.seen,
      errors: errors - this.#told.errors,
      acknowledgedMs: this.toAcknowledged.lately(),
      seenMs: this.toSeen.lately(),
      lagMs,
    };
    this.#told = { sent, acknowledged, seen, errors };
    this.seconds.push(second);
    return second;
  }
}
