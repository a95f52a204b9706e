// A store as it was at one moment, opened for reading only: beside a running server, or a copy.
//
// All of it is read in one transaction, so that what a server commits meanwhile is not seen, however long the reading takes.

import { statSync } from "node:fs";
import Sqlite, { type Database } from "better-sqlite3";
import type { DocumentRow } from "../columns.js";
import { StorageError } from "../errors.js";
import type { OpLog } from "../op-log.js";
import { demandCurrent, demandOurs } from "./migrations.js";
import { SqliteReads } from "./reads.js";
import { troubleWith } from "./trouble.js";

/** How long a reader waits for the moment in which a server opens or closes the file. */
const BUSY_TIMEOUT_MS = 5000;
/** SQLite takes a file too short for a first page for an empty one. */
const SMALLEST_PAGE_BYTES = 512;

type Later = Pick<OpLog, "load" | "history" | "documents" | "nextSnapshot" | "receipts" | "structure">;

export interface RedactionRow {
  readonly collection: string;
  readonly id: string;
  readonly record: string;
  readonly mac: Uint8Array;
}

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

export class StoreReader extends SqliteReads {
  private constructor(private readonly file: Database) {
    super(file);
  }

  /** @throws StorageError also if the tables are not today's */
  static open(path: string): StoreReader {
    const file = openReadOnly(path);
    try {
      demandCurrent(file, path);
      return new StoreReader(file);
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

  /** The file's secret, or undefined if it is not there. */
  secret(): Uint8Array | undefined {
    return this.metaOf("secret");
  }

  /** The same reads as an op log's: answered at once, heard of later. What SQLite cannot read is a StorageError. */
  get log(): Later {
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
    };
  }
}
