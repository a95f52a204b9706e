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

import type { DocumentRow } from "./columns.js";
import { compare, looksSame } from "./comparing.js";
import { StorageError } from "./errors.js";
import { identityOf } from "./moving.js";
import type { Intake, OwnStore, Store, StoreReader } from "./store.js";
import { pagesOf, partsOf, recordsOf } from "./walking.js";

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
  const compared = (documents: number) => progress.looked(documents, "documents compared");
  await source.read((reader) => compare(reader, target, same, compared, false));
  progress.end("Compared; from here on nobody can write to what is moved.");
  await source.leave(to.where, async (reader) => {
    copied += await copyWhatDiffers(reader, target, progress);
    await copyTheRest(reader, target);
    await compare(reader, target, same, compared, true);
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
        if (!(await looksSame(source, there, row))) found.push(row);
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
