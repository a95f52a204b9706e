// An outbox on a shelf: which record a document gets when it opens, what becomes of it when it closes, and how far all
// of it can be relied on.
//
// A record belongs to one open document at a time, by a claim that ends with its page. A document that opens adopts a
// record nobody has: first one with unsent ops, then one with recovered edits, then the newest. If others have them all, it
// gets a record of its own, and the confirmed document of theirs to show while there is no network. So no record's ops are
// ever sent by two pages. Records that hold nothing but a copy of the document are kept for reading offline, within
// bounds, and go first when there is no room. A store that fails or does not answer never stops a document from opening.

import { type Clock, type DocumentType, systemClock } from "../../protocol/index.js";
import { Emitter } from "../emitter.js";
import type { Elsewhere, FoundRecord, Outbox, OutboxRecord, StorageState } from "../outbox.js";
import { hasUnsent, isClean, recordOf, sizeOf } from "./parts.js";
import { type Beginning, type Claim, type Leaving, Place, type PlaceHost } from "./place.js";
import type { Head, RecordChange, Shelf, Stored } from "./shelf.js";
import { type Trouble, troubleOf, Unanswered, within } from "./trouble.js";

export interface ShelvedOptions {
  readonly clock?: Clock;
  /** A name no other record has. */
  readonly newKey: () => string;
  /** How long the store may take to answer. Large writes get more. */
  readonly patienceMs?: number;
  /** How many documents are kept for reading offline, and how many UTF-16 units of them. */
  readonly copies?: CopyLimits;
  /** Tells other pages that something has changed, and hears of it from them. Nothing depends on it but how soon one hears. */
  readonly hints?: Hints;
  /** Calls when the page may be about to end. */
  readonly onFlush?: (listener: () => void) => () => void;
  /** The first unsent ops have been written. */
  readonly onFirstUnsent?: () => void;
}

export interface CopyLimits {
  readonly records: number;
  readonly units: number;
}

export interface Hints {
  tell(): void;
  listen(listener: () => void): () => void;
}

/** An outbox that other pages share. */
export interface SharedOutbox extends Outbox {
  elsewhere(): Promise<readonly Elsewhere[]>;
  onElsewhere(listener: () => void): () => void;
  clear(): Promise<void>;
  /** Records that could not be read, as they are: kept until `clear`, for somebody to look into. */
  unreadable(): Promise<readonly Stored[]>;
}

const PATIENCE_MS = 5_000;
/** A slow disk writes this many units in a millisecond. */
const UNITS_PER_MS = 1_000;
/** As many documents as somebody may want on a train, and less room than a few photographs take. */
const COPIES: CopyLimits = { records: 50, units: 50_000_000 };

/** A page that has gone has let go of its records by then. */
const GOING_MS = 300;

/** First what must not be lost, then what is newest. */
const bestFirst = (a: Head, b: Head): number =>
  Number(hasUnsent(b)) - Number(hasUnsent(a)) ||
  Number(b.sizes.recovered.length > 0) - Number(a.sizes.recovered.length > 0) ||
  b.version - a.version ||
  b.time - a.time;

export class ShelvedOutbox implements SharedOutbox, PlaceHost {
  readonly clock: Clock;
  readonly onFlush: NonNullable<Outbox["onFlush"]>;
  readonly #events = new Emitter<{ state: StorageState; elsewhere: undefined }>();
  readonly #places = new Map<Place, Trouble | undefined>();
  /** Closed documents whose newest could not be written, for the next to open them on this page. */
  readonly #inMemory = new Map<
    string,
    { readonly record: OutboxRecord; readonly key: string | undefined }[]
  >();
  /** Whether the store failed when a document wanted to open. */
  #failing = false;
  #told: StorageState = "durable";
  #sawUnsent = false;
  memoryOnly = false;

  constructor(
    private readonly shelf: Shelf,
    private readonly options: ShelvedOptions,
  ) {
    this.clock = options.clock ?? systemClock;
    this.onFlush = options.onFlush ?? (() => () => {});
    options.hints?.listen(() => this.#events.emit("elsewhere", undefined));
  }

  get state(): StorageState {
    if (this.memoryOnly) return "memory";
    const troubles = new Set(this.#places.values());
    if (this.#failing || troubles.has("failed")) return "failed";
    return troubles.has("full") ? "full" : "durable";
  }

  onState(listener: (state: StorageState) => void): () => void {
    return this.#events.on("state", listener);
  }

  onElsewhere(listener: () => void): () => void {
    return this.#events.on("elsewhere", listener);
  }

  async open(doc: string, type: DocumentType): Promise<Place> {
    const place = new Place(this, { doc, type }, await this.#beginning(doc, type));
    this.#places.set(place, undefined);
    this.#changed();
    void this.#trim();
    return place;
  }

  async elsewhere(): Promise<readonly Elsewhere[]> {
    if (this.memoryOnly) return [];
    const ours = new Set([...this.#places.keys()].map(({ claim }) => claim?.key));
    try {
      const heads = (await this.#ask("listing", this.shelf.heads())).filter(
        (head) => hasUnsent(head) && head.broken === undefined && !ours.has(head.key),
      );
      const taken = await this.#ask("asking", this.shelf.claims.taken(heads.map(({ key }) => key)));
      return heads.map(({ doc, type, unsaved, key }) => ({ doc, type, unsaved, live: taken.has(key) }));
    } catch {
      return [];
    }
  }

  async unreadable(): Promise<readonly Stored[]> {
    const heads = (await this.shelf.heads()).filter(({ broken }) => broken !== undefined);
    const all = await Promise.all(heads.map(({ doc, key }) => this.shelf.read(doc, key)));
    return all.filter((stored) => stored !== undefined);
  }

  async clear(): Promise<void> {
    this.memoryOnly = true;
    this.#inMemory.clear();
    this.#changed();
    await this.#ask("clearing", this.shelf.clear());
  }

  // ---- what places ask

  async newClaim(): Promise<Claim> {
    const key = this.options.newKey();
    const release = await this.#ask("claiming", this.shelf.claims.take(key));
    if (release === undefined) throw new Error("a new record is somebody else's");
    return { key, release };
  }

  async write(change: RecordChange, wanted: () => boolean): Promise<void> {
    const units = Object.values(change.put).reduce((sum, text) => sum + text.length, 0);
    const patience = (this.options.patienceMs ?? PATIENCE_MS) + units / UNITS_PER_MS;
    const write = () => this.#ask("writing", this.shelf.write(change), patience);
    try {
      return await write();
    } catch (error) {
      if (troubleOf(error) !== "full" || !wanted()) throw error;
      const freed = await this.#evict({ records: 0, units: 0 }).catch(() => 0);
      if (freed === 0 || !wanted()) throw error;
    }
    return write();
  }

  told(place: Place, head: Head | undefined, trouble: Trouble | undefined): void {
    if (trouble === "forbidden") this.memoryOnly = true;
    if (this.#places.has(place)) this.#places.set(place, trouble);
    if (head !== undefined && trouble === undefined) {
      this.#failing = false;
      if (!this.#sawUnsent && hasUnsent(head)) {
        this.#sawUnsent = true;
        this.options.onFirstUnsent?.();
      }
    }
    this.#changed();
    this.options.hints?.tell();
  }

  async left(place: Place, { keep, gone, unwritten }: Leaving): Promise<void> {
    const { claim, doc, type } = place;
    this.#places.delete(place);
    if (keep && unwritten !== undefined) {
      const waiting = this.#inMemory.get(`${type} ${doc}`) ?? [];
      this.#inMemory.set(`${type} ${doc}`, [...waiting, { record: unwritten, key: claim?.key }]);
    }
    this.#changed();
    try {
      if (claim !== undefined && !keep && !this.memoryOnly) await this.#letGo(place, claim.key, gone);
    } catch {
      // It stays, and is cleaned away another time.
    } finally {
      claim?.release();
    }
    this.options.hints?.tell();
    void this.#trim();
  }

  /** The store has been made anew: nothing of what was written is there. */
  emptied(): void {
    for (const place of this.#places.keys()) place.forget();
  }

  // ---- inside

  async #beginning(doc: string, type: DocumentType): Promise<Beginning> {
    const [left, ...others] = this.#inMemory.get(`${type} ${doc}`) ?? [];
    if (left !== undefined) {
      this.#inMemory.set(`${type} ${doc}`, others);
      return { found: left.record, claim: await this.#claimAgain(left.key) };
    }
    if (this.memoryOnly) return {};
    try {
      const beginning = await this.#adopt(doc, type);
      this.#failing = false;
      return beginning;
    } catch (error) {
      if (troubleOf(error) === "forbidden") this.memoryOnly = true;
      else this.#failing = true;
      return {};
    }
  }

  async #claimAgain(key: string | undefined): Promise<Claim | undefined> {
    if (key === undefined || this.memoryOnly) return undefined;
    const release = await this.#ask("claiming", this.shelf.claims.take(key)).catch(() => undefined);
    return release && { key, release };
  }

  async #adopt(doc: string, type: DocumentType): Promise<Beginning> {
    const heads = (await this.#ask("listing", this.shelf.heads(doc)))
      .filter((head) => head.type === type && head.broken === undefined)
      .sort(bestFirst);
    let ours: (Beginning & { readonly claim: Claim }) | undefined;
    let live: Head | undefined;
    try {
      for (const head of heads) {
        // After a reload, what was typed must not be missing because the page before is still going.
        const worthWaiting = ours === undefined && live === undefined && !isClean(head);
        const claiming = this.shelf.claims.take(head.key, worthWaiting ? GOING_MS : undefined);
        const release = await this.#ask("claiming", claiming);
        if (release === undefined) {
          if (live === undefined || head.version > live.version) live = head;
        } else if (ours !== undefined) {
          await this.#deleteIfClean(doc, head.key).finally(release);
        } else {
          const stored = await this.#readable(doc, head.key).catch((error) => {
            release();
            throw error;
          });
          if (stored === undefined) release();
          else ours = { ...stored, claim: { key: head.key, release } };
        }
      }
      if (ours !== undefined) return ours;
      const shown = live && (await this.#readable(doc, live.key));
      return { claim: await this.newClaim(), found: shown && copyOf(shown.found) };
    } catch (error) {
      ours?.claim.release();
      throw error;
    }
  }

  /** A record, unless it is gone. One that makes no sense is set aside. */
  async #readable(doc: string, key: string): Promise<{ found: FoundRecord; head: Head } | undefined> {
    const stored = await this.#ask("reading", this.shelf.read(doc, key));
    if (stored === undefined) return undefined;
    const { head } = stored;
    try {
      return { found: recordOf(stored), head };
    } catch (error) {
      const broken = error instanceof Error ? error.message : String(error);
      await this.#ask("writing", this.shelf.write({ head: { ...head, broken }, put: {}, whole: false }));
      return undefined;
    }
  }

  /** Deletes a record that we have claimed, if it holds nothing but a copy. @returns whether it did */
  async #deleteIfClean(doc: string, key: string): Promise<boolean> {
    const head = (await this.#ask("listing", this.shelf.heads(doc))).find((other) => other.key === key);
    if (head === undefined || !isClean(head)) return false;
    await this.#ask("deleting", this.shelf.delete(doc, key));
    return true;
  }

  /** The record of a closed document that is not needed: one clean copy of it stays on this device, unless it is gone. */
  async #letGo({ doc, type }: Place, key: string, gone: boolean): Promise<void> {
    const heads = await this.#ask("listing", this.shelf.heads(doc));
    const head = heads.find((other) => other.key === key);
    const another = heads.some(
      (other) => other.key !== key && other.type === type && other.broken === undefined,
    );
    if (head !== undefined && (gone || another || !isClean(head)))
      await this.#ask("deleting", this.shelf.delete(doc, key));
  }

  async #trim(): Promise<void> {
    if (this.memoryOnly) return;
    await this.#evict(this.options.copies ?? COPIES).catch(() => {});
  }

  /** Deletes copies nobody has open, the oldest first, until so much is left. @returns how many it deleted */
  async #evict({ records, units }: CopyLimits): Promise<number> {
    const clean = (await this.#ask("listing", this.shelf.heads()))
      .filter(isClean)
      .sort((a, b) => b.time - a.time);
    let room = units;
    let deleted = 0;
    for (const [at, head] of clean.entries()) {
      room -= sizeOf(head);
      if (at < records && room >= 0) continue;
      const release = await this.#ask("claiming", this.shelf.claims.take(head.key));
      if (release === undefined) continue;
      if (await this.#deleteIfClean(head.doc, head.key).finally(release)) deleted++;
    }
    return deleted;
  }

  async #ask<T>(
    what: string,
    work: Promise<T>,
    patience = this.options.patienceMs ?? PATIENCE_MS,
  ): Promise<T> {
    try {
      return await within(this.clock, patience, what, work);
    } catch (error) {
      if (error instanceof Unanswered) this.shelf.reset();
      throw error;
    }
  }

  #changed(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#events.emit("state", state);
  }
}

/** Only the confirmed document of a record somebody else has. */
const copyOf = ({ type, epoch, version, confirmed, steps }: FoundRecord): FoundRecord => ({
  ...{ type, epoch, version, confirmed, pending: [], nextSeq: 1, changes: 0, unsaved: 0, recovered: [] },
  ...(steps && { steps }),
});
