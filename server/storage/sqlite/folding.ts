// Takes what is in the write-ahead log into the database file, which SQLite calls a checkpoint, when there is enough of it.
//
// SQLite would do so by itself within the commit that makes the log long enough, while those who wait for that commit's
// answer go on waiting. Here it is done between two groups, when everybody has been answered. What a checkpoint could not do,
// because somebody reads or the disk is in trouble, the next one does: until then it is safe in the log.

import type { Database } from "better-sqlite3";
import type { DiskTold } from "./messages.js";

/**
 * Pages in the log from which on it is folded, about 16 MB. SQLite itself would take a quarter of that; but the last pages of
 * a document that is written to are in the log many times over, and are folded once.
 */
export const LOG_PAGES = 4000;

/** @returns what is to be called between groups; @param told  is told of each checkpoint how long it took */
export function createFolding(database: Database, told: DiskTold): () => void {
  database.pragma("wal_autocheckpoint = 0");
  const checkpoint = (mode: "NOOP" | "PASSIVE") =>
    database.prepare<[], { log: number; checkpointed: number }>(`PRAGMA wal_checkpoint(${mode})`);
  const [look, take] = [checkpoint("NOOP"), checkpoint("PASSIVE")];
  return () => {
    try {
      const { log, checkpointed } = look.get()!;
      if (log - checkpointed < LOG_PAGES) return;
      const began = performance.now();
      take.get();
      told("checkpoint", performance.now() - began);
    } catch {
      // SQLite gives up on it just as quietly within a commit.
    }
  };
}
