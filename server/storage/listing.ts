// Lists of documents: by their last change, page by page, those among them whose title has something in it.
//
// A list looks at so many documents and no more, whether they are found or not, so that a search among many costs as little as
// any other step; it says where it goes on, also when it has found nothing so far. A place is a time and a number, since
// documents may have changed in one millisecond: from a place on, each document comes once.

import type { Standing } from "./op-log.js";

/** A place in a list that is ordered by time, newest first; `key` orders documents of one millisecond. */
export interface Place {
  readonly time: number;
  readonly key: number;
}

export interface ListQuery {
  readonly collection: string;
  /** What the title must contain, already folded with {@link foldTitle}; empty: any title. */
  readonly search: string;
  /** Only documents that this user made. */
  readonly owner?: string;
  readonly after: Place | undefined;
  readonly limit: number;
  /** How many documents are looked at, at most, whether they are found or not; {@link LOOKED} if not given. */
  readonly looks?: number;
}

/** One step of a search: about a millisecond of the thread that commits. */
export const LOOKED = 1000;

/** Without a search each that is looked at is found. */
export const looksOf = ({ search, limit, looks = LOOKED }: ListQuery): number =>
  search === "" ? limit : looks;

export interface ListedDocument {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly title: string;
  readonly owner: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly place: Place;
}

export interface Listed {
  readonly documents: readonly ListedDocument[];
  /** Behind what was looked at, though it may be that nothing is there; undefined: that was all. */
  readonly next: Place | undefined;
}

/** What was found, and where a list goes on that looked as far as `end`; undefined: to the last. */
export function listedTo(
  end: Place | undefined,
  { limit }: Pick<ListQuery, "limit">,
  documents: readonly ListedDocument[],
): Listed {
  return { documents, next: documents.length === limit ? documents.at(-1)?.place : end };
}

/** A document that somebody has changed, or deleted. */
export interface ChangedDocument extends Standing {
  readonly id: string;
  /** Null: deleted. */
  readonly type: string | null;
  readonly place: Place;
}

/** One of them whose row is not as it was written: where it stands, and when that was so, is not to be believed. */
export interface DamagedDocument {
  readonly id: string;
  readonly damaged: true;
}

/** A title as it is searched: letters that differ only in case, or in how accents are encoded, are equal. */
export function foldTitle(title: string): string {
  return title.normalize("NFC").toLowerCase();
}
