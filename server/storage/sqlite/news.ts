// The news in a SQLite file: the step of `migrations.ts` that numbers what was revoked and makes a place for what is
// announced, and the calls on both.

import type { Database } from "better-sqlite3";
import { columnsOfRevocation, digestOfRevocation } from "../columns.js";
import { checkDigest } from "../digest.js";
import {
  type AnnouncementRow,
  checkedNumber,
  columnsOfAnnouncement,
  digestOfAnnouncement,
  KEPT_AFTER_END_MS,
  type News,
} from "../news.js";
import type { RevocationRow } from "../revocation.js";
import { checkedRevocation, type StoredRevocation } from "./revocations.js";

const TABLES = `
  CREATE TABLE news (last INTEGER NOT NULL) STRICT;
  INSERT INTO news (last) VALUES (0);
  ALTER TABLE revocations ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX revocations_new ON revocations (number);
  CREATE TABLE announcements (
    id     TEXT PRIMARY KEY,
    text   TEXT NOT NULL,
    made   INTEGER NOT NULL,
    until  INTEGER,
    number INTEGER NOT NULL,
    digest BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export function addNews(database: Database): void {
  database.exec(TABLES);
}

function nextNumber(database: Database): number {
  return database.prepare<[], number>("UPDATE news SET last = last + 1 RETURNING last").pluck().get()!;
}

export function putRevocation(database: Database, row: RevocationRow): void {
  database
    .prepare(
      `INSERT INTO revocations (user, doc, token, before, digest, number) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (user, doc, token) DO UPDATE
         SET before = excluded.before, digest = excluded.digest, number = excluded.number
         WHERE excluded.before > before`,
    )
    .run(...columnsOfRevocation(row), digestOfRevocation(row), nextNumber(database));
}

export function putAnnouncement(database: Database, row: AnnouncementRow): void {
  database.prepare("DELETE FROM announcements WHERE until < ?").run(row.made - KEPT_AFTER_END_MS);
  database
    .prepare(
      "INSERT OR REPLACE INTO announcements (id, text, made, until, digest, number) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(...columnsOfAnnouncement(row), digestOfAnnouncement(row), nextNumber(database));
}

/** What has a number above `since`. @throws StorageError `corrupt` */
export function newsSince(database: Database, since: number): News {
  const last = checkedNumber(database.prepare("SELECT last FROM news").pluck().get());
  if (last === since) return { last, revocations: [], announcements: [] };
  const revocations = database.prepare<[number], StoredRevocation>(
    "SELECT user, doc, token, before, digest FROM revocations WHERE number > ?",
  );
  const announcements = database.prepare<[number], AnnouncementRow & { readonly digest: Uint8Array }>(
    "SELECT id, text, made, until, digest FROM announcements WHERE number > ? ORDER BY number",
  );
  return {
    last,
    revocations: revocations.all(since).map(checkedRevocation),
    announcements: announcements.all(since).map(({ digest, ...row }) => {
      checkDigest("announcements", digest, ...columnsOfAnnouncement(row));
      return row;
    }),
  };
}
