// A store's file in the hands of a command: opened with the lock that a server takes, or read beside it.

import { randomBytes } from "node:crypto";
import { mintEpoch } from "./chain.js";
import { StorageError } from "./errors.js";
import { jsonOf, type KnownType, KnownTypes } from "./known-types.js";
import type { OpRow } from "./op-log.js";
import { pastAt, versionAt, versionsOf } from "./past.js";
import { demandDense, headFrom } from "./replay.js";
import type { RevocationRow } from "./revocation.js";
import { settleFile } from "./sqlite/copy.js";
import { openFile } from "./sqlite/file.js";
import { Maintenance } from "./sqlite/maintenance.js";
import { StoreReader } from "./sqlite/reader.js";
import { SqliteRows } from "./sqlite/rows.js";
import { troubleWith } from "./sqlite/trouble.js";

/** Characters of JSON that are read at once. */
const PAGE_CHARACTERS = 2 ** 20;

/** A store that nobody else writes to. */
export interface OwnStore {
  readonly maintenance: Maintenance;
  readonly secret: Uint8Array;
  close(): void;
}

/** Opens the file, or makes it, as a server does. @throws StorageError */
export function openOwn(path: string): OwnStore {
  const file = openFile(path);
  try {
    const rows = new SqliteRows(file.database);
    const secret = file.database.transaction(() => rows.meta("secret", () => randomBytes(32))).immediate();
    return { maintenance: new Maintenance(file.database), secret, close: () => file.close() };
  } catch (error) {
    file.close();
    throw troubleWith(path, error);
  }
}

/**
 * Brings a copy's tables up to date, begins another life of each document in it, and lets it know what was revoked.
 *
 * @throws StorageError
 */
export function renewFile(path: string, revoked: readonly RevocationRow[]): void {
  const store = openOwn(path);
  try {
    store.maintenance.renewEpochs(mintEpoch);
    store.maintenance.revoke(revoked);
  } catch (error) {
    throw troubleWith(path, error);
  } finally {
    store.close();
  }
  settleFile(path);
}

/** What a restored backup must not undo. */
export interface Lasting {
  readonly revocations: readonly RevocationRow[];
  /** Signed records of redactions, with the documents they are of. */
  readonly redactions: readonly { readonly id: string; readonly record: string }[];
}

/** What a file has of that, or undefined if it cannot be read. */
export function lastingOf(path: string): Lasting | undefined {
  try {
    const store = StoreReader.open(path);
    try {
      return { revocations: store.revocations(), redactions: store.redactions() };
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

/** Documents of a file as they were. @throws StorageError */
export function pastReader(path: string, types: readonly KnownType[]) {
  const store = StoreReader.open(path);
  const known = new KnownTypes(types);
  return {
    versions: (collection: string, id: string) => versionsOf(store.log, collection, id),
    past: (collection: string, id: string, version: number) =>
      pastAt(store.log, known, collection, id, version),
    versionAt: (collection: string, id: string, time: number) => versionAt(store.log, collection, id, time),
    close: () => store.close(),
  };
}

/** How many ops of a document's history are such. @throws StorageError `corrupt` */
export function countOps(
  store: StoreReader,
  collection: string,
  id: string,
  fits: (version: number, author: string) => boolean,
): number {
  let found = 0;
  const { version, pruned } = store.stored(collection, id)!;
  for (let at = pruned; at < version; ) {
    const { ops } = store.history(collection, id, at, version, PAGE_CHARACTERS)!;
    demandDense(ops, at, at + Math.max(1, ops.length));
    found += ops.filter((op) => fits(op.version, authorOf(op))).length;
    at += ops.length;
  }
  return found;
}

/** What a document shows now, as JSON; nulls if it is deleted. @throws StorageError `corrupt` */
export function textNow(store: StoreReader, types: readonly KnownType[], collection: string, id: string) {
  const { type, held } = headFrom(id, store.load(collection, id)!, new KnownTypes(types));
  return { type, data: jsonOf(held) };
}

function authorOf({ meta }: OpRow): string {
  const { author } = (meta === null ? {} : JSON.parse(meta)) as { readonly author?: unknown };
  return typeof author === "string" ? author : "";
}
