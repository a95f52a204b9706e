// What PostgreSQL, the driver and the network complain of, as StorageErrors, and whether it is known what became of the
// statement.
//
// Causes are plain errors with a code and a message: the driver's own hold the connection, and that holds the password.

import { StorageError, type StorageErrorCode } from "../errors.js";

/** A statement was on its way, and nobody said what became of it: it may have been done, or be done yet. */
export class Unsure extends StorageError {}

/** Somebody else was faster, and the server undid ours: it may be done again. */
export const isRetryable = (error: unknown) =>
  error instanceof StorageError && /^(40001|40P01)$/.test(codeOf(error.cause));

/** For work that cannot be done a second time, such as reading a pipe: then that says so. */
export function once<Argument, Result>(
  work: (argument: Argument) => Promise<Result>,
): (argument: Argument) => Promise<Result> {
  let begun = false;
  return (argument) => {
    if (begun) throw new StorageError("busy", "Somebody else was faster, and nothing was done; do it again.");
    begun = true;
    return work(argument);
  };
}

/** The server has said that the statement had no effect, and goes on listening. */
export const isAnswer = (error: unknown) =>
  error instanceof Error && "severity" in error && error.severity === "ERROR" && codeOf(error) !== READ_ONLY;

/** The server takes no writes, or none any more: another one does. */
const READ_ONLY = "25006";

/** @param sent  whether the statement was on its way */
export function troubleWith(where: string, error: unknown, sent: boolean): StorageError {
  if (error instanceof StorageError) return error;
  const reason = reasonOf(error);
  const [code, sentence] = explain(where, codeOf(error), reason, error);
  const cause = Object.assign(new Error(reason), { code: codeOf(error) });
  const unsure = sent && !isAnswer(error) && codeOf(error) !== READ_ONLY;
  return new (unsure ? Unsure : StorageError)(code, sentence, { cause });
}

function explain(where: string, code: string, reason: string, error: unknown): [StorageErrorCode, string] {
  const The = capital(where);
  if (code === "53100") return ["disk_full", `The disk that holds ${where} is full.`];
  if (code === READ_ONLY) return ["unreachable", `${The} takes no writes: it is a standby, or was made one.`];
  if (code === "42501") return ["folder_unwritable", `${The} may not be written by this user: ${reason}.`];
  if (/^(28...|3D000)$/.test(code)) return ["unreachable", `${The} does not let us in: ${reason}.`];
  if (/^(57014|55P03|40001|40P01)$/.test(code))
    return ["busy", `${The} kept something locked for too long: ${reason}.`];
  if (/^(22021|22P05|54000)$/.test(code))
    return ["bad_name", "A name that is too long or holds U+0000 cannot be kept."];
  if (/^(23...|XX001|XX002)$/.test(code)) return ["corrupt", `${The} is damaged: ${reason}.`];
  if (/^(08...|53300|53400|57P0.|25P03)$/.test(code) || !("severity" in Object(error))) {
    const { syscall, path } = Object(error) as { syscall?: unknown; path?: unknown };
    if (syscall === "open")
      return ["unsupported", `${path}, which the database's address names, cannot be read.`];
    return ["unreachable", `${The} cannot be reached: ${reason}.`];
  }
  return ["io_failed", `Reading or writing ${where} failed: ${reason}.`];
}

export const closed = (where: string) => new StorageError("closed", `${capital(where)} has been closed.`);

/** PostgreSQL's or the system's code of an error; empty if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What an error says, as part of a sentence. */
function reasonOf(error: unknown): string {
  // Several addresses of one host, each with its own trouble: then only the first says something.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const reason = first instanceof Error ? first.message || codeOf(first) : String(first);
  return reason.replace(/\.$/, "");
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
