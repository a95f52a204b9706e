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

/**
 * The stretches to replace, in order; between them the strips hold the same content, perhaps with other attributes.
 *
 * @param hints  units of the new strip behind which something was inserted or deleted
 */
export function hunksOf(x: Strip, y: Strip, whole: Hunk, hints: readonly number[]): Hunk[] {
  const strict = trim(x, y, whole, "all");
  if (isEmpty(strict.old) && isEmpty(strict.now)) return [];
  if (isEmpty(strict.old) || isEmpty(strict.now)) return [placed(x, y, strict, whole, hints)];
  return replaced(x, y, strict, hints);
}

/** What is left of a hunk without its common ends. */
function trim(x: Strip, y: Strip, { old, now }: Hunk, sameness: Sameness): Hunk {
  const prefix = commonPrefix(x, old, y, now, sameness);
  const rest = { old: { from: old.from + prefix, to: old.to }, now: { from: now.from + prefix, to: now.to } };
  const suffix = commonSuffix(x, rest.old, y, rest.now, sameness);
  return { old: { ...rest.old, to: old.to - suffix }, now: { ...rest.now, to: now.to - suffix } };
}

/** A stretch that is not merely inserted or deleted: what in it has stayed? */
function replaced(x: Strip, y: Strip, whole: Hunk, hints: readonly number[]): Hunk[] {
  const hunk = trim(x, y, whole, "content");
  if (isEmpty(hunk.old) && isEmpty(hunk.now)) return [];
  if (isEmpty(hunk.old) || isEmpty(hunk.now)) return [placed(x, y, hunk, whole, hints)];
  const [words, newWords] = [wordsOf(x, hunk.old), wordsOf(y, hunk.now)];
  if (isShort(words, newWords)) {
    const pairs = alignExactly(words, newWords, (a, b) => weightOf(x, a, y, b));
    if (pairs.length === 0) return [hunk];
    return between(hunk, words, newWords, pairs).flatMap((each) => trimmed(x, y, each, hints));
  }
  const [lines, newLines] = [linesOf(x, hunk.old), linesOf(y, hunk.now)];
  const pairs = alignUnique(lines, newLines);
  if (pairs.length === 0) return [hunk];
  return between(hunk, lines, newLines, pairs).flatMap((each) => replaced(x, y, each, hints));
}

/** Between words that stayed there is nothing more to find than the ends of a word. */
function trimmed(x: Strip, y: Strip, part: Hunk, hints: readonly number[]): Hunk[] {
  const hunk = trim(x, y, part, "content");
  if (isEmpty(hunk.old) && isEmpty(hunk.now)) return [];
  return [isEmpty(hunk.old) || isEmpty(hunk.now) ? placed(x, y, hunk, part, hints) : hunk];
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

/** Keeping a long word is worth more than a space; keeping a block marker with its attributes, more than without. */
function weightOf(x: Strip, a: Token, y: Strip, b: Token): number {
  const same = sameUnit(x, a.from, y, b.from);
  if (a.key === "\n") return same ? 2 : 1.2;
  if (a.key.startsWith("\ufffc")) return same ? 2.2 : 2;
  const size = /[\p{L}\p{N}]/u.test(a.key) ? a.to - a.from : 0.4;
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

/**
 * Of the places where a hunk that only inserts or only deletes could be, all to its left, the best: directly before a
 * marker whose text follows, if markers come or go; else where something was edited; else where it is.
 */
function placed(x: Strip, y: Strip, hunk: Hunk, within: Hunk, hints: readonly number[]): Hunk {
  const [strip, range] = isEmpty(hunk.old) ? [y, hunk.now] : [x, hunk.old];
  const places = [...placesOf(x, y, hunk, within)];
  const movesMarker = [...strip.between(range.from, range.to)].some(({ head }) => head);
  const splitsLine = movesMarker && hunk.old.to < x.length && !x.isHead(hunk.old.to);
  const best = splitsLine ? places.find(({ old }) => x.isHead(old.to)) : undefined;
  return best ?? places.find(({ now }) => hints.includes(now.to)) ?? hunk;
}

/** The same change at every place where it comes to the same, from right to left. */
function* placesOf(x: Strip, y: Strip, { old, now }: Hunk, within: Hunk): Generator<Hunk> {
  const [strip, range] = isEmpty(old) ? [y, now] : [x, old];
  const most = Math.min(old.from - within.old.from, now.from - within.now.from);
  for (let by = 0; by <= most; by++) {
    if (by > 0) {
      if (!sameUnit(strip, range.from - by, strip, range.to - by)) return;
      if (!sameUnit(x, old.from - by, y, now.from - by)) return;
    }
    const hunk = {
      old: { from: old.from - by, to: old.to - by },
      now: { from: now.from - by, to: now.to - by },
    };
    const splits =
      x.splits(hunk.old.from) || x.splits(hunk.old.to) || y.splits(hunk.now.from) || y.splits(hunk.now.to);
    if (!splits) yield hunk;
  }
}
