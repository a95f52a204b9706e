// Why documents cannot be kept or read, in a code for programs and one sentence for people.
//
// While a server starts, a StorageError ends it with the sentence. Once it runs, the ledger turns each into a fault:
// `version_unknown` for pruned history, `storage_full` for a full disk, `unavailable` for the rest. In both cases nothing half written is left behind.

import { Fault } from "../../protocol/index.js";

export type StorageErrorCode =
  /** The address names no database that we know. */
  | "unsupported"
  | "folder_unwritable"
  /** The file is something else, or was made by another program. */
  | "not_a_database"
  /** Damaged: what is there is not what was written. */
  | "corrupt"
  /** Made by a newer version of this program. */
  | "schema_newer"
  /** Made by an older version, where it may not be changed. */
  | "schema_older"
  /** Another server has it open. */
  | "locked"
  /** The database would not promise that a commit survives a power cut. */
  | "not_durable"
  | "disk_full"
  | "io_failed"
  /** The server that keeps the database does not answer, lets nobody in, or takes no writes just now. */
  | "unreachable"
  /** Somebody else kept the database to themselves for too long. */
  | "busy"
  /** A collection, document or client id that cannot be kept as it is. */
  | "bad_name"
  | "history_pruned"
  /** Closed, or its thread has ended. */
  | "closed";

export class StorageError extends Error {
  override readonly name = "StorageError";
  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A fault for what the store does, which whoever watches it (`store-state.ts`) has told already. */
export class StoreFault extends Fault {}

/** Of one document, or of what was asked; all others are of the store. */
export const isNarrow = (code: StorageErrorCode) =>
  code === "corrupt" || code === "bad_name" || code === "history_pruned";
