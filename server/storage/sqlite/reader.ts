// A store as it was at one moment, opened for reading only: beside a running server, or a copy.
//
// All of it is read in one transaction, so that what a server commits meanwhile is not seen, however long the reading takes.

import { statSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";
import type { DocumentRow } from "../columns.js";
import { StorageError } from "../errors.js";
import type { MetaName, RedactionRow, StoreReader } from "../store.js";
import { demandCurrent, demandOurs } from "./migrations.js";
import { newsSince } from "./news.js";
import { SqliteReads } from "./reads.js";
import { troubleWith } from "./trouble.js";

/** How long a reader waits for the moment in which a server opens or closes the file. */
const BUSY_TIMEOUT_MS = 5000;
/** SQLite takes a file too short for a first page for an empty one. */
const SMALLEST_PAGE_BYTES = 512;

/** Opens a database file for reading only, of whatever version of ours. @throws StorageError */
export function openReadOnly(path: string): Database {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new StorageError("not_a_database", `${path} is not a file.`);
    if (found.size < SMALLEST_PAGE_BYTES)
      throw new StorageError("corrupt", `${path} is damaged: it ends after ${found.size} bytes.`);
    const database = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      demandOurs(database, path);
      database.pragma("trusted_schema = OFF");
      database.pragma("cell_size_check = ON");
      database.exec("BEGIN");
      // The transaction begins with the first read.
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw troubleWith(path, error);
  }
}

export class FileReader extends SqliteReads {
  private constructor(private readonly file: Database) {
    super(file);
  }

  /** @throws StorageError also if the tables are not today's */
  static open(path: string): FileReader {
    const file = openReadOnly(path);
    try {
      demandCurrent(file, path);
      return new FileReader(file);
    } catch (error) {
      file.close();
      throw troubleWith(path, error);
    }
  }

  close(): void {
    this.file.close();
  }

  /** Everything that is kept of a document besides its history. */
  stored(collection: string, id: string): DocumentRow | undefined {
    return this.document(collection, id);
  }

  /** What was taken out of histories, oldest first. */
  redactions(): RedactionRow[] {
    return this.file
      .prepare<[], RedactionRow>(
        `SELECT collection, id, record, mac FROM redactions JOIN documents ON documents.key = document
         ORDER BY number`,
      )
      .all();
  }

  /** What belongs to the file itself, or undefined if it is not there. */
  meta(name: MetaName): Uint8Array | undefined {
    return this.metaOf(name);
  }

  /** The same reads, answered at once and heard of later. What SQLite cannot read is a StorageError. */
  get later(): StoreReader {
    const later =
      <Args extends unknown[], Result>(read: (...args: Args) => Result) =>
      async (...args: Args): Promise<Result> => {
        try {
          return read.apply(this, args);
        } catch (error) {
          throw troubleWith(this.file.name, error);
        }
      };
    return {
      load: later(this.load),
      history: later(this.history),
      documents: later(this.documents),
      nextSnapshot: later(this.nextSnapshot),
      receipts: later(this.receipts),
      structure: later(this.structure),
      recordsOf: later(this.recordsOf),
      allRecords: later(this.allRecords),
      revocations: later(this.revocations),
      stored: later(this.stored),
      redactions: later(this.redactions),
      announcements: later(() => newsSince(this.file, 0).announcements),
      meta: later(this.meta),
    };
  }
}
