// Why a server did not start: one sentence for whoever started it, and an exit code for whoever watches it.

import { StorageError, type StorageErrorCode } from "./storage/errors.js";

/** What `interline` exits with. The help text lists them. */
export const exitCodes = {
  stopped: 0,
  unexpected: 1,
  bad_option: 2,
  address_unavailable: 3,
  data_unwritable: 4,
  database_damaged: 5,
  database_in_use: 6,
  damage_found: 7,
  not_found: 8,
  already_there: 9,
  file_refused: 10,
  cut_short: 11,
  database_unreachable: 12,
  /** What was asked of a run that measures did not come true. */
  demand_unmet: 13,
  /** A run that attacks a server has found something wrong. */
  promise_broken: 14,
} as const satisfies Record<string, number>;

export type ExitReason = keyof typeof exitCodes;

export class StartupError extends Error {
  override readonly name = "StartupError";
  constructor(
    readonly reason: ExitReason,
    /** One sentence. */
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
  get exitCode(): number {
    return exitCodes[this.reason];
  }
}

const storageReasons: Readonly<Partial<Record<StorageErrorCode, ExitReason>>> = {
  unsupported: "bad_option",
  folder_unwritable: "data_unwritable",
  disk_full: "data_unwritable",
  not_durable: "data_unwritable",
  not_a_database: "database_damaged",
  corrupt: "database_damaged",
  schema_newer: "database_damaged",
  schema_older: "database_damaged",
  io_failed: "database_damaged",
  locked: "database_in_use",
  busy: "database_in_use",
  unreachable: "database_unreachable",
};

/** Why a command, or a server, cannot go on with its store. */
export function ofStorage(error: StorageError): StartupError {
  return new StartupError(storageReasons[error.code] ?? "unexpected", error.message, { cause: error });
}

/** The reason behind an error that kept a server from starting, or the error as it is. */
export function startupError(
  error: unknown,
  where: { readonly host: string; readonly port: number },
): unknown {
  if (error instanceof StorageError) return ofStorage(error);
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const at = `${where.host}:${where.port}`;
  const sentence = {
    EADDRINUSE: `Another program already listens on ${at}; choose another --port or stop it.`,
    EACCES: `This user may not listen on ${at}; choose a --port above 1023.`,
    EADDRNOTAVAIL: `This machine has no address ${where.host}; choose another --host.`,
    ENOTFOUND: `The host ${where.host} is not known; choose another --host.`,
  }[String(code)];
  return sentence === undefined ? error : new StartupError("address_unavailable", sentence, { cause: error });
}
