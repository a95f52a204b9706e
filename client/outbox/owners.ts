// Claims where there are no Web Locks (pages served without TLS from another machine): a row in the database says who
// has a record, and is renewed every minute. A page that goes takes its rows away; one that was killed leaves them, and
// its records are free after ten minutes of silence.
//
// A page that slept longer than that may find that somebody else has its record. Then it writes that record no more
// (`stillOurs` runs in the transaction of every write) and goes on in another (`place.ts`). What both of them send goes by one
// client id and one seq, which the server takes once.

import type { Clock } from "../../protocol/index.js";
import type { Database, OutboxDatabase } from "./database.js";
import type { PageClaims } from "./shelf.js";

const BEAT_MS = 60_000;
const SILENCE_MS = 10 * BEAT_MS;

export interface OwnerClaims extends PageClaims {
  /** Inside a transaction that has `owners` in it. */
  stillOurs(key: string, row: { readonly owner: string } | undefined): boolean;
}

/** A beat from the future is from before the device's clock was set back. */
const isSilent = (beat: number, now: number) => Math.abs(now - beat) > SILENCE_MS;

export function ownerClaims(database: Database, clock: Clock, owner: string): OwnerClaims {
  const ours = new Set<string>();
  /** Of these, what somebody else has had since. */
  const lost = new Set<string>();
  let stopBeat = () => {};

  const put = async (db: OutboxDatabase, key: string, onlyIfFree: boolean): Promise<boolean> => {
    const tx = db.transaction("owners", "readwrite");
    const row = await tx.store.get(key);
    const free = row === undefined || row.owner === owner || isSilent(row.beat, clock.now());
    const may = onlyIfFree ? free : row?.owner === owner;
    if (may) await tx.store.put({ key, owner, beat: clock.now() });
    await tx.done;
    return may;
  };
  const drop = (keys: readonly string[]) =>
    database
      .run(async (db) => {
        const tx = db.transaction("owners", "readwrite");
        await Promise.all([...keys.map((key) => tx.store.delete(key)), tx.done]);
      })
      .catch(() => {});
  const beat = () => {
    stopBeat();
    if (ours.size === 0) return;
    stopBeat = clock.after(BEAT_MS, () => {
      for (const key of ours) void database.run((db) => put(db, key, false)).catch(() => {});
      beat();
    });
  };

  return {
    async take(key) {
      // Another document of this page may have it.
      if (ours.has(key) || !(await database.run((db) => put(db, key, true)))) return undefined;
      ours.add(key);
      beat();
      return () => {
        if (ours.delete(key) && !lost.has(key)) void drop([key]);
      };
    },
    async taken(keys) {
      const rows = await database.run((db) => db.getAll("owners"));
      const now = clock.now();
      const taken = new Set(rows.filter((row) => !isSilent(row.beat, now)).map((row) => row.key));
      return new Set(keys.filter((key) => lost.has(key) || taken.has(key)));
    },
    stillOurs: (key, row) => !ours.has(key) || row?.owner === owner,
    leave: () => void drop([...ours].filter((key) => !lost.has(key))),
    async comeBack(isOurs) {
      for (const key of ours) {
        if (lost.has(key)) continue;
        const free = await database.run((db) => put(db, key, true)).catch(() => false);
        if (free && (await isOurs(key).catch(() => false))) continue;
        lost.add(key);
        if (free) void drop([key]);
      }
    },
    isLost: (key) => lost.has(key),
  };
}
