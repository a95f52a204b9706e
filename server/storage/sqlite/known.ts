// Rows of documents as they were written last by this thread, so that a document that is written to again is not read again.
//
// What always holds: a row in here is the one in the file. The file is locked for other servers, all rows pass by here, and
// whoever undoes a transaction has all of them forgotten; where another program has written to the file all the same, they
// are forgotten before the next group. Losing one costs a read and its checks.

import type { Database } from "better-sqlite3";
import type { NewDocumentRow } from "../columns.js";

/** About 1 MB. */
const KNOWN = 1_000;

export class KnownDocuments {
  /** By collection and id, the one used last at the end. */
  private readonly rows = new Map<string, NewDocumentRow>();
  private readonly others: { get(): unknown };
  private seen: unknown;

  constructor(database: Database) {
    this.others = database.prepare("PRAGMA data_version").pluck();
  }

  /** A transaction has begun: what others have written to the file is seen from now on. */
  begin(): void {
    const now = this.others.get();
    if (now !== this.seen) this.rows.clear();
    this.seen = now;
  }

  get(name: string): NewDocumentRow | undefined {
    return this.rows.get(name);
  }

  written(name: string, row: NewDocumentRow): void {
    this.rows.delete(name);
    this.rows.set(name, row);
    for (const [oldest] of this.rows) {
      if (this.rows.size <= KNOWN) break;
      this.rows.delete(oldest);
    }
  }

  /** What was written may not be there. */
  forget(): void {
    this.rows.clear();
  }
}

/** One name for (collection, id), whatever characters they hold. */
export const nameOf = (collection: string, id: string) => `${collection.length} ${collection}${id}`;
