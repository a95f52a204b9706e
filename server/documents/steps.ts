// Long work in steps: a generator that yields where others may go first. Each step is short whatever is given; who has
// others to serve lets the event loop turn in between.

import { setImmediate } from "node:timers/promises";

export type Steps<Result> = Generator<void, Result>;

/** So many characters are read in a step: a few milliseconds. */
export const STEP = 100_000;

/** Does it with room between the steps for everybody else. */
export async function inSteps<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await setImmediate();
  }
}

/** All of it at once, for what is small. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
