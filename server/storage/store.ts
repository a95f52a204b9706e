// What commands need of a store, whichever database keeps it: to read it as of one moment beside servers that write, and to
// change what no op can change. SQLite (`sqlite/store.ts`) and PostgreSQL (`postgres/store.ts`) implement it.
//
// What always holds:
//   - all that one `read` gives is of one moment, however long it takes;
//   - each change is whole or without effect, and nobody sees half of it;
//   - whoever owns a SQLite file has it alone; in PostgreSQL servers go on writing, and only the document that is worked on
//     is kept from them;
//   - whatever is read has been checked against its digest, and whatever is written gets one.

import type { DocumentRow, NewDocumentRow } from "./columns.js";
import type { AnnouncementRow } from "./news.js";
import type { NamedReceipt, OpLog, OpRow, SnapshotRow } from "./op-log.js";
import type { RecordRow } from "./records.js";
import type { Redaction } from "./redaction.js";
import type { RevocationRow } from "./revocation.js";
import type { NoteUpkeep } from "./upkeep.js";

/** The record of a redaction as it is kept. */
export interface RedactionRow {
  readonly collection: string;
  readonly id: string;
  readonly record: string;
  readonly mac: Uint8Array;
}

/** A store as it was at one moment. */
export interface StoreReader
  extends Pick<
    OpLog,
    | "load"
    | "history"
    | "documents"
    | "nextSnapshot"
    | "receipts"
    | "recordsOf"
    | "allRecords"
    | "structure"
    | "revocations"
  > {
  /** Everything that is kept of a document besides its history. */
  stored(collection: string, id: string): Promise<DocumentRow | undefined>;
  /** What was taken out of histories, oldest first. */
  redactions(): Promise<readonly RedactionRow[]>;
  announcements(): Promise<readonly AnnouncementRow[]>;
  /** What belongs to the store itself, such as its secret; undefined if it is not there. */
  meta(name: MetaName): Promise<Uint8Array | undefined>;
}

/** `moving`, `moved`, `left`: see `moving.ts`. */
export type MetaName = "secret" | "moving" | "moved" | "left";

/** A document without its number, and without what is made from the rest. */
export type NewDocument = Omit<NewDocumentRow, "key">;

/** Takes a document in, row by row. */
export interface Importer {
  op(op: OpRow): Promise<void>;
  snapshot(snapshot: SnapshotRow): Promise<void>;
  receipt(receipt: NamedReceipt): Promise<void>;
  /** What is kept beside its ops. */
  record(record: Omit<RecordRow, "collection" | "document">): Promise<void>;
  /** Must be called when all of it has come; sets what is only known then. */
  done(known?: Pick<NewDocument, "title" | "chain" | "owner">): Promise<void>;
}

/** What can be done in one transaction of {@link OwnStore.takeIn}. */
export interface Intake {
  /**
   * Begins a document.
   *
   * @param key  the number it gets; undefined: the next
   * @returns what takes the rest of it, or undefined if there is, or was, one of that name
   */
  add(document: NewDocument, key?: number): Promise<Importer | undefined>;
  /** Takes a document and all that belongs to it away, as if it had never been. */
  remove(collection: string, id: string): Promise<void>;
  /** Exactly these, oldest first, are all records of redactions. */
  setRedactions(redactions: readonly RedactionRow[]): Promise<void>;
  /** Exactly these are all records, of whatever they are. */
  setRecords(records: AsyncIterable<RecordRow>): Promise<void>;
  revoke(row: RevocationRow): Promise<void>;
  announce(row: AnnouncementRow): Promise<void>;
  /** Keeps what belongs to the store itself, or forgets it. */
  setMeta(name: MetaName, value: Uint8Array | undefined): Promise<void>;
  /** The documents that come next get numbers beyond all that there are. */
  renumber(): Promise<void>;
}

/** What is to become of a document whose history goes. */
export interface Redacting {
  readonly redaction: Redaction;
  /** Its text at its head, which stands in for the history, or nothing: then the document itself goes as well. */
  readonly now: Pick<SnapshotRow, "type" | "data">;
  /** The life that it begins. */
  readonly epoch: string;
}

/** A store in the hands of a command that writes. */
export interface OwnStore {
  read<Result>(work: (reader: StoreReader) => Promise<Result>): Promise<Result>;
  /** Runs `work`, once, as one transaction: what it throws undoes it. */
  takeIn<Result>(work: (intake: Intake) => Promise<Result>): Promise<Result>;
  /**
   * Takes a document's whole history away, while nobody else writes to it. Names of ops stay, so that none of them is ever
   * taken for a new one.
   *
   * @param decide  looks at the document, and says what is to be done, if anything
   */
  redact(
    collection: string,
    id: string,
    decide: (reader: StoreReader) => Promise<Redacting | undefined>,
  ): Promise<void>;
  /**
   * Makes the disk forget what was deleted, as far as this database can while it is used.
   *
   * @throws StorageError `busy` while somebody reads what was there before; then it can be done again later
   */
  forget(): Promise<void>;
  /** Every document begins another life: whoever knew it must look anew. @returns how many there are */
  renewEpochs(mintEpoch: () => string): Promise<number>;
  /**
   * Keeps everybody from writing for ever, `last` included, which runs when nobody writes any more; what it throws opens
   * the store again. What is read is what will always be there.
   *
   * @param to  where it goes on, for whoever opens it
   */
  leave(to: string, last: (reader: StoreReader) => Promise<void>): Promise<void>;
  /** Undoes {@link leave}. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export interface OwnOptions {
  /** Also a store that was left, or that is still being moved into; otherwise that is refused with `locked`. */
  readonly unfinished?: boolean;
}

/** A place for documents, by its address. */
export interface Store {
  /** As `--database` takes it; may hold a password. */
  readonly address: string;
  /** As messages call it. */
  readonly where: string;
  /** Of SQLite: the file. */
  readonly path: string | undefined;
  /** Opens it for reading only, beside whoever has it. @throws StorageError, or what `work` throws */
  read<Result>(work: (reader: StoreReader) => Promise<Result>): Promise<Result>;
  /** Notes what was done for it, beside whoever has it. Rejects where nothing may be written. */
  note(what: NoteUpkeep): Promise<void>;
  /** Opens it as a server does, or makes it. @throws StorageError */
  own(options?: OwnOptions): Promise<OwnStore>;
}
