// What the browser tests of the outbox load into an empty page: the contract of outboxes run against IndexedDB, and an
// outbox to be driven from outside.

import { indexedOutbox } from "../../client/outbox/indexed.js";
import type { SharedOutbox } from "../../client/outbox/shelved.js";
import type { OutboxPlace } from "../../client/outbox.js";
import { cases, type Device, ops, record } from "./contract.js";

/** Web Locks that a "page" inside this page can lose at once, as the real ones do when a page dies. */
function mortalLocks(): { readonly locks: LockManager; readonly die: () => void } {
  const holds = new Set<() => void>();
  const request = (name: string, options: LockOptions, run: (lock: Lock | null) => unknown) =>
    navigator.locks.request(name, options, (lock) => {
      const held = run(lock);
      if (lock === null) return held;
      return Promise.race([held, new Promise<void>((free) => holds.add(free))]);
    });
  return {
    locks: { request, query: () => navigator.locks.query() } as unknown as LockManager,
    die: () => {
      for (const free of holds) free();
    },
  };
}

let databases = 0;

/** `withLocks` false: as on a page that is not served securely. */
function device(withLocks: boolean): Device {
  const name = `contract-${++databases}`;
  return {
    page() {
      const { locks, die } = mortalLocks();
      const outbox = indexedOutbox({ name, locks: withLocks ? locks : null });
      // Without locks only a page that says so is gone.
      const leave = () => {
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        dispatchEvent(new PageTransitionEvent("pagehide"));
        Reflect.deleteProperty(document, "visibilityState");
      };
      return { outbox, kill: withLocks ? die : leave };
    },
  };
}

let outbox: SharedOutbox;
let place: OutboxPlace;

const kit = {
  titles: cases.map(({ title }) => title),
  /** @returns what went wrong, or nothing */
  async runCase(at: number, withLocks: boolean): Promise<string> {
    try {
      await cases[at]!.run(device(withLocks));
      return "";
    } catch (error) {
      return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
  },

  async open(name: string, doc: string, patienceMs = 5_000) {
    outbox = indexedOutbox({ name, patienceMs });
    place = await outbox.open(doc, "plain");
    return place.found;
  },
  async openDoc(doc: string) {
    place = await outbox.open(doc, "plain");
    return place.found;
  },
  /** Saves one unsent op of this text, as version 1 of an empty document. @returns how it went */
  async save(text: string, confirmed = ""): Promise<string> {
    try {
      await place.save(record(1, confirmed, { pending: ops([text]), unsaved: 1 }));
      return "done";
    } catch (error) {
      return (error as { state?: string }).state ?? String(error);
    }
  },
  async saveCopy(doc: string, text: string): Promise<void> {
    const copy = await outbox.open(doc, "plain");
    await copy.save(record(1, text));
    await copy.leave(false);
  },
  /** Types until the page is gone, and says after each write what is on the device. */
  async typeForEver(start: number): Promise<void> {
    for (let at = start; ; at++) {
      const large = at % 7 === 0;
      const steps = large ? undefined : ([["."]] as const);
      const confirmed = ".".repeat(at) + (large ? " ".repeat(200_000) : "");
      await place.save(
        record(at, confirmed, { pending: ops([`typed ${at}`]), unsaved: at, undo: { at } }),
        steps,
      );
      console.log(`written ${at}`);
    }
  },
  leave: (keep: boolean) => place.leave(keep),
  /** The browser puts the page away, to bring it back when somebody goes back to it. */
  putAway(): void {
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  },
  bringBack(): void {
    Reflect.deleteProperty(document, "visibilityState");
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  },
  state: () => outbox.state,
  elsewhere: () => outbox.elsewhere(),
  clear: () => outbox.clear(),
  unreadable: async () => (await outbox.unreadable()).length,
  /** Another version of this page that is newer. */
  upgrade: (name: string) =>
    new Promise<string>((resolve) => {
      const request = indexedDB.open(name, 99);
      request.onblocked = () => resolve("blocked");
      request.onsuccess = () => {
        request.result.close();
        resolve("upgraded");
      };
    }),
  deleteDatabase: (name: string) =>
    new Promise<void>((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = () => resolve();
    }),
  /** A transaction of another page that does not end. @returns its end */
  wedge: (name: string) => {
    let ended = false;
    const request = indexedDB.open(name);
    return new Promise<void>((resolve) => {
      request.onsuccess = () => {
        const store = request.result.transaction("heads", "readwrite").objectStore("heads");
        Object.assign(globalThis, { unwedge: () => (ended = true) });
        const keep = () => {
          if (ended) request.result.close();
          else store.get("").onsuccess = keep;
        };
        keep();
        resolve();
      };
    });
  },
};

export type OutboxKit = typeof kit;

Object.assign(globalThis, { kit });
