// One document with its whole history, as the records of a history file. What is not as it was written is not passed on:
// every row is checked against its digest and every op against the chain.

import { demandConnected, demandSame } from "./chain.js";
import type { DocumentRow } from "./columns.js";
import type { HistoryRecord } from "./history-records.js";
import type { Named } from "./op-log.js";
import { demandDense } from "./replay.js";
import type { StoreReader } from "./store.js";

/** Characters of JSON, and receipts, that are read at once. */
const PAGE_CHARACTERS = 2 ** 20;
const PAGE_RECEIPTS = 1000;

/**
 * The records of `id`, read a page at a time.
 *
 * @returns undefined if there is no such document, or none any more
 * @throws StorageError `corrupt`, also after some records have been given
 */
export async function exportHistory(
  store: StoreReader,
  collection: string,
  id: string,
): Promise<AsyncGenerator<HistoryRecord, void> | undefined> {
  const found = await store.stored(collection, id);
  const type = found?.type ?? null;
  return found === undefined || type === null ? undefined : records(found, type);

  async function* records(document: DocumentRow, uri: string): AsyncGenerator<HistoryRecord, void> {
    const { version, pruned, pruned_chain: root, meta } = document;
    const times = { created: document.created_at, updated: document.updated_at };
    const owner = pruned > 0 && document.owner !== null ? { owner: document.owner } : {};
    yield { kind: "document", id, type: uri, version, pruned, root, ...times, ...owner, meta };

    const snapshot = pruned === 0 ? undefined : await store.nextSnapshot(collection, id, pruned - 1);
    if (snapshot !== undefined) yield { kind: "snapshot", ...snapshot };

    let chain = root;
    for (let at = pruned; at < version; ) {
      const { ops, whole } = (await store.history(collection, id, at, version, PAGE_CHARACTERS))!;
      demandDense(ops, at, whole ? version : at + ops.length);
      chain = demandConnected(ops, chain);
      for (const op of ops) yield { kind: "op", ...op };
      at += ops.length;
    }
    demandSame(chain, document.chain, version);

    let receipts = 0;
    for (let after: Named | undefined; ; ) {
      const page = await store.receipts(collection, id, after, PAGE_RECEIPTS);
      for (const { src, seq, version: made, hash } of page) {
        receipts++;
        yield { kind: "receipt", src, seq, version: made, hash: Buffer.from(hash).toString("hex") };
      }
      after = page.at(-1);
      if (after === undefined) break;
    }
    const beside = await store.recordsOf(collection, id);
    for (const { kind: of, key, time, value } of beside) yield { kind: "record", of, key, time, value };
    const records = beside.length === 0 ? {} : { records: beside.length };
    const counts = { snapshots: snapshot === undefined ? 0 : 1, ops: version - pruned, receipts };
    yield { kind: "end", ...counts, ...records, chain };
  }
}
