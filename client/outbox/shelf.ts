// Where records of the outbox lie: a store of named parts, and a way to say that a record is ours alone.
//
//   record = head (small: what is in it, and how much) + parts, each a JSON text
//     doc             the document at `head.base`
//     step:0, step:1  the ops from there to `head.version`, in groups as they were written
//     inflight  undo  pending:0, pending:1 …  recovered:0, recovered:1 …
//
// The head says which parts count; a part it does not name is left over and means nothing. Everything of one change is
// written together or not at all. `indexed.ts` is a shelf in IndexedDB, `host.ts` one in the app around a webview; what
// is written when is not decided here (`place.ts`), nor who takes which record (`shelved.ts`).

import type { ClientName, DocumentType, Epoch, Version } from "../../protocol/index.js";

/** How many UTF-16 units each part has. */
export interface PartSizes {
  readonly doc: number;
  /** All steps together. */
  readonly steps: number;
  readonly inflight: number;
  readonly pending: readonly number[];
  readonly undo: number;
  readonly recovered: readonly number[];
}

/** The number of the layout described above. */
export const LAYOUT = 1;

export interface Head {
  /** {@link LAYOUT}, or what a newer page made of it. */
  readonly layout: number;
  readonly key: string;
  readonly doc: string;
  readonly type: DocumentType;
  readonly epoch: Epoch;
  readonly version: Version;
  readonly base: Version;
  /** How many `step` parts there are. */
  readonly steps: number;
  readonly sizes: PartSizes;
  readonly client?: ClientName;
  readonly nextSeq: number;
  readonly changes: number;
  readonly unsaved: number;
  /** When it was written, by this device's clock. */
  readonly time: number;
  /** Why it cannot be read. It is kept, so that it can be looked into, and adopted by nobody. */
  readonly broken?: string;
}

export interface Stored {
  readonly head: Head;
  readonly parts: ReadonlyMap<string, string>;
}

export interface RecordChange {
  readonly head: Head;
  readonly put: Readonly<Record<string, string>>;
  /** Parts that are not in `put` and count no more go too. Otherwise what is there already stays. */
  readonly whole: boolean;
}

/** Every method may reject with whatever the store throws; `trouble.ts` says what that means. */
export interface Shelf {
  /** What is there, of one document or of all. */
  heads(doc?: string): Promise<readonly Head[]>;
  /** A record as it was at one moment. */
  read(doc: string, key: string): Promise<Stored | undefined>;
  /** Atomic, and durable when it resolves. It has begun when this returns, if the store is open. Changes are done in order. */
  write(change: RecordChange): Promise<void>;
  delete(doc: string, key: string): Promise<void>;
  clear(): Promise<void>;
  readonly claims: Claims;
  /** Something took too long: what is open is given up, and opened anew when it is next needed. */
  reset(): void;
}

/** Who has a record. A claim ends with the page that has it, however that ends. */
export interface Claims {
  /**
   * @param waitMs  how long to wait for it: a page that has just gone may have it for a moment longer
   * @returns what gives it back; undefined: somebody else has it, or another document of this page
   */
  take(key: string, waitMs?: number): Promise<(() => void) | undefined>;
  /** Those of `keys` that somebody has, this page included. */
  taken(keys: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Claims that know when their page goes. */
export interface PageClaims extends Claims {
  /** The page goes or is put away: what it has is free. */
  leave(): void;
  /** It has come back: takes what nobody has had since, of which `isOurs` says whether it is as the page left it. */
  comeBack(isOurs: (key: string) => Promise<boolean>): Promise<void>;
  /** Somebody else has had it since: it is not this page's to write any more. */
  isLost(key: string): boolean;
}
