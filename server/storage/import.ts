// Takes one document with its whole history in from a history file. All of it is verified first: that the file is whole, that
// the ops are those of the chain, that they apply one after the other from the first to the head, that they are ops which
// the gateway would have let in, and that names and ops belong together. Only then is any of it there for others to see.
//
// It reads line by line, in one transaction: what was broken off has left nothing behind and can be done again.

import { nextChain } from "./chain.js";
import { ownerFrom } from "./columns.js";
import { StorageError } from "./errors.js";
import { createDecoder, HistoryFileError } from "./history-file.js";
import type { BesideRecord, DocumentRecord, HistoryRecord, ReceiptRecord } from "./history-records.js";
import { jsonOf, type KnownType, KnownTypes, titleOf } from "./known-types.js";
import { isStorable } from "./name.js";
import { createNames, type Names } from "./names.js";
import type { Named } from "./op-log.js";
import { Replay } from "./past.js";
import { NAMED_VERSION, versionKey } from "./records.js";
import type { Importer, Intake, OwnStore } from "./store.js";

export interface ImportOptions {
  readonly collection: string;
  /** The name it gets, instead of the one in the file. */
  readonly as?: string | undefined;
  readonly types: readonly KnownType[];
  readonly mintEpoch: () => string;
  /** Demands a name that a document may have, and what an op does as one that may be committed. What it throws is told. */
  readonly allowId: (id: string) => void;
  readonly allowBody: (type: string | null, body: unknown) => void;
}

export interface Imported {
  readonly id: string;
  readonly version: number;
  readonly ops: number;
  readonly receipts: number;
}

/** There is a document of that name already. */
export class AlreadyThere extends Error {
  override readonly name = "AlreadyThere";
  constructor(readonly id: string) {
    super(`There is, or was, a document ${id} already.`);
  }
}

/** @param lines  of the file, without their line feeds. @throws HistoryFileError | AlreadyThere | StorageError */
export function importHistory(
  lines: AsyncIterable<string>,
  into: Pick<OwnStore, "takeIn">,
  options: ImportOptions,
): Promise<Imported> {
  return into.takeIn(async (store) => {
    const decoder = createDecoder();
    const intake = createIntake(store, options);
    let number = 0;
    for await (const line of lines) {
      number++;
      const record = decoder.next(line);
      try {
        await intake.take(record);
      } catch (error) {
        // The disk, or a name that is taken, is no fault of the line's.
        if (error instanceof AlreadyThere) throw error;
        if (error instanceof Wrong || (error instanceof Error && !isOfDatabase(error)))
          throw new HistoryFileError(number, sentence(error.message));
        throw error;
      }
    }
    decoder.end();
    return intake.done();
  });
}

/** Of a long history the text is kept at some versions, as of one that was written here, to read the past from. */
const isMilestone = (version: number) => (version + 1) % 1000 === 0;

/** How what an op does begins that makes a document. */
const CREATION = '{"create":';

/** Why a record cannot be taken. */
class Wrong extends Error {}

const isOfDatabase = (error: Error) =>
  error instanceof StorageError
    ? error.code !== "corrupt"
    : "code" in error && /^SQLITE_(?!CONSTRAINT)/.test(String(error.code));

const sentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

function createIntake(into: Intake, options: ImportOptions) {
  const { collection, types, allowId, allowBody } = options;
  const known = new KnownTypes(types);
  let document: DocumentRecord;
  let id: string;
  let importer: Importer;
  let chain: string;
  /** Undefined until there is something to begin from. */
  let replay: Replay | undefined;
  /** The snapshot from which to begin, and where. */
  let base: Extract<HistoryRecord, { kind: "snapshot" }> | undefined;
  let names: Names;
  /** The receipt that came last. */
  let last: Named | undefined;
  let receipts = 0;
  /** By the creation that came last, or by the file where that is not in it. */
  let owner: string | null;

  async function begin(record: DocumentRecord): Promise<void> {
    document = record;
    owner = record.owner ?? null;
    id = options.as ?? record.id;
    allowId(id);
    if (!types.some(({ uri }) => uri === record.type)) throw new Wrong("its type is not known here.");
    if (record.version === 0) throw new Wrong("a document has at least one version.");
    const { type, version, pruned, root, created, updated, meta } = record;
    // The title and the chain are set at the end; nobody sees them before.
    const begun = await into.add({
      ...{ collection, id, type, epoch: options.mintEpoch(), version, chain: root, meta },
      ...{
        pruned,
        pruned_chain: root,
        title: "",
        owner: record.owner ?? null,
        created_at: created,
        updated_at: updated,
      },
    });
    if (begun === undefined) throw new AlreadyThere(id);
    importer = begun;
    names = createNames(pruned);
    chain = root;
    if (pruned === 0) replay = new Replay(id, known);
  }

  async function beginReplay(version: number): Promise<void> {
    if (base === undefined || base.version !== version) return;
    if (base.chain !== chain) throw new Wrong("the snapshot is of another history.");
    if (base.type !== null) allowBody(null, { create: { type: base.type, data: JSON.parse(base.data!) } });
    replay = new Replay(id, known, base);
    const { kind: _, ...snapshot } = base;
    await importer.snapshot(snapshot);
  }

  async function take(record: HistoryRecord): Promise<void> {
    switch (record.kind) {
      case "document":
        return begin(record);
      case "snapshot":
        if (document.pruned === 0) throw new Wrong("nothing was pruned, so no snapshot is needed.");
        if (record.version < document.pruned || record.version > document.version)
          throw new Wrong("the snapshot is of a version that is not in the file.");
        base = record;
        return beginReplay(document.pruned);
      case "op": {
        const { kind: _, ...op } = record;
        chain = nextChain(chain, op);
        if (op.chain !== chain) throw new Wrong("the op does not follow on what is before it.");
        allowBody(replay?.type ?? null, JSON.parse(op.body));
        replay?.apply(op);
        demandName(op.src);
        await importer.op(op);
        if (isMilestone(op.version) && op.version < document.version) await saveSnapshot();
        names.op(op);
        if (op.body.startsWith(CREATION)) owner = ownerFrom(op.meta);
        return beginReplay(op.version);
      }
      case "receipt":
        return takeReceipt(record);
      case "record":
        return takeRecord(record);
      case "end":
        if (record.chain !== chain) throw new Wrong("the chain does not end where the file says.");
        return finish();
    }
  }

  /** Keeps the text at the version that has been reached, unless it came with the file. */
  async function saveSnapshot(): Promise<void> {
    if (replay === undefined) return;
    const { version, type, held } = replay.state;
    if (base?.version !== version) await importer.snapshot({ version, type, data: jsonOf(held), chain });
  }

  async function takeReceipt({ src, seq, version, hash }: ReceiptRecord): Promise<void> {
    if (version === 0 || version > document.version)
      throw new Wrong("the receipt is of a version that is not there.");
    if (last !== undefined && !isAfter(last, { src, seq }))
      throw new Wrong("receipts come in the order of their names, each once.");
    last = { src, seq };
    receipts++;
    if (version > document.pruned && !names.claim(version, last))
      throw new Wrong("the receipt names another op than there is.");
    demandName(src);
    await importer.receipt({ src, seq, version, hash: Buffer.from(hash, "hex") });
  }

  async function takeRecord({ of, key, value, time }: BesideRecord): Promise<void> {
    if (of !== NAMED_VERSION) throw new Wrong("it is of no kind that this version knows.");
    const version = Number(key);
    if (key !== versionKey(version) || version < 1 || version > document.version)
      throw new Wrong("the version that has a name is not there.");
    await importer.record({ kind: of, key, value, time });
  }

  async function finish(): Promise<void> {
    if (!names.unclaimed().next().done) throw new Wrong("the receipt of an op is missing.");
    if (replay === undefined) throw new Wrong("the snapshot is missing from which the ops begin.");
    const { version, type, held } = replay.state;
    if (version !== document.version || type !== document.type)
      throw new Wrong("the ops do not make the document.");
    // Opening it shall not replay all of it again.
    await saveSnapshot();
    await importer.done({ title: titleOf(held), chain, owner });
  }

  return {
    take,
    done(): Imported {
      return {
        id,
        version: document.version,
        ops: document.version - document.pruned,
        receipts,
      };
    },
  };
}

function demandName(src: string | null): void {
  if (src !== null && !isStorable(src)) throw new Wrong("a client's name cannot be kept as it is.");
}

/** As every database orders names: by the bytes of the client's id. */
const isAfter = (before: Named, { src, seq }: Named) =>
  (Buffer.compare(Buffer.from(before.src), Buffer.from(src)) || before.seq - seq) < 0;
