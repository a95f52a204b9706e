// A run of a document's history as a few columns of bytes, and back: nothing is lost but the numbers of versions, which
// whoever keeps it knows. Typing costs bits, once a general compression such as brotli has been over it; that is left to
// whoever keeps it, for this is pure.
//
//     "ILH" 1 · how many entries · columns of names (names.ts) · columns of ops (columns.ts) · CRC-32 of all before
//
// Bytes that were not written here, or not all of them, or changed since, are refused with an OtError; they cost no more
// time and memory than their length and MOST_ENTRIES allow. Of its own entry point, so that an editor's bundle has none of it.

import { ByteReader, ByteWriter, checksum, malformed } from "./bytes.js";
import { CHECKSUM_BYTES, MAGIC } from "./columns.js";
import type { HistoryEntry } from "./entry.js";
import { NamesReader, NamesWriter } from "./names.js";
import { OpsReader } from "./ops-reader.js";
import { OpsWriter } from "./ops-writer.js";

export { bindHistory, unbindHistory } from "./bound.js";
export type { HistoryEntry, HistoryOp } from "./entry.js";

/** A run of a history has at most so many entries: what a few bytes can say of runs must not fill the memory. */
export const MOST_ENTRIES = 2 ** 20;

/**
 * `decodeHistory(encodeHistory(entries))` equals `entries`, as JSON does: values of attributes and embeds are shared among
 * the ops that come back, and are not to be changed.
 *
 * @throws OtError `op_malformed` for what is no entry, `bad_unicode` for half a surrogate pair, also for more than
 *   {@link MOST_ENTRIES}
 */
export function encodeHistory(entries: readonly HistoryEntry[]): Uint8Array {
  if (entries.length > MOST_ENTRIES) throw malformed(`it has ${entries.length} entries`);
  const names = new NamesWriter();
  const ops = new OpsWriter();
  for (const entry of entries) {
    names.add(entry);
    ops.add(entry.op);
  }
  const bytes = new ByteWriter();
  bytes.bytes(Uint8Array.from(MAGIC));
  bytes.count(entries.length);
  names.write(bytes);
  ops.write(bytes);
  const sum = checksum(bytes.done());
  for (let shift = 0; shift < 32; shift += 8) bytes.byte((sum >>> shift) & 255);
  return bytes.done();
}

/** @throws OtError `op_malformed` unless {@link encodeHistory} gave exactly these bytes */
export function decodeHistory(bytes: Uint8Array): HistoryEntry[] {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) throw malformed("it begins otherwise");
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < MAGIC.length) throw malformed("it ends too early");
  const sum = new DataView(bytes.buffer, bytes.byteOffset + end, CHECKSUM_BYTES).getUint32(0, true);
  if (sum !== checksum(bytes.subarray(0, end))) throw malformed("it has changed");
  const from = new ByteReader(bytes.subarray(MAGIC.length, end));
  const count = from.count();
  if (count > MOST_ENTRIES) throw malformed(`it has ${count} entries`);
  const names = new NamesReader(from);
  const ops = new OpsReader(from);
  from.end();
  const entries: HistoryEntry[] = [];
  while (entries.length < count) entries.push({ op: ops.next(), ...names.next() });
  names.end();
  ops.end();
  return entries;
}
