// Which columns of a row its digest covers, in which order, table by table: the one place that says so for today's tables.
// SQLite and PostgreSQL have the same tables, so equal rows have equal digests wherever they are.

import { checkDigest, digestOf } from "./digest.js";
import { StorageError } from "./errors.js";
import { foldTitle, type HeadRow, type OpRow, type Receipt, type SnapshotRow } from "./op-log.js";
import type { RevocationRow } from "./revocation.js";

/** A row of documents, as every database has it. */
export interface DocumentRow extends HeadRow {
  readonly key: number;
  readonly collection: string;
  readonly id: string;
  readonly pruned: number;
  /** The chain at the version up to which ops are gone. */
  readonly pruned_chain: string;
  /** The title as it is searched. */
  readonly folded: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly digest: Uint8Array;
}

export const columnsOfOp = (document: number, { version, src, seq, body, meta, chain }: OpRow) =>
  [document, version, src, seq, body, meta, chain] as const;

export const columnsOfSnapshot = (document: number, { version, type, data, chain }: SnapshotRow) =>
  [document, version, type, data, chain] as const;

export const columnsOfReceipt = (document: number, src: string, seq: number, { version, hash }: Receipt) =>
  [document, src, seq, version, hash] as const;

/** A row of documents before its digest; what is searched hangs on the title alone. */
export type NewDocumentRow = Omit<DocumentRow, "digest" | "folded">;

export const columnsOfDocument = (row: NewDocumentRow) =>
  [
    ...[row.key, row.version, row.collection, row.id, row.type, row.pruned, row.title],
    ...[row.created_at, row.updated_at, row.meta, row.epoch, row.chain, row.pruned_chain],
  ] as const;

export const columnsOfRevocation = ({ user, doc, token, before }: RevocationRow) =>
  [user, doc, token, before] as const;

export const digestOfOp = (document: number, op: OpRow) => digestOf("ops", ...columnsOfOp(document, op));

export const digestOfSnapshot = (document: number, snapshot: SnapshotRow) =>
  digestOf("snapshots", ...columnsOfSnapshot(document, snapshot));

export const digestOfReceipt = (document: number, src: string, seq: number, receipt: Receipt) =>
  digestOf("submissions", ...columnsOfReceipt(document, src, seq, receipt));

export const digestOfRevocation = (row: RevocationRow) =>
  digestOf("revocations", ...columnsOfRevocation(row));

/** Of something that belongs to the database itself. */
export const digestOfMeta = (name: string, value: Uint8Array) => digestOf("meta", name, value);

export const digestOfDocument = (row: NewDocumentRow) => digestOf("documents", ...columnsOfDocument(row));

/** @param row  undefined where an index knows of a row that is not there. @throws StorageError `corrupt` */
export function checked(row: DocumentRow | undefined): DocumentRow {
  if (row === undefined) throw new StorageError("corrupt", "The database is damaged: a document is missing.");
  checkDigest("documents", row.digest, ...columnsOfDocument(row));
  if (row.folded !== foldTitle(row.title)) throw damaged(row.id, "what is searched is not its title");
  return row;
}

export const damaged = (id: string, what: string) =>
  new StorageError("corrupt", `The database is damaged: of ${id}, ${what}.`);
