// What comes of a call on another thread, as it crosses: an Error that crosses loses its class.

import { StorageError, type StorageErrorCode } from "./errors.js";

export type Outcome<Result = unknown> =
  | { readonly done: Result }
  | { readonly trouble: { readonly code: StorageErrorCode; readonly message: string } };

export const troubleOf = ({ code, message }: StorageError) => ({ trouble: { code, message } });

/** @throws StorageError */
export function resultOf<Result>(outcome: Outcome<Result>): Result {
  if ("done" in outcome) return outcome.done;
  throw new StorageError(outcome.trouble.code, outcome.trouble.message);
}
