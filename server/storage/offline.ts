// A store's file in the hands of a command: opened with the lock that a server takes, or read beside it.

import { randomBytes } from "node:crypto";
import { mintEpoch } from "./chain.js";
import { jsonOf, type KnownType, KnownTypes } from "./known-types.js";
import type { OpRow } from "./op-log.js";
import { pastAt, versionAt } from "./past.js";
import { demandDense, headFrom } from "./replay.js";
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

/** Brings a copy's tables up to date, and begins another life of each document in it. @throws StorageError */
export function renewFile(path: string): void {
  const store = openOwn(path);
  try {
    store.maintenance.renewEpochs(mintEpoch);
  } catch (error) {
    throw troubleWith(path, error);
  } finally {
    store.close();
  }
  settleFile(path);
}

/** Documents of a file as they were. @throws StorageError */
export function pastReader(path: string, types: readonly KnownType[]) {
  const store = StoreReader.open(path);
  const known = new KnownTypes(types);
  return {
    /** The newest that it has of a document; 0: it has none. */
    version: (collection: string, id: string) => store.stored(collection, id)?.version ?? 0,
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
