// Which parts of a replaced stretch are still there: the heaviest common subsequence of two rows of tokens.
//
// Tokens are words, single other characters, markers and embeds. Short rows are aligned exactly, by dynamic programming.
// For long ones whole lines that occur once on each side are taken as fixed first, and what lies between them is aligned
// on its own; a pair of rows that is still too long is taken as replaced altogether. So the cost is bounded by the
// length of the rows times a constant.

export interface Token {
  readonly from: number;
  readonly to: number;
  /** Tokens with equal keys may be paired. */
  readonly key: string;
}

/** A stretch that stands in both rows, as numbers of tokens. */
export type Pair = readonly [old: number, now: number];

/** How many cells a table of the exact method may have. */
const maxCells = 250_000;

export const isShort = (old: readonly Token[], now: readonly Token[]): boolean =>
  old.length * now.length <= maxCells;

/**
 * The heaviest pairing of equal tokens that keeps their order.
 *
 * @param weigh  how much it is worth to keep `old` as `now`; above 0
 */
export function alignExactly(
  old: readonly Token[],
  now: readonly Token[],
  weigh: (old: Token, now: Token) => number,
): Pair[] {
  const width = now.length + 1;
  const best = new Float64Array((old.length + 1) * width);
  const weights = new Float64Array(old.length * now.length);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const skip = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
      const weight = old[i]!.key === now[j]!.key ? weigh(old[i]!, now[j]!) : 0;
      weights[i * now.length + j] = weight;
      best[i * width + j] = weight > 0 ? Math.max(skip, weight + best[(i + 1) * width + j + 1]!) : skip;
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < old.length && j < now.length; ) {
    const weight = weights[i * now.length + j]!;
    if (weight > 0 && best[i * width + j] === weight + best[(i + 1) * width + j + 1]!) pairs.push([i++, j++]);
    else if (best[(i + 1) * width + j]! >= best[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

/** Pairs of tokens that occur once on each side, as many as can be kept in order. */
export function alignUnique(old: readonly Token[], now: readonly Token[]): Pair[] {
  const places = uniquePlaces(old);
  const twins = uniquePlaces(now);
  const pairs: Pair[] = [];
  for (const [key, i] of places) {
    const j = twins.get(key);
    if (j !== undefined) pairs.push([i, j]);
  }
  return longestRising(pairs);
}

function uniquePlaces(tokens: readonly Token[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [at, { key }] of tokens.entries()) {
    if (places.has(key)) repeated.add(key);
    places.set(key, at);
  }
  for (const key of repeated) places.delete(key);
  return places;
}

/** Of pairs in the order of their first numbers, the longest row in which the second ones rise too. */
export function longestRising(pairs: readonly Pair[]): Pair[] {
  /** For each length, the pair on which the best row of that length ends. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [at, [, j]] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < j) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = at;
  }
  const row: Pair[] = [];
  for (let at = ends[ends.length - 1] ?? -1; at !== -1; at = before[at]!) row.push(pairs[at]!);
  return row.reverse();
}
