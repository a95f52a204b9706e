// The two document types as the ledger keeps them: what ShareDB calls them, what a list calls a document, and what must
// hold of a document after any op, whoever sent it and whatever it was transformed past.

import { opBounds } from "../../ot/check.js";
import { type PlainSnapshot, plainText, RichSnapshot, type RichWire, richText } from "../../ot/index.js";
import { type Weighed, weigh, weightOfNew } from "../../ot/weight.js";
import { type DocumentType, Fault, type Op } from "../../protocol/index.js";
import type { KnownType } from "../storage/index.js";
import { boundedRichText } from "./growth.js";

/** The longest title, in atoms. */
const TITLE_ATOMS = 120;

export type AnySnapshot = PlainSnapshot | RichSnapshot;

export interface KeptType extends KnownType {
  readonly name: DocumentType;
  create(wire: unknown): AnySnapshot;
  /** The type as ShareDB registers it. */
  readonly algebra: typeof plainText | typeof richText;
  /** The op that builds a snapshot from nothing: what a create is in history. */
  buildOp(snapshot: AnySnapshot): Op;
}

const plain: KeptType = {
  name: "plain",
  uri: plainText.uri,
  algebra: plainText,
  create: (wire) => plainText.create(wire),
  title: (snapshot) => (snapshot as PlainSnapshot).firstLineText(TITLE_ATOMS),
  buildOp: (snapshot) => (snapshot.length === 0 ? [] : [snapshot.toJSON()]),
};

const rich: KeptType = {
  name: "rich",
  uri: richText.uri,
  algebra: boundedRichText,
  create: (wire) => richText.create(wire),
  title: (snapshot) => (snapshot as RichSnapshot).firstBlockText(TITLE_ATOMS),
  // A rich wire form is the inserts that build it.
  buildOp: (snapshot) => snapshot.toJSON() as RichWire,
};

export const keptTypes: { readonly [Type in DocumentType]: KeptType } = { plain, rich };

/** The type that ShareDB knows by `uri`; undefined for types that are not ours. */
export function keptType(uri: string | null): KeptType | undefined {
  return uri === plain.uri ? plain : uri === rich.uri ? rich : undefined;
}

/** Demands that a rich document has kept its first block marker. @throws Fault `op_malformed` */
export function demandMarker(type: KeptType, snapshot: AnySnapshot): void {
  if (type === rich && (snapshot as RichSnapshot).atomAt(0) !== "\n") {
    throw new Fault("op_malformed", "A rich document begins with a block marker.");
  }
}

/** The longest rich document as JSON, in UTF-16 units: as it is kept, sent whole and read again. */
export const MAX_CHARACTERS = 64_000_000;

/**
 * Demands that a document stays within its limits, or shrinks towards them.
 *
 * @param before  undefined: it is being made. @throws Fault `document_too_large` | `op_too_complex`
 */
export function demandFit(before: AnySnapshot | undefined, after: AnySnapshot, documentAtoms: number): void {
  const atoms = after.length;
  if (atoms > documentAtoms && atoms > (before?.length ?? 0)) throw tooLarge({ atoms, documentAtoms });
  const { weight: characters, attributes } = weighed(after);
  if (characters > MAX_CHARACTERS && characters > weighed(before).weight)
    throw tooLarge({ characters, documentCharacters: MAX_CHARACTERS });
  // They gather in many ops. What has more could be deleted, and not be inserted again.
  const { maxAttributes } = opBounds;
  if (attributes > maxAttributes && attributes > weighed(before).attributes)
    throw new Fault("op_too_complex", `Something would have more than ${maxAttributes} attributes.`, {
      details: { attributes, maxAttributes },
    });
}

/** How much of `after` an op has made, in UTF-16 units as JSON: to apply it took about 30 ns for each. Ask it before anything else. */
export function madeOf(before: AnySnapshot | undefined, after: AnySnapshot): number {
  weighed(before);
  return after instanceof RichSnapshot ? weightOfNew(after) : 0;
}

/** A plain document is no longer than its atoms say. */
const weighed = (snapshot: AnySnapshot | undefined): Weighed =>
  snapshot instanceof RichSnapshot ? weigh(snapshot) : { weight: 0, attributes: 0 };

const tooLarge = (details: { readonly [name: string]: number }) =>
  new Fault("document_too_large", "The document would become too large.", { details });
