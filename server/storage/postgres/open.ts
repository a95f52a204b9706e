// Opens a PostgreSQL database so that what it promises can be believed, or says in one sentence why not: it can be reached
// and keeps what is committed (`durability.ts`), its schema is ours and up to date (`migrations.ts`), and it has its secret.

import { randomBytes } from "node:crypto";
import type { Log } from "../../log.js";
import { digestOfMeta } from "../columns.js";
import { checkDigest } from "../digest.js";
import { StorageError } from "../errors.js";
import { demandUnmoved } from "../moving.js";
import type { OwnOptions } from "../store.js";
import { readAddress } from "./address.js";
import { Connections, type Patience, patience, type Session } from "./connections.js";
import { migrate } from "./migrations.js";

export interface OpenDatabase {
  readonly connections: Connections;
  /** 32 random bytes, made when the tables were. */
  readonly secret: Uint8Array;
}

/** @param address  `postgres://…`. @throws StorageError */
export async function openDatabase(
  address: string,
  log: Pick<Log, "warn">,
  wait: Patience = patience,
  { unfinished = false }: OwnOptions = {},
): Promise<OpenDatabase> {
  const connections = new Connections(readAddress(address), log, wait);
  try {
    await migrate(connections);
    if (!unfinished)
      demandUnmoved(connections.where, {
        moving: await metaOf(connections, "moving"),
        left: await metaOf(connections, "left"),
      });
    return { connections, secret: await secretOf(connections) };
  } catch (error) {
    await connections.close();
    throw error;
  }
}

async function secretOf(connections: Connections): Promise<Uint8Array> {
  const found = await metaOf(connections, "secret");
  if (found !== undefined) return found;
  const value = randomBytes(32);
  await connections.query(
    `INSERT INTO interline.meta (name, value, digest) SELECT 'secret', $1, $2
     WHERE NOT EXISTS (SELECT FROM interline.documents) ON CONFLICT (name) DO NOTHING`,
    [value, digestOfMeta("secret", value)],
  );
  // Perhaps another node's: both then have the same.
  const kept = await metaOf(connections, "secret");
  if (kept === undefined)
    throw new StorageError("corrupt", "The database is damaged: its secret is missing.");
  return kept;
}

/** What belongs to the database itself. @throws StorageError `corrupt` if it is not what was written */
export async function metaOf(session: Session, name: string): Promise<Uint8Array | undefined> {
  const [found] = await session.query<{ readonly value: Uint8Array; readonly digest: Uint8Array }>(
    "SELECT value, digest FROM interline.meta WHERE name = $1",
    [name],
  );
  if (found !== undefined) checkDigest("meta", found.digest, name, found.value);
  return found?.value;
}
