// Marks that a store carries of having been moved to another database (`commands/migrate.ts`), in its own `meta`:
//
//   moving  what is here is not all yet: it still comes from the store that is named
//   moved   all of it came from the store that is named
//   left    it goes on elsewhere, where this says
//
// A store with `moving` or `left` is opened by no server: half of the documents would look like all of them, and what is
// written after the move would be in one of the two stores only.

import { createHash } from "node:crypto";
import { StorageError } from "./errors.js";

/** A store's name for itself, that says nothing about its secret. Copies of a store have the same. */
export const identityOf = (secret: Uint8Array): string =>
  createHash("sha256").update("interline store").update(secret).digest("base64url");

/** @throws StorageError `locked` */
export function demandUnmoved(
  where: string,
  marks: { readonly moving: Uint8Array | undefined; readonly left: Uint8Array | undefined },
): void {
  const { moving, left } = marks;
  if (left !== undefined) {
    const to = Buffer.from(left).toString();
    const sentence = `What is in ${where} has been moved to ${to}; serve that, or begin another life here with interline renew.`;
    throw new StorageError("locked", sentence);
  }
  if (moving !== undefined) {
    const sentence = `Not all is in ${where} yet that is being moved there; run interline migrate again.`;
    throw new StorageError("locked", sentence);
  }
}
