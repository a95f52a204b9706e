// What is wrong with a database as a whole, which no single row can show: rows whose document is gone, indexes and
// constraints that no longer hold what they are there for, and a numbering that would give a number twice.

import type { Session } from "./connections.js";

/** Tables whose rows belong to a document. */
const OWNED = ["ops", "pages", "submissions", "snapshots", "redactions"];

/** What keeps a version, a name or a document from being there twice; without it, compare-and-set does not hold. */
const PRIMARY = [
  ...[
    "meta",
    "documents",
    "ops",
    "pages",
    "submissions",
    "snapshots",
    "redactions",
    "revocations",
    "records",
  ],
];

/** In sentences without their ends. Goes from document to document, however many rows there are of each. */
export async function faultsOfStructure(session: Session): Promise<string[]> {
  const faults: string[] = [];
  for (const table of PRIMARY) {
    const [found] = await session.query(
      `SELECT FROM pg_catalog.pg_index WHERE indrelid = 'interline.${table}'::regclass AND indisprimary AND indisvalid`,
    );
    if (found === undefined) faults.push(`${table} has lost its primary key`);
  }
  const [unique] = await session.query(
    `SELECT FROM pg_catalog.pg_index WHERE indrelid = 'interline.documents'::regclass
       AND indisunique AND NOT indisprimary AND indisvalid`,
  );
  if (unique === undefined)
    faults.push("a document may be there twice: documents has lost the key over its names");
  for (const table of OWNED) {
    const first = `SELECT min(document) FROM interline.${table}`;
    const [orphan] = await session.query(
      `WITH RECURSIVE each (document) AS (
         ${first} UNION ALL SELECT (${first} WHERE document > each.document) FROM each WHERE document IS NOT NULL
       ) SELECT FROM each WHERE document IS NOT NULL
         AND NOT EXISTS (SELECT FROM interline.documents WHERE key = each.document) LIMIT 1`,
    );
    if (orphan !== undefined) faults.push(`there are rows in ${table} whose document is gone`);
  }
  const [astray] = await session.query(
    `SELECT FROM interline.records WHERE document <> '' AND NOT EXISTS (
       SELECT FROM interline.documents d WHERE d.collection = records.collection AND d.id = document) LIMIT 1`,
  );
  if (astray !== undefined) faults.push("there are records whose document is gone");
  const [behind] = await session.query(
    "SELECT FROM interline.document_keys WHERE last_value < (SELECT max(key) FROM interline.documents)",
  );
  if (behind !== undefined)
    faults.push("new documents would get numbers that are taken: document_keys is behind");
  return faults;
}
