// Records that hold nothing but a copy of a document, kept for reading it without a network: one for each document,
// within bounds, those written longest ago first to go, and all of them when there is no room for what is unsent.
//
// Nothing is deleted but under a claim, and only after a second look: a record that somebody has open, or that has become
// more than a copy meanwhile, stays.

import { isClean, sizeOf } from "./parts.js";
import type { Shelf } from "./shelf.js";

export interface CopyLimits {
  readonly records: number;
  readonly units: number;
}

/** Asks the shelf, and waits only so long. */
export type Ask = <T>(what: string, work: Promise<T>) => Promise<T>;

export class Copies {
  constructor(
    private readonly shelf: Shelf,
    private readonly ask: Ask,
    private readonly limits: CopyLimits,
  ) {}

  /** Deletes what is too much. */
  async trim(): Promise<void> {
    await this.#evict(this.limits);
  }

  /** Deletes all that nobody has open. @returns whether there was any */
  async makeRoom(): Promise<boolean> {
    return (await this.#evict({ records: 0, units: 0 })) > 0;
  }

  /** Deletes a record that we have claimed, if it is a copy. @returns whether it did */
  async deleteClaimed(doc: string, key: string): Promise<boolean> {
    const head = (await this.ask("listing", this.shelf.heads(doc))).find((other) => other.key === key);
    if (head === undefined || !isClean(head)) return false;
    await this.ask("deleting", this.shelf.delete(doc, key));
    return true;
  }

  /** Our record of a closed document, which is not needed: it stays if it is the only copy, unless the document is gone. */
  async letGo(
    { doc, type }: { readonly doc: string; readonly type: string },
    key: string,
    gone: boolean,
  ): Promise<void> {
    const heads = await this.ask("listing", this.shelf.heads(doc));
    const head = heads.find((other) => other.key === key);
    const another = heads.some(
      (other) => other.key !== key && other.type === type && other.broken === undefined,
    );
    if (head !== undefined && (gone || another || !isClean(head)))
      await this.ask("deleting", this.shelf.delete(doc, key));
  }

  /** Deletes copies until so much is left. @returns how many it deleted */
  async #evict({ records, units }: CopyLimits): Promise<number> {
    const clean = (await this.ask("listing", this.shelf.heads()))
      .filter(isClean)
      .sort((a, b) => b.time - a.time);
    let room = units;
    let deleted = 0;
    for (const [at, head] of clean.entries()) {
      room -= sizeOf(head);
      if (at < records && room >= 0) continue;
      const release = await this.ask("claiming", this.shelf.claims.take(head.key));
      if (release === undefined) continue;
      if (await this.deleteClaimed(head.doc, head.key).finally(release)) deleted++;
    }
    return deleted;
  }
}
