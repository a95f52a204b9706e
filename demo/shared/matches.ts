// Where a text has what is wanted: the same on every page. Letters are compared one by one, so that a place in what was
// compared is the place in the text, whatever lower case makes of a letter. Pure.

export interface Wanted {
  readonly text: string;
  readonly exactCase: boolean;
  readonly wholeWords: boolean;
}

/** From `from` to before `to`, in the positions of whoever holds the text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What letters and digits have beside them within a word. */
const WORD = "[\\p{L}\\p{M}\\p{N}_]";
const isWord = new RegExp(WORD, "u");

/** @returns undefined if nothing is wanted */
export function patternOf({ text, exactCase, wholeWords }: Wanted): RegExp | undefined {
  if (text === "") return undefined;
  const [first, ...rest] = text;
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const before = wholeWords && isWord.test(first!) ? `(?<!${WORD})` : "";
  const after = wholeWords && isWord.test(rest.at(-1) ?? first!) ? `(?!${WORD})` : "";
  return new RegExp(before + literal + after, exactCase ? "gu" : "giu");
}

/** All that do not overlap, from the left, in UTF-16 offsets from `start` on. */
export function matchesIn(text: string, pattern: RegExp, start = 0): Span[] {
  const spans: Span[] = [];
  for (const { 0: match, index } of text.matchAll(pattern))
    spans.push({ from: start + index, to: start + index + match.length });
  return spans;
}

/** The first from `at` on, or before it; round, if there is none. */
export function nextOf(spans: readonly Span[], at: Span, way: "next" | "previous"): Span | undefined {
  return way === "next"
    ? (spans.find(({ from, to }) => from >= at.to && to > at.to) ?? spans[0])
    : (spans.findLast(({ from, to }) => to <= at.from && from < at.from) ?? spans.at(-1));
}
