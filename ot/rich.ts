// The rich document type: a superset of ot-text-unicode's op format with attributes, embeds and block markers.
//
//     [1, { r: 5, b: { t: "h1" } }, "text", { i: { image: { src } }, a: { l: href } }, { d: 2 }, { r: 3, a: { b: 1, i: null } }]
//
// A block marker is the line feed that stands before the text of its block and carries the block's attributes, so that
// Enter is an insert and joining blocks is a delete. Every sequence of atoms is a valid document; what it looks like is
// read off by `blocks.ts` and the editor's projection.
//
// The rules of the merge stand in `transform.ts`.

import { applied, inTurn } from "./apply.js";
import { checkRichOp } from "./check.js";
import { composed } from "./compose.js";
import { indexed } from "./indexed-op.js";
import { invertRich } from "./invert.js";
import { normalized } from "./op.js";
import { transformPosition, transformSelection } from "./position.js";
import { RichSnapshot } from "./rich-snapshot.js";
import { transformed } from "./transform.js";
import type { IndexedOp, RichOp, TextType } from "./types.js";

/** The type of rich documents. Lengths and positions count atoms; the laws stand at {@link TextType}. */
export const richText: TextType<RichSnapshot, RichOp> = {
  name: "rich-text-interline",
  uri: "https://interline.dev/types/rich-text",

  create: (wire) => RichSnapshot.from(wire),

  apply(snapshot, op) {
    // ShareDB hands out wire forms where it has cloned a snapshot.
    return new RichSnapshot(applied(RichSnapshot.from(snapshot).rope, op));
  },

  applyAll: (snapshot, ops) => inTurn(RichSnapshot.from(snapshot).transient(), ops),

  transform: (op, over, side) => transformed(op, over, side, "markers last") as RichOp,
  compose: composed,
  index: (op) => indexed(op, "markers last") as IndexedOp<RichOp>,
  invertWithDoc: (op, snapshot) => invertRich(op, RichSnapshot.from(snapshot).rope),
  normalize: (op) => normalized(op) as RichOp,
  checkOp: checkRichOp,
  transformPosition,
  transformSelection,
};
