// The revocations in a SQLite file: their table, which is a step of `migrations.ts`, and how all of them are read. They are
// written as news (`news.ts`).
//
// One row for each thing that was taken back; a later revocation of the same thing takes the place of the earlier one,
// and an earlier one that comes late changes nothing. Rows carry a digest like all others: one that was changed on the
// disk would let somebody in.

import type { Database } from "better-sqlite3";
import { columnsOfRevocation } from "../columns.js";
import { checkDigest } from "../digest.js";
import type { RevocationRow } from "../revocation.js";

const TABLE = `
  CREATE TABLE revocations (
    user   TEXT NOT NULL,
    doc    TEXT NOT NULL,
    token  TEXT NOT NULL,
    before INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (user, doc, token)
  ) STRICT, WITHOUT ROWID;
`;

export function addRevocations(database: Database): void {
  database.exec(TABLE);
}

export type StoredRevocation = RevocationRow & { readonly digest: Uint8Array };

/** @throws StorageError `corrupt` */
export function checkedRevocation({ digest, ...row }: StoredRevocation): RevocationRow {
  checkDigest("revocations", digest, ...columnsOfRevocation(row));
  return row;
}

/** @throws StorageError `corrupt` */
export function allRevocations(database: Database): RevocationRow[] {
  const rows = database.prepare<[], StoredRevocation>(
    "SELECT user, doc, token, before, digest FROM revocations",
  );
  return rows.all().map(checkedRevocation);
}
