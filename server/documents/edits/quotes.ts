// Quoted text found again: exactly, and if it is nowhere so, with what people and models write differently folded
// (`folding.ts`). Matches may overlap: each place at which the text begins is one.
//
// Always holds: to look costs the length of the document and that of the quote, whatever they are. The engine's own search
// is quicker for what is short, and takes the product of both where a long quote nearly fits everywhere.

import { isCleanText } from "../../../ot/index.js";
import { Fault } from "../../../protocol/index.js";
import { STEP, type Steps } from "../steps.js";
import { fold, foldsAway, unfold } from "./folding.js";
import type { Row } from "./rows.js";
import type { Sheet } from "./sheet.js";

export interface Quote {
  readonly quote: string;
  readonly before?: string;
  readonly after?: string;
}

/** A stretch of one row's text, in UTF-16 offsets of the form that was searched. */
export interface Match {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly form: "text" | "folded";
}

/** So many matches are told apart; there may be more. */
const COUNTED = 1000;
/** The longest text that is left to the engine's own search. */
const SHORT = 64;

/** All matches, in order. @throws Fault `op_malformed` | `bad_unicode` */
export function* findQuote(sheet: Sheet, { quote, before = "", after = "" }: Quote): Steps<readonly Match[]> {
  if (quote === "") throw new Fault("op_malformed", "A quote is some text.");
  if (!isCleanText(before + quote + after))
    throw new Fault("bad_unicode", "A quote is text that a document may hold.");
  const whole = before + quote + after;
  const exact = yield* search(sheet, "text", whole, before.length, before.length + quote.length);
  if (exact.length > 0) return exact;
  // Together, because white space at a seam folds into one.
  const head = fold(before).length - (foldsAway(before, quote) ? 1 : 0);
  return yield* search(sheet, "folded", fold(whole), head, head + fold(quote).length);
}

/** Where a match stands in a row's text. */
export function placeOf({ text }: Row, { from, to, form }: Match): readonly [from: number, to: number] {
  return form === "text" ? [from, to] : [unfold(text, from), unfold(text, to)];
}

function* search(
  sheet: Sheet,
  form: Match["form"],
  whole: string,
  head: number,
  tail: number,
): Steps<readonly Match[]> {
  yield* sheet.readTexts(form);
  const found: Match[] = [];
  const find = finderOf(whole);
  let looked = 0;
  for (const [row, { [form]: line }] of sheet.rows.entries()) {
    for (const at of find(line, COUNTED - found.length))
      found.push({ row, from: at + head, to: Math.min(at + tail, at + whole.length), form });
    looked += line.length;
    if (looked < STEP) continue;
    looked = 0;
    yield;
  }
  return found;
}

/** All places in a text at which `wanted` begins, or the first of them. */
type Finder = (text: string, most: number) => readonly number[];

function finderOf(wanted: string): Finder {
  return wanted.length <= SHORT ? finderOfShort(wanted) : finderOfLong(wanted);
}

const finderOfShort =
  (wanted: string): Finder =>
  (text, most) => {
    const found: number[] = [];
    for (let at = text.indexOf(wanted); at !== -1 && found.length < most; at = text.indexOf(wanted, at + 1))
      found.push(at);
    return found;
  };

/** Knuth, Morris and Pratt: how much of what has fitted still fits where the next unit does not. */
function finderOfLong(wanted: string): Finder {
  const rest = new Uint32Array(wanted.length);
  const fitting = (fits: number, unit: number): number => {
    let still = fits;
    while (still > 0 && wanted.charCodeAt(still) !== unit) still = rest[still - 1]!;
    return wanted.charCodeAt(still) === unit ? still + 1 : 0;
  };
  for (let at = 1; at < wanted.length; at++) rest[at] = fitting(rest[at - 1]!, wanted.charCodeAt(at));
  return (text, most) => {
    const found: number[] = [];
    if (text.length < wanted.length) return found;
    for (let at = 0, fits = 0; at < text.length && found.length < most; at++) {
      fits = fitting(fits, text.charCodeAt(at));
      if (fits < wanted.length) continue;
      found.push(at + 1 - fits);
      fits = rest[fits - 1]!;
    }
    return found;
  };
}

/** Where the longest beginning or end of a quote that is there stands: for who has to look again. */
export function* nearest(sheet: Sheet, quote: string): Steps<Match | undefined> {
  const words = fold(quote).trim().split(" ");
  for (let count = Math.min(words.length - 1, 12); count > 0; count = Math.floor(count / 2)) {
    for (const part of [words.slice(0, count), words.slice(-count)]) {
      const text = part.join(" ");
      if (part.join("").length < 3) continue;
      const [found] = yield* search(sheet, "folded", text, 0, text.length);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
