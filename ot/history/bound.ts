// Runs of a history that follow on each other, bound into one: none of them loses a byte, and each can be taken out again. The
// columns of one kind stand side by side, so that a general compression finds in a run what stood in those before it.
//
//     "ILB" 1 · how many runs, and columns in each · the lengths of their columns, kind by kind · how many entries each has ·
//     the checksum of each · the columns, kind by kind
//
// It has no checksum of its own: those of the runs are over all that is in them.

import { ByteReader, ByteWriter, malformed } from "./bytes.js";
import { CHECKSUM_BYTES, MAGIC } from "./columns.js";

const BOUND = [0x49, 0x4c, 0x42, 1];

interface Run {
  readonly entries: number;
  readonly columns: readonly Uint8Array[];
  readonly sum: Uint8Array;
}

/**
 * @param runs  at least one, as `encodeHistory` gives them
 * @throws OtError `op_malformed` for what is no run
 */
export function bindHistory(runs: readonly Uint8Array[]): Uint8Array {
  const taken = runs.map(takeApart);
  const kinds = taken[0]!.columns.map((_, kind) => taken.map(({ columns }) => columns[kind]!));
  const to = new ByteWriter();
  to.bytes(Uint8Array.from(BOUND));
  to.count(runs.length);
  to.count(kinds.length);
  for (const columns of kinds) for (const { length } of columns) to.count(length);
  for (const { entries } of taken) to.count(entries);
  for (const { sum } of taken) to.bytes(sum);
  for (const columns of kinds) for (const column of columns) to.bytes(column);
  return to.done();
}

/** The runs that were bound. @throws OtError `op_malformed` for what is nothing of the kind */
export function unbindHistory(bytes: Uint8Array): Uint8Array[] {
  if (!isBound(bytes)) throw malformed("it begins otherwise");
  const from = new ByteReader(bytes.subarray(BOUND.length));
  const [runs, kinds] = [from.count(), from.count()];
  // Each of them takes a byte at least, so that a few bytes cannot say of many.
  if (runs * (kinds + 1) > from.left) throw malformed("it ends too early");
  const lengths = Array.from({ length: kinds }, () => Array.from({ length: runs }, () => from.count()));
  const entries = Array.from({ length: runs }, () => from.count());
  const sums = entries.map(() => from.bytes(CHECKSUM_BYTES));
  const columns = lengths.map((each) => each.map((length) => from.bytes(length)));
  from.end();
  return sums.map((sum, run) =>
    putTogether({ entries: entries[run]!, columns: columns.map((kind) => kind[run]!), sum }),
  );
}

/** Whether bytes are bound runs, and not one. */
export const isBound = (bytes: Uint8Array) => BOUND.every((byte, at) => bytes[at] === byte);

function takeApart(run: Uint8Array): Run {
  const end = run.length - CHECKSUM_BYTES;
  if (end < MAGIC.length || MAGIC.some((byte, at) => run[at] !== byte))
    throw malformed("it begins otherwise");
  const from = new ByteReader(run.subarray(MAGIC.length, end));
  const entries = from.count();
  const columns: Uint8Array[] = [];
  while (from.left > 0) columns.push(from.columnBytes());
  return { entries, columns, sum: run.subarray(end) };
}

function putTogether({ entries, columns, sum }: Run): Uint8Array {
  const to = new ByteWriter();
  to.bytes(Uint8Array.from(MAGIC));
  to.count(entries);
  for (const column of columns) to.column(column);
  to.bytes(sum);
  return to.done();
}
