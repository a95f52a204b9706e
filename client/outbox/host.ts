// The outbox of a page in an app's webview: records in the storage that the app supplies (`webview/storage.ts`), which
// no browser throws away. Claims are the app's too, and end with the page.

import { type Clock, systemClock } from "../../protocol/index.js";
import { mintId } from "../ids.js";
import type { StorageAdapter } from "../webview/storage.js";
import type { CopyLimits } from "./copies.js";
import { checkedHead } from "./parts.js";
import type { Claims, Head, Shelf } from "./shelf.js";
import { type SharedOutbox, ShelvedOutbox } from "./shelved.js";

export interface HostOutboxOptions {
  readonly clock?: Clock;
  /** How long the app may take to answer. Default 30 s, which is when the bridge gives up. */
  readonly patienceMs?: number;
  readonly copies?: CopyLimits;
}

const PATIENCE_MS = 30_000;

export function hostOutbox(
  storage: Omit<StorageAdapter, "estimate">,
  options: HostOutboxOptions = {},
): SharedOutbox {
  const { clock = systemClock, patienceMs = PATIENCE_MS, copies } = options;
  return new ShelvedOutbox(hostShelf(storage), {
    ...{ clock, patienceMs, newKey: mintId },
    ...(copies && { copies }),
  });
}

/** Entries of a document: a head under each record's key, and its parts under `<key>/<part>`. */
function hostShelf(storage: Omit<StorageAdapter, "estimate">): Shelf {
  /** What may be there of each record, so that what counts no more can be removed. */
  const names = new Map<string, Set<string>>();
  const known = (key: string) => {
    const found = names.get(key) ?? new Set();
    names.set(key, found);
    return found;
  };

  const headsOf = async (doc: string): Promise<Head[]> => {
    const entries = (await storage.load(doc)) ?? {};
    return Object.values(entries)
      .map(checkedHead)
      .filter((head) => head !== undefined);
  };

  return {
    claims: hostClaims(storage),
    reset() {},
    async heads(doc) {
      const docs = doc === undefined ? await storage.list() : [doc];
      return (await Promise.all(docs.map(headsOf))).flat();
    },
    async read(doc, key) {
      const entries = (await storage.load(doc)) ?? {};
      const head = checkedHead(entries[key]);
      const parts = new Map<string, string>();
      for (const [name, text] of Object.entries(entries)) {
        if (!name.startsWith(`${key}/`)) continue;
        known(key).add(name);
        if (typeof text === "string") parts.set(name.slice(key.length + 1), text);
      }
      return head && { head, parts };
    },
    async write({ head, put, whole }) {
      const { key, doc } = head;
      const before = known(key);
      const written = Object.fromEntries(
        Object.entries(put).map(([name, text]) => [`${key}/${name}`, text] as const),
      );
      const remove = whole ? [...before].filter((name) => !(name in written)) : [];
      // Done or not, this may be there from now on.
      for (const name of Object.keys(written)) before.add(name);
      const entry = JSON.parse(JSON.stringify(head));
      await storage.commit({ doc, put: { ...written, [key]: entry }, ...(remove.length > 0 && { remove }) });
      for (const name of remove) before.delete(name);
    },
    async delete(doc, key) {
      const entries = (await storage.load(doc)) ?? {};
      const remove = Object.keys(entries).filter((name) => name === key || name.startsWith(`${key}/`));
      if (remove.length > 0) await storage.commit({ doc, remove });
      names.delete(key);
    },
    async clear() {
      for (const doc of await storage.list()) await storage.delete(doc);
      names.clear();
    },
  };
}

/** The app gives a claim to a page for as long as it lives; within the page, documents pass it on. */
function hostClaims(storage: Pick<StorageAdapter, "claim">): Claims {
  const granted = new Set<string>();
  const refused = new Set<string>();
  const used = new Set<string>();
  return {
    async take(key) {
      if (used.has(key)) return undefined;
      used.add(key);
      try {
        if (!granted.has(key) && !(await storage.claim(key))) {
          refused.add(key);
          used.delete(key);
          return undefined;
        }
      } catch (error) {
        used.delete(key);
        throw error;
      }
      granted.add(key);
      refused.delete(key);
      return () => void used.delete(key);
    },
    // An app cannot be asked without taking. What it refused before is most likely still somebody's.
    taken: async (keys) => new Set(keys.filter((key) => used.has(key) || refused.has(key))),
  };
}
