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

/** A thing that stands in both rows, as its places in them. */
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

/** Pairs of tokens that occur once on each side, of those that can be kept in order the ones with most text. */
export function alignUnique(old: readonly Token[], now: readonly Token[]): Pair[] {
  const pairs = uniquePairs(
    old.map(({ key }) => key),
    now.map(({ key }) => key),
  );
  return heaviestRising(pairs, ([i]) => old[i]!.to - old[i]!.from);
}

/** Where things that occur exactly once in either row stand in both. */
export function uniquePairs<T>(old: readonly T[], now: readonly T[]): Pair[] {
  const twins = onlyPlaces(now);
  const pairs: Pair[] = [];
  for (const [thing, i] of onlyPlaces(old)) {
    const j = twins.get(thing);
    if (j !== undefined) pairs.push([i, j]);
  }
  return pairs;
}

function onlyPlaces<T>(row: readonly T[]): Map<T, number> {
  const places = new Map<T, number>();
  const repeated = new Set<T>();
  for (const [at, thing] of row.entries()) {
    if (places.has(thing)) repeated.add(thing);
    places.set(thing, at);
  }
  for (const thing of repeated) places.delete(thing);
  return places;
}

/** Of pairs in the order of their first numbers, the heaviest row in which the second ones rise too. */
export function heaviestRising(pairs: readonly Pair[], weigh: (pair: Pair) => number): Pair[] {
  /** For each pair, the one before it in the best row that ends on it. */
  const before: number[] = [];
  const totals: number[] = [];
  const heights = pairs.reduce((most, [, j]) => Math.max(most, j + 1), 0);
  /** A Fenwick tree: over the second numbers, the pair on which the best row so far ends; -1 for none. */
  const best = new Int32Array(heights + 1).fill(-1);
  const better = (x: number, y: number) => (x === -1 ? y : y === -1 || totals[x]! >= totals[y]! ? x : y);
  let last = -1;
  for (const [at, pair] of pairs.entries()) {
    let previous = -1;
    for (let node = pair[1]; node > 0; node -= node & -node) previous = better(previous, best[node]!);
    before.push(previous);
    totals.push(weigh(pair) + (previous === -1 ? 0 : totals[previous]!));
    for (let node = pair[1] + 1; node <= heights; node += node & -node) best[node] = better(best[node]!, at);
    last = better(last, at);
  }
  const row: Pair[] = [];
  for (let at = last; at !== -1; at = before[at]!) row.push(pairs[at]!);
  return row.reverse();
}
