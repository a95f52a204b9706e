// Takes one document with its whole history in from a history file. All of it is verified first: that the file is whole, that
// the ops are those of the chain, that they apply one after the other from the first to the head, that they are ops which
// the gateway would have let in, and that names and ops belong together. Only then is any of it there for others to see.
//
// It reads line by line, in one transaction: what was broken off has left nothing behind and can be done again.

import { nextChain } from "./chain.js";
import {
  createDecoder,
  type DocumentRecord,
  HistoryFileError,
  type HistoryRecord,
  type ReceiptRecord,
} from "./history-file.js";
import { jsonOf, type KnownType, KnownTypes, titleOf } from "./known-types.js";
import { Replay } from "./past.js";
import type { Importer, Maintenance } from "./sqlite/maintenance.js";

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
  into: Maintenance,
  options: ImportOptions,
): Promise<Imported> {
  return into.longTransaction(async () => {
    const decoder = createDecoder();
    const intake = createIntake(into, options);
    let number = 0;
    for await (const line of lines) {
      number++;
      const record = decoder.next(line);
      try {
        intake.take(record);
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

/** Why a record cannot be taken. */
class Wrong extends Error {}

const isOfDatabase = (error: Error) => "code" in error && /^SQLITE_(?!CONSTRAINT)/.test(String(error.code));

const sentence = (text: string) => (text.endsWith(".") ? text : `${text}.`);

function createIntake(into: Maintenance, options: ImportOptions) {
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
  /** Ops that have a name, those of them whose receipts have come, and receipts. */
  const counts = { named: 0, claimed: 0, receipts: 0 };

  function begin(record: DocumentRecord): void {
    document = record;
    id = options.as ?? record.id;
    allowId(id);
    if (!types.some(({ uri }) => uri === record.type)) throw new Wrong("its type is not known here.");
    if (record.version === 0) throw new Wrong("a document has at least one version.");
    if (into.document(collection, id) !== undefined) throw new AlreadyThere(id);
    const { type, version, pruned, root, created, updated, meta } = record;
    // The title and the chain are set at the end; nobody sees them before.
    importer = into.add({
      ...{ collection, id, type, epoch: options.mintEpoch(), version, chain: root, meta },
      ...{ pruned, pruned_chain: root, title: "", created_at: created, updated_at: updated },
    });
    chain = root;
    if (pruned === 0) replay = new Replay(id, known);
  }

  function beginReplay(version: number): void {
    if (base === undefined || base.version !== version) return;
    if (base.chain !== chain) throw new Wrong("the snapshot is of another history.");
    if (base.type !== null) allowBody(null, { create: { type: base.type, data: JSON.parse(base.data!) } });
    replay = new Replay(id, known, base);
    const { kind: _, ...snapshot } = base;
    importer.snapshot(snapshot);
  }

  function take(record: HistoryRecord): void {
    switch (record.kind) {
      case "document":
        begin(record);
        return;
      case "snapshot":
        if (document.pruned === 0) throw new Wrong("nothing was pruned, so no snapshot is needed.");
        if (record.version < document.pruned || record.version > document.version)
          throw new Wrong("the snapshot is of a version that is not in the file.");
        base = record;
        beginReplay(document.pruned);
        return;
      case "op": {
        const { kind: _, ...op } = record;
        chain = nextChain(chain, op);
        if (op.chain !== chain) throw new Wrong("the op does not follow on what is before it.");
        allowBody(replay?.type ?? null, JSON.parse(op.body));
        replay?.apply(op);
        importer.op(op);
        if (isMilestone(op.version) && op.version < document.version) saveSnapshot();
        if (op.src !== null) counts.named++;
        beginReplay(op.version);
        return;
      }
      case "receipt":
        takeReceipt(record);
        return;
      case "end":
        if (record.chain !== chain) throw new Wrong("the chain does not end where the file says.");
        finish();
        return;
    }
  }

  /** Keeps the text at the version that has been reached, unless it came with the file. */
  function saveSnapshot(): void {
    if (replay === undefined) return;
    const { version, type, held } = replay.state;
    if (base?.version !== version) importer.snapshot({ version, type, data: jsonOf(held), chain });
  }

  function takeReceipt({ src, seq, version, hash }: ReceiptRecord): void {
    if (version === 0 || version > document.version)
      throw new Wrong("the receipt is of a version that is not there.");
    counts.receipts++;
    if (version > document.pruned) {
      const op = importer.nameAt(version);
      if (op?.src !== src || op.seq !== seq) throw new Wrong("the receipt names another op than there is.");
      counts.claimed++;
    }
    importer.receipt(src, seq, { version, hash: Buffer.from(hash, "hex") });
  }

  function finish(): void {
    // No name comes twice, so as many receipts as named ops are one for each.
    if (counts.claimed !== counts.named) throw new Wrong("the receipt of an op is missing.");
    if (replay === undefined) throw new Wrong("the snapshot is missing from which the ops begin.");
    const { version, type, held } = replay.state;
    if (version !== document.version || type !== document.type)
      throw new Wrong("the ops do not make the document.");
    // Opening it shall not replay all of it again.
    saveSnapshot();
    into.complete(collection, id, { title: titleOf(held), chain });
  }

  return {
    take,
    done(): Imported {
      return {
        id,
        version: document.version,
        ops: document.version - document.pruned,
        receipts: counts.receipts,
      };
    },
  };
}
