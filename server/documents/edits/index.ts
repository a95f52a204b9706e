// Edits at quoted text, blocks and headings: from places and what to do there to one op.
//
// Each edit is resolved on what the one before makes; all of them are one op, made on the document that the caller has
// read, or there is none. What lies outside the places is not touched. The document is read once (`sheet.ts`), and between the
// steps of it others may go first.

import { type PlainSnapshot, plainText, RichSnapshot, richText } from "../../../ot/index.js";
import { type DocumentType, type Edit, Fault, type Op } from "../../../protocol/index.js";
import { keepFirstMarker } from "../../formats/first-marker.js";
import { types } from "../../types.js";
import type { Steps } from "../steps.js";
import { resolve } from "./places.js";
import { plainEdit } from "./plain.js";
import { richEdit } from "./rich.js";
import { Sheet } from "./sheet.js";

/** More come in another request: each looks through the document. */
export const MAX_EDITS = 100;

/**
 * The op that makes all edits.
 *
 * @throws Fault `place_missing` | `place_ambiguous` | `op_malformed` | `op_too_complex`; OtError for what may not stand in a document
 */
export function* editing(
  type: DocumentType,
  base: PlainSnapshot | RichSnapshot,
  edits: readonly Edit[],
): Steps<Op> {
  if (edits.length > MAX_EDITS)
    throw new Fault("op_too_complex", `At most ${MAX_EDITS} edits are made at once.`, {
      details: { edits: MAX_EDITS },
    });
  let all: Op = [];
  const sheet = yield* Sheet.of(base);
  for (const [index, edit] of edits.entries()) {
    const { snapshot, rows } = sheet;
    const target = yield* resolve(sheet, edit.place, index);
    if (snapshot instanceof RichSnapshot) {
      const op = keepFirstMarker(snapshot, yield* richEdit(snapshot, rows, target, edit, index));
      types[type].checkOp(op);
      all = richText.compose(all as never, op);
      yield* sheet.become(op, richText.apply(snapshot, op));
    } else {
      const op = plainEdit(snapshot, rows, target, edit);
      types[type].checkOp(op);
      all = plainText.compose(all as never, op);
      yield* sheet.become(op, plainText.apply(snapshot, op));
    }
    yield;
  }
  return all;
}
