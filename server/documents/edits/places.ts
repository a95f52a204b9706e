// Places resolved: which stretch of the document, or which of its rows, a place means.
//
// Always holds: a place is there exactly once, or nothing is edited. The faults say how often it is there and where to
// look, in strings and numbers, without more of the text than an excerpt.

import { Fault, type Place } from "../../../protocol/index.js";
import type { Steps } from "../steps.js";
import { fold } from "./folding.js";
import { findQuote, type Match, nearest, placeOf } from "./quotes.js";
import type { Row } from "./rows.js";
import type { Sheet } from "./sheet.js";

export type Target =
  | { readonly kind: "text"; readonly from: number; readonly to: number; readonly row: number }
  /** The rows `first` to `last`, that one not included. A section may have none. */
  | { readonly kind: "block" | "section"; readonly first: number; readonly last: number }
  | { readonly kind: "edge"; readonly at: "start" | "end" };

const EXCERPT = 80;
const LISTED = 10;

/** @throws Fault `place_missing` | `place_ambiguous` | `op_malformed` */
export function* resolve(sheet: Sheet, place: Place, edit: number): Steps<Target> {
  const { rows } = sheet;
  if ("quote" in place) return yield* quoted(sheet, place, edit);
  if ("heading" in place) return section(rows, place.heading, place.nth, edit);
  if ("at" in place) return { kind: "edge", at: place.at };
  const index = place.block < 0 ? rows.length + place.block : place.block;
  if (rows[index] === undefined)
    throw new Fault("place_missing", `There is no block ${place.block}.`, {
      details: { edit, blocks: rows.length },
    });
  return { kind: "block", first: index, last: index + 1 };
}

function* quoted(sheet: Sheet, place: Extract<Place, { quote: string }>, edit: number): Steps<Target> {
  const { rows } = sheet;
  const found = yield* findQuote(sheet, place);
  const near = found.length === 0 ? yield* nearest(sheet, place.quote) : undefined;
  const match = one(rows, found, place.nth, edit, "quote", () =>
    near === undefined ? {} : { block: near.row, excerpt: excerpt(rows[near.row]!, near) },
  );
  const row = rows[match.row]!;
  const [from, to] = placeOf(row, match);
  return { kind: "text", from: row.position(from), to: row.position(to, "after"), row: match.row };
}

function section(rows: readonly Row[], heading: string, nth: number | undefined, edit: number): Target {
  const wanted = fold(heading).trim();
  const found: Match[] = [];
  for (const [row, { heading: level, text }] of rows.entries())
    if (level !== undefined && fold(text).trim() === wanted)
      found.push({ row, from: 0, to: text.length, form: "text" });
  const { row } = one(rows, found, nth, edit, "heading", () => {
    const known = rows.filter(({ heading: level }) => level !== undefined).slice(0, LISTED);
    return { headings: known.map(({ text }) => text.slice(0, EXCERPT)).join("\n") };
  });
  const level = rows[row]!.heading!;
  const next = rows.findIndex((other, at) => at > row && (other.heading ?? 7) <= level);
  return { kind: "section", first: row + 1, last: next === -1 ? rows.length : next };
}

/** The one that is meant. */
function one(
  rows: readonly Row[],
  found: readonly Match[],
  nth: number | undefined,
  edit: number,
  what: string,
  hint: () => { readonly [key: string]: string | number },
): Match {
  const match = found[(nth ?? 1) - 1];
  if (match === undefined)
    throw new Fault(
      "place_missing",
      found.length === 0 ? `That ${what} is not there.` : `That ${what} is not there so often.`,
      {
        details: { edit, found: found.length, ...(found.length === 0 ? hint() : {}) },
      },
    );
  if (nth === undefined && found.length > 1) {
    const blocks = [...new Set(found.map(({ row }) => row))].slice(0, LISTED).join(", ");
    throw new Fault("place_ambiguous", `That ${what} is there ${found.length} times.`, {
      details: { edit, found: found.length, blocks, excerpt: excerpt(rows[match.row]!, match) },
    });
  }
  return match;
}

function excerpt(row: Row, match: Match): string {
  const { text } = row;
  const from = Math.max(0, placeOf(row, match)[0] - EXCERPT / 2);
  return text.slice(from, from + EXCERPT).toWellFormed();
}
