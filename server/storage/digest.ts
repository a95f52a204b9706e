// A short fingerprint of a row, kept in the row: a byte that changed on the disk is found when it is read, not served.
//
// A database checks the structure of its pages but not what stands in them. This finds a row that changed; the chain over the
// history (`chain.ts`) finds one that was taken away, swapped or put back as it once was.

import { hash } from "node:crypto";
import { StorageError } from "./errors.js";

export type Column = string | number | null | Uint8Array;

const DIGEST_BYTES = 16;

/** Of the columns in order; lengths are hashed too, so that text cannot move from one column to the next unseen. */
export function digestOf(table: string, ...columns: readonly Column[]): Uint8Array {
  // All of it is hashed in one call, which costs half of what several do.
  const pieces: Uint8Array[] = [];
  let text = table;
  for (const column of columns) {
    if (column === null) text += "-";
    else if (typeof column === "number") text += `#${column};`;
    else if (typeof column === "string") text += `${column.length}:${column}`;
    else {
      pieces.push(Buffer.from(`${text}${column.length}:`), column);
      text = "";
    }
  }
  const whole = pieces.length === 0 ? text : Buffer.concat([...pieces, Buffer.from(text)]);
  return hash("sha256", whole, "buffer").subarray(0, DIGEST_BYTES);
}

/**
 * Which column of a table is of bytes. Bytes and the text that they spell have one digest, so that one stands for the other
 * is not found by it.
 */
const BYTES: { readonly [table: string]: number } = { submissions: 4, names: 4, meta: 1, pages: 5 };

/**
 * Whether a row is as it was written. Of a damaged database anything may come: columns that are missing, because what says
 * how they are called has changed, or that are of another kind than the table allows.
 */
export function isAsWritten(table: string, digest: unknown, ...columns: readonly unknown[]): boolean {
  if (!(digest instanceof Uint8Array)) return false;
  const known = columns.filter((column, at) => isColumn(column, at === BYTES[table]));
  return known.length === columns.length && Buffer.compare(digest, digestOf(table, ...known)) === 0;
}

/** Demands that a row {@link isAsWritten}. @throws StorageError `corrupt` */
export function checkDigest(table: string, digest: unknown, ...columns: readonly unknown[]): void {
  if (isAsWritten(table, digest, ...columns)) return;
  const numbers = columns.filter((column) => typeof column === "number").slice(0, 2);
  throw new StorageError(
    "corrupt",
    `The database is damaged: a row of ${table} (${numbers.join(", ")}) has changed.`,
  );
}

function isColumn(value: unknown, bytes: boolean): value is Column {
  if (bytes) return value instanceof Uint8Array;
  return value === null || typeof value === "number" || typeof value === "string";
}
