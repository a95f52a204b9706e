// The plain document type: that of ot-text-unicode, over our rope and behind our checks.
//
// Name, URI and op format are those of ot-text-unicode, so a stock ShareDB client edits the same documents:
//
//     [3, "hi", 5, { d: 8 }]     skip 3 code points, insert "hi", skip 5, delete 8
//
// Of its functions, `transform` is used as it is where a delete quotes what it deletes. `apply` is ours, over our rope, and
// checks what the original leaves unchecked: that deletes stay inside the document and that a quoting delete quotes what stands
// there. `transform` otherwise and `compose` are ours with the same result, one walk with the rich type's (`transform.ts`); the
// original's compose counts a large insert again for every piece it takes off it. So are `normalize`, which changes its
// argument there, and positions, which know no bias there.

import { type as original } from "ot-text-unicode";
import { applied } from "./apply.js";
import { checkPlainOp } from "./check.js";
import { composeRich } from "./compose.js";
import { indexPlain } from "./indexed-op.js";
import { asRichOp, baseLengthOf, isInsert, isQuoting, PlainOpBuilder } from "./op.js";
import { PlainSnapshot } from "./plain-snapshot.js";
import { transformPosition, transformSelection } from "./position.js";
import { transformPlain } from "./transform.js";
import type { PlainOp, RichOp, TextType } from "./types.js";
import { codePointLength } from "./unicode.js";

/** ot-text-unicode does not change the ops it is given here, but its types do not say so. */
type OriginalOp = Parameters<typeof original.transform>[0];
const given = (op: PlainOp) => op as OriginalOp;

/** The type of plain documents. Lengths and positions count code points; the laws stand at {@link TextType}. */
export const plainText: TextType<PlainSnapshot, PlainOp> = {
  name: original.name,
  uri: original.uri,

  create: (wire) => PlainSnapshot.from(wire),

  // ShareDB hands out wire forms where it has cloned a snapshot.
  apply: (snapshot, op) => new PlainSnapshot(applied(PlainSnapshot.from(snapshot).rope, op)),

  transform(op, over, side) {
    // Quotes are kept, cut where the other op has deleted a part of them.
    if (isQuoting(op)) return original.transform(given(op), given(over), side) as PlainOp;
    return transformPlain(op as RichOp, asRichOp(over), side) as PlainOp;
  },

  compose: (first, second) => composeRich(asRichOp(first), asRichOp(second)) as PlainOp,

  index: (op) => indexPlain(op, plainText),

  invertWithDoc(op, snapshot) {
    const before = PlainSnapshot.from(snapshot);
    const result = new PlainOpBuilder();
    let position = 0;
    for (const component of asRichOp(op)) {
      const atoms = baseLengthOf(component);
      if (typeof component === "string") result.delete(codePointLength(component));
      else if (typeof component === "number") result.skip(component);
      else if (!isInsert(component)) result.insert(before.slice(position, position + atoms));
      position += atoms;
    }
    return result.done();
  },

  normalize(op) {
    const result = new PlainOpBuilder();
    for (const component of op) {
      if (typeof component === "string") result.insert(component);
      else if (typeof component === "number") result.skip(component);
      else result.delete(typeof component.d === "string" ? codePointLength(component.d) : component.d);
    }
    return result.done();
  },

  checkOp: checkPlainOp,
  transformPosition,
  transformSelection,
};
