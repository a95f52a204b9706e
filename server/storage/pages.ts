// Pages: ops behind the last snapshots, folded from rows into one, as columns under brotli. A thousand rows of typing become
// a kilobyte or two.
//
// What always holds: a page gives exactly the rows that were folded, byte for byte, or is refused. It is unfolded before it
// may stand for them, and whenever it is read the chain is made anew over all its ops and must end where the page says. So a
// page needs no chain for each op, and proves as much as they did.

import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { decodeHistory, encodeHistory, type HistoryEntry, type HistoryOp } from "../../ot/history/index.js";
import { demandConnected, nextChain } from "./chain.js";
import { StorageError } from "./errors.js";
import { type NewOp, type OpRow, within } from "./op-log.js";

/** The ops that made the versions `first` … `version`. */
export interface Page {
  readonly version: number;
  readonly first: number;
  /** The chain before the first. */
  readonly base: string;
  /** The chain at `version`. */
  readonly chain: string;
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

/** No page is larger unfolded: the largest text that a document can be made with is some 80 MB. */
const MOST_BYTES = 256 * 2 ** 20;

/** How hard a page is compressed, by its bytes: a page of typing in some 5 ms, and 100 KB in as many. */
const QUALITIES = [
  { bytes: 16 * 2 ** 10, quality: 11 },
  { bytes: 2 ** 20, quality: 5 },
  { bytes: Number.POSITIVE_INFINITY, quality: 1 },
];

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
  const bytes = encodeHistory(kept);
  const ops = compressed(bytes);
  const page = { version: rows.at(-1)!.version, first: rows[0]!.version, base, chain, ops };
  unfold(page);
  return page;
}

function compressed(bytes: Uint8Array): Uint8Array {
  const { quality } = QUALITIES.find((one) => bytes.length <= one.bytes)!;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

/** @throws StorageError `corrupt` unless all of it is as it was folded */
export function unfold({ first, version, base, chain, ops }: Page): OpRow[] {
  const entries = entriesOf(ops, version);
  if (entries.length !== version - first + 1) throw notAsWritten(version);
  let before = base;
  const rows = entries.map((entry, at) => {
    const row = rowOf(entry, first + at);
    before = nextChain(before, row);
    return { ...row, chain: before };
  });
  if (before !== chain) throw notAsWritten(version);
  return rows;
}

/** Unfolds pages and remembers the last: whoever reads history reads on where they were. */
export function createUnfolding<Stored extends Page & { readonly digest: Uint8Array }>() {
  let last: { readonly digest: Uint8Array; readonly rows: readonly OpRow[] } | undefined;
  return (page: Stored): readonly OpRow[] => {
    if (last === undefined || Buffer.compare(last.digest, page.digest) !== 0)
      last = { digest: page.digest, rows: unfold(page) };
    return last.rows;
  };
}

function entriesOf(ops: Uint8Array, version: number): HistoryEntry[] {
  try {
    return decodeHistory(brotliDecompressSync(ops, { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    throw notAsWritten(version, error);
  }
}

const notAsWritten = (version: number, cause?: unknown) =>
  new StorageError(
    "corrupt",
    `The database is damaged: the page of ops that ends with version ${version} is not what was written.`,
    { cause },
  );

const OP = '{"op":';
const TIME = '"ts":';

/**
 * A row as an entry. The author of it is all that is known of the op but its time, as JSON: there are as many of those as there
 * are people.
 */
function entryOf(row: NewOp): HistoryEntry {
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
  const at = time === null ? 0 : author!.indexOf(TIME) + TIME.length;
  const meta = time === null ? author : author!.slice(0, at) + time + author!.slice(at);
  return { version, src, seq, body, meta };
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
