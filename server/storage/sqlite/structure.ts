// What is wrong with a database as a whole, which no single row can show: pages and indexes that do not fit together, and
// rows whose document is gone.

import type { Database } from "better-sqlite3";

/** What SQLite itself finds wrong, at most ten things. Reads the whole file, some 200 MB a second. */
export function faultsOfPages(database: Database): string[] {
  const found = database.prepare<[], string>("PRAGMA integrity_check(10)").pluck().all();
  return found.filter((line) => line !== "ok");
}

/** Tables with rows of no document. Goes from document to document, however many rows there are of each. */
export function faultsOfOwners(database: Database): string[] {
  const astray = database
    .prepare(
      `SELECT 1 FROM records WHERE document <> '' AND NOT EXISTS (
         SELECT 1 FROM documents d WHERE d.collection = records.collection AND d.id = document) LIMIT 1`,
    )
    .get();
  const records = astray === undefined ? [] : ["there are records whose document is gone"];
  return ["ops", "pages", "submissions", "names", "snapshots"]
    .flatMap((table) => {
      const first = `SELECT min(document) FROM ${table}`;
      const found = database
        .prepare(
          `WITH RECURSIVE each (document) AS (
           ${first} UNION ALL SELECT (${first} WHERE document > each.document) FROM each WHERE document IS NOT NULL
         ) SELECT 1 FROM each WHERE document IS NOT NULL AND document NOT IN (SELECT key FROM documents) LIMIT 1`,
        )
        .get();
      return found === undefined ? [] : [`there are rows in ${table} whose document is gone`];
    })
    .concat(records);
}
