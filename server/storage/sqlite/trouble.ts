// What SQLite and the operating system complain of, as StorageErrors.

import { StorageError, type StorageErrorCode } from "../errors.js";

/** Any error from working on `path`, as a StorageError with a sentence that names the file. */
export function troubleWith(path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const [code, sentence] = explain(path, codeOf(error), reason);
  return new StorageError(code, sentence, { cause: error });
}

function explain(path: string, code: string, reason: string): [StorageErrorCode, string] {
  if (code === "SQLITE_FULL" || code === "ENOSPC")
    return ["disk_full", `The disk that holds ${path} is full.`];
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return ["busy", `Another program kept ${path} locked for too long.`];
  }
  if (code === "SQLITE_NOTADB") return ["not_a_database", `${path} is not a database.`];
  if (code.startsWith("SQLITE_CORRUPT") || code.startsWith("SQLITE_CONSTRAINT")) {
    return ["corrupt", `${path} is damaged: ${reason}.`];
  }
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM)|EACCES|EPERM|EROFS|ENOTDIR|ENOENT|EISDIR|EEXIST)/.test(code)) {
    return ["folder_unwritable", `${path} cannot be opened for writing: ${reason}.`];
  }
  return ["io_failed", `Reading or writing ${path} failed: ${reason}.`];
}

/** SQLite's or the system's code of an error; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
