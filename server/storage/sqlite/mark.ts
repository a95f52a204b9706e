// The last commit, noted once more in a small file beside the database, so that a database that has lost it is found.
//
// SQLite takes a damaged write-ahead log for one that ends where the damage begins: the database is then whole, and older
// than what was acknowledged. No row in it can show that. The mark is written after the commit is durable and before it is
// answered, and is not synced: after a power cut it may be older than the database, which says nothing, never newer. A mark
// that is no mark, because it was being written, is none.

import { hash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { StorageError } from "../errors.js";

export interface Mark {
  readonly collection: string;
  readonly id: string;
  readonly epoch: string;
  readonly version: number;
  readonly chain: string;
}

/** Room for any mark, names of the usual length; always written whole, so that nothing of an older one is left. */
const MARK_BYTES = 1024;

const sumOf = (text: string) => hash("sha256", text, "hex").slice(0, 16);

export const markOf = (path: string) => `${path}-mark`;

/** Where marks are written for the database at `path`. */
export function openMark(path: string): { write(mark: Mark): void; close(): void } {
  let file: number | undefined;
  /** Those who wait for their answers wait for this, too: it is made in one place. */
  const bytes = Buffer.alloc(MARK_BYTES);
  return {
    write(mark) {
      const text = JSON.stringify(mark);
      const line = `${sumOf(text)} ${text}\n`;
      // One that does not fit, or finds no room, is left out: the one before it still holds.
      if (Buffer.byteLength(line) > MARK_BYTES) return;
      bytes.fill(" ", bytes.write(line));
      try {
        file ??= openSync(markOf(path), existsSync(markOf(path)) ? "r+" : "w");
        writeSync(file, bytes, 0, MARK_BYTES, 0);
      } catch {}
    },
    close() {
      if (file !== undefined) closeSync(file);
    },
  };
}

/**
 * Demands that the database has what its mark says. It is opened for reading only: to close it otherwise would throw away
 * what is left of its log.
 *
 * @throws StorageError `corrupt`
 */
export function demandMarked(path: string): void {
  const mark = readMark(path);
  if (mark === undefined) return;
  if (!existsSync(path)) {
    // Somebody has taken the database away, and begins anew.
    rmSync(markOf(path));
    return;
  }
  if (statSync(path).size > 0) {
    const database = new Sqlite(path, { readonly: true });
    try {
      if (holds(database, mark)) return;
    } finally {
      database.close();
    }
  }
  throw new StorageError(
    "corrupt",
    `${path} is damaged: it has lost version ${mark.version} of ${mark.id}, which was acknowledged. ` +
      `Restore a backup, or remove ${markOf(path)} to do without what is lost.`,
  );
}

function holds(database: Sqlite.Database, { collection, id, epoch, version, chain }: Mark): boolean {
  const tables = database
    .prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'documents'")
    .pluck()
    .get();
  if (tables === 0) return false;
  const found = database
    .prepare<[string, string], { key: number; version: number; epoch: string }>(
      "SELECT key, version, epoch FROM documents WHERE collection = ? AND id = ?",
    )
    .get(collection, id);
  if (found === undefined || found.version < version) return false;
  const there = database
    .prepare<[number, number], string>("SELECT chain FROM ops WHERE document = ? AND version = ?")
    .pluck()
    .get(found.key, version);
  // Forgotten since, or redacted: then the document has begun another life.
  return there === undefined || there === chain || found.epoch !== epoch;
}

function readMark(path: string): Mark | undefined {
  if (!existsSync(markOf(path))) return undefined;
  const [, sum, text] = /^([0-9a-f]{16}) (.*)\n *$/.exec(readFileSync(markOf(path), "utf8")) ?? [];
  return text !== undefined && sumOf(text) === sum ? (JSON.parse(text) as Mark) : undefined;
}
