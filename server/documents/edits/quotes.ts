// Quoted text found again: exactly, and if it is nowhere so, with what people and models write differently folded.
//
// Folded are white space (any of it, however much, is one space), typographic quotes and dashes; not the case of
// letters. Matches may overlap: each place at which the text begins is one.

import { isCleanText } from "../../../ot/index.js";
import { Fault } from "../../../protocol/index.js";
import type { Row } from "./rows.js";

export interface Quote {
  readonly quote: string;
  readonly before?: string;
  readonly after?: string;
}

/** A stretch of one row's text, in UTF-16 offsets. */
export interface Match {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** So many matches are told apart; there may be more. */
const COUNTED = 1000;

/** All matches, in order. @throws Fault `op_malformed` | `bad_unicode` */
export function findQuote(rows: readonly Row[], { quote, before = "", after = "" }: Quote): readonly Match[] {
  if (quote === "") throw new Fault("op_malformed", "A quote is some text.");
  if (!isCleanText(before + quote + after))
    throw new Fault("bad_unicode", "A quote is text that a document may hold.");
  const exact = search(rows, (text) => text, before, quote, after);
  if (exact.length > 0) return exact;
  return search(rows, fold, before, quote, after).map(({ row, from, to }) => {
    const { text } = rows[row]!;
    return { row, from: unfold(text, from), to: unfold(text, to) };
  });
}

function search(
  rows: readonly Row[],
  read: (text: string) => string,
  before: string,
  quote: string,
  after: string,
): Match[] {
  // Together, because white space at a seam folds into one.
  const whole = read(before + quote + after);
  const head = read(before).length - (foldsAway(read, before, quote) ? 1 : 0);
  const tail = head + read(quote).length;
  const found: Match[] = [];
  for (const [row, { text }] of rows.entries()) {
    const line = read(text);
    for (let at = line.indexOf(whole); at !== -1 && found.length < COUNTED; at = line.indexOf(whole, at + 1))
      found.push({ row, from: at + head, to: Math.min(at + tail, at + whole.length) });
  }
  return found;
}

/** Whether two texts that meet have one unit less than each of them alone. */
const foldsAway = (read: (text: string) => string, x: string, y: string): boolean =>
  read(x + y).length < read(x).length + read(y).length;

export const fold = (text: string): string =>
  text
    .replace(/[\u2018\u2019\u201a\u201b\u2032]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/\s+/g, " ");

/** The offset in `text` of an offset in its folded form. */
function unfold(text: string, folded: number): number {
  let saved = 0;
  for (const { 0: space, index } of text.matchAll(/\s{2,}/g)) {
    if (index - saved >= folded) break;
    saved += space.length - 1;
  }
  return folded + saved;
}

/** Where the longest beginning or end of a quote that is there stands: for who has to look again. */
export function nearest(rows: readonly Row[], quote: string): Match | undefined {
  const words = fold(quote).trim().split(" ");
  for (let count = Math.min(words.length - 1, 12); count > 0; count = Math.floor(count / 2)) {
    for (const part of [words.slice(0, count), words.slice(-count)]) {
      if (part.join("").length < 3) continue;
      const [found] = search(rows, fold, "", part.join(" "), "");
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
