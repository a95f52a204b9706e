// The records in memory: what `records.ts` says of them holds here too.

import type { HeadRow } from "../op-log.js";
import type { RecordCondition, RecordName, RecordRow, RecordsQuery } from "../records.js";

export class MemoryRecords {
  /** By their names as one text. */
  private readonly rows = new Map<string, RecordRow>();

  constructor(private readonly headOf: (collection: string, id: string) => HeadRow | undefined) {}

  /** @returns whether what must be so for it is so, and it is done */
  put(row: RecordRow, condition: RecordCondition): boolean {
    const may = this.holds(row, condition);
    if (may) this.rows.set(nameOf(row), row);
    return may;
  }

  delete(name: RecordName, condition: RecordCondition): boolean {
    return this.holds(name, condition) && this.rows.delete(nameOf(name));
  }

  /** The life of that document has ended, and all that belongs to it. */
  drop(collection: string, id: string): void {
    for (const [name, row] of this.rows)
      if (row.collection === collection && row.document === id) this.rows.delete(name);
  }

  get(name: RecordName): RecordRow | undefined {
    return this.rows.get(nameOf(name));
  }

  list({ kind, collection, document, after = "", limit }: RecordsQuery): RecordRow[] {
    const asked = (row: RecordRow) =>
      row.kind === kind && row.collection === collection && row.document === document;
    return this.sorted((row) => asked(row) && bytes(row.key, after) > 0).slice(0, limit);
  }

  of(collection: string, id: string): RecordRow[] {
    return this.sorted((row) => row.collection === collection && row.document === id);
  }

  all(after: RecordName | undefined, limit: number): RecordRow[] {
    return this.sorted((row) => after === undefined || byName(row, after) > 0).slice(0, limit);
  }

  private holds(name: RecordName, { instead, epoch }: RecordCondition): boolean {
    if (name.document !== "") {
      const head = this.headOf(name.collection, name.document);
      if (head === undefined || head.type === null || (epoch ?? head.epoch) !== head.epoch) return false;
    }
    return instead === undefined || (this.get(name)?.value ?? null) === instead;
  }

  private sorted(asked: (row: RecordRow) => boolean): RecordRow[] {
    return [...this.rows.values()].filter(asked).sort(byName);
  }
}

const nameOf = ({ kind, collection, document, key }: RecordName) =>
  JSON.stringify([kind, collection, document, key]);

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const byName = (a: RecordName, b: RecordName) =>
  bytes(a.kind, b.kind) ||
  bytes(a.collection, b.collection) ||
  bytes(a.document, b.document) ||
  bytes(a.key, b.key);
