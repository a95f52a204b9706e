// Whether there is room for what is written, as `/readyz` says it: a store that is full still answers and is still read, so
// asking whether it is there finds nothing wrong.
//
// There is none from the first thing that the store refuses for want of it, whatever that was, until a commit succeeds: what is
// smaller than an op, such as a record, may still find room where an op does not.

import type { Meter } from "./meter.js";

export interface RoomLeft {
  /** The meter given, through which this hears of the store. */
  readonly meter: Meter;
  /** In a sentence for anybody; undefined: nothing is known to be wrong. */
  degraded(): string | undefined;
}

export function watchRoom(meter: Meter): RoomLeft {
  let full = false;
  return {
    meter: {
      ...meter,
      committing(outcome) {
        if (outcome === "committed") full = false;
        meter.committing(outcome);
      },
      storeFailed(code) {
        if (code === "disk_full") full = true;
        meter.storeFailed(code);
      },
    },
    degraded: () => (full ? "The disk of the store is full; what is written is refused." : undefined),
  };
}
