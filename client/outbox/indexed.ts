// The browser's outbox: records in IndexedDB, claimed by Web Locks, with the page's own events and a broadcast channel.
//
//     connect(url, { store: indexedOutbox({ name: `interline:${user.id}` }) })
//
// One database per person: whoever signs out calls `clear`. Writes are one transaction each and are durable on the disk
// when they resolve ("strict"), not only in the browser's memory.

import { type Clock, systemClock } from "../../protocol/index.js";
import { mintId } from "../ids.js";
import type { CopyLimits } from "./copies.js";
import { Database, type OutboxDatabase } from "./database.js";
import { webLockClaims } from "./locks.js";
import { type OwnerClaims, ownerClaims } from "./owners.js";
import { checkedHead } from "./parts.js";
import type { Claims, Head, PageClaims, RecordChange, Shelf, Stored } from "./shelf.js";
import { type Hints, type SharedOutbox, ShelvedOutbox } from "./shelved.js";

export interface IndexedOutboxOptions {
  /** Of the database: one per person on this device. */
  readonly name: string;
  readonly clock?: Clock;
  /** How long the database may take to answer before it counts as out of order. Default 5 s. */
  readonly patienceMs?: number;
  /** How much is kept of documents that hold nothing unsent, for reading them offline. */
  readonly copies?: CopyLimits;
  /** For tests and for browsers without them. By default the page's own; null: there are none. */
  readonly locks?: LockManager | null;
}

const PATIENCE_MS = 5_000;

export function indexedOutbox(options: IndexedOutboxOptions): SharedOutbox {
  const { name, clock = systemClock, patienceMs = PATIENCE_MS, copies } = options;
  const { locks = globalThis.navigator?.locks ?? null } = options;
  let outbox: ShelvedOutbox | undefined;
  const emptied = () => outbox?.emptied();
  const database = new Database({ name, clock, openMs: patienceMs, emptied });
  const owners = locks === null ? ownerClaims(database, clock, mintId()) : undefined;
  const claims = locks === null ? owners! : webLockClaims(locks, `interline:${name}:`);
  const page: PageLife = { gone: false };
  outbox = new ShelvedOutbox(shelf(database, claims, owners, page), {
    ...{ clock, patienceMs, newKey: mintId, hints: channelHints(`interline:${name}`) },
    ...{ onFlush: pageMayEnd(claims, page), onFirstUnsent: askToPersist },
    ...(copies && { copies }),
  });
  return outbox;
}

/** Whether the page has let go of what it had: the next one may have begun with it, so nothing is written any more. */
interface PageLife {
  gone: boolean;
}

/** All parts of a record. */
const partsOf = (key: string) => IDBKeyRange.bound([key], [key, []]);

function shelf(database: Database, claims: Claims, owners: OwnerClaims | undefined, page: PageLife): Shelf {
  return {
    claims,
    reset: () => database.reset(),
    clear: () => database.clear(),
    heads: (doc) =>
      database.run(async (db) => {
        const found: unknown[] =
          doc === undefined ? await db.getAll("heads") : await db.getAllFromIndex("heads", "doc", doc);
        return found.map(checkedHead).filter((head) => head !== undefined);
      }),
    read: (_doc, key) => database.run((db) => readRecord(db, key)),
    write: (change) =>
      page.gone ? new Promise(() => {}) : database.run((db) => writeRecord(db, change, owners)),
    delete: (_doc, key) =>
      database.run(async (db) => {
        const tx = db.transaction(["heads", "parts"], "readwrite");
        const deleted = [tx.objectStore("heads").delete(key), tx.objectStore("parts").delete(partsOf(key))];
        await Promise.all([...deleted, tx.done]);
      }),
  };
}

async function readRecord(db: OutboxDatabase, key: string): Promise<Stored | undefined> {
  const tx = db.transaction(["heads", "parts"]);
  const parts = tx.objectStore("parts");
  const [head, keys, texts] = await Promise.all([
    tx.objectStore("heads").get(key),
    parts.getAllKeys(partsOf(key)),
    parts.getAll(partsOf(key)),
    tx.done,
  ]);
  const checked: Head | undefined = checkedHead(head);
  return checked && { head: checked, parts: new Map(keys.map(([, name], at) => [name, texts[at]!])) };
}

/** Asks for all of it, and for its commit, before it returns: a page that ends right then has still asked. */
function writeRecord(
  db: OutboxDatabase,
  change: RecordChange,
  owners: OwnerClaims | undefined,
): Promise<void> {
  const { head, put, whole } = change;
  const stores = ["heads", "parts", "owners"] as const;
  const tx = db.transaction(stores, "readwrite", { durability: "strict" });
  const asked: Promise<unknown>[] = [];
  let taken = false;
  if (owners !== undefined) {
    const check = async () => {
      if (owners.stillOurs(head.key, await tx.objectStore("owners").get(head.key))) return;
      taken = true;
      tx.abort();
    };
    asked.push(check());
  }
  const parts = tx.objectStore("parts");
  if (whole) asked.push(parts.delete(partsOf(head.key)));
  for (const [name, text] of Object.entries(put)) asked.push(parts.put(text, [head.key, name]));
  asked.push(tx.objectStore("heads").put(head));
  // Where somebody else may have the record, the answer to that comes before the end.
  if (owners === undefined) tx.commit();
  for (const one of asked) one.catch(() => {});
  return tx.done.catch((error) => {
    throw taken ? new Error("another page has taken this record over") : error;
  });
}

/** Tells the other tabs of this browser that something has changed. A new one each time would miss nothing, but be heard by itself. */
function channelHints(name: string): Hints {
  if (typeof BroadcastChannel === "undefined") return { tell() {}, listen: () => () => {} };
  const channel = new BroadcastChannel(name);
  return {
    tell: () => channel.postMessage(null),
    listen(listener) {
      channel.addEventListener("message", listener);
      return () => channel.removeEventListener("message", listener);
    },
  };
}

/** Hidden, frozen or left: on telephones the first of these is often the last thing a page hears. */
function pageMayEnd(claims: PageClaims, page: PageLife): (listener: () => void) => () => void {
  const listeners = new Set<() => void>();
  const flush = () => {
    for (const listener of listeners) listener();
  };
  let going = false;
  const hidden = () => {
    if (document.visibilityState !== "hidden") return;
    flush();
    if (!going) return;
    page.gone = true;
    claims.leave();
  };
  if (typeof document !== "undefined") {
    document.addEventListener("visibilitychange", hidden);
    document.addEventListener("freeze", flush);
    addEventListener("pagehide", ({ persisted }) => {
      flush();
      going = !persisted;
      // A page that is seen is hidden after this: that is its last word.
      hidden();
    });
    addEventListener("pageshow", ({ persisted }) => persisted && claims.comeBack());
  }
  return (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
}

/** Asks the browser once not to throw this away, when there is something that only this device has. */
function askToPersist(): void {
  const ask = async () => {
    if (navigator.storage?.persist !== undefined && !(await navigator.storage.persisted()))
      await navigator.storage.persist();
  };
  // Not while all is well: some browsers put the question to the person.
  if (globalThis.navigator?.onLine === false) ask().catch(() => {});
  else globalThis.addEventListener?.("offline", () => void ask().catch(() => {}), { once: true });
}
