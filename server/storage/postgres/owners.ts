// A step of `migrations.ts`: who made each document, as `sqlite/owners.ts` says.

import { checked, type DocumentRow, digestOfDocument, ownerFrom } from "../columns.js";
import type { Session } from "./connections.js";

const COLUMN = `
  ALTER TABLE interline.documents ADD COLUMN owner text COLLATE "C";
  CREATE INDEX documents_owned ON interline.documents (collection, owner, updated_at DESC, key DESC)
    WHERE type IS NOT NULL AND owner IS NOT NULL;
  CREATE INDEX documents_changed ON interline.documents (collection, updated_at, key);`;

const PAGE_DOCUMENTS = 500;

/** @throws StorageError `corrupt` */
export async function addOwners(session: Session): Promise<void> {
  await session.query(COLUMN);
  for (let after = 0; ; ) {
    const rows = await session.query<DocumentRow & { readonly creation: string | null }>(
      `SELECT d.*, (
         SELECT meta FROM interline.ops WHERE document = d.key AND body LIKE '{"create":%'
         ORDER BY version DESC LIMIT 1
       ) AS creation
       FROM interline.documents d WHERE key > $1 ORDER BY key LIMIT ${PAGE_DOCUMENTS}`,
      [after],
    );
    const owned = rows.flatMap(({ creation, ...row }) => {
      const owner = ownerFrom(creation);
      return owner === null ? [] : [{ ...checked(row), owner }];
    });
    await session.query(
      `UPDATE interline.documents SET owner = n.owner, digest = n.digest
       FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS n (key, owner, digest) WHERE documents.key = n.key`,
      [owned.map(({ key }) => key), owned.map(({ owner }) => owner), owned.map(digestOfDocument)],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}
