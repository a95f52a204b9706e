// A document that somebody has read in one form, edited there and gives back: the op that makes the edit, and leaves what
// that form cannot say.
//
//     base ── as the form says it ──▶ shown ── edited ──▶ now
//       ◀───────── back ─────────────           edit
//
// Both are ops on `shown`, the one made by nobody, the other by the caller; so the caller's edit is moved past `back`
// like any op past another, and stands on `base`: comments, alignment, empty paragraphs and embeds that Markdown does
// not know stay where they are.
//
// Always holds: what the op makes reads in that form as what was given; giving back what was read is the empty op.

import { plainText, RichSnapshot, richText, type Snapshot, type TextType } from "../../ot/index.js";
import type { Contents, DocumentType, Format, Op } from "../../protocol/index.js";
import { allowSnapshot } from "../policy.js";
import { types } from "../types.js";
import { leastOp } from "./difference.js";
import { keepFirstMarker } from "./first-marker.js";
import { readContents, writeSnapshot } from "./index.js";

const forms = ["text", "markdown", "html"] as const satisfies readonly Format[];
const algebras = { plain: plainText, rich: richText } as unknown as Record<
  DocumentType,
  TextType<Snapshot, Op>
>;

/**
 * The op on `base` that makes it what is given. Each step of it holds the event loop for as long as a document takes to
 * be read or written once; whoever has others to serve lets them go first in between.
 *
 * @throws Fault or OtError if the contents may not stand in a document
 */
export function* replacing(type: DocumentType, base: Snapshot, contents: Contents): Generator<void, Op> {
  const now = made(type, contents);
  yield;
  const legal = (op: Op) => (type === "rich" ? keepFirstMarker(RichSnapshot.from(base), op as never) : op);
  const form = forms.find((each) => contents[each] !== undefined);
  const exact = () => legal(leastOp(type, base, now));
  if (form === undefined || type === "plain") return exact();

  const written = writeSnapshot(type, base, form);
  if (written === contents[form]) return [];
  yield;
  const { apply, transform, invertWithDoc } = algebras[type];
  const shown = made(type, { [form]: written });
  yield;
  const edit = leastOp(type, shown, now);
  if (edit.length === 0) return [];
  yield;
  const lost = leastOp(type, base, shown);
  if (lost.length === 0) return legal(edit);
  const back = invertWithDoc(lost, base);
  yield;
  const wanted = writeSnapshot(type, now, form);
  for (const side of ["left", "right"] as const) {
    yield;
    const op = legal(transform(edit, back, side));
    if (writeSnapshot(type, apply(base, op), form) === wanted) return op;
  }
  // What the form cannot say cannot stay: it would change what it does say.
  return exact();
}

/** The snapshot of these contents, if they may stand in a document. */
function made(type: DocumentType, contents: Contents): Snapshot {
  const snapshot = algebras[type].create(readContents(type, contents));
  const wire = snapshot.toJSON();
  types[type].checkWire(wire);
  allowSnapshot(type, wire);
  return snapshot;
}
