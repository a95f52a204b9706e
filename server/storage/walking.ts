// All that is in a store, read in its order, a page at a time: its documents, what belongs to each, and the records.
//
// What is not as it was written is not passed on: the ops of a document come without holes, each on the chain, up to its
// head. Nothing is changed here, and nothing kept: a history may be longer than memory.

import { demandConnected, demandSame } from "./chain.js";
import type { DocumentRow } from "./columns.js";
import type { DocumentName, Named, NamedReceipt, OpRow, SnapshotRow } from "./op-log.js";
import type { RecordRow } from "./records.js";
import { demandDense } from "./replay.js";
import type { StoreReader } from "./store.js";

/** Characters of JSON, receipts and documents that are read at once; documents of one page are written together. */
const PAGE_CHARACTERS = 2 ** 20;
const PAGE_RECEIPTS = 1000;
const PAGE_DOCUMENTS = 50;

/** One row of a document. */
export type Part =
  | { readonly kind: "op"; readonly row: OpRow }
  | { readonly kind: "snapshot"; readonly row: SnapshotRow }
  | { readonly kind: "receipt"; readonly row: NamedReceipt };

/** The names of all documents, deleted ones too; as many at once as may be written together. */
export async function* pagesOf(store: StoreReader): AsyncGenerator<readonly DocumentName[]> {
  for (let after = 0; ; ) {
    const page = await store.documents(after, PAGE_DOCUMENTS);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.key;
  }
}

/** All that belongs to a document. @throws StorageError `corrupt` */
export async function* partsOf(store: StoreReader, row: DocumentRow): AsyncGenerator<Part> {
  const { collection, id, version, pruned } = row;
  let chain = row.pruned_chain;
  for (let at = pruned; at < version; ) {
    const { ops, whole } = (await store.history(collection, id, at, version, PAGE_CHARACTERS))!;
    demandDense(ops, at, whole ? version : at + ops.length);
    chain = demandConnected(ops, chain);
    for (const op of ops) yield { kind: "op", row: op };
    at += ops.length;
  }
  demandSame(chain, row.chain, version);
  for (let after = -1; ; ) {
    const snapshot = await store.nextSnapshot(collection, id, after);
    if (snapshot === undefined) break;
    yield { kind: "snapshot", row: snapshot };
    after = snapshot.version;
  }
  for (let after: Named | undefined; ; ) {
    const page = await store.receipts(collection, id, after, PAGE_RECEIPTS);
    for (const receipt of page) yield { kind: "receipt", row: receipt };
    after = page.at(-1);
    if (after === undefined) return;
  }
}

export async function* recordsOf(store: StoreReader): AsyncGenerator<RecordRow> {
  for (let after: RecordRow | undefined; ; ) {
    const page = await store.allRecords(after, PAGE_RECEIPTS);
    yield* page;
    after = page.at(-1);
    if (after === undefined) return;
  }
}
