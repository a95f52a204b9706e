// The rows of documents as they were last seen: the ones used last, as many as the bound allows. From such a row a commit is
// reckoned without asking first; an old one is found out by the statement that compares it, and losing one costs a read.

import type { DocumentRow } from "../columns.js";

const ROWS = 10_000;

export class RowCache {
  /** Least recently used first. */
  private readonly rows = new Map<string, DocumentRow>();

  constructor(private readonly bound = ROWS) {}

  get(name: string): DocumentRow | undefined {
    const row = this.rows.get(name);
    if (row !== undefined) this.put(name, row);
    return row;
  }

  put(name: string, row: DocumentRow): void {
    this.rows.delete(name);
    this.rows.set(name, row);
    if (this.rows.size <= this.bound) return;
    for (const [oldest] of this.rows) {
      this.rows.delete(oldest);
      return;
    }
  }

  /** A row that was read: not if a commit has passed it meanwhile. */
  seen(name: string, row: DocumentRow): void {
    if ((this.rows.get(name)?.version ?? 0) <= row.version) this.put(name, row);
  }

  forget(name: string): void {
    this.rows.delete(name);
  }
}
