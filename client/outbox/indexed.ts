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
import type { Head, PageClaims, RecordChange, Shelf, Stored } from "./shelf.js";
import { type Hints, type SharedOutbox, ShelvedOutbox } from "./shelved.js";
import { Taken } from "./trouble.js";

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
  const page: PageLife = { away: undefined };
  const seen = new SeenHeads();
  const isOurs = (key: string) => database.run(async (db) => seen.has(key, await db.get("heads", key)));
  outbox = new ShelvedOutbox(shelf(database, claims, owners, page, seen), {
    ...{ clock, patienceMs, newKey: mintId, hints: channelHints(`interline:${name}`) },
    ...{ onFlush: pageMayEnd(claims, page, isOurs), onFirstUnsent: askToPersist },
    ...(copies && { copies }),
  });
  return outbox;
}

/**
 * Set from when the page has let go of what it had: the next one may have begun with it, so nothing is written before this
 * resolves, which is when the page has been brought back and knows what it has still.
 */
interface PageLife {
  away: Promise<void> | undefined;
}

/** The heads of records as this page has read them, or written them last, done or not. */
class SeenHeads {
  readonly #seen = new Map<string, readonly string[]>();

  add(head: Head): void {
    this.#seen.set(head.key, [...(this.#seen.get(head.key) ?? []), JSON.stringify(head)].slice(-SEEN));
  }

  /** Whether the head that is there is one of them, or none is there and never was. */
  has(key: string, head: Head | undefined): boolean {
    const seen = this.#seen.get(key) ?? [];
    return head === undefined ? seen.length === 0 : seen.includes(JSON.stringify(head));
  }

  forget(key: string): void {
    this.#seen.delete(key);
  }
}
/** More writes of a record than are under way when a page is put away. */
const SEEN = 4;

/** All parts of a record. */
const partsOf = (key: string) => IDBKeyRange.bound([key], [key, []]);

function shelf(
  database: Database,
  claims: PageClaims,
  owners: OwnerClaims | undefined,
  page: PageLife,
  seen: SeenHeads,
): Shelf {
  /** Changes a record, unless somebody else has had it, which is known when the page is here. */
  const ifOurs = (key: string, change: () => Promise<void>): Promise<void> => {
    const now = () =>
      claims.isLost(key) ? Promise.reject(new Taken("another page has had this record")) : change();
    return page.away === undefined ? now() : page.away.then(now);
  };
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
    async read(_doc, key) {
      const stored = await database.run((db) => readRecord(db, key));
      if (stored !== undefined) seen.add(stored.head);
      return stored;
    },
    write: (change) =>
      ifOurs(change.head.key, () => {
        seen.add(change.head);
        return database.run((db) => writeRecord(db, change, owners));
      }),
    delete: (_doc, key) =>
      ifOurs(key, async () => {
        await database.run((db) => deleteRecord(db, key, owners));
        seen.forget(key);
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

async function deleteRecord(db: OutboxDatabase, key: string, owners: OwnerClaims | undefined): Promise<void> {
  const tx = db.transaction(["heads", "parts", "owners"], "readwrite");
  if (owners !== undefined && !owners.stillOurs(key, await tx.objectStore("owners").get(key)))
    throw new Taken("another page has taken this record over");
  const deleted = [tx.objectStore("heads").delete(key), tx.objectStore("parts").delete(partsOf(key))];
  await Promise.all([...deleted, tx.done]);
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
    throw taken ? new Taken("another page has taken this record over") : error;
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
function pageMayEnd(
  claims: PageClaims,
  page: PageLife,
  isOurs: (key: string) => Promise<boolean>,
): (listener: () => void) => () => void {
  const listeners = new Set<() => void>();
  const flush = () => {
    for (const listener of listeners) listener();
  };
  let going = false;
  let back = () => {};
  const leave = () => {
    if (page.away !== undefined) return;
    page.away = new Promise((resolve) => {
      back = resolve;
    });
    claims.leave();
  };
  const hidden = () => {
    if (document.visibilityState !== "hidden") return;
    flush();
    if (going) leave();
  };
  if (typeof document !== "undefined") {
    document.addEventListener("visibilitychange", hidden);
    document.addEventListener("freeze", flush);
    addEventListener("pagehide", () => {
      flush();
      going = true;
      // A page that is seen is hidden after this: that is its last word.
      hidden();
    });
    addEventListener("pageshow", async ({ persisted }) => {
      going = false;
      if (!persisted) return;
      leave();
      await claims.comeBack(isOurs);
      page.away = undefined;
      back();
    });
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
