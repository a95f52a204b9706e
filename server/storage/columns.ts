// Which columns of a row its digest covers, in which order, table by table: the one place that says so for today's tables.
// SQLite and PostgreSQL have the same tables; so equal rows have equal digests wherever they are.

import { checkDigest, digestOf, isAsWritten } from "./digest.js";
import { StorageError } from "./errors.js";
import { type ChangedDocument, type DamagedDocument, foldTitle } from "./listing.js";
import type { NameRun } from "./name-runs.js";
import type { HeadRow, OpRow, Receipt, SnapshotRow } from "./op-log.js";
import type { Page } from "./pages.js";
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

export const columnsOfPage = (document: number, { version, first, base, chain, ops }: Page) =>
  [document, version, first, base, chain, ops] as const;

export const columnsOfSnapshot = (document: number, { version, type, data, chain }: SnapshotRow) =>
  [document, version, type, data, chain] as const;

export const columnsOfReceipt = (document: number, src: string, seq: number, { version, hash }: Receipt) =>
  [document, src, seq, version, hash] as const;

export const columnsOfRun = (document: number, { src, first, last, names }: NameRun) =>
  [document, src, first, last, names] as const;

/** A row of documents before its digest; what is searched hangs on the title alone. */
export type NewDocumentRow = Omit<DocumentRow, "digest" | "folded">;

/** An owner that nobody knows is not covered: rows were without one before there was the column. */
export const columnsOfDocument = (row: NewDocumentRow) =>
  [
    ...[row.key, row.version, row.collection, row.id, row.type, row.pruned, row.title],
    ...[row.created_at, row.updated_at, row.meta, row.epoch, row.chain, row.pruned_chain],
    ...(row.owner === null ? [] : [row.owner]),
  ] as const;

export const columnsOfRevocation = ({ user, doc, token, before }: RevocationRow) =>
  [user, doc, token, before] as const;

export const digestOfOp = (document: number, op: OpRow) => digestOf("ops", ...columnsOfOp(document, op));

export const digestOfPage = (document: number, page: Page) =>
  digestOf("pages", ...columnsOfPage(document, page));

export const digestOfSnapshot = (document: number, snapshot: SnapshotRow) =>
  digestOf("snapshots", ...columnsOfSnapshot(document, snapshot));

export const digestOfReceipt = (document: number, src: string, seq: number, receipt: Receipt) =>
  digestOf("submissions", ...columnsOfReceipt(document, src, seq, receipt));

export const digestOfRun = (document: number, run: NameRun) =>
  digestOf("names", ...columnsOfRun(document, run));

export const digestOfRevocation = (row: RevocationRow) =>
  digestOf("revocations", ...columnsOfRevocation(row));

/** Of something that belongs to the database itself. */
export const digestOfMeta = (name: string, value: Uint8Array) => digestOf("meta", name, value);

export const digestOfDocument = (row: NewDocumentRow) => digestOf("documents", ...columnsOfDocument(row));

/** Who made a document, by what is known of the op that did; null: that does not say. */
export function ownerFrom(meta: string | null): string | null {
  const { author } = (meta === null ? {} : JSON.parse(meta)) as { readonly author?: unknown };
  return typeof author === "string" && author !== "" ? author : null;
}

/**
 * An owner that a digest does not cover is not believed: a node of a version that knows of none has written the row.
 *
 * @param found  undefined where an index knows of a row that is not there
 * @throws StorageError `corrupt`
 */
export function checked(found: DocumentRow | undefined): DocumentRow {
  if (found === undefined)
    throw new StorageError("corrupt", "The database is damaged: a document is missing.");
  const whole = isAsWritten("documents", found.digest, ...columnsOfDocument(found));
  const row = whole ? found : { ...found, owner: null };
  if (!whole) checkDigest("documents", row.digest, ...columnsOfDocument(row));
  if (row.folded !== foldTitle(row.title)) throw damaged(row.id, "what is searched is not its title");
  return row;
}

export const damaged = (id: string, what: string) =>
  new StorageError("corrupt", `The database is damaged: of ${id}, ${what}.`);

export const changeOf = ({ id, type, epoch, version, updated_at, key }: DocumentRow): ChangedDocument => ({
  ...{ id, type, epoch, version },
  place: { time: updated_at, key },
});

/** @param head  gives a row that is as it was written. @throws StorageError of what is not damage to one of them */
export function changesOf<Row extends DocumentRow>(
  rows: readonly Row[],
  head: (row: Row) => DocumentRow,
): (ChangedDocument | DamagedDocument)[] {
  return rows.map((row) => {
    try {
      return changeOf(head(row));
    } catch (error) {
      if (!(error instanceof StorageError && error.code === "corrupt")) throw error;
      return { id: String(row.id), damaged: true };
    }
  });
}
