// Pages: ops behind the last snapshots, folded from rows into one, as columns under brotli. A thousand rows of typing become
// a kilobyte or two.
//
// What always holds: a page gives exactly the rows that were folded, byte for byte, or is refused. It is unfolded before it
// may stand for them, and when it is read the chain is made anew over all its ops and must end where the page says. So a page
// needs no chain for each op, and proves as much as they did. The same bytes prove it once (`proofs.ts`).

import { decodeHistory, encodeHistory, type HistoryEntry, type HistoryOp } from "../../ot/history/index.js";
import { demandConnected, nextChain } from "./chain.js";
import { type NewOp, type OpRow, within } from "./op-log.js";
import { boundAtOnce, compressed, isOnePart, notAsWritten, type Part, partsOf } from "./parts.js";
import { createProofs } from "./proofs.js";

/** The ops that made the versions `first` … `version`. */
export interface Page {
  /** Of its last op: with the document, what it is known by. */
  readonly version: number;
  /** Of its first op. */
  readonly first: number;
  /** The chain before the first. */
  readonly base: string;
  /** The chain at `version`. */
  readonly chain: string;
  /** As `parts.ts` has them. */
  readonly ops: Uint8Array;
}

/** How many ops are folded into a page, or how many characters of JSON, whichever comes first. */
export interface FoldRule {
  readonly ops: number;
  readonly characters: number;
}

/** For whoever opens storage: how ops are folded, if not as usual. */
export interface Folding {
  readonly folding?: FoldRule;
}

export const foldRule: FoldRule = { ops: 1000, characters: 2 ** 20 };

/** Where the server itself waits for it: a few milliseconds. */
export const shortFoldRule: FoldRule = { ops: 200, characters: 2 ** 16 };

/**
 * The first of `rows` that make a page; undefined while they are too few. Reads no more of them than that.
 *
 * @param rows  ops that follow on each other
 */
export function dueOf(rows: Iterable<OpRow>, { ops, characters }: FoldRule): readonly OpRow[] | undefined {
  const { ops: taken, whole } = within(characters, first(ops, rows));
  return !whole || taken.length >= ops ? taken : undefined;
}

function* first(count: number, rows: Iterable<OpRow>): Generator<OpRow> {
  let left = count;
  if (left === 0) return;
  for (const row of rows) {
    yield row;
    if (--left === 0) return;
  }
}

/**
 * @param rows  at least one
 * @param base  the chain before them
 * @throws StorageError `corrupt` unless they follow on `base` and on each other
 */
export function fold(rows: readonly OpRow[], base: string): Page {
  const chain = demandConnected(rows, base);
  const entries = rows.map(entryOf);
  // What does not come back as it is, such as the op of another type, is kept as the text that it is.
  const kept = comesBack(entries, rows)
    ? entries
    : rows.map((row, at) => (comesBack([entries[at]!], [row]) ? entries[at]! : textOf(row)));
  const ops = compressed(encodeHistory(kept));
  const page = { version: rows.at(-1)!.version, first: rows[0]!.version, base, chain, ops };
  unfold(page);
  return page;
}

/** @throws StorageError `corrupt` unless all of it is as it was folded */
export const unfold = (page: Page): OpRow[] => partsOf(page).flatMap(rowsOf);

/** The ops of one part of a page. @throws StorageError `corrupt` unless all of them are as they were folded */
export function rowsOf(part: Part): OpRow[] {
  const { first, version, base, chain, run } = part;
  const entries = entriesOf(run, version);
  if (entries.length !== version - first + 1) throw notAsWritten(version);
  let before = base;
  const rows = entries.map((entry, at) => {
    const row = rowOf(entry, first + at);
    before = nextChain(before, row);
    return { ...row, chain: before };
  });
  if (before !== chain) throw notAsWritten(version);
  proven.add(part);
  return rows;
}

/** Counts a page as proven that another thread of ours has just folded, and so proven: else its first reader would have it done. */
export function believe(page: Page): void {
  if (isOnePart(page)) for (const part of partsOf(page)) proven.add(part);
}

/** The same as they stand in the columns, for whoever needs no rows. @throws StorageError `corrupt` as {@link rowsOf} */
export function entriesIn(part: Part): HistoryEntry[] {
  if (!proven.has(part)) rowsOf(part);
  return entriesOf(part.run, part.version);
}

/** What this thread has found to be as it was folded, which it then always is. */
const proven = createProofs();

/** Of the ops of a page those that made the versions `from` + 1 … `to`. */
export type Unfolding<Stored> = (page: Stored, from: number, to: number) => Generator<OpRow>;

/** Unfolds pages, and of each only what is asked for; remembers the last: whoever reads history reads on where they were. */
export function createUnfolding<Stored extends Page & { readonly digest: Uint8Array }>(): Unfolding<Stored> {
  let page: { readonly digest: Uint8Array; readonly parts: readonly Part[] } | undefined;
  let last: { readonly part: Part; readonly rows: readonly OpRow[] } | undefined;
  return function* unfolding(stored, from, to) {
    if (page === undefined || Buffer.compare(page.digest, stored.digest) !== 0)
      page = { digest: stored.digest, parts: partsOf(stored) };
    for (const part of page.parts) {
      if (part.version <= from) continue;
      if (part.first > to) return;
      if (last?.part !== part) last = { part, rows: rowsOf(part) };
      const { rows } = last;
      yield* rows.slice(Math.max(0, from + 1 - part.first), to + 1 - part.first);
    }
  };
}

/**
 * A page without the ops up to `version`, which is in it and not its last.
 *
 * @param chain  the chain at `version`
 */
export function cut(page: Page, version: number, chain: string): Page {
  const [first, ...rest] = partsOf(page).filter((part) => part.version > version);
  const left = fold(
    rowsOf(first!).filter((row) => row.version > version),
    chain,
  );
  const ops = rest.length === 0 ? left.ops : boundAtOnce([...partsOf(left), ...rest]);
  const { version: last, chain: end } = page;
  return { version: last, first: version + 1, base: chain, chain: end, ops };
}

function entriesOf(run: Uint8Array, version: number): HistoryEntry[] {
  try {
    return decodeHistory(run);
  } catch (error) {
    throw notAsWritten(version, error);
  }
}

const OP = '{"op":';
const TIME = '"ts":';

/**
 * A row as an entry. The author of it is all that is known of the op but its time, as JSON: there are as many of those as there
 * are people.
 */
export function entryOf(row: NewOp): HistoryEntry {
  const { meta } = row;
  const entry = { ...textOf(row), op: opOf(row.body) };
  const at = meta === null ? -1 : meta.indexOf(TIME) + TIME.length;
  if (meta === null || at < TIME.length) return entry;
  const [digits] = /^\d{0,15}/.exec(meta.slice(at, at + 15))!;
  if (digits === "") return entry;
  return { ...entry, author: meta.slice(0, at) + meta.slice(at + digits.length), time: Number(digits) };
}

/** The op of a body that is one's JSON, or else the body. */
function opOf(body: string): HistoryOp {
  if (!body.startsWith(OP)) return body;
  try {
    return JSON.parse(body.slice(OP.length, -1)) as HistoryOp;
  } catch {
    return body;
  }
}

/** A row as an entry whose texts are kept as they are. */
const textOf = ({ src, seq, body, meta }: NewOp): HistoryEntry => ({
  ...{ op: body, author: meta, time: null },
  ...{ src, seq },
});

function rowOf({ op, author, time, src, seq }: HistoryEntry, version: number): NewOp {
  const body = typeof op === "string" ? op : `${OP}${JSON.stringify(op)}}`;
  return { version, src, seq, body, meta: metaOf(author, time) };
}

/** What is known of the op of an entry, as JSON. */
export function metaOf(author: string | null, time: number | null): string | null {
  if (time === null) return author;
  const at = author!.indexOf(TIME) + TIME.length;
  return author!.slice(0, at) + time + author!.slice(at);
}

function comesBack(entries: readonly HistoryEntry[], rows: readonly NewOp[]): boolean {
  try {
    return decodeHistory(encodeHistory(entries)).every((entry, at) => {
      const [found, right] = [rowOf(entry, rows[at]!.version), rows[at]!];
      return found.body === right.body && found.meta === right.meta;
    });
  } catch {
    return false;
  }
}
