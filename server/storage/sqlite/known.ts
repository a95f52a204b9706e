// Rows of documents as they were written last by this thread, so that a document that is written to again is not read again;
// and of more of them where they stand, which is asked for all that are open about once a second.
//
// What always holds: what is in here is what is in the file. The file is locked for other servers, all rows pass by here, and
// whoever undoes a transaction has all of them forgotten; where another program has written to the file all the same, they
// are forgotten before the next group, or the next look. Losing one costs a read and its checks.

import type { Database } from "better-sqlite3";
import type { NewDocumentRow } from "../columns.js";
import type { Standing } from "../op-log.js";

/** About 1 MB of rows, and 4 MB of standings. */
const KNOWN = 1_000;
const KNOWN_STANDINGS = 20_000;

export class KnownDocuments {
  /** By collection and id, the one used last at the end. */
  private readonly rows = new Map<string, NewDocumentRow>();
  /** The same; null: it is deleted. */
  private readonly standings = new Map<string, Standing | null>();
  private readonly others: { get(): unknown };
  private seen: unknown;

  constructor(database: Database) {
    this.others = database.prepare("PRAGMA data_version").pluck();
  }

  /** A transaction has begun, or something is looked up: what others have written to the file is seen from now on. */
  begin(): void {
    const now = this.others.get();
    if (now !== this.seen) this.forget();
    this.seen = now;
  }

  get(name: string): NewDocumentRow | undefined {
    return this.rows.get(name);
  }

  written(name: string, row: NewDocumentRow): void {
    keep(this.rows, name, row, KNOWN);
    const { type, epoch, version } = row;
    this.stands(name, type === null ? null : { epoch, version });
  }

  /** Undefined: it has to be read. */
  standing(name: string): Standing | null | undefined {
    return this.standings.get(name);
  }

  /** That is what was read. */
  stands(name: string, standing: Standing | null): void {
    keep(this.standings, name, standing, KNOWN_STANDINGS);
  }

  /** What was written may not be there. */
  forget(): void {
    this.rows.clear();
    this.standings.clear();
  }
}

/** Puts an entry at the end, and drops from the beginning what is beyond `most`. */
function keep<Value>(entries: Map<string, Value>, name: string, value: Value, most: number): void {
  entries.delete(name);
  entries.set(name, value);
  for (const [oldest] of entries) {
    if (entries.size <= most) break;
    entries.delete(oldest);
  }
}
