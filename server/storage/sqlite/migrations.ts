// The tables, as numbered steps from an empty file to today's. A step that was released never changes; a new one is added.
//
//   meta         what belongs to the file itself: the secret that signs tickets
//   documents    one row per document: where its head is, in which life, and what a list shows
//   ops          the history, append-only: (document, version) is the compare-and-set
//   pages        ops behind the last snapshots, folded (`storage/pages.ts`); whoever reads ops reads both
//   submissions  which (src, seq) made which version. A table of its own and not an index over `ops`, because a client
//                may send an op again long after the op itself has been pruned
//   names        those of them whose ops are in pages, folded (`storage/name-runs.ts`); whoever looks for a name looks in both
//   snapshots    the text at some versions; derived from `ops`, kept so that opening a document replays few of them
//   redactions   what was taken out of histories, and why: a record (`redaction.ts`) signed with the file's secret
//   revocations  what has been taken back of tokens before their time
//   announcements  what everybody is told as long as it lasts; `news` counts pieces of both
//   records      small things beside the ops, such as the names of versions (`storage/records.ts`)
//
// `documents.key` stands for (collection, id) in the other tables, but for records. Every row carries a digest of its columns, which is
// checked when the row is read; ops, pages, snapshots and heads carry the chain of `chain.ts` besides. The number of the last step is the file's `user_version`.

import type { Database } from "better-sqlite3";
import type { Checkpoint } from "../checkpoint.js";
import { StorageError } from "../errors.js";
import { addNews } from "./news.js";
import { addOwners } from "./owners.js";
import { addRecords } from "./records.js";
import { addRevocations } from "./revocations.js";
import { addChains } from "./step-2.js";

/** "ILOT": says whose file this is, in the header where `file(1)` and SQLite keep such a number. */
export const APPLICATION_ID = 0x494c4f54;

const steps: readonly ((database: Database, checkpoint?: Checkpoint) => void)[] = [
  (database) => database.exec(FIRST),
  addChains,
  (database) => database.exec(REDACTIONS),
  addRevocations,
  addNews,
  addRecords,
  addOwners,
  (database) => database.exec(PAGES),
  (database) => database.exec(NAMES),
];

const FIRST = `
   CREATE TABLE meta (
     name  TEXT PRIMARY KEY,
     value BLOB NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE documents (
     key        INTEGER PRIMARY KEY,
     collection TEXT NOT NULL,
     id         TEXT NOT NULL,
     type       TEXT,
     version    INTEGER NOT NULL,
     pruned     INTEGER NOT NULL,
     title      TEXT NOT NULL,
     folded     TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     meta       TEXT,
     digest     BLOB NOT NULL,
     UNIQUE (collection, id)
   ) STRICT;
   CREATE INDEX documents_newest ON documents (collection, updated_at DESC, key DESC) WHERE type IS NOT NULL;

   CREATE TABLE ops (
     document INTEGER NOT NULL REFERENCES documents (key),
     version  INTEGER NOT NULL,
     src      TEXT,
     seq      INTEGER,
     body     TEXT NOT NULL,
     meta     TEXT,
     digest   BLOB NOT NULL,
     PRIMARY KEY (document, version)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE submissions (
     document INTEGER NOT NULL REFERENCES documents (key),
     src      TEXT NOT NULL,
     seq      INTEGER NOT NULL,
     version  INTEGER NOT NULL,
     hash     BLOB NOT NULL,
     digest   BLOB NOT NULL,
     PRIMARY KEY (document, src, seq)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE snapshots (
     document INTEGER NOT NULL REFERENCES documents (key),
     version  INTEGER NOT NULL,
     type     TEXT,
     data     TEXT,
     digest   BLOB NOT NULL,
     PRIMARY KEY (document, version)
   ) STRICT;`;

const REDACTIONS = `
   CREATE TABLE redactions (
     number   INTEGER PRIMARY KEY,
     document INTEGER NOT NULL REFERENCES documents (key),
     record   TEXT NOT NULL,
     mac      BLOB NOT NULL
   ) STRICT;
   CREATE INDEX redactions_of ON redactions (document);`;

const PAGES = `
   CREATE TABLE pages (
     document INTEGER NOT NULL REFERENCES documents (key),
     version  INTEGER NOT NULL,
     first    INTEGER NOT NULL,
     base     TEXT NOT NULL,
     chain    TEXT NOT NULL,
     ops      BLOB NOT NULL,
     digest   BLOB NOT NULL,
     PRIMARY KEY (document, version)
   ) STRICT;`;

const NAMES = `
   CREATE TABLE names (
     document INTEGER NOT NULL REFERENCES documents (key),
     src      TEXT NOT NULL,
     last     INTEGER NOT NULL,
     first    INTEGER NOT NULL,
     names    BLOB NOT NULL,
     digest   BLOB NOT NULL,
     PRIMARY KEY (document, src, last)
   ) STRICT;`;

/** Demands a file that is new, or made by this program in this version or an older one. @throws StorageError */
export function demandOurs(database: Database, path: string): void {
  const owner = Number(database.pragma("application_id", { simple: true }));
  const tables = database.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (owner !== APPLICATION_ID && (owner !== 0 || tables !== 0)) {
    throw new StorageError("not_a_database", `${path} is a database of another program.`);
  }
  if (versionOf(database) > steps.length) {
    throw new StorageError("schema_newer", `${path} was written by a newer version of this program.`);
  }
}

/** Demands that the tables are today's, where they are only read. @throws StorageError `schema_older` */
export function demandCurrent(database: Database, path: string): void {
  if (versionOf(database) === steps.length) return;
  const sentence = `${path} was written by an older version of this program; a server that opens it brings it up to date.`;
  throw new StorageError("schema_older", sentence);
}

/** Brings the tables up to date, all steps in one transaction. */
export function migrate(database: Database, checkpoint?: Checkpoint): void {
  database
    .transaction(() => {
      for (const step of steps.slice(versionOf(database))) step(database, checkpoint);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${steps.length}`);
    })
    .immediate();
}

const versionOf = (database: Database) => Number(database.pragma("user_version", { simple: true }));
