// Whether two stores hold the same: what a move (`migrate.ts`) goes by, and what it must show before the source is left.
//
// A document looks the same when its row does, which has a digest over itself, and when its history begins from the same
// snapshot: that is quick, and enough to know what is to be copied. It is the same when a digest over every row of its
// history is, whichever databases they are in. Snapshots that are made from the history, and come and go, are left out.

import { createHash } from "node:crypto";
import type { DocumentRow } from "./columns.js";
import { StorageError } from "./errors.js";
import type { OwnStore, StoreReader } from "./store.js";
import { pagesOf, partsOf, recordsOf } from "./walking.js";

/** Whether the document of this row in `source` looks the same in the other store. */
export async function looksSame(source: StoreReader, there: StoreReader, row: DocumentRow): Promise<boolean> {
  const theirs = await there.stored(row.collection, row.id);
  if (theirs === undefined || !equal(theirs.digest, row.digest)) return false;
  return (await firstSnapshot(there, row)) === (await firstSnapshot(source, row));
}

/**
 * Demands that both are the same: every document by its row and by a digest over its history, and what belongs to none.
 *
 * @param same    documents that were compared and were the same, with the digests of their rows; more are added
 * @param looked  is told how many documents more have been looked at
 * @param last    nobody writes any more: all must be there, and what was compared before and has not moved need not be again
 * @throws StorageError `corrupt`
 */
export async function compare(
  source: StoreReader,
  target: OwnStore,
  same: Map<number, string>,
  looked: (documents: number) => void,
  last: boolean,
): Promise<void> {
  await target.read(async (there) => {
    let documents = 0;
    for await (const page of pagesOf(source)) {
      for (const { collection, id } of page) {
        documents++;
        const row = (await source.stored(collection, id))!;
        const digest = Buffer.from(row.digest).toString("hex");
        if (same.get(row.key) === digest && row.pruned === 0) continue;
        const theirs = await there.stored(collection, id);
        const isSame =
          theirs !== undefined &&
          equal(theirs.digest, row.digest) &&
          (await digestOfHistory(source, row)) === (await digestOfHistory(there, theirs));
        if (isSame) same.set(row.key, digest);
        else if (last) throw differs(id);
      }
      looked(page.length);
    }
    if (!last) return;
    let count = 0;
    for await (const page of pagesOf(there)) count += page.length;
    if (count !== documents) throw differs("the list of documents");
    for (const [what, ours, theirs] of [
      ["the list of redactions", await source.redactions(), await there.redactions()],
      ["the list of revocations", await source.revocations(), await there.revocations()],
    ] as const)
      if (listed(ours) !== listed(theirs)) throw differs(what);
    if ((await digestOfRecords(source)) !== (await digestOfRecords(there)))
      throw differs("the list of records");
  });
}

/** The version of the snapshot that a pruned history begins from: it can be exchanged without a trace in the row. */
async function firstSnapshot(store: StoreReader, { collection, id, pruned }: DocumentRow) {
  return pruned === 0 ? undefined : (await store.nextSnapshot(collection, id, pruned - 1))?.version;
}

/** Over all that an export says, and what it need not say of a document that was deleted. */
async function digestOfHistory(store: StoreReader, row: DocumentRow): Promise<string> {
  const hash = createHash("sha256");
  const first = await firstSnapshot(store, row);
  for await (const part of partsOf(store, row)) {
    // Others than the one that a history begins from are made from it, and come and go.
    if (part.kind === "snapshot" && part.row.version !== first) continue;
    hash.update(listed([part.kind, ...valuesOf(part.row)]));
  }
  return hash.digest("base64url");
}

async function digestOfRecords(store: StoreReader): Promise<string> {
  const hash = createHash("sha256");
  for await (const record of recordsOf(store)) hash.update(listed(valuesOf(record)));
  return hash.digest("base64url");
}

/** In the order of their names, which databases may give in any. */
const valuesOf = (row: object) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));

const listed = (values: readonly unknown[]) =>
  JSON.stringify(
    values.map((value) => (value instanceof Object && !Array.isArray(value) ? valuesOf(value) : value)),
    (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value),
  );

const equal = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const differs = (what: string) =>
  new StorageError("corrupt", `Of what was moved, ${what} is not the same in both databases.`);
