// Makes a document as it once was, by one more op: history goes on and nothing of it is rewritten, so whoever has the
// document open sees an edit like any other, and may undo the mistake of having restored.
//
// The op is the difference between now and then, made at the head and transformed past whatever is committed meanwhile.

import { plainDifference, richDifference } from "../../ot/difference.js";
import type { PlainSnapshot, RichSnapshot } from "../../ot/index.js";
import { Fault, type Version } from "../../protocol/index.js";
import type { DocumentHead, Ledger } from "../ports.js";
import { dataOf, type StorageAdapter } from "../storage/index.js";
import { COLLECTION } from "./backend.js";
import { type AnySnapshot, keptType } from "./documents.js";
import { missing, versionAhead } from "./refusals.js";

/** A version, or a time in milliseconds since the Unix epoch. */
export type Moment = { readonly version: Version } | { readonly time: number };

export interface PastDocument extends Pick<DocumentHead, "type" | "version"> {
  readonly snapshot: AnySnapshot;
}

export interface RestoreBy {
  readonly author: string;
  /** Names the op; not used before. */
  readonly src: string;
  readonly seq: number;
}

export interface Restored {
  /** What the document is again. */
  readonly from: Version;
  /** The version that it has now. */
  readonly version: Version;
  /** False: it was so already, and nothing was written. */
  readonly changed: boolean;
}

/** It is of another type now, so no op leads there. */
export class OtherType extends Error {
  override readonly name = "OtherType";
}

/**
 * The document as it was, or as it is if no moment is given.
 *
 * @throws Fault `forbidden` if there is none, `version_ahead`, `version_unknown` if that is not kept any more,
 * `document_deleted` if it was deleted then, or not there yet; StorageError
 */
export async function pastDocument(
  storage: Pick<StorageAdapter, "versions" | "past" | "versionAt">,
  doc: string,
  moment?: Moment,
): Promise<PastDocument> {
  const versions = await storage.versions(COLLECTION, doc);
  if (versions === undefined) throw missing();
  const version = await versionOf(moment ?? { version: versions.head });
  if (version === 0) throw new Fault("document_deleted", "The document was not there yet.");
  const past = await storage.past(COLLECTION, doc, version);
  if (past === undefined) throw versionAhead();
  if (past.type === null) throw new Fault("document_deleted", "The document was deleted then.");
  const type = keptType(past.type);
  if (type === undefined) throw missing();
  return { type: type.name, version: past.version, snapshot: dataOf(past.held) as AnySnapshot };

  async function versionOf(at: Moment): Promise<Version> {
    return "version" in at ? at.version : ((await storage.versionAt(COLLECTION, doc, at.time)) ?? 0);
  }
}

/**
 * Makes `doc` what it was: `past`. A document that is deleted is made anew, in another life.
 *
 * @throws Fault as {@link Ledger.submit} and {@link Ledger.create} do; OtherType
 */
export async function restoreDocument(
  ledger: Pick<Ledger, "read" | "create" | "submit">,
  doc: string,
  past: PastDocument,
  by: RestoreBy,
): Promise<Restored> {
  const now = await ledger.read(doc);
  if (now === undefined) {
    const { version } = await ledger.create(doc, past.type, past.snapshot.toJSON(), by.author);
    return { from: past.version, version, changed: true };
  }
  if (now.type !== past.type)
    throw new OtherType(`It was ${past.type} text then and is ${now.type} text now.`);
  const op =
    now.type === "rich"
      ? richDifference(now.snapshot as RichSnapshot, past.snapshot as RichSnapshot)
      : plainDifference(now.snapshot as PlainSnapshot, past.snapshot as PlainSnapshot);
  if (op.length === 0) return { from: past.version, version: now.version, changed: false };
  const version = await ledger.submit(doc, { ...by, version: now.version, op });
  return { from: past.version, version, changed: true };
}
