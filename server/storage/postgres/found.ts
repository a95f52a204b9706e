// What a statement about one document has read, checked row by row against the digests.

import {
  checked,
  columnsOfOp,
  columnsOfPage,
  columnsOfReceipt,
  columnsOfSnapshot,
  type DocumentRow,
  damaged,
} from "../columns.js";
import { checkDigest } from "../digest.js";
import { byName, shortHash } from "../name-runs.js";
import type { NamedReceipt, OpRow, SnapshotRow } from "../op-log.js";
import type { StoredPage } from "../paging.js";
import type { Row, StoredDocument, StoredSnapshot } from "./statements.js";

/** What was read of one document. */
export interface Found {
  readonly document: DocumentRow;
  readonly snapshot: SnapshotRow | undefined;
  /** Oldest first. */
  readonly ops: readonly OpRow[];
  /** How many ops there are of what was asked for. */
  readonly opsFound: number;
  /** Version → chain, of the versions that were asked for and are there. */
  readonly chains: ReadonlyMap<number, string>;
  readonly page: StoredPage | undefined;
  /** In the order of (src, seq). */
  readonly receipts: readonly NamedReceipt[];
}

/** What rows say of a document. @throws StorageError `corrupt` unless all of it is as it was written */
export function foundIn(rows: readonly Row[]): Found | undefined {
  const of = <Kind extends Row["kind"]>(kind: Kind) =>
    rows.filter((row): row is Extract<Row, { readonly kind: Kind }> => row.kind === kind);
  const [stored] = of("document");
  if (stored === undefined) return undefined;
  const document = headOf(stored);
  const { key } = document;
  const [snapshot] = of("snapshot");
  const [page] = of("page");
  const ops = of("op").sort((a, b) => a.version - b.version);
  return {
    document,
    snapshot: snapshot && snapshotOf(key, snapshot),
    ops: ops.map(({ version, src, seq, body, meta, chain, digest }) => {
      const op = { version, src, seq, body, meta, chain };
      checkDigest("ops", digest, ...columnsOfOp(key, op));
      return op;
    }),
    opsFound: ops[0]?.found ?? 0,
    page: page && pageOf(key, page),
    chains: new Map(of("chain").map(({ version, chain }) => [version, chain])),
    receipts: of("receipt")
      .map(({ src, seq, version, hash, digest }) => {
        checkDigest("submissions", digest, ...columnsOfReceipt(key, src, seq, { version, hash }));
        return { src, seq, version, hash: shortHash(hash) };
      })
      .sort(byName),
  };
}

/** A row that is as it was written, and not as it once was. @throws StorageError `corrupt` */
export function headOf(row: StoredDocument): DocumentRow {
  const believed = checked(row);
  if (row.beyond) throw damaged(row.id, "it has ops beyond its head");
  return believed;
}

function snapshotOf(
  document: number,
  { version, type, body: data, chain, digest }: StoredSnapshot,
): SnapshotRow {
  const snapshot = { version, type, data, chain };
  checkDigest("snapshots", digest, ...columnsOfSnapshot(document, snapshot));
  return snapshot;
}

function pageOf(
  document: number,
  { bytes: ops, ...row }: Extract<Row, { readonly kind: "page" }>,
): StoredPage {
  const page = { version: row.version, first: row.first, base: row.base, chain: row.chain, ops };
  checkDigest("pages", row.digest, ...columnsOfPage(document, page));
  return { ...page, digest: row.digest };
}
