// The bytes of a page: brotli over a run of ops as columns; or over several runs, bound, in a page that was merged from
// smaller ones.
//
//   run                                                        one part
//   0x11 1 · how many parts · of each but the last: how many ops, the chain after them · bound runs
//
// No brotli begins with 0x11 (RFC 7932, 9.1). The table is not compressed, for there is nothing in it to be found again. It
// lets a part be read by itself: to decompress all of them costs little, to decode ops and make their chain anew does.

import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { bindHistory, unbindHistory } from "../../ot/history/index.js";
import { StorageError } from "./errors.js";
import type { Page } from "./pages.js";

/** The ops that made the versions `first` … `version`, as a run that is not compressed. */
export interface Part extends Omit<Page, "ops"> {
  readonly run: Uint8Array;
}

/** No page is larger unfolded: the largest text that a document can be made with is some 80 MB. */
const MOST_BYTES = 256 * 2 ** 20;

/** How hard a page is compressed, by its bytes: a page of typing in some 5 ms, and 100 KB in as many. To prove it takes longer. */
const QUALITIES = [
  { bytes: 16 * 2 ** 10, quality: 11 },
  { bytes: 2 ** 20, quality: 5 },
  { bytes: Number.POSITIVE_INFINITY, quality: 1 },
];

/** More is not compressed as hard as can be: it would take seconds. */
const HARD_BYTES = 2 ** 20;

const TABLE = [0x11, 1];
const COUNT_BYTES = 4;
const CHAIN_BYTES = 32;
const ROW_BYTES = COUNT_BYTES + CHAIN_BYTES;

/** Whether a page was folded from rows, and not bound together from parts of others. */
export const isOnePart = ({ ops }: Page): boolean => TABLE.some((byte, at) => ops[at] !== byte);

/** A run as the bytes of a page of one part. */
export function compressed(run: Uint8Array): Uint8Array {
  const { quality } = QUALITIES.find(({ bytes }) => run.length <= bytes)!;
  return brotliCompressSync(run, { params: paramsOf(run, quality) });
}

const compressElsewhere = promisify(brotliCompress);

/** Parts, at least two, as the bytes of one page. They are compressed hard, on a thread of Node's own. */
export async function bound(parts: readonly Part[]): Promise<Uint8Array> {
  const runs = bindHistory(parts.map(({ run }) => run));
  const quality = runs.length > HARD_BYTES ? 9 : constants.BROTLI_MAX_QUALITY;
  return Buffer.concat([tableOf(parts), await compressElsewhere(runs, { params: paramsOf(runs, quality) })]);
}

/** The same while somebody waits for it, and so not as hard. */
export function boundAtOnce(parts: readonly Part[]): Uint8Array {
  return Buffer.concat([tableOf(parts), compressed(bindHistory(parts.map(({ run }) => run)))]);
}

function tableOf(parts: readonly Part[]): Uint8Array {
  const table = Buffer.alloc(TABLE.length + COUNT_BYTES + (parts.length - 1) * ROW_BYTES);
  table.set(TABLE);
  let at = table.writeUInt32LE(parts.length, TABLE.length);
  for (const { first, version, chain } of parts.slice(0, -1)) {
    at = table.writeUInt32LE(version - first + 1, at);
    at += table.write(chain, at, CHAIN_BYTES, "base64url");
  }
  return table;
}

function paramsOf(bytes: Uint8Array, quality: number) {
  return { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
}

/**
 * @param most  how many bytes of runs there may be
 * @throws StorageError `corrupt` for what is no page, or has more
 */
export function partsOf(page: Page, most = MOST_BYTES): Part[] {
  try {
    return read(page, most);
  } catch (error) {
    throw notAsWritten(page.version, error);
  }
}

function read({ ops, ...whole }: Page, most: number): Part[] {
  const decompressed = (bytes: Uint8Array) => brotliDecompressSync(bytes, { maxOutputLength: most });
  if (isOnePart({ ops, ...whole })) return [{ ...whole, run: decompressed(ops) }];
  const table = Buffer.from(ops.buffer, ops.byteOffset, ops.byteLength);
  let at = TABLE.length + COUNT_BYTES;
  const bytes = at + (table.readUInt32LE(TABLE.length) - 1) * ROW_BYTES;
  const runs = unbindHistory(decompressed(table.subarray(bytes)));
  const parts: Part[] = [];
  let [first, base] = [whole.first, whole.base];
  for (const run of runs) {
    const isLast = at === bytes;
    const version = isLast ? whole.version : first + table.readUInt32LE(at) - 1;
    const chain = isLast
      ? whole.chain
      : table.toString("base64url", at + COUNT_BYTES, at + COUNT_BYTES + CHAIN_BYTES);
    parts.push({ first, version, base, chain, run });
    [first, base] = [version + 1, chain];
    at += ROW_BYTES;
  }
  if (at !== bytes + ROW_BYTES) throw new Error("There are not as many runs as the table says.");
  return parts;
}

/** Whether bytes give these parts again. */
export function gives(page: Page, parts: readonly Part[]): boolean {
  const found = partsOf(page);
  return (
    found.length === parts.length &&
    found.every(
      (part, at) => part.chain === parts[at]!.chain && Buffer.compare(part.run, parts[at]!.run) === 0,
    )
  );
}

export const notAsWritten = (version: number, cause?: unknown) =>
  new StorageError(
    "corrupt",
    `The database is damaged: the page of ops that ends with version ${version} is not what was written.`,
    { cause },
  );
