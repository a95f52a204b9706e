// Copies of a database file, and one file put in the place of another, so that at every moment each name stands for a
// whole database or for nothing.
//
// A copy is made by SQLite itself, page by page, in one read transaction: a server that commits meanwhile neither waits nor
// makes it begin anew, and the copy is the database as it was when the copying began. It is one file that needs no other.

import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import Sqlite from "better-sqlite3";
import { StorageError } from "../errors.js";
import { demandMarked, markOf } from "./mark.js";
import { openReadOnly } from "./reader.js";
import { codeOf, troubleWith } from "./trouble.js";

/** Copies the database at `from` to `to`, which must not exist; it is on the disk when the promise resolves. @throws StorageError */
export async function copyDatabase(from: string, to: string): Promise<void> {
  if (existsSync(to)) throw new StorageError("folder_unwritable", `${to} exists already.`);
  if (!existsSync(dirname(to)))
    throw new StorageError("folder_unwritable", `There is no folder ${dirname(to)}.`);
  const source = openReadOnly(from);
  try {
    await source.backup(to);
    settleFile(to);
  } catch (error) {
    removeDatabase(to);
    throw troubleWith(to, error);
  } finally {
    source.close();
  }
}

/**
 * Demands a file that can be read as a store and ends with a page. Of one that was cut within its last page, SQLite takes
 * what is missing for zeros; where a log is beside it, that may have the page.
 *
 * @throws StorageError
 */
export function demandReadable(path: string): void {
  const database = openReadOnly(path);
  try {
    const [pageBytes, { size }] = [Number(database.pragma("page_size", { simple: true })), statSync(path)];
    if (size % pageBytes !== 0 && !existsSync(`${path}-wal`))
      throw new StorageError("corrupt", `${path} is damaged: it ends after ${size} bytes, within a page.`);
  } finally {
    database.close();
  }
}

/** Makes a database one file that needs no other, and is on the disk. */
export function settleFile(path: string): void {
  const database = new Sqlite(path);
  try {
    database.pragma("journal_mode = DELETE");
  } finally {
    database.close();
  }
  syncFile(path);
}

/** Takes what a database's log holds into the file itself, if it is one that SQLite can still read. */
export function foldLog(path: string): void {
  if (!existsSync(path)) return;
  try {
    // A log that was damaged would be thrown away; perhaps somebody can still read it.
    demandMarked(path);
    const database = new Sqlite(path, { fileMustExist: true });
    try {
      database.pragma("wal_checkpoint(TRUNCATE)");
    } finally {
      database.close();
    }
  } catch {
    // Damaged: it is kept with its log.
  }
}

/** Gives the whole file at `from` the name `to`. @returns false if something has that name already */
export function nameFile(from: string, to: string): boolean {
  try {
    alsoName(from, to);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw troubleWith(to, error);
  }
  rmSync(from, { force: true });
  syncFile(dirname(to));
  return true;
}

/**
 * Puts the database file `next` in the place of `path`, where what was there is kept as `kept`, if there was something.
 * Nobody may have `path` open. The writes that SQLite had not yet taken into it go along with what is kept.
 */
export function replaceDatabase(path: string, next: string, kept: string | undefined): void {
  try {
    if (kept !== undefined) {
      alsoName(path, kept);
      // Left beside the new file, the old one's log would be taken for its own.
      for (const end of ["-wal", "-shm", "-mark"])
        if (existsSync(path + end)) renameSync(path + end, kept + end);
    }
    // What it says was acknowledged was so in the old one.
    rmSync(markOf(path), { force: true });
    renameSync(next, path);
    syncFile(dirname(path));
  } catch (error) {
    throw troubleWith(path, error);
  }
}

/** Gives a file a second name, never one that is taken; on disks that know no second names, its only one. */
function alsoName(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch (error) {
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS)$/.test(codeOf(error)) || existsSync(name)) throw error;
    renameSync(path, name);
  }
}

/** The name of what is to take the place of a database, until it is whole. */
export const unfinishedOf = (path: string) => `${path}.${process.pid}.part`;

/**
 * Removes what restores that were killed have left beside a database. Nobody may be restoring it: to be called by who has its lock.
 *
 * @param but  one of them that is wanted: somebody may have nothing else
 */
export function removeUnfinished(path: string, but?: string): void {
  const [folder, before] = [dirname(path), `${basename(path)}.`];
  const wanted = but === undefined ? undefined : realpathSync(but);
  for (const name of readdirSync(folder)) {
    const whose = name.startsWith(before) && /^\d+\.part(?=(-[a-z]+)?$)/.exec(name.slice(before.length));
    if (whose && join(folder, before + whose[0]) !== wanted) rmSync(join(folder, name), { force: true });
  }
}

/** Removes a database and what SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const end of ["", "-journal", "-wal", "-shm", "-lock", "-mark"]) rmSync(path + end, { force: true });
}

function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
