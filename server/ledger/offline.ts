// What the commands need of the ledger that work on a store without a server: its types, what it lets in, and a verdict on
// a whole file.

import ShareDB from "sharedb";
import { Fault, isDocumentId, type Op } from "../../protocol/index.js";
import { allowOp, allowSnapshot } from "../policy.js";
import { type Finding, type KnownType, StorageError, verifyDocument, verifyStore } from "../storage/index.js";
import { isSigned } from "../storage/redaction.js";
import { demandMarked } from "../storage/sqlite/mark.js";
import type { Store, StoreReader } from "../storage/store.js";
import { COLLECTION } from "./backend.js";
import { demandMarker, keptType, keptTypes } from "./documents.js";

/** The types that documents have, made known to ShareDB. */
export function offlineTypes(): readonly KnownType[] {
  const types = Object.values(keptTypes);
  for (const { algebra } of types) ShareDB.types.register(algebra);
  return types;
}

/** @throws Fault `bad_name` */
export function allowId(id: string): void {
  if (!isDocumentId(id))
    throw new Fault("bad_name", `${JSON.stringify(id)} cannot be the name of a document.`);
}

/**
 * Demands what the gateway demands of an op, or of what a document begins with.
 *
 * @param uri  the type that the document is of before it; null: there is none, or nobody knows yet
 * @throws Fault | OtError
 */
export function allowBody(uri: string | null, body: unknown): void {
  const { op, create, del } = Object(body) as {
    op?: unknown;
    create?: { type?: unknown; data?: unknown };
    del?: unknown;
  };
  if (create !== undefined) {
    const type = keptType(typeof create.type === "string" ? create.type : null);
    if (type === undefined) throw new Fault("op_malformed", "A document of that type is not known here.");
    const snapshot = type.create(create.data);
    allowSnapshot(type.name, snapshot.toJSON());
    demandMarker(type, snapshot);
    return;
  }
  if (del === true) return;
  if (!Array.isArray(op))
    throw new Fault("op_malformed", "It neither makes, changes nor deletes a document.");
  const type = keptType(uri);
  if (type === undefined) return;
  type.algebra.checkOp(op);
  allowOp(type.name, op as Op);
}

export interface Verdict {
  readonly documents: number;
  readonly ops: number;
  readonly snapshots: number;
  readonly receipts: number;
  readonly findings: number;
}

export interface VerifyWholeOptions {
  readonly deep: boolean;
  /** Only this document; undefined: all of it. */
  readonly doc?: string | undefined;
  /** Is told of each finding as it comes. */
  readonly found: (finding: Finding) => void;
}

/** Verifies a store, also one that servers have open. @throws StorageError if it cannot be read at all */
export async function verifyWhole(store: Store, { deep, doc, found }: VerifyWholeOptions): Promise<Verdict> {
  const options = { types: offlineTypes(), deep };
  const sum = { documents: 0, ops: 0, snapshots: 0, receipts: 0, findings: 0 };
  const find = (finding: Finding) => {
    sum.findings++;
    found(finding);
  };
  try {
    if (store.path !== undefined) demandMarked(store.path);
    await store.read(async (reader) => {
      const verified =
        doc === undefined
          ? verifyStore(reader, options)
          : one(verifyDocument(reader, COLLECTION, doc, options));
      for await (const { ops, snapshots, receipts, findings } of verified) {
        sum.documents++;
        sum.ops += ops;
        sum.snapshots += snapshots;
        sum.receipts += receipts;
        findings.forEach(find);
      }
      (await verifyRedactions(reader, doc)).forEach(find);
    });
  } catch (error) {
    // Pages that cannot be read: there is no going on.
    if (!(error instanceof StorageError && error.code === "corrupt")) throw error;
    find({ collection: COLLECTION, id: doc ?? "", message: error.message });
  }
  return sum;
}

async function verifyRedactions(store: StoreReader, doc: string | undefined): Promise<Finding[]> {
  const secret = await store.meta("secret");
  return (await store.redactions())
    .filter(({ id }) => doc === undefined || id === doc)
    .filter((redaction) => secret === undefined || !isSigned(secret, redaction))
    .map(({ collection, id }) => ({
      ...{ collection, id },
      message: "The record of a redaction is not what was written.",
    }));
}

async function* one<T>(promise: Promise<T>): AsyncGenerator<T> {
  yield await promise;
}
