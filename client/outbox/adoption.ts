// Which record a document gets when it opens.
//
// It adopts one nobody has: first one with unsent ops, then one with recovered edits, then the newest copy; other copies
// that nobody has are deleted. If pages that live have them all, it gets a record of its own, and the confirmed document
// of theirs, with nothing unsent, to show while there is no network.

import type { DocumentType } from "../../protocol/index.js";
import type { FoundRecord } from "../outbox.js";
import type { Ask, Copies } from "./copies.js";
import { hasUnsent, isClean, recordOf } from "./parts.js";
import type { Beginning, Claim } from "./place.js";
import { type Head, LAYOUT, type Shelf } from "./shelf.js";

export interface AdoptionOptions {
  readonly shelf: Shelf;
  readonly ask: Ask;
  readonly copies: Copies;
  readonly newClaim: () => Promise<Claim>;
}

/** A page that has gone has let go of its records by then. */
const GOING_MS = 1_000;

/** First what must not be lost, then what is newest. */
const bestFirst = (a: Head, b: Head): number =>
  Number(hasUnsent(b)) - Number(hasUnsent(a)) ||
  Number(b.sizes.recovered.length > 0) - Number(a.sizes.recovered.length > 0) ||
  b.version - a.version ||
  b.time - a.time;

export class Adoption {
  constructor(private readonly options: AdoptionOptions) {}

  /** Rejects with whatever the shelf does; nothing is claimed then. */
  async begin(doc: string, type: DocumentType): Promise<Beginning> {
    const { shelf, ask, copies, newClaim } = this.options;
    const heads = (await ask("listing", shelf.heads(doc)))
      // What a newer page has written is for a page like it.
      .filter((head) => head.type === type && head.layout === LAYOUT && head.broken === undefined)
      .sort(bestFirst);
    let ours: (Beginning & { readonly claim: Claim }) | undefined;
    let live: Head | undefined;
    try {
      for (const head of heads) {
        // After a reload, what was typed must not be missing because the page before is still going.
        const worthWaiting = ours === undefined && live === undefined && !isClean(head);
        const claiming = shelf.claims.take(head.key, worthWaiting ? GOING_MS : undefined);
        const release = await ask("claiming", claiming);
        if (release === undefined) {
          if (live === undefined || head.version > live.version) live = head;
        } else if (ours !== undefined) {
          await copies.deleteClaimed(doc, head.key).finally(release);
        } else {
          const read = await this.#readOurs(doc, head.key).catch((error) => {
            release();
            throw error;
          });
          if (read === undefined) release();
          else ours = { ...read, claim: { key: head.key, release } };
        }
      }
      if (ours !== undefined) return ours;
      return { claim: await newClaim(), found: live && (await this.#copyOf(live)) };
    } catch (error) {
      ours?.claim.release();
      throw error;
    }
  }

  /** A record that we have claimed, unless it is gone. One that makes no sense is set aside. */
  async #readOurs(doc: string, key: string): Promise<{ found: FoundRecord; head: Head } | undefined> {
    const { shelf, ask } = this.options;
    const stored = await ask("reading", shelf.read(doc, key));
    if (stored === undefined) return undefined;
    const { head } = stored;
    try {
      return { found: recordOf(stored), head };
    } catch (error) {
      const broken = error instanceof Error ? error.message : String(error);
      await ask("writing", shelf.write({ head: { ...head, broken }, put: {}, whole: false }));
      return undefined;
    }
  }

  /** The confirmed document of a record that somebody else has. */
  async #copyOf({ doc, key }: Head): Promise<FoundRecord | undefined> {
    const { shelf, ask } = this.options;
    const stored = await ask("reading", shelf.read(doc, key));
    try {
      return stored && copyOf(recordOf(stored));
    } catch {
      // Not ours to set aside.
      return undefined;
    }
  }
}

const copyOf = ({ type, epoch, version, confirmed, steps }: FoundRecord): FoundRecord => ({
  ...{ type, epoch, version, confirmed, pending: [], nextSeq: 1, changes: 0, unsaved: 0, recovered: [] },
  ...(steps && { steps }),
});
