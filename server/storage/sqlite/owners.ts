// A step of `migrations.ts`: who made each document, as far as its ops still say so, and the indexes by which documents are
// found by that and by when they changed.
//
// The digest of a row with an owner covers it; rows without one keep theirs.

import type { Database } from "better-sqlite3";
import { checked, type DocumentRow, digestOfDocument, ownerFrom } from "../columns.js";

const COLUMN = `
  ALTER TABLE documents ADD COLUMN owner TEXT;
  CREATE INDEX documents_owned ON documents (collection, owner, updated_at DESC, key DESC)
    WHERE type IS NOT NULL AND owner IS NOT NULL;
  CREATE INDEX documents_changed ON documents (collection, updated_at, key);
`;

/** @throws StorageError `corrupt` */
export function addOwners(database: Database): void {
  database.exec(COLUMN);
  const keys = database.prepare<[], number>("SELECT key FROM documents").pluck().all();
  const document = database.prepare<[number], DocumentRow>("SELECT * FROM documents WHERE key = ?");
  const creation = database
    .prepare<[number], string | null>(
      `SELECT meta FROM ops WHERE document = ? AND body LIKE '{"create":%' ORDER BY version DESC LIMIT 1`,
    )
    .pluck();
  const put = database.prepare("UPDATE documents SET owner = ?, digest = ? WHERE key = ?");
  for (const key of keys) {
    const owner = ownerFrom(creation.get(key) ?? null);
    if (owner !== null) put.run(owner, digestOfDocument({ ...checked(document.get(key)), owner }), key);
  }
}
