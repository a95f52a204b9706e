// Names of ops behind the last snapshots, folded: of each client, hundreds in the order of their seqs in one row. A name takes
// nine bytes in place of 75, and is found as quickly.
//
//   a run           how many names, their seqs, their versions, and eight bytes of each one's fingerprint
//   seqs, versions  each as steps from one to the next: how far, and how often that follows on itself
//
// What always holds: a name is in one row, of its own or in one run; runs of a client do not overlap, so that the one run that
// may have a seq is the first which does not end before it. What is told of a name is the same wherever it is: of its
// fingerprint eight bytes, which tell an op that is sent again from another under its name as well as all of them do. Pure.

import { ByteReader, ByteWriter } from "../../ot/history/bytes.js";
import { StorageError } from "./errors.js";
import type { Named, NamedReceipt } from "./op-log.js";

/** Names of one client, `first` … `last` in their seqs. */
export interface NameRun {
  readonly src: string;
  readonly first: number;
  readonly last: number;
  readonly names: Uint8Array;
}

const HASH_BYTES = 8;

/** How many names make a full run: as many as fit on one of SQLite's pages. */
export const RUN_NAMES = 460;

/** To find a run, to take it away and to put another in its place costs a database as much as so many bytes of it. */
const RUN_BYTES = 400;

/** What is kept of a fingerprint for ever. */
export function shortHash(hash: Uint8Array): Uint8Array {
  const short = Buffer.alloc(HASH_BYTES);
  short.set(hash.subarray(0, HASH_BYTES));
  return short;
}

/** Whether two fingerprints, of which one may be a short one, are of one op. */
export const isSameOp = (one: Uint8Array, other: Uint8Array): boolean =>
  Buffer.compare(shortHash(one), shortHash(other)) === 0;

/** As databases order them: by the bytes of the client's id. */
export const byName = (a: Named, b: Named): number =>
  a.src === b.src ? a.seq - b.seq : Buffer.compare(Buffer.from(a.src), Buffer.from(b.src));

interface Group<Run> {
  readonly run: Run | undefined;
  readonly names: NamedReceipt[];
}

/**
 * Puts names into runs.
 *
 * @param names  in the order of {@link byName}, none of which is in a run
 * @param runFor  the run of that client which is the first that does not end before that seq, or else its last
 * @param mostBytes  of runs that are put together anew, but one: names that belong in others are left
 * @returns the names that were put, the runs that are no longer there, and those that are
 * @throws StorageError `corrupt` unless the runs are as they were written
 */
export function putIntoRuns<Run extends NameRun>(
  names: Iterable<NamedReceipt>,
  runFor: (src: string, seq: number) => Run | undefined,
  mostBytes: number,
): {
  readonly put: readonly NamedReceipt[];
  readonly dropped: readonly Run[];
  readonly added: readonly NameRun[];
} {
  const groups: Group<Run>[] = [];
  let left = mostBytes;
  for (const name of names) {
    const group = groups.at(-1);
    const goesOn = group !== undefined && group.names[0]!.src === name.src;
    if (goesOn && belongsIn(group, name)) {
      group.names.push(name);
      continue;
    }
    const run = runFor(name.src, name.seq);
    if (goesOn && run?.last === group.run?.last) {
      group.names.push(name);
      continue;
    }
    left -= RUN_BYTES + (run?.names.length ?? 0);
    if (left < 0 && group !== undefined) break;
    groups.push({ run, names: [name] });
  }
  return {
    put: groups.flatMap(({ names }) => names),
    dropped: groups.flatMap(({ run }) => run ?? []),
    added: groups.flatMap(({ run, names }) => runsOf(run ? [...namesIn(run), ...names].sort(byName) : names)),
  };
}

/**
 * Whether the next name of a client belongs in the run of those before, as far as that is known without a look: a run that ends
 * before the first of them is the client's last.
 */
const belongsIn = ({ run, names: [first] }: Group<NameRun>, { seq }: NamedReceipt): boolean =>
  run === undefined || seq <= run.last || first!.seq > run.last;

/** What a run, or none, says of a name. @throws StorageError `corrupt` unless it is as it was written */
export function nameIn(run: NameRun | undefined, seq: number): NamedReceipt | undefined {
  return run === undefined || run.first > seq ? undefined : namesIn(run).find((name) => name.seq === seq);
}

/** @throws StorageError `corrupt` unless it is as it was written */
export function namesIn({ src, first, last, names }: NameRun): NamedReceipt[] {
  try {
    const reader = new ByteReader(names);
    const count = reader.count();
    const seqs = readSteps(reader, count, first - 1);
    const versions = readSteps(reader, count, 0);
    const found = seqs.map((seq, at) => ({
      ...{ src, seq, version: versions[at]! },
      hash: Buffer.from(reader.bytes(HASH_BYTES)),
    }));
    reader.end();
    if (found[0]!.seq === first && found.at(-1)!.seq === last) return found;
  } catch {
    // It is said below.
  }
  throw new StorageError(
    "corrupt",
    `The database is damaged: the names ${first} to ${last} of ${src} are none.`,
  );
}

/** @param names  of one client, in the order of their seqs */
function runsOf(names: readonly NamedReceipt[]): NameRun[] {
  const runs: NameRun[] = [];
  for (let from = 0; from < names.length; from += RUN_NAMES)
    runs.push(runOf(names.slice(from, from + RUN_NAMES)));
  return runs;
}

function runOf(names: readonly NamedReceipt[]): NameRun {
  const [first, last] = [names[0]!, names.at(-1)!];
  const writer = new ByteWriter();
  writer.count(names.length);
  const seqs = names.map(({ seq }) => seq);
  const versions = names.map(({ version }) => version);
  writeSteps(writer, seqs, first.seq - 1);
  writeSteps(writer, versions, 0);
  for (const { hash } of names) writer.bytes(hash.length === HASH_BYTES ? hash : shortHash(hash));
  return { src: first.src, first: first.seq, last: last.seq, names: writer.done() };
}

/** From each value to the next: how far, and how often that follows on itself. */
function writeSteps(writer: ByteWriter, values: readonly number[], base: number): void {
  const steps = values.map((value, at) => value - (values[at - 1] ?? base));
  for (let at = 0; at < steps.length; ) {
    const from = at;
    while (at < steps.length && steps[at] === steps[from]) at++;
    writer.change(steps[from]!);
    writer.count(at - from);
  }
}

function readSteps(reader: ByteReader, count: number, base: number): number[] {
  const values: number[] = [];
  for (let value = base; values.length < count; ) {
    const step = reader.change();
    let times = reader.count();
    if (times > count - values.length) throw new RangeError("There are more than belong to it.");
    for (; times > 0; times--) {
      value += step;
      values.push(value);
    }
  }
  return values;
}
