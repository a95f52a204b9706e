// What commands have done for a store, so that its server can say it to whoever watches: `verify` and `backup` note it when
// they end, beside servers that run.
//
// Only told, and relied upon by nothing. SQLite's stands in a small file beside the database, so that a backup is not one of
// itself; PostgreSQL's in its own table `meta`. What cannot be read counts as nothing.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Moments are milliseconds since the Unix epoch. */
export interface Upkeep {
  /** When the newest backup was begun: what was acknowledged before is in it. */
  readonly backedUp?: number;
  /** When all of the store was last gone through, begun likewise. */
  readonly verified?: number;
  /** How many things were found to be wrong, by all commands so far. */
  readonly findings: number;
}

export type NoteUpkeep = (before: Upkeep) => Upkeep;

export const NOTHING_DONE: Upkeep = { findings: 0 };

/** The name under which PostgreSQL keeps it in `meta`. */
export const UPKEEP = "upkeep";

export function upkeepFrom(json: string): Upkeep {
  const isCount = (value: unknown): value is number => typeof value === "number" && value >= 0;
  try {
    const { backedUp, verified, findings } = Object(JSON.parse(json)) as Record<string, unknown>;
    return {
      ...(isCount(backedUp) ? { backedUp } : {}),
      ...(isCount(verified) ? { verified } : {}),
      findings: isCount(findings) ? findings : 0,
    };
  } catch {
    return NOTHING_DONE;
  }
}

const fileOf = (path: string) => `${path}-upkeep`;

/** @param path  of the SQLite file */
export function upkeepOf(path: string): Upkeep {
  try {
    return upkeepFrom(readFileSync(fileOf(path), "utf8"));
  } catch {
    return NOTHING_DONE;
  }
}

/** Readers find what was there before, or all of what is there now. @throws Error of the system */
export function noteUpkeepOf(path: string, note: NoteUpkeep): void {
  const part = `${fileOf(path)}.${process.pid}.part`;
  try {
    writeFileSync(part, JSON.stringify(note(upkeepOf(path))), { mode: 0o644 });
    renameSync(part, fileOf(path));
  } finally {
    rmSync(part, { force: true });
  }
}
