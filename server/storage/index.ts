// Storage: documents and their history behind one adapter, in SQLite, in PostgreSQL or in memory, by the address of the database.

import { type AdapterOptions, StorageAdapter } from "./adapter.js";
import { unknownAddress } from "./address.js";
import type { Checkpoints } from "./checkpoint.js";
import { measured } from "./measured.js";
import { MemoryLog } from "./memory/log.js";
import type { OpLog } from "./op-log.js";
import { SqliteLog } from "./sqlite/log.js";

export { type AdapterOptions, StorageAdapter } from "./adapter.js";
export { canonicalJson, fingerprint } from "./canonical.js";
export { GENESIS } from "./chain.js";
export type { Checkpoint, Checkpoints, Point } from "./checkpoint.js";
export { SeqReused } from "./commit.js";
export { Fell } from "./committing.js";
export { StorageError, type StorageErrorCode } from "./errors.js";
export type { Head } from "./head-cache.js";
export { dataOf, type KnownType, type Value } from "./known-types.js";
export type { Beginning, Turn } from "./life.js";
export type * from "./listing.js";
export { foldTitle } from "./listing.js";
export { documentName } from "./name.js";
export { isSameOp } from "./name-runs.js";
export type { AnnouncementRow, News } from "./news.js";
export type * from "./op-log.js";
export {
  NAMED_VERSION,
  type RecordCondition,
  type RecordName,
  type RecordRow,
  type RecordsQuery,
  versionKey,
} from "./records.js";
export type { RevocationRow } from "./revocation.js";
export { type Finding, type Verified, type VerifyOptions, verifyDocument, verifyStore } from "./verify.js";

/** @param database  `sqlite:PATH`, `postgres://…`, `memory:`, or a log of one's own. @throws StorageError */
export async function openStorage(
  database: string | OpLog,
  options: AdapterOptions,
): Promise<StorageAdapter> {
  const log = typeof database === "string" ? await openLog(database, options) : database;
  return new StorageAdapter(options.meter === undefined ? log : measured(log, options.meter), options);
}

async function openLog(
  database: string,
  options: Checkpoints & Pick<AdapterOptions, "log" | "meter" | "folding">,
): Promise<OpLog> {
  const path = /^sqlite:(.+)$/s.exec(database)?.[1];
  if (path !== undefined) return SqliteLog.open(path, options);
  if (database === "memory:") return new MemoryLog(options.folding);
  if (/^postgres(ql)?:/.test(database)) {
    // Its client is loaded only where it is used.
    const { PostgresLog } = await import("./postgres/log.js");
    return PostgresLog.open(database, options.log, undefined, options);
  }
  throw unknownAddress(database, "sqlite:PATH, postgres://… or memory:");
}
