// Records: small things that are kept beside the ops and are no part of them, such as the names of versions.
//
// What always holds, in every op log:
//   - a record is named by (kind, collection, document, key), and there is one of a name at most;
//   - one that belongs to a document belongs to the life that it was put in: it is there only while that life is, and goes
//     with the commit that ends it. One whose document is empty belongs to nobody and stays until it is deleted;
//   - a put or a deletion that says what must be there before has effect only if that is so: compare-and-set;
//   - lists are in the order of keys, by their bytes.

import { digestOf } from "./digest.js";

export interface RecordName {
  readonly kind: string;
  readonly collection: string;
  /** Empty: it belongs to no document. */
  readonly document: string;
  readonly key: string;
}

export interface RecordRow extends RecordName {
  /** JSON. */
  readonly value: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** What must be so for a record to be put or deleted; nothing, where nothing is said. */
export interface RecordCondition {
  /** The value that is there now; null: there is none. */
  readonly instead?: string | null;
  /** The life of the document; without it, any. One that is not there has no records at all. */
  readonly epoch?: string;
}

export interface RecordsQuery extends Omit<RecordName, "key"> {
  /** Begins after that key. */
  readonly after?: string;
  readonly limit: number;
}

export const columnsOfRecord = ({ kind, collection, document, key, value, time }: RecordRow) =>
  [kind, collection, document, key, value, time] as const;

export const digestOfRecord = (row: RecordRow) => digestOf("records", ...columnsOfRecord(row));

/** Of a named version. Its key is {@link versionKey}. */
export const NAMED_VERSION = "version";

/** Versions in the order of their numbers. */
export const versionKey = (version: number): string => String(version).padStart(16, "0");
