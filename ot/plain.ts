// The plain document type: that of ot-text-unicode, over our rope and behind our checks.
//
// Name, URI and op format are those of ot-text-unicode, so a stock ShareDB client edits the same documents:
//
//     [3, "hi", 5, { d: 8 }]     skip 3 code points, insert "hi", skip 5, delete 8
//
// The functions are ours, one walk with the rich type's, and give what the original gives, component by component, quotes
// of deleted text included (`test/ot/agreement.test.ts`, `quotes.test.ts`). They differ where that one leaves things
// open or takes too long: `apply` sees to it that deletes stay inside the document and that a quoting delete quotes what stands
// there, `compose` counts deletes that quote, `normalize` leaves its argument alone, and positions know two sides of an insert.

import { applied, inTurn } from "./apply.js";
import { checkPlainOp } from "./check.js";
import { composed } from "./compose.js";
import { indexed } from "./indexed-op.js";
import { invertRich } from "./invert.js";
import { asRichOp, normalized } from "./op.js";
import { PlainSnapshot } from "./plain-snapshot.js";
import { transformPosition, transformSelection } from "./position.js";
import { transformed } from "./transform.js";
import type { IndexedOp, PlainOp, TextType } from "./types.js";

/** The type of plain documents. Lengths and positions count code points; the laws stand at {@link TextType}. */
export const plainText: TextType<PlainSnapshot, PlainOp> = {
  name: "text-unicode",
  uri: "http://sharejs.org/types/text-unicode",

  create: (wire) => PlainSnapshot.from(wire),

  // ShareDB hands out wire forms where it has cloned a snapshot.
  apply: (snapshot, op) => new PlainSnapshot(applied(PlainSnapshot.from(snapshot).rope, op)),

  applyAll: (snapshot, ops) => inTurn(PlainSnapshot.from(snapshot).transient(), ops),

  // What is made of plain ops has neither attributes nor embeds, and so is one.
  transform: (op, over, side) => transformed(op, over, side, "all alike") as PlainOp,
  compose: (first, second) => composed(first, second) as PlainOp,
  index: (op) => indexed(op, "all alike") as IndexedOp<PlainOp>,
  invertWithDoc: (op, snapshot) => invertRich(asRichOp(op), PlainSnapshot.from(snapshot).rope) as PlainOp,
  normalize: (op) => normalized(op) as PlainOp,
  checkOp: checkPlainOp,
  transformPosition,
  transformSelection,
};
