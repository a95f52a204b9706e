// The IndexedDB database of an outbox: opened when it is needed, closed when something newer wants it, opened anew after
// the browser or a wedged request has taken it away.
//
//   heads   a head per record, found by its key or by its document
//   parts   the texts of a record, by [record key, part name]
//   owners  who has which record, where there are no Web Locks (`owners.ts`)
//
// A page that waits for its turn forever holds up every other page, so nothing here waits without a bound, and a page
// of an older version lets go as soon as a newer one asks.

import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import type { Clock } from "../../protocol/index.js";
import type { Head } from "./shelf.js";
import { Cleared, Forbidden, within } from "./trouble.js";

export interface OutboxSchema extends DBSchema {
  heads: { key: string; value: Head; indexes: { doc: string } };
  parts: { key: [string, string]; value: string };
  owners: { key: string; value: { readonly key: string; readonly owner: string; readonly beat: number } };
}

export type OutboxDatabase = IDBPDatabase<OutboxSchema>;

/** Raise it with a step in `upgrade` that turns what older versions wrote into what this one reads. */
const VERSION = 1;

export interface DatabaseOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly openMs: number;
  /** What had been written is gone: the database was there, and had to be made anew. */
  readonly emptied: () => void;
}

export class Database {
  #db: OutboxDatabase | undefined;
  #opening: Promise<OutboxDatabase> | undefined;
  #openedOnce = false;
  #cleared = false;

  constructor(private readonly options: DatabaseOptions) {}

  /** Runs `task`, at once if the database is open; once more if it turns out to have been closed. */
  run<T>(task: (db: OutboxDatabase) => Promise<T>): Promise<T> {
    if (this.#cleared) return Promise.reject(new Cleared("the outbox has been cleared"));
    const db = this.#db;
    if (db === undefined) return this.#opened().then(task);
    const again = (error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
      // Others may have opened it anew meanwhile.
      if (this.#db === db) this.reset();
      return this.run(task);
    };
    try {
      return task(db).catch(again);
    } catch (error) {
      return new Promise((resolve) => resolve(again(error)));
    }
  }

  /** Gives the connection up. What has been asked of it may still be done. */
  reset(): void {
    this.#db?.close();
    this.#db = undefined;
    this.#opening = undefined;
  }

  /** Deletes the database, and tells every page that has it open to write no more. */
  async clear(): Promise<void> {
    this.#cleared = true;
    this.reset();
    await deleteDB(this.options.name);
  }

  #opened(): Promise<OutboxDatabase> {
    if (this.#cleared) return Promise.reject(new Cleared("the outbox has been cleared"));
    this.#opening ??= this.#open();
    return this.#opening;
  }

  #open(): Promise<OutboxDatabase> {
    const { name, clock, openMs, emptied } = this.options;
    let fresh = false;
    let late = false;
    let mine: OutboxDatabase | undefined;
    const request = ifAllowed(() =>
      openDB<OutboxSchema>(name, VERSION, {
        upgrade(db, oldVersion) {
          fresh = oldVersion === 0;
          if (oldVersion < 1) {
            db.createObjectStore("heads", { keyPath: "key" }).createIndex("doc", "doc");
            db.createObjectStore("parts");
            db.createObjectStore("owners", { keyPath: "key" });
          }
        },
        blocking: (_current, wanted) => {
          // Nobody asks for version null but `clear`, in this page or another.
          if (wanted === null) this.#cleared = true;
          if (this.#db === mine) this.reset();
          else mine?.close();
        },
        terminated: () => {
          if (this.#db === mine) this.reset();
        },
      }),
    ).then((db) => {
      mine = db;
      if (late || this.#opening !== opening) {
        db.close();
        throw new Error("the database opened too late");
      }
      this.#db = db;
      const lost = fresh && this.#openedOnce;
      this.#openedOnce = true;
      if (lost) {
        emptied();
        // What is asked now was reckoned from what is gone.
        throw new Error("the database has been deleted under this page");
      }
      return db;
    });
    const opening = within(clock, openMs, "opening the database", request).catch((error) => {
      late = true;
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    });
    return opening;
  }
}

/** @throws Forbidden where a page may not even ask */
async function ifAllowed<T>(open: () => Promise<T>): Promise<T> {
  try {
    // Reading the name throws in some frames.
    if (globalThis.indexedDB === undefined || globalThis.indexedDB === null)
      throw new Forbidden("no IndexedDB");
    return await open();
  } catch (error) {
    if (error instanceof DOMException && (error.name === "SecurityError" || error.name === "NotAllowedError"))
      throw new Forbidden("this page may not store anything", { cause: error });
    throw error;
  }
}
