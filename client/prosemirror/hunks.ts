// What was put in place of what: the differences between two strips, as stretches replaced.
//
// Nearly every edit is one stretch, found by comparing from both ends. Where it could as well lie a little to the left
// ("aaaa" to "aaaaa"), it is put where the editing was; a marker that could be taken for old or new goes to the text that
// it had, so that Enter at the start of a block makes a new block above the old one. What is replaced by something
// else is looked through for words and lines that are still there (`align.ts`).

import { alignExactly, alignUnique, isShort, type Pair, type Token } from "./align.js";
import { commonPrefix, commonSuffix, type Range, type Sameness, type Strip, sameUnit } from "./strip.js";

/** The units `old` of the old strip are replaced by the units `now` of the new one. One of them may be empty. */
export interface Hunk {
  readonly old: Range;
  readonly now: Range;
}

const isEmpty = ({ from, to }: Range): boolean => from === to;
const sizeOf = ({ from, to }: Range): number => to - from;

/** So many units before what stays are looked past. */
const MOST_AROUND = 64;

/**
 * The stretches to replace, in order; between them the strips hold the same content, perhaps with other attributes.
 *
 * @param whole  the parts of both strips to compare
 * @param hints  units of the new strip behind which something was inserted or deleted
 */
export const hunksOf = (old: Strip, now: Strip, whole: Hunk, hints: readonly number[]): Hunk[] =>
  new Comparison(old, now, hints).hunks(whole);

class Comparison {
  constructor(
    private readonly old: Strip,
    private readonly now: Strip,
    private readonly hints: readonly number[],
  ) {}

  hunks(whole: Hunk): Hunk[] {
    const hunk = this.#trim(whole, "all");
    if (isEmpty(hunk.old) && isEmpty(hunk.now)) return [];
    if (isEmpty(hunk.old) || isEmpty(hunk.now)) return [this.#placed(hunk, whole, "all")];
    return this.#replaced(hunk);
  }

  /** What is left of a hunk without its common ends. */
  #trim({ old, now }: Hunk, sameness: Sameness): Hunk {
    const prefix = commonPrefix(this.old, old, this.now, now, sameness);
    const rest = {
      old: { from: old.from + prefix, to: old.to },
      now: { from: now.from + prefix, to: now.to },
    };
    const suffix = commonSuffix(this.old, rest.old, this.now, rest.now, sameness);
    return { old: { ...rest.old, to: old.to - suffix }, now: { ...rest.now, to: now.to - suffix } };
  }

  /** The hunk without its common ends, where it is best, if it then only inserts or deletes; undefined if it does both. */
  #plain(part: Hunk): Hunk[] | undefined {
    const hunk = this.#trim(part, "content");
    if (isEmpty(hunk.old) && isEmpty(hunk.now)) return [];
    return isEmpty(hunk.old) || isEmpty(hunk.now) ? [this.#placed(hunk, part, "content")] : undefined;
  }

  /** A stretch that is not merely inserted or deleted: what in it has stayed? */
  #replaced(part: Hunk): Hunk[] {
    const plain = this.#plain(part);
    if (plain !== undefined) return plain;
    const hunk = this.#trim(part, "content");
    const [words, newWords] = [wordsOf(this.old, hunk.old), wordsOf(this.now, hunk.now)];
    if (isShort(words, newWords)) {
      const pairs = alignExactly(words, newWords, (a, b) => weightOf(this.old, a, this.now, b));
      if (pairs.length === 0) return this.#around(hunk) ?? [hunk];
      // Between words that stayed there is nothing more to find than the ends of a word.
      const parts = between(hunk, words, newWords, pairs);
      return parts.flatMap((each) => this.#plain(each) ?? [this.#trim(each, "content")]);
    }
    const [lines, newLines] = [linesOf(this.old, hunk.old), linesOf(this.now, hunk.now)];
    const pairs = alignUnique(lines, newLines);
    if (pairs.length === 0) return [hunk];
    return between(hunk, lines, newLines, pairs).flatMap((each) => this.#replaced(each));
  }

  /**
   * One is the other with something before it and something behind it: a letter typed at the start of a word, and the
   * paragraph that a plugin puts after it. What stays is not replaced, or it would be there twice where two do so at once.
   */
  #around({ old, now }: Hunk): Hunk[] | undefined {
    const [less, more] = [Math.min(sizeOf(old), sizeOf(now)), Math.max(sizeOf(old), sizeOf(now))];
    for (let by = 1; by < Math.min(more - less, MOST_AROUND); by++) {
      const cut = (range: Range) =>
        sizeOf(range) === less ? range : { from: range.from + by, to: range.from + by + less };
      const [oldStays, nowStays] = [cut(old), cut(now)];
      const splits = (strip: Strip, { from, to }: Range) => strip.splits(from) || strip.splits(to);
      if (splits(this.old, oldStays) || splits(this.now, nowStays)) continue;
      if (commonPrefix(this.old, oldStays, this.now, nowStays, "content") < less) continue;
      return [
        { old: { from: old.from, to: oldStays.from }, now: { from: now.from, to: nowStays.from } },
        { old: { from: oldStays.to, to: old.to }, now: { from: nowStays.to, to: now.to } },
      ];
    }
    return undefined;
  }

  /**
   * Of the places where a hunk that only inserts or only deletes could be, all to its left, the best: directly before a
   * marker whose text follows, if markers come or go; else where something was edited; else where it is.
   */
  #placed(hunk: Hunk, within: Hunk, sameness: Sameness): Hunk {
    const [strip, range] = isEmpty(hunk.old) ? [this.now, hunk.now] : [this.old, hunk.old];
    const movesMarker = [...strip.between(range.from, range.to)].some(({ head }) => head);
    const splitsLine = movesMarker && hunk.old.to < this.old.length && !this.old.isHead(hunk.old.to);
    const find = (test: (place: Hunk) => boolean) => {
      for (const place of this.#places(hunk, within, sameness)) if (test(place)) return place;
      return undefined;
    };
    const beforeMarker = splitsLine ? find(({ old }) => this.old.isHead(old.to)) : undefined;
    return beforeMarker ?? find(({ now }) => this.hints.includes(now.to)) ?? hunk;
  }

  /** The same change at every place where it comes to the same, from right to left. */
  *#places({ old, now }: Hunk, within: Hunk, sameness: Sameness): Generator<Hunk> {
    const [x, y] = [this.old, this.now];
    const [strip, range] = isEmpty(old) ? [y, now] : [x, old];
    const most = Math.min(old.from - within.old.from, now.from - within.now.from);
    for (let by = 0; by <= most; by++) {
      if (by > 0) {
        if (!sameUnit(strip, range.from - by, strip, range.to - by, sameness)) return;
        if (!sameUnit(x, old.from - by, y, now.from - by, sameness)) return;
      }
      const place = {
        old: { from: old.from - by, to: old.to - by },
        now: { from: now.from - by, to: now.to - by },
      };
      const splits = [
        x.splits(place.old.from),
        x.splits(place.old.to),
        y.splits(place.now.from),
        y.splits(place.now.to),
      ];
      if (!splits.includes(true)) yield place;
    }
  }
}

/** The parts of a hunk before, between and behind tokens that stay. */
function between(hunk: Hunk, old: readonly Token[], now: readonly Token[], pairs: readonly Pair[]): Hunk[] {
  const parts: Hunk[] = [];
  let [i, j] = [hunk.old.from, hunk.now.from];
  for (const [p, q] of pairs) {
    parts.push({ old: { from: i, to: old[p]!.from }, now: { from: j, to: now[q]!.from } });
    [i, j] = [old[p]!.to, now[q]!.to];
  }
  parts.push({ old: { from: i, to: hunk.old.to }, now: { from: j, to: hunk.now.to } });
  return parts.filter((part) => !isEmpty(part.old) || !isEmpty(part.now));
}

/**
 * Keeping a long word is worth more than a space; keeping a block marker with its attributes, more than without, and less
 * than whatever can be read: what two people move at once is there twice, and that had better be the marker.
 */
function weightOf(x: Strip, a: Token, y: Strip, b: Token): number {
  const same = sameUnit(x, a.from, y, b.from, "all");
  if (a.key === "\n") return same ? 0.48 : 0.45;
  if (a.key.startsWith("\ufffc")) return same ? 2.2 : 2;
  const size = /[\p{L}\p{N}\p{S}]/u.test(a.key) ? a.to - a.from : a.key === " " ? 0.4 : 0.5;
  return same ? size * 1.1 : size;
}

const word = /[\p{L}\p{N}\p{M}_]+|[\s\S]/gu;

function wordsOf(strip: Strip, range: Range): Token[] {
  const tokens: Token[] = [];
  for (const piece of strip.between(range.from, range.to)) {
    if (typeof piece.content !== "string") {
      tokens.push({
        from: piece.from,
        to: piece.to,
        key: `\ufffc${piece.head}${JSON.stringify(piece.content)}`,
      });
      continue;
    }
    for (const match of piece.content.matchAll(word)) {
      const from = piece.from + match.index;
      tokens.push({ from, to: from + match[0].length, key: match[0] });
    }
  }
  return tokens;
}

/** Each line as one token; embeds in it are told apart by what they hold. */
function linesOf(strip: Strip, range: Range): Token[] {
  const tokens: Token[] = [];
  for (const token of wordsOf(strip, range)) {
    const open = tokens[tokens.length - 1];
    if (open === undefined || strip.isHead(token.from)) tokens.push(token);
    else tokens[tokens.length - 1] = { from: open.from, to: token.to, key: open.key + token.key };
  }
  return tokens;
}
