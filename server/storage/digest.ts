// A short fingerprint of a row, kept in the row: a byte that changed on the disk is found when it is read, not served.
//
// A database checks the structure of its pages but not what stands in them. This finds a row that changed; the chain over the
// history (`chain.ts`) finds one that was taken away, swapped or put back as it once was.

import { createHash } from "node:crypto";
import { StorageError } from "./errors.js";

type Column = string | number | null | Uint8Array;

const DIGEST_BYTES = 16;

/** Of the columns in order; lengths are hashed too, so that text cannot move from one column to the next unseen. */
export function digestOf(table: string, ...columns: readonly Column[]): Uint8Array {
  const hash = createHash("sha256").update(table);
  for (const column of columns) {
    if (column === null) hash.update("-");
    else if (typeof column === "number") hash.update(`#${column};`);
    else hash.update(`${column.length}:`).update(column);
  }
  return hash.digest().subarray(0, DIGEST_BYTES);
}

/** @throws StorageError `corrupt` unless the row is as it was written */
export function checkDigest(table: string, digest: Uint8Array, ...columns: readonly Column[]): void {
  if (Buffer.compare(digest, digestOf(table, ...columns)) === 0) return;
  const numbers = columns.filter((column) => typeof column === "number").slice(0, 2);
  throw new StorageError(
    "corrupt",
    `The database is damaged: a row of ${table} (${numbers.join(", ")}) has changed.`,
  );
}
