// The news in PostgreSQL: what was revoked and what is announced, numbered in the order in which it was committed.
//
// Whoever takes a number holds the one row of `news` until its transaction ends, so no number is seen before a lower one
// is there, and whoever has read up to one has missed none.

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
import type { Connections, Session } from "./connections.js";

/** A step of `migrations.ts`. */
export const NEWS = `
  CREATE TABLE interline.news (last bigint NOT NULL);
  INSERT INTO interline.news (last) VALUES (0);
  ALTER TABLE interline.revocations ADD COLUMN number bigint NOT NULL DEFAULT 0;
  CREATE INDEX revocations_new ON interline.revocations (number);
  CREATE TABLE interline.announcements (
    id     text COLLATE "C" PRIMARY KEY,
    text   text COLLATE "C" NOT NULL,
    made   bigint NOT NULL,
    until  bigint,
    number bigint NOT NULL,
    digest bytea NOT NULL
  );`;

const NUMBER = "WITH next AS (UPDATE interline.news SET last = last + 1 RETURNING last)";

/** @throws StorageError */
export async function putRevocation(session: Session, row: RevocationRow): Promise<void> {
  await session.query(
    `${NUMBER}
     INSERT INTO interline.revocations ("user", doc, token, before, digest, number)
       SELECT $1, $2, $3, $4::bigint, $5, last FROM next
     ON CONFLICT ("user", doc, token) DO UPDATE
       SET before = excluded.before, digest = excluded.digest, number = excluded.number
       WHERE excluded.before > interline.revocations.before`,
    [...columnsOfRevocation(row), digestOfRevocation(row)],
  );
}

/** @throws StorageError */
export async function putAnnouncement(connections: Connections, row: AnnouncementRow): Promise<void> {
  await connections.transaction((session) => addAnnouncement(session, row));
}

/** The same in a transaction that is open. */
export async function addAnnouncement(session: Session, row: AnnouncementRow): Promise<void> {
  await session.query("DELETE FROM interline.announcements WHERE until < $1", [row.made - KEPT_AFTER_END_MS]);
  await session.query(
    `${NUMBER}
     INSERT INTO interline.announcements (id, text, made, until, digest, number)
       SELECT $1, $2, $3::bigint, $4::bigint, $5, last FROM next
     ON CONFLICT (id) DO UPDATE SET text = excluded.text, made = excluded.made, until = excluded.until,
       digest = excluded.digest, number = excluded.number`,
    [...columnsOfAnnouncement(row), digestOfAnnouncement(row)],
  );
}

/** What has a number above `since`; one statement where there is nothing. @throws StorageError */
export async function newsSince(session: Session, since: number): Promise<News> {
  const [news] = await session.query<{ readonly last: number }>(LAST);
  const last = checkedNumber(news?.last);
  if (last === since) return { last, revocations: [], announcements: [] };
  // What is written meanwhile has a higher number, and is for the next time.
  const revocations = await session.query<RevocationRow & { readonly digest: Uint8Array }>(
    `SELECT "user", doc, token, before, digest FROM interline.revocations WHERE number > $1 AND number <= $2`,
    [since, last],
  );
  const announcements = await session.query<AnnouncementRow & { readonly digest: Uint8Array }>(
    `SELECT id, text, made, until, digest FROM interline.announcements
     WHERE number > $1 AND number <= $2 ORDER BY number`,
    [since, last],
  );
  return {
    last,
    revocations: revocations.map(({ digest, ...row }) => {
      checkDigest("revocations", digest, ...columnsOfRevocation(row));
      return row;
    }),
    announcements: announcements.map(({ digest, ...row }) => {
      checkDigest("announcements", digest, ...columnsOfAnnouncement(row));
      return row;
    }),
  };
}

const LAST = { name: "news", text: "SELECT last FROM interline.news" };
