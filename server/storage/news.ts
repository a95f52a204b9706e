// What every node of a cluster must hear of, as it is kept: what was revoked, and what is announced. Each piece has a
// number; whoever knows the last one is told what came after it. What it means is for `server/news.ts` and
// `server/revocations.ts`.

import { digestOf } from "./digest.js";
import { StorageError } from "./errors.js";
import type { RevocationRow } from "./revocation.js";

/** Something that everybody is told, as long as it lasts. Times are in milliseconds since the Unix epoch. */
export interface AnnouncementRow {
  readonly id: string;
  readonly text: string;
  readonly made: number;
  /** Null: until it is taken back. */
  readonly until: number | null;
}

export interface News {
  /** The number of the last piece. */
  readonly last: number;
  readonly revocations: readonly RevocationRow[];
  readonly announcements: readonly AnnouncementRow[];
}

/** @returns the number of the last piece as the database gives it. @throws StorageError `corrupt` if that is none */
export function checkedNumber(last: unknown): number {
  if (typeof last === "number") return last;
  throw new StorageError("corrupt", "The database is damaged: the number of the last news is missing.");
}

/** Announcements that ended so long before another is made are forgotten. Nodes have heard of their end by then. */
export const KEPT_AFTER_END_MS = 24 * 60 * 60_000;

export const columnsOfAnnouncement = ({ id, text, made, until }: AnnouncementRow) =>
  [id, text, made, until] as const;

export const digestOfAnnouncement = (row: AnnouncementRow) =>
  digestOf("announcements", ...columnsOfAnnouncement(row));
