// The host's storage as the page sees it: what the outbox of each document needs, and nothing that knows what is in it.
// One interface on both sides of the bridge: the app implements it over SQLite or files, the page gets it as a proxy.
//
// Requests of storage go one at a time, in order (their lane in messages.ts), so that a repeated commit can never
// overwrite a later one. A request that fails with `timeout` may or may not have been done: commit again, whole.

import { BridgeFault } from "./faults.js";
import type { Link } from "./link.js";
import type { GuestMessage, Handlers, Json } from "./messages.js";

export interface StorageCommit {
  readonly doc: string;
  /** Entries to write. */
  readonly put?: Readonly<Record<string, Json>>;
  /** Keys to delete. */
  readonly remove?: readonly string[];
}

export interface StorageAdapter {
  /** Every entry of a document; null: it has none. */
  load(doc: string): Promise<Readonly<Record<string, Json>> | null>;
  /** All of it or none of it, durable when the promise resolves. Doing it twice is the same as once. */
  commit(commit: StorageCommit): Promise<void>;
  /** The documents that have entries. */
  list(): Promise<readonly string[]>;
  delete(doc: string): Promise<void>;
  /** Takes the client id for this page alone, until the page is gone. False: another page has it. */
  claim(client: string): Promise<boolean>;
  estimate(): Promise<{ readonly usedBytes: number; readonly quotaBytes?: number }>;
}

/** What an app supplies. */
export interface HostStorage extends Omit<StorageAdapter, "estimate"> {
  estimate?(): Promise<{ readonly usedBytes: number; readonly quotaBytes?: number }>;
  /** The page is gone, or has been loaded anew: its claims are free again. */
  release?(): void;
}

/** The host's storage, through the bridge. Every method rejects with a `BridgeFault`, after 30 s at the latest. */
export function storageThrough(link: Pick<Link, "call">): StorageAdapter {
  return {
    load: async (doc) => (await link.call("storage.load", { doc })).entries,
    commit: async (commit) => void (await link.call("storage.commit", commit)),
    list: async () => (await link.call("storage.list", {})).docs,
    delete: async (doc) => void (await link.call("storage.delete", { doc })),
    claim: async (client) => (await link.call("storage.claim", { client })).granted,
    estimate: () => link.call("storage.estimate", {}),
  };
}

/** What a host does about the storage requests of its page. */
export function storageHandlers(storage: HostStorage): Handlers<GuestMessage> {
  return {
    "storage.load": async ({ doc }) => ({ entries: await storage.load(doc) }),
    "storage.commit": async (commit) => {
      await storage.commit(commit);
      return {};
    },
    "storage.list": async () => ({ docs: await storage.list() }),
    "storage.delete": async ({ doc }) => {
      await storage.delete(doc);
      return {};
    },
    "storage.claim": async ({ client }) => ({ granted: await storage.claim(client) }),
    "storage.estimate": () => {
      if (storage.estimate === undefined) throw new BridgeFault("unsupported", "this storage cannot tell");
      return storage.estimate();
    },
  };
}
