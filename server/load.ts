// How late the event loop is: a timer that says when it should have run. The worst of late is remembered and fades, so
// that one look tells of the last half second and not of one moment.

import { type Clock, steadyMs } from "../protocol/index.js";
import type { Load } from "./admission.js";

export interface MeasuredLoad extends Load {
  stop(): void;
}

const SAMPLE_MS = 50;
/** What is left of a lag after each sample: a tenth after half a second. */
const FADES = 0.8;

/** @param nextTurn  runs something in the next turn of the event loop */
export function measureLoad(clock: Clock, nextTurn: Load["nextTurn"]): MeasuredLoad {
  let lag = 0;
  let due = steadyMs(clock) + SAMPLE_MS;
  let cancel = clock.after(SAMPLE_MS, sample);

  function sample(): void {
    const now = steadyMs(clock);
    lag = Math.max(now - due, lag * FADES);
    due = now + SAMPLE_MS;
    cancel = clock.after(SAMPLE_MS, sample);
  }

  return {
    lagMs: () => lag,
    nextTurn,
    stop: () => cancel(),
  };
}
