// Moves a whole store into another database: documents with their history, also those that were deleted, names of ops,
// snapshots, records, redactions, revocations, announcements and the secret, with their numbers and in the lives that they are in.
//
//   passes ─▶ compared ─▶ nobody writes to the source ─▶ what moved since, compared ─▶ source left ─▶ target is whole
//
// What always holds:
//   - a document is in the target whole or not at all, and a document that is there as it is in the source is not copied
//     again: so it can be broken off anywhere and run again;
//   - until the end the target says `moving`, so that no server takes a part for the whole;
//   - the source is left before the target is whole (`moving.ts`): never can both be written to in the same life.

import { createHash } from "node:crypto";
import { demandConnected, demandSame } from "./chain.js";
import type { DocumentRow } from "./columns.js";
import { StorageError } from "./errors.js";
import { identityOf } from "./moving.js";
import type { DocumentName, Named } from "./op-log.js";
import type { RecordRow } from "./records.js";
import { demandDense } from "./replay.js";
import type { Intake, OwnStore, Store, StoreReader } from "./store.js";

export interface Moved {
  readonly documents: number;
  /** Of all documents together, as they are in the target. */
  readonly ops: number;
  /** How many documents this run has copied, those counted again that moved meanwhile. */
  readonly copied: number;
  /** True: it had been done before, and nothing was done now. */
  readonly already: boolean;
}

/** There is something in the target that is not of an earlier attempt. */
export class NotEmpty extends Error {
  override readonly name = "NotEmpty";
}

/** Characters of JSON, receipts and documents that are read at once; documents of one page are written together. */
const PAGE_CHARACTERS = 2 ** 20;
const PAGE_RECEIPTS = 1000;
const PAGE_DOCUMENTS = 50;
/** So often what moved meanwhile is copied before nobody may write any more. */
const PASSES = 5;

/**
 * @param say  is told in a sentence how far it is
 * @throws NotEmpty | StorageError
 */
export async function moveStore(from: Store, to: Store, say: (sentence: string) => void): Promise<Moved> {
  const source = await from.own({ unfinished: true });
  try {
    const target = await to.own({ unfinished: true });
    try {
      return await move(from, source, to, target, say);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function move(
  from: Store,
  source: OwnStore,
  to: Store,
  target: OwnStore,
  say: (sentence: string) => void,
): Promise<Moved> {
  const { secret, moving, left } = await source.read(async (reader) => ({
    secret: (await reader.meta("secret"))!,
    moving: await reader.meta("moving"),
    left: text(await reader.meta("left")),
  }));
  if (moving !== undefined) throw new StorageError("locked", `Not all is in ${from.where} yet.`);
  if (left !== undefined && left !== to.where)
    throw new StorageError("locked", `What is in ${from.where} has been moved to ${left} already.`);
  const name = identityOf(secret);
  if (await begin(to, target, secret, name)) return { ...(await counts(target)), copied: 0, already: true };

  const progress = createProgress(say);
  /** Documents that were compared and were the same, with the digests of their rows. */
  const same = new Map<number, string>();
  let copied = 0;
  for (let pass = 1; pass <= PASSES; pass++) {
    const moved = await source.read((reader) => copyWhatDiffers(reader, target, progress));
    copied += moved;
    progress.end(`Pass ${pass}: ${moved} documents copied.`);
    if (moved === 0) break;
  }
  await source.read((reader) => compare(reader, target, same, progress, false));
  progress.end("Compared; from here on nobody can write to what is moved.");
  await source.leave(to.where, async (reader) => {
    copied += await copyWhatDiffers(reader, target, progress);
    await copyTheRest(reader, target);
    await compare(reader, target, same, progress, true);
  });
  await target.takeIn(async (intake) => {
    await intake.renumber();
    await intake.setMeta("moving", undefined);
    await intake.setMeta("moved", Buffer.from(name));
  });
  return { ...(await counts(target)), copied, already: false };
}

/** @returns whether all was there already. @throws NotEmpty */
async function begin(to: Store, target: OwnStore, secret: Uint8Array, name: string): Promise<boolean> {
  const { moving, moved, first } = await target.read(async (reader) => ({
    moving: text(await reader.meta("moving")),
    moved: text(await reader.meta("moved")),
    first: (await reader.documents(0, 1))[0],
  }));
  if (moved === name) return true;
  if (moving === name) return false;
  if (moving !== undefined) throw new NotEmpty(`Another store is being moved to ${to.where}.`);
  if (first !== undefined) throw new NotEmpty(`There are documents in ${to.where} already.`);
  await target.takeIn(async (intake) => {
    await intake.setMeta("secret", secret);
    await intake.setMeta("moving", Buffer.from(name));
  });
  return false;
}

/** @returns how many documents were copied */
async function copyWhatDiffers(source: StoreReader, target: OwnStore, progress: Progress): Promise<number> {
  let copied = 0;
  for await (const page of pagesOf(source)) {
    const rows: DocumentRow[] = [];
    for (const { collection, id } of page) rows.push((await source.stored(collection, id))!);
    const differing = await target.read(async (there) => {
      const found: DocumentRow[] = [];
      for (const row of rows) {
        const theirs = await there.stored(row.collection, row.id);
        if (theirs === undefined || !equal(theirs.digest, row.digest)) found.push(row);
        else if ((await firstSnapshot(there, row)) !== (await firstSnapshot(source, row))) found.push(row);
      }
      return found;
    });
    if (differing.length > 0)
      await target.takeIn(async (intake) => {
        for (const row of differing) await copy(source, intake, row);
      });
    copied += differing.length;
    progress.looked(page.length, `${copied} documents copied`);
  }
  return copied;
}

/** The version of the snapshot that a pruned history begins from: it can be exchanged without a trace in the row. */
async function firstSnapshot(store: StoreReader, { collection, id, pruned }: DocumentRow) {
  return pruned === 0 ? undefined : (await store.nextSnapshot(collection, id, pruned - 1))?.version;
}

async function copy(source: StoreReader, intake: Intake, row: DocumentRow): Promise<void> {
  const { key, folded: _, digest: __, ...document } = row;
  await intake.remove(row.collection, row.id);
  const importer = await intake.add(document, key);
  if (importer === undefined) throw new StorageError("busy", `Somebody else has made ${row.id}.`);
  for await (const part of partsOf(source, row)) {
    if (part.kind === "op") await importer.op(part.row);
    else if (part.kind === "snapshot") await importer.snapshot(part.row);
    else await importer.receipt(part.row);
  }
  await importer.done();
}

/** What belongs to no document, or hangs on several. */
async function copyTheRest(source: StoreReader, target: OwnStore): Promise<void> {
  const redactions = await source.redactions();
  const revocations = await source.revocations();
  const announcements = await source.announcements();
  await target.takeIn(async (intake) => {
    await intake.setRedactions(redactions);
    await intake.setRecords(recordsOf(source));
    for (const row of revocations) await intake.revoke(row);
    for (const row of announcements) await intake.announce(row);
  });
}

/**
 * Demands that both are the same: every document by its row and by a digest over its history, and what belongs to none.
 *
 * @param last  nobody writes any more: all must be there, and what was compared before and has not moved need not be again
 * @throws StorageError `corrupt`
 */
async function compare(
  source: StoreReader,
  target: OwnStore,
  same: Map<number, string>,
  progress: Progress,
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
      progress.looked(page.length, "documents compared");
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

type Part =
  | { readonly kind: "op"; readonly row: Parameters<Importer["op"]>[0] }
  | { readonly kind: "snapshot"; readonly row: Parameters<Importer["snapshot"]>[0] }
  | { readonly kind: "receipt"; readonly row: Parameters<Importer["receipt"]>[0] };
type Importer = NonNullable<Awaited<ReturnType<Intake["add"]>>>;

/** All that belongs to a document. @throws StorageError `corrupt` */
async function* partsOf(store: StoreReader, row: DocumentRow): AsyncGenerator<Part> {
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

/** In the order of their names, which databases may give in any. */
const valuesOf = (row: object) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));

const listed = (values: readonly unknown[]) =>
  JSON.stringify(
    values.map((value) => (value instanceof Object && !Array.isArray(value) ? valuesOf(value) : value)),
    (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value),
  );

async function* recordsOf(store: StoreReader): AsyncGenerator<RecordRow> {
  for (let after: RecordRow | undefined; ; ) {
    const page = await store.allRecords(after, PAGE_RECEIPTS);
    yield* page;
    after = page.at(-1);
    if (after === undefined) return;
  }
}

async function digestOfRecords(store: StoreReader): Promise<string> {
  const hash = createHash("sha256");
  for await (const record of recordsOf(store)) hash.update(listed(valuesOf(record)));
  return hash.digest("base64url");
}

async function* pagesOf(store: StoreReader): AsyncGenerator<readonly DocumentName[]> {
  for (let after = 0; ; ) {
    const page = await store.documents(after, PAGE_DOCUMENTS);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.key;
  }
}

async function counts(target: OwnStore): Promise<Pick<Moved, "documents" | "ops">> {
  return target.read(async (reader) => {
    const sum = { documents: 0, ops: 0 };
    for await (const page of pagesOf(reader))
      for (const { collection, id } of page) {
        const { version, pruned } = (await reader.stored(collection, id))!;
        sum.documents++;
        sum.ops += version - pruned;
      }
    return sum;
  });
}

interface Progress {
  looked(documents: number, what: string): void;
  end(sentence: string): void;
}

const SAY_EVERY_MS = 2000;

function createProgress(say: (sentence: string) => void): Progress {
  let looked = 0;
  let said = performance.now();
  return {
    looked(documents, what) {
      looked += documents;
      if (performance.now() - said < SAY_EVERY_MS) return;
      said = performance.now();
      say(`${looked} documents looked at, ${what}.`);
    },
    end(sentence) {
      looked = 0;
      say(sentence);
    },
  };
}

const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString();
const equal = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const differs = (what: string) =>
  new StorageError("corrupt", `Of what was moved, ${what} is not the same in both databases.`);
