// A fast seeded generator, for loops of a million cases, where one draw of fast-check would cost more than the check.
// The seed comes from fast-check, so that a failure prints it.

export interface Dice {
  /** An integer from 0 to `sides` − 1. */
  roll(sides: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Mulberry32, by Tommy Ettinger: 32 bits of state, full period. */
export function dice(seed: number): Dice {
  let state = seed | 0;
  const roll = (sides: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % sides;
  };
  return { roll, pick: (from) => from[roll(from.length)]! };
}
