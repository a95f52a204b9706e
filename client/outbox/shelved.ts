// An outbox on a shelf: the places of open documents, what becomes of a record when its document closes, and how far all
// of it can be relied on.
//
// A record belongs to one open document at a time, by a claim that ends with its page (`adoption.ts` says which record a
// document gets), so no record's ops are ever sent by two pages. Records that hold nothing but a copy of the document are
// kept for reading offline (`copies.ts`). A store that fails or does not answer never stops a document from opening, nor
// anybody from typing: what could not be written waits in memory for the next document of this page.

import { type Clock, type DocumentType, systemClock } from "../../protocol/index.js";
import { Emitter } from "../emitter.js";
import type { Elsewhere, Outbox, OutboxRecord, StorageState } from "../outbox.js";
import { Adoption } from "./adoption.js";
import { Copies, type CopyLimits } from "./copies.js";
import { hasUnsent } from "./parts.js";
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

export class ShelvedOutbox implements SharedOutbox, PlaceHost {
  readonly clock: Clock;
  readonly onFlush: NonNullable<Outbox["onFlush"]>;
  readonly #events = new Emitter<{ state: StorageState; elsewhere: undefined }>();
  readonly #places = new Map<Place, Trouble | undefined>();
  readonly #copies: Copies;
  readonly #adoption: Adoption;
  /** Records of ours that have unsent ops, as the other pages were told. */
  readonly #toldUnsent = new Set<string>();
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
    const ask = <T>(what: string, work: Promise<T>) => this.#ask(what, work);
    this.#copies = new Copies(shelf, ask, options.copies ?? COPIES);
    this.#adoption = new Adoption({ shelf, ask, copies: this.#copies, newClaim: () => this.newClaim() });
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
    this.#trim();
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
      const freed = await this.#copies.makeRoom().catch(() => false);
      if (!freed || !wanted()) throw error;
    }
    return write();
  }

  told(place: Place, head: Head | undefined, trouble: Trouble | undefined): void {
    if (trouble === "forbidden") this.memoryOnly = true;
    if (this.#places.has(place)) this.#places.set(place, trouble);
    if (head !== undefined && trouble === undefined) {
      this.#failing = false;
      if (hasUnsent(head) !== this.#toldUnsent.has(head.key)) this.#tellUnsent(head);
    }
    this.#changed();
  }

  /** Once for each time that something becomes unsent, and not for every key. */
  #tellUnsent(head: Head): void {
    if (hasUnsent(head)) {
      if (!this.#sawUnsent) this.options.onFirstUnsent?.();
      this.#sawUnsent = true;
      this.#toldUnsent.add(head.key);
    } else {
      this.#toldUnsent.delete(head.key);
    }
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
      if (claim !== undefined && !keep && !this.memoryOnly) await this.#copies.letGo(place, claim.key, gone);
    } catch {
      // It stays, and is cleaned away another time.
    } finally {
      claim?.release();
    }
    if (claim !== undefined) this.#toldUnsent.delete(claim.key);
    this.options.hints?.tell();
    this.#trim();
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
      const beginning = await this.#adoption.begin(doc, type);
      this.#failing = false;
      return beginning;
    } catch (error) {
      if (troubleOf(error) === "forbidden") this.memoryOnly = true;
      else this.#failing = true;
      return {};
    }
  }

  #trim(): void {
    if (!this.memoryOnly) this.#copies.trim().catch(() => {});
  }

  async #claimAgain(key: string | undefined): Promise<Claim | undefined> {
    if (key === undefined || this.memoryOnly) return undefined;
    const release = await this.#ask("claiming", this.shelf.claims.take(key)).catch(() => undefined);
    return release && { key, release };
  }

  async #ask<T>(
    what: string,
    work: Promise<T>,
    patience = this.options.patienceMs ?? PATIENCE_MS,
  ): Promise<T> {
    try {
      return await within(this.clock, patience, what, work);
    } catch (error) {
      if (error instanceof Unanswered) {
        this.shelf.reset();
        // A claim that is granted when nobody waits for it any more is given back.
        work.then((late) => typeof late === "function" && late()).catch(() => {});
      }
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
