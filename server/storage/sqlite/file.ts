// Opens the database file so that what it promises can be believed, or says in one sentence why not.
//
// In this order: the folder is there; nobody else has the file; it has what was acknowledged last; it is ours and
// undamaged; its tables are up to date; and
// the settings that durability hangs on are in force, read back and not just asked for. better-sqlite3 is built with
// WAL's default of `synchronous=NORMAL`, under which a power cut takes back commits that were acknowledged.
//
// The lock is an exclusive transaction on an empty file beside the database. It ends with the process, however that
// ends, and leaves the database itself open to readers such as a backup.

import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import type { Checkpoint } from "../checkpoint.js";
import { StorageError } from "../errors.js";
import { demandUnmoved } from "../moving.js";
import type { OwnOptions } from "../store.js";
import { makeFolder } from "./folder.js";
import { demandMarked, type Mark, openMark } from "./mark.js";
import { demandOurs, migrate } from "./migrations.js";
import { faultsOfOwners, faultsOfPages } from "./structure.js";
import { codeOf, troubleWith } from "./trouble.js";

/** How long a writer waits for another program that is writing to the file. */
const BUSY_TIMEOUT_MS = 5000;
/** Files up to this size are checked whole when opened, about 200 MB a second; of larger ones each row when it is read. */
const CHECK_BYTES = 256 * 2 ** 20;

/**
 * Of pages in memory, at most. The 2 MB that SQLite has by itself are the last pages of some hundred documents: with more of
 * them each op would have its pages read again.
 */
const CACHE_KB = 32 * 1024;

/** The smallest page, and so the smallest database, that SQLite writes. */
const SMALLEST_PAGE_BYTES = 512;

export interface OpenFile {
  readonly database: Database;
  /** The settings in force, as SQLite reports them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Notes the last commit, once it is durable. */
  mark(mark: Mark): void;
  close(): void;
}

/** @throws StorageError */
export function openFile(
  given: string,
  checkpoint?: Checkpoint,
  { unfinished = false }: OwnOptions = {},
): OpenFile {
  try {
    const path = locate(given);
    const lock = acquire(path);
    try {
      demandMarked(path);
      const database = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
      try {
        const settings = prepare(database, path, checkpoint);
        if (!unfinished) demandHere(database, path);
        const mark = openMark(path);
        return {
          database,
          settings,
          mark: mark.write,
          close() {
            mark.close();
            database.close();
            lock.close();
          },
        };
      } catch (error) {
        database.close();
        throw error;
      }
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (error) {
    throw troubleWith(given, error);
  }
}

/** Keeps every other server, and command that writes, from a file; it need not be there. @throws StorageError `locked` */
export function lockFile(given: string): { readonly path: string; close(): void } {
  try {
    const path = locate(given);
    const lock = acquire(path);
    return { path, close: () => void lock.close() };
  } catch (error) {
    throw troubleWith(given, error);
  }
}

/** The file's one true path: two names of one file must share one lock. */
function locate(given: string): string {
  makeFolder(dirname(given));
  if (!existsSync(given)) return join(realpathSync(dirname(given)), basename(given));
  const found = statSync(given);
  if (!found.isFile()) throw new StorageError("not_a_database", `${given} is not a file.`);
  // SQLite takes a file too short for a first page for an empty one, and would write over what is left of it.
  if (found.size > 0 && found.size < SMALLEST_PAGE_BYTES)
    throw new StorageError("corrupt", `${given} is damaged: it ends after ${found.size} bytes.`);
  return realpathSync(given);
}

/** @throws StorageError `locked` if the documents are elsewhere, or not all here yet */
function demandHere(database: Database, path: string): void {
  const meta = database.prepare<[string], Uint8Array>("SELECT value FROM meta WHERE name = ?").pluck();
  demandUnmoved(path, { moving: meta.get("moving"), left: meta.get("left") });
}

function acquire(path: string): Database {
  const lock = new Sqlite(`${path}-lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (!codeOf(error).startsWith("SQLITE_BUSY")) throw error;
    throw new StorageError("locked", `${path} is in use by another server.`, { cause: error });
  }
}

function prepare(database: Database, path: string, checkpoint?: Checkpoint): Record<string, unknown> {
  demandOurs(database, path);
  database.pragma("trusted_schema = OFF");
  database.pragma("cell_size_check = ON");
  demand(database, path, "foreign_keys", "ON", 1);
  demand(database, path, "journal_mode", "WAL", "wal");
  demand(database, path, "synchronous", "FULL", 2);
  database.pragma("fullfsync = ON"); // macOS: past the disk's own cache
  database.pragma("checkpoint_fullfsync = ON");
  database.pragma(`cache_size = -${CACHE_KB}`);
  database.pragma("wal_autocheckpoint = 1000");
  database.pragma(`journal_size_limit = ${64 * 2 ** 20}`);
  const check = (faults: (database: Database) => string[]) => {
    const [fault] = statSync(path).size <= CHECK_BYTES ? faults(database) : [];
    if (fault !== undefined) throw new StorageError("corrupt", `${path} is damaged: ${fault}.`);
  };
  check(faultsOfPages);
  migrate(database, checkpoint);
  check(faultsOfOwners);
  // Read again after the first write, which is when the built-in default would take over.
  demand(database, path, "synchronous", undefined, 2);
  const names = ["journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout"];
  return Object.fromEntries(names.map((name) => [name, database.pragma(name, { simple: true })]));
}

/** Sets what durability hangs on (or leaves it, if `value` is undefined) and reads it back. @throws StorageError `not_durable` */
export function demand(
  database: Pick<Database, "pragma">,
  path: string,
  name: string,
  value: string | undefined,
  expected: string | number,
): void {
  if (value !== undefined) database.pragma(`${name} = ${value}`);
  const found = database.pragma(name, { simple: true });
  if (found !== expected) {
    const sentence = `${path} cannot be kept durably: SQLite's ${name} is ${found}, and must be ${expected}.`;
    throw new StorageError("not_durable", sentence);
  }
}
