// Runs groups of writes, each group as one transaction with one fsync.
//
// If a group fails, nothing of it is there, and each write is tried on its own, so that one that cannot be written does not
// take its neighbours down; not so where trying again means waiting again, or the disk itself is the trouble. After an
// fsync has failed nothing is written any more: the system may have dropped pages that it could not write, and a later
// fsync would then succeed without them.

import type { Database } from "better-sqlite3";
import type { Checkpoint } from "../checkpoint.js";
import type { StorageError } from "../errors.js";
import { type Outcome, troubleOf } from "../outcome.js";
import type { Counts, DiskTold, Write } from "./messages.js";
import { codeOf } from "./trouble.js";

/** Who does the writes of a group. */
interface Grouped {
  /** Does all of them, each by `call`. */
  together(group: readonly Write[], call: (write: Write) => unknown): unknown[];
  /** What was done in a group is not there, or may not be. */
  undone(): void;
}

const oneByOne: Grouped = { together: (group, call) => group.map(call), undone() {} };

export interface Writer {
  write(group: readonly Write[]): Outcome[];
  counts(): Counts;
}

/**
 * @param call  does one write, in the transaction that is open; what it throws undoes the transaction
 * @param told  is told how long each group took to become durable, once it was written
 */
export function createWriter(
  database: Database,
  call: (write: Write) => unknown,
  explain: (error: unknown) => StorageError,
  checkpoint?: Checkpoint,
  told?: DiskTold,
  grouped: Grouped = oneByOne,
): Writer {
  let written = 0;
  const transaction = database.transaction((group: readonly Write[]) => {
    const results = grouped.together(group, call);
    checkpoint?.("before-fsync");
    written = performance.now();
    return results;
  });
  let transactions = 0;
  let writes = 0;
  let stopped: StorageError | undefined;

  function attempt(group: readonly Write[]): Outcome[] {
    if (stopped !== undefined) throw stopped;
    const results = transaction.immediate(group);
    told?.("fsync", performance.now() - written);
    checkpoint?.("after-fsync");
    transactions++;
    writes += group.length;
    return results.map((done) => ({ done }));
  }

  function write(group: readonly Write[]): Outcome[] {
    try {
      return attempt(group);
    } catch (error) {
      grouped.undone();
      const code = codeOf(error);
      if (/^SQLITE_IOERR_(DIR_)?FSYNC/.test(code)) stopped = explain(error);
      const hopeless = stopped !== undefined || /^SQLITE_(BUSY|IOERR)/.test(code);
      if (group.length > 1 && !hopeless) return group.flatMap((one) => write([one]));
      const trouble = troubleOf(explain(error));
      return group.map(() => trouble);
    }
  }

  return { write, counts: () => ({ transactions, writes }) };
}
