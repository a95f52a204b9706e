// What was packed for somebody, kept for whoever wants the same soon after: as many ask at once, one of them has it packed.
//
// Bounded in bytes; what is old goes when the next one comes. What cannot be packed, or is nothing, is not kept.

import { type Clock, steadyMs } from "../protocol/index.js";

/** In a minute, a class has come in after its teacher, and a node's people have come back. */
const KEPT_MS = 60_000;
/** All that one cache keeps. */
const MOST_BYTES = 8 * 2 ** 20;

export interface PackedCache<Entry> {
  /** What is kept under that name, or is being packed. */
  get(name: string): Entry | undefined;
  /** Keeps it in place of what was kept under that name. @param packing  its length; undefined: it is nothing to keep */
  put(name: string, entry: Entry, packing: Promise<number | undefined>): Entry;
  /** Lets go of what is old, or too much. */
  forgetOld(): void;
}

interface Kept<Entry> {
  readonly entry: Entry;
  readonly since: number;
  /** 0 while it is being packed. */
  bytes: number;
}

export function createPackedCache<Entry>(clock: Clock): PackedCache<Entry> {
  /** By name, the oldest first. */
  const kept = new Map<string, Kept<Entry>>();
  let bytes = 0;

  function forget(name: string, one: Kept<Entry> | undefined): void {
    if (one === undefined || kept.get(name) !== one) return;
    kept.delete(name);
    bytes -= one.bytes;
  }

  return {
    get: (name) => kept.get(name)?.entry,

    put(name, entry, packing) {
      forget(name, kept.get(name));
      const one: Kept<Entry> = { entry, since: steadyMs(clock), bytes: 0 };
      kept.set(name, one);
      packing.then(
        (length) => {
          if (length === undefined) forget(name, one);
          else if (kept.get(name) === one) bytes += one.bytes = length;
        },
        () => forget(name, one),
      );
      return entry;
    },

    forgetOld() {
      const now = steadyMs(clock);
      for (const [name, one] of kept) {
        if (bytes <= MOST_BYTES && now - one.since < KEPT_MS) return;
        forget(name, one);
      }
    },
  };
}
