// A storage adapter as the tests speak to it: promises for callbacks, and commits made the way ShareDB makes them.

import ShareDB from "sharedb";
import { keptTypes } from "../../server/ledger/documents.js";
import { type AdapterOptions, StorageAdapter } from "../../server/storage/index.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { manualClock, quietLog } from "./support.js";

export const PLAIN = keptTypes.plain.uri;
export const RICH = keptTypes.rich.uri;

type What = Pick<ShareDB.RawOp, "op" | "create" | "del">;
export interface Named {
  readonly src?: string;
  readonly seq?: number;
  /** The fingerprint of what was submitted. */
  readonly submitted?: Uint8Array;
  readonly author?: string;
}

export const create = (type: string, data: unknown): What => ({ create: { type, data } });
export const edit = (...op: unknown[]): What => ({ op });
export const del: What = { del: true };

for (const { algebra } of Object.values(keptTypes)) ShareDB.types.register(algebra);

/** Caches nothing, so that every read goes through the rows. */
export const cold = { cache: { documents: 0, bytes: 0 } };

/** What the parts of the contract work with. */
export interface Subject {
  readonly log: OpLog;
  readonly documents: Documents;
  readonly rows: Documents;
}

/** A log that passes every call on, to be spread and then changed in one point. */
export function passing(log: OpLog): OpLog {
  return {
    secret: log.secret,
    shared: log.shared,
    commit: (commit) => log.commit(commit),
    saveSnapshot: (...args) => log.saveSnapshot(...args),
    prune: (...args) => log.prune(...args),
    revoke: (row) => log.revoke(row),
    revocations: () => log.revocations(),
    announce: (row) => log.announce(row),
    news: (since) => log.news(since),
    putRecord: (...args) => log.putRecord(...args),
    deleteRecord: (...args) => log.deleteRecord(...args),
    changed: (...args) => log.changed(...args),
    lastChange: (...args) => log.lastChange(...args),
    record: (name) => log.record(name),
    records: (query) => log.records(query),
    recordsOf: (...args) => log.recordsOf(...args),
    allRecords: (...args) => log.allRecords(...args),
    probe: () => log.probe(),
    load: (...args) => log.load(...args),
    history: (...args) => log.history(...args),
    receipt: (...args) => log.receipt(...args),
    heads: (...args) => log.heads(...args),
    list: (query) => log.list(query),
    documents: (...args) => log.documents(...args),
    nextSnapshot: (...args) => log.nextSnapshot(...args),
    receipts: (...args) => log.receipts(...args),
    structure: () => log.structure(),
    close: () => log.close(),
  };
}

export class Documents {
  readonly adapter: StorageAdapter;
  readonly clock = manualClock();

  constructor(log: OpLog, options: Partial<AdapterOptions> = {}) {
    const types = Object.values(keptTypes);
    this.adapter = new StorageAdapter(log, { types, clock: this.clock, log: quietLog, ...options });
  }

  snapshot(id: string, collection = "documents"): Promise<ShareDB.Snapshot> {
    return called((done) => this.adapter.getSnapshot(collection, id, { $submit: true }, null, done));
  }

  async text(id: string): Promise<string | undefined> {
    const { data } = await this.snapshot(id);
    return data === undefined ? undefined : String(data);
  }

  /** Applies and commits without transforming. @returns false if somebody else was first */
  async commit(
    id: string,
    what: What,
    { submitted, ...name }: Named = {},
    collection = "documents",
  ): Promise<boolean> {
    const snapshot = await this.snapshot(id, collection);
    return this.commitTo(snapshot, what, { ...name, ...(submitted && { submitted }) }, collection);
  }

  /** The same, to a snapshot that was read before; it is changed. */
  async commitTo(
    snapshot: ShareDB.Snapshot,
    what: What,
    { submitted, author, ...name }: Named = {},
    collection = "documents",
  ): Promise<boolean> {
    const m = { ts: this.clock.now(), ...(author === undefined ? {} : { author }) };
    const op: ShareDB.RawOp = { ...name, v: snapshot.v, ...what, m };
    const error = ShareDB.ot.applyOps(snapshot, [op]);
    if (error) throw error;
    snapshot.m = { ...snapshot.m, mtime: this.clock.now() };
    const options = submitted === undefined ? null : { submitted };
    return called((done) => this.adapter.commit(collection, snapshot.id, op, snapshot, options, done));
  }

  ops(
    id: string,
    from: number | null = null,
    to: number | null = null,
    metadata = false,
  ): Promise<ShareDB.RawOp[]> {
    return called((done) => this.adapter.getOps("documents", id, from, to, { metadata }, done));
  }

  close(): Promise<void> {
    return called((done) => this.adapter.close(done));
  }
}

function called<Result>(
  call: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result as Result)));
  });
}

/** The error that a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error & { readonly code?: string }) => ({ error }),
  );
  if ("error" in outcome) return outcome.error;
  throw new Error(`Expected a failure, got ${JSON.stringify(outcome.value)}`);
}
