// Holds what is kept of a document against itself: every version there, the chain unbroken from the first op to the head,
// every snapshot on it, and a name for each op and an op for each name; `deep` also replays the ops, and holds every
// snapshot, the head and the title against the text that they make.
//
// It reads a page at a time and changes nothing. A row that cannot be read is a finding like any other, and what does not
// hang on it is looked at all the same. Ops that were pruned are not there to be verified; the chain begins after them.

import { demandConnected, GENESIS } from "./chain.js";
import { StorageError } from "./errors.js";
import { jsonOf, type KnownType, KnownTypes, titleOf } from "./known-types.js";
import { createNames } from "./names.js";
import type { HeadRow, Named, OpLog, OpRow, SnapshotRow } from "./op-log.js";
import { Replay } from "./past.js";
import { NAMED_VERSION, versionKey } from "./records.js";
import { demandDense } from "./replay.js";

/** The part of an op log that verifying reads. */
export type Verifiable = Pick<
  OpLog,
  "load" | "history" | "documents" | "nextSnapshot" | "receipts" | "recordsOf" | "structure"
>;

export interface VerifyOptions {
  /** The types by value; documents of others are replayed as ShareDB replays them. All must be registered with ShareDB. */
  readonly types: readonly KnownType[];
  readonly deep: boolean;
}

export interface Finding {
  readonly collection: string;
  readonly id: string;
  /** Where in the history, if it is somewhere. */
  readonly version?: number;
  /** One sentence. */
  readonly message: string;
}

export interface Verified {
  readonly ops: number;
  readonly snapshots: number;
  readonly receipts: number;
  readonly findings: readonly Finding[];
}

/** Characters of JSON, and receipts, that are read at once. */
const PAGE_CHARACTERS = 2 ** 20;
const PAGE_RECEIPTS = 1000;
const PAGE_DOCUMENTS = 100;

/** Verifies one document. Somebody may write to it meanwhile: what is newer than the beginning is left out. */
export async function verifyDocument(
  log: Verifiable,
  collection: string,
  id: string,
  { types, deep }: VerifyOptions,
): Promise<Verified> {
  const findings: Finding[] = [];
  const find = (message: string, version?: number) =>
    findings.push({ collection, id, ...(version === undefined ? {} : { version }), message });

  /** What `read` gives, or undefined after it was found that it gives nothing. */
  async function attempt<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StorageError && error.code === "corrupt")) throw error;
      find(error.message);
      return undefined;
    }
  }

  const loaded = await attempt(() => log.load(collection, id));
  // Where the head itself cannot be read there is nothing to hold the rest against.
  const known = loaded ?? (await attempt(() => log.history(collection, id, 0, 0, 1)));
  if (known === undefined) {
    if (findings.length === 0) find("There is no such document.");
    return { ops: 0, snapshots: 0, receipts: 0, findings };
  }
  const { head, pruned } = known;
  const names = createNames(pruned);
  const replay = deep ? createReplay(id, pruned === 0, new KnownTypes(types)) : undefined;

  // The history and the snapshots on it, side by side.
  let ops = 0;
  let snapshots = 0;
  let next = await attempt(() => log.nextSnapshot(collection, id, 0));
  /** Takes the snapshots up to `version`, where the chain is `chain` (undefined: nobody knows). */
  async function takeSnapshots(version: number, chain: string | undefined): Promise<void> {
    while (next !== undefined && next.version <= version) {
      const snapshot = next;
      snapshots++;
      if (snapshot.version === version && chain !== undefined) {
        if (snapshot.chain !== chain) find("A snapshot is of another history.", version);
        const wrong = replay?.compare(snapshot);
        if (wrong !== undefined) find(wrong, version);
      }
      next = await attempt(() => log.nextSnapshot(collection, id, snapshot.version));
    }
  }

  let at = pruned;
  let chain: string | undefined;
  while (true) {
    const from = at;
    const page = await attempt(() => log.history(collection, id, from, head.version, PAGE_CHARACTERS));
    if (page === undefined) break;
    if (at === pruned) {
      chain = page.base;
      await takeSnapshots(at, chain);
    }
    const wrong = trouble(() => {
      demandDense(page.ops, at, page.whole ? head.version : at + page.ops.length);
      chain = demandConnected(page.ops, chain ?? GENESIS);
    });
    if (wrong !== undefined) {
      find(wrong);
      break;
    }
    for (const op of page.ops) {
      ops++;
      names.op(op);
      const broken = replay?.op(op);
      if (broken !== undefined) find(broken, op.version);
      await takeSnapshots(op.version, op.chain);
    }
    at += page.ops.length;
    if (page.whole) break;
  }
  if (at === head.version) {
    if (chain !== head.chain) find("The history does not end where the head says.", head.version);
    if (loaded !== undefined) {
      const wrong = replay?.end(loaded.head);
      if (wrong !== undefined) find(wrong, head.version);
    }
    if (next !== undefined) find("A snapshot is of a version that there is not.", next.version);
  }

  let receipts = 0;
  for (let after: Named | undefined; ; ) {
    const last = after;
    const page = await attempt(() => log.receipts(collection, id, last, PAGE_RECEIPTS));
    for (const receipt of page ?? []) {
      receipts++;
      const { version } = receipt;
      // Of what was forgotten nobody knows the names.
      const isPast = version > 0 && version <= pruned;
      if (!isPast && !names.claim(version, receipt))
        find(`The name (${receipt.src}, ${receipt.seq}) stands for no op.`, receipt.version);
    }
    after = page?.at(-1);
    if (after === undefined) break;
  }
  if (at === head.version)
    for (const version of names.unclaimed()) find("An op's name would be taken for a new one.", version);
  for (const { kind, key } of (await attempt(() => log.recordsOf(collection, id))) ?? []) {
    const version = Number(key);
    if (loaded?.head.type === null) find("It is deleted, and has records all the same.");
    if (kind !== NAMED_VERSION) continue;
    if (key !== versionKey(version) || version < 1 || version > head.version)
      find(`A version has a name that never was: ${key}.`);
  }
  return { ops, snapshots, receipts, findings };
}

/** Verifies the log as a whole and all its documents, deleted ones too. */
export async function* verifyStore(
  log: Verifiable,
  options: VerifyOptions,
): AsyncGenerator<Verified & { readonly collection: string; readonly id: string }> {
  const wrong = await log.structure();
  const whole = { collection: "", id: "" };
  const findings = wrong.map((what) => ({ ...whole, message: `The database is damaged: ${what}.` }));
  if (wrong.length > 0) yield { ...whole, ops: 0, snapshots: 0, receipts: 0, findings };
  for (let after = 0; ; ) {
    const page = await log.documents(after, PAGE_DOCUMENTS);
    for (const { collection, id } of page) {
      yield { collection, id, ...(await verifyDocument(log, collection, id, options)) };
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}

/** The text as the ops make it, from the first or from a snapshot on; undefined while nobody knows it. */
function createReplay(id: string, fromNothing: boolean, types: KnownTypes) {
  let text = fromNothing ? new Replay(id, types) : undefined;
  return {
    op(op: OpRow): string | undefined {
      const error = trouble(() => text?.apply(op));
      if (error !== undefined) text = undefined;
      return error;
    },
    /** Holds a snapshot against the text; begins with it where there is none. */
    compare(snapshot: SnapshotRow): string | undefined {
      if (text === undefined)
        return trouble(() => {
          text = new Replay(id, types, snapshot);
        });
      const { type, held } = text.state;
      const same = type === snapshot.type && jsonOf(held) === snapshot.data;
      return same ? undefined : "A snapshot is not what the ops make.";
    },
    end({ type, title }: HeadRow): string | undefined {
      if (text === undefined) return undefined;
      if (text.type !== type) return "The head is of another type than the ops make.";
      return title === titleOf(text.state.held) ? undefined : "The title is not that of the text.";
    },
  };
}

/** The sentence of a StorageError that `check` throws. */
function trouble(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof StorageError) return error.message;
    throw error;
  }
}
