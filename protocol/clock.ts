// Time and chance as both ends see them. Whoever needs a moment, a timer or a random number takes one of these,
// so that tests can run days in a millisecond and repeat any run from its seed.

export interface Clock {
  /** Milliseconds since the Unix epoch. It is set, back or forward, by whoever runs the machine. */
  now(): number;
  /** Milliseconds since no moment in particular, which nobody sets. Absent: nobody sets {@link Clock.now} either. */
  steady?(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/**
 * How much is left of `ms` that began at `since`; never more than all of it. Devices' clocks are set back, by a second or by
 * a day: then it begins anew, and nobody waits for a moment that has been once already.
 */
export const leftMs = (clock: Clock, since: number, ms: number): number =>
  Math.max(0, Math.min(ms, since + ms - clock.now()));

/**
 * What to measure by how long something lasts: a pause of a second lasts a second, although the time of day is set back by
 * an hour meanwhile. It means nothing to another process, and may stand still while the machine sleeps.
 */
export const steadyMs = (clock: Pick<Clock, "now" | "steady">): number => clock.steady?.() ?? clock.now();

/** A number in [0, 1). */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => Math.floor(performance.now()),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
