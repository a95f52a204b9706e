// What two rows of numbers have in common, in order: the stretches that a script which makes one of the other would keep.
//
// Common beginning and end first. What is between is cut into lines, and the shortest script of whole lines is
// sought (Myers, 1986), so that a stray letter is never kept out of a line that has nothing to do with it; then,
// between the lines that stay, the shortest script of single atoms. Where that would be too long, words are tried, and
// believed if they keep the better part; where they do not, nothing is kept.

/** So many atoms that are the same, `from` in the first row and `to` in the second. */
export interface Kept {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** A stretch of each row. */
interface Stretch {
  readonly from: number;
  readonly fromEnd: number;
  readonly to: number;
  readonly toEnd: number;
}

/** Scripts longer than this are not sought. */
const MAX_SCRIPT = 1_000;
/** Nor is anything, after so many steps in all: a tenth of a second or so. */
const MAX_STEPS = 10_000_000;

const LINE_FEED = 10;
const SPACE = 32;

/**
 * The stretches that stay, in order, those beside each other not joined.
 *
 * @param first  how many atoms at the start are taken to be the same before anything else is looked at
 * @param caret  where the typing was, in `to`: where several scripts are equally short, the one that ends there is taken
 */
export function commonStretches(from: Int32Array, to: Int32Array, first: number, caret?: number): Kept[] {
  const all = { from: first, fromEnd: from.length, to: first, toEnd: to.length };
  const kept = new Search(from, to).whole(all, caret === undefined ? 0 : to.length - caret);
  return first > 0 ? [{ from: 0, to: 0, length: first }, ...kept] : kept;
}

class Search {
  #steps = MAX_STEPS;

  constructor(
    private readonly from: Int32Array,
    private readonly to: Int32Array,
  ) {}

  /** What stays of all: whole lines, and atoms between them. */
  whole(all: Stretch, behindCaret: number): Kept[] {
    const atoms = (gap: Stretch) =>
      this.#trimmed(gap, (inside) => this.#atoms(inside) ?? this.#words(inside));
    return this.#trimmed(all, (inside) => this.#pieces(inside, LINE_FEED, atoms), behindCaret);
  }

  /** What stays of a long stretch that has been edited in many places; nothing, if that is not half of it. */
  #words(all: Stretch): Kept[] {
    const atoms = (gap: Stretch) => this.#trimmed(gap, (inside) => this.#atoms(inside) ?? []);
    const kept = this.#pieces(all, SPACE, atoms);
    const total = kept.reduce((sum, { length }) => sum + length, 0);
    return 2 * total >= Math.min(all.fromEnd - all.from, all.toEnd - all.to) ? kept : [];
  }

  #atoms({ from, fromEnd, to, toEnd }: Stretch): Kept[] | undefined {
    const kept = this.#shortest(this.from.subarray(from, fromEnd), this.to.subarray(to, toEnd));
    return kept?.map((one) => ({ from: from + one.from, to: to + one.to, length: one.length }));
  }

  /** What stays of two stretches as whole pieces that end in a separator, and what `within` finds between those. */
  #pieces(all: Stretch, separator: number, within: (gap: Stretch) => Kept[]): Kept[] {
    const names = new Names();
    const old = cut(this.from, all.from, all.fromEnd, separator, names);
    const now = cut(this.to, all.to, all.toEnd, separator, names);
    const kept: Kept[] = [];
    let { from, to } = all;
    for (const pieces of this.#shortest(old.names, now.names) ?? []) {
      const fromEnd = old.starts[pieces.from]!;
      const toEnd = now.starts[pieces.to]!;
      const length = old.starts[pieces.from + pieces.length]! - fromEnd;
      kept.push(...within({ from, fromEnd, to, toEnd }), { from: fromEnd, to: toEnd, length });
      from = fromEnd + length;
      to = toEnd + length;
    }
    kept.push(...within({ from, fromEnd: all.fromEnd, to, toEnd: all.toEnd }));
    return kept;
  }

  /** The common beginning and end of two stretches, what lies behind the caret first, and what `within` finds between. */
  #trimmed(
    { from, fromEnd, to, toEnd }: Stretch,
    within: (inside: Stretch) => Kept[],
    behindCaret = 0,
  ): Kept[] {
    const most = Math.min(fromEnd - from, toEnd - to);
    const commonEnd = (limit: number) => {
      let tail = 0;
      while (tail < limit && this.from[fromEnd - 1 - tail] === this.to[toEnd - 1 - tail]) tail++;
      return tail;
    };
    const atCaret = commonEnd(Math.min(most, behindCaret));
    let head = 0;
    while (head < most - atCaret && this.from[from + head] === this.to[to + head]) head++;
    const tail = commonEnd(most - head);
    const kept = head > 0 ? [{ from, to, length: head }] : [];
    const inside = { from: from + head, fromEnd: fromEnd - tail, to: to + head, toEnd: toEnd - tail };
    if (head + tail < most) kept.push(...within(inside));
    if (tail > 0) kept.push({ from: fromEnd - tail, to: toEnd - tail, length: tail });
    return kept;
  }

  /**
   * What the shortest script keeps; undefined if it is too long. The greedy walk: for each length of script, how far along
   * `old` every diagonal reaches.
   */
  #shortest(old: Int32Array, now: Int32Array): Kept[] | undefined {
    const most = Math.min(old.length + now.length, MAX_SCRIPT);
    const reach = new Int32Array(2 * most + 3);
    const zero = most + 1;
    const history: Int32Array[] = [];
    for (let length = 0; length <= most; length++) {
      history.push(reach.slice(zero - length - 1, zero + length + 2));
      this.#steps -= length;
      for (let k = -length; k <= length; k += 2) {
        const down = k === -length || (k !== length && reach[zero + k - 1]! < reach[zero + k + 1]!);
        const start = down ? reach[zero + k + 1]! : reach[zero + k - 1]! + 1;
        let x = start;
        while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++;
        this.#steps -= x - start;
        reach[zero + k] = x;
        if (x >= old.length && x - k >= now.length) return backtrack(history, old.length, now.length);
      }
      if (this.#steps < 0) return undefined;
    }
    return undefined;
  }
}

function backtrack(history: readonly Int32Array[], x: number, y: number): Kept[] {
  const kept: Kept[] = [];
  for (let length = history.length - 1; length >= 0; length--) {
    // `history[length]` holds the diagonals −length−1 … length+1 as they were before that length was tried.
    const reach = (k: number) => history[length]![k + length + 1]!;
    const k = x - y;
    const down = k === -length || (k !== length && reach(k - 1) < reach(k + 1));
    const before = down ? reach(k + 1) : reach(k - 1);
    const begin = down ? before : before + 1;
    if (x > begin) kept.push({ from: begin, to: begin - k, length: x - begin });
    x = before;
    y = before - (down ? k + 1 : k - 1);
  }
  return kept.reverse();
}

/** Numbers pieces, equal ones alike. */
class Names {
  /** By a hash of its atoms, the pieces that have one. */
  readonly #known = new Map<number, { readonly piece: Int32Array; readonly name: number }[]>();
  #count = 0;

  of(piece: Int32Array): number {
    let hash = piece.length;
    for (const atom of piece) hash = (Math.imul(hash, 31) + atom) | 0;
    const alike = this.#known.get(hash) ?? [];
    const known = alike.find((one) => isSame(one.piece, piece));
    if (known !== undefined) return known.name;
    const name = this.#count++;
    this.#known.set(hash, [...alike, { piece, name }]);
    return name;
  }
}

function isSame(x: Int32Array, y: Int32Array): boolean {
  for (let at = 0; at < x.length || at < y.length; at++) if (x[at] !== y[at]) return false;
  return true;
}

interface Pieces {
  readonly names: Int32Array;
  /** Where each begins, and where the last one ends. */
  readonly starts: readonly number[];
}

/** A stretch cut behind each separator. */
function cut(row: Int32Array, start: number, end: number, separator: number, names: Names): Pieces {
  const starts = [start];
  const found: number[] = [];
  for (let at = start; at < end; ) {
    let next = at;
    while (next < end && row[next++] !== separator);
    found.push(names.of(row.subarray(at, next)));
    starts.push(next);
    at = next;
  }
  return { names: Int32Array.from(found), starts };
}
