// Stores in the hands of commands: which one an address means, and what commands ask of any of them.

import { unknownAddress } from "./address.js";
import { mintEpoch } from "./chain.js";
import { StorageError } from "./errors.js";
import { jsonOf, type KnownType, KnownTypes } from "./known-types.js";
import type { OpRow } from "./op-log.js";
import { pastAt, versionAt, versionsOf } from "./past.js";
import { postgresStore } from "./postgres/store.js";
import { demandDense, headFrom } from "./replay.js";
import type { RevocationRow } from "./revocation.js";
import { settleFile } from "./sqlite/copy.js";
import { sqliteStore } from "./sqlite/store.js";
import type { OwnStore, Store, StoreReader } from "./store.js";

/** Characters of JSON that are read at once. */
const PAGE_CHARACTERS = 2 ** 20;

/** @param address  `sqlite:PATH` or `postgres://…`. @throws StorageError `unsupported` */
export function storeAt(address: string): Store {
  const path = /^sqlite:(.+)$/s.exec(address)?.[1];
  if (path !== undefined) return sqliteStore(path);
  if (/^postgres(ql)?:/.test(address)) return postgresStore(address);
  throw unknownAddress(address, "sqlite:PATH or postgres://…");
}

/** Runs `work` on a store that it owns meanwhile. */
export async function owning<Result>(
  store: Store,
  work: (own: OwnStore) => Promise<Result>,
  unfinished = false,
): Promise<Result> {
  const own = await store.own({ unfinished });
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

/**
 * Every document begins another life, and what was revoked elsewhere is known here. A store that was left is one again.
 *
 * @returns how many documents there are
 * @throws StorageError
 */
export function renewStore(store: Store, revoked: readonly RevocationRow[]): Promise<number> {
  return owning(
    store,
    async (own) => {
      if ((await own.read((reader) => reader.meta("moving"))) !== undefined)
        throw new StorageError("locked", `Not all is in ${store.where} yet that is being moved there.`);
      const documents = await own.renewEpochs(mintEpoch);
      await own.takeIn(async (intake) => {
        for (const row of revoked) await intake.revoke(row);
      });
      await own.comeBack();
      return documents;
    },
    true,
  );
}

/** The same for a copy of a file, which is brought up to date and on the disk. @throws StorageError */
export async function renewFile(path: string, revoked: readonly RevocationRow[]): Promise<void> {
  await renewStore(sqliteStore(path), revoked);
  settleFile(path);
}

/** What a restored backup must not undo. */
export interface Lasting {
  readonly revocations: readonly RevocationRow[];
  /** Signed records of redactions, with the documents they are of. */
  readonly redactions: readonly { readonly id: string; readonly record: string }[];
}

/** What a store has of that, or undefined if it cannot be read. */
export async function lastingOf(store: Store): Promise<Lasting | undefined> {
  try {
    return await store.read(async (reader) => ({
      revocations: await reader.revocations(),
      redactions: await reader.redactions(),
    }));
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

/** Documents of a store as they were. */
export function pastReader(store: StoreReader, types: readonly KnownType[]) {
  const known = new KnownTypes(types);
  return {
    versions: (collection: string, id: string) => versionsOf(store, collection, id),
    past: (collection: string, id: string, version: number) => pastAt(store, known, collection, id, version),
    versionAt: (collection: string, id: string, time: number) => versionAt(store, collection, id, time),
  };
}

/** How many ops of a document's history are such. @throws StorageError `corrupt` */
export async function countOps(
  store: StoreReader,
  collection: string,
  id: string,
  fits: (version: number, author: string) => boolean,
): Promise<number> {
  let found = 0;
  const { version, pruned } = (await store.stored(collection, id))!;
  for (let at = pruned; at < version; ) {
    const { ops } = (await store.history(collection, id, at, version, PAGE_CHARACTERS))!;
    demandDense(ops, at, at + Math.max(1, ops.length));
    found += ops.filter((op) => fits(op.version, authorOf(op))).length;
    at += ops.length;
  }
  return found;
}

/** What a document shows now, as JSON; nulls if it is deleted. @throws StorageError `corrupt` */
export async function textNow(
  store: StoreReader,
  types: readonly KnownType[],
  collection: string,
  id: string,
) {
  const { type, held } = headFrom(id, (await store.load(collection, id))!, new KnownTypes(types));
  return { type, data: jsonOf(held) };
}

function authorOf({ meta }: OpRow): string {
  const { author } = (meta === null ? {} : JSON.parse(meta)) as { readonly author?: unknown };
  return typeof author === "string" ? author : "";
}
