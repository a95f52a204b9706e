// A shelf in memory that several pages share, and that can be out of room, out of order or silent on demand: the disk of
// the outbox's tests. It keeps what IndexedDB keeps (atomic changes, in order) and counts what is put.

import type { Claims, Head, RecordChange, Shelf, Stored } from "../../client/outbox/shelf.js";

export class ModelDisk {
  readonly records = new Map<string, { head: Head; parts: Map<string, string> }>();
  /** Claims, by key: which page has it. */
  readonly claims = new Map<string, ModelPage>();
  /** UTF-16 units put so far, and the names of the parts of the last change. */
  unitsPut = 0;
  lastParts: readonly string[] = [];
  writes = 0;
  /** Writes fail like this. */
  fail: (() => Error) | undefined;
  /** Writes are done and never answered, or not done either. */
  silent: "done" | "lost" | undefined;
  /** Units there is room for. */
  room = Number.POSITIVE_INFINITY;

  used(): number {
    let units = 0;
    for (const { parts } of this.records.values()) for (const text of parts.values()) units += text.length;
    return units;
  }

  page(): ModelPage {
    return new ModelPage(this);
  }
}

export class ModelPage implements Shelf {
  /** A killed page does nothing any more. */
  dead = false;
  resets = 0;

  constructor(private readonly disk: ModelDisk) {}

  readonly claims: Claims = {
    take: async (key) => {
      await this.#alive();
      if (this.disk.claims.has(key)) return undefined;
      this.disk.claims.set(key, this);
      return () => {
        if (this.disk.claims.get(key) === this) this.disk.claims.delete(key);
      };
    },
    taken: async (keys) => new Set(keys.filter((key) => this.disk.claims.has(key))),
  };

  /** As the system would: its claims are free, what it was about to do is not done. */
  kill(): void {
    this.dead = true;
    for (const [key, page] of this.disk.claims) if (page === this) this.disk.claims.delete(key);
  }

  async heads(doc?: string): Promise<readonly Head[]> {
    await this.#alive();
    const all = [...this.disk.records.values()].map(({ head }) => head);
    return doc === undefined ? all : all.filter((head) => head.doc === doc);
  }

  async read(_doc: string, key: string): Promise<Stored | undefined> {
    await this.#alive();
    const record = this.disk.records.get(key);
    return record && { head: record.head, parts: new Map(record.parts) };
  }

  async write(change: RecordChange): Promise<void> {
    const { disk } = this;
    if (this.dead) return new Promise(() => {});
    if (disk.fail !== undefined) throw disk.fail();
    if (disk.silent === "lost") return new Promise(() => {});
    const { head, put, whole } = change;
    const old = disk.records.get(head.key);
    const parts = new Map(whole ? [] : old?.parts);
    for (const [name, text] of Object.entries(put)) parts.set(name, text);
    const size = (of: ReadonlyMap<string, string> | undefined) =>
      [...(of?.values() ?? [])].reduce((sum, text) => sum + text.length, 0);
    if (disk.used() - size(old?.parts) + size(parts) > disk.room) {
      throw new DOMException("no room", "QuotaExceededError");
    }
    disk.records.set(head.key, { head, parts });
    disk.writes++;
    disk.lastParts = Object.keys(put);
    disk.unitsPut += Object.values(put).reduce((sum, text) => sum + text.length, 0);
    if (disk.silent === "done") return new Promise(() => {});
    await this.#alive();
  }

  async delete(_doc: string, key: string): Promise<void> {
    await this.#alive();
    this.disk.records.delete(key);
  }

  async clear(): Promise<void> {
    this.disk.records.clear();
  }

  reset(): void {
    this.resets++;
  }

  /** An answer takes a turn of the loop, and never comes to a killed page. */
  async #alive(): Promise<void> {
    await null;
    if (this.dead) await new Promise(() => {});
  }
}
