// Two ops that follow each other, made into one.
//
// The first op's result is walked with the second op: what both leave, insert or delete is written down in terms of the
// document before the first. Where the second op inserts beside something that the first deleted, the insert is
// written first, as ot-text-unicode does.

import { changeAttributes, composeChanges, noAttributes } from "./attributes.js";
import { type BaseComponent, type InsertPiece, isDelete, isRetain, OpCursor } from "./cursor.js";
import { baseLengthOf, isInsert, RichOpBuilder } from "./op.js";
import { isBlockEmbed, scopes } from "./rope.js";
import type { RichOp } from "./types.js";

/**
 * One op that does what `first` and then `second` do:
 *
 *     apply(d, compose(first, second)) = apply(apply(d, first), second)
 *
 * `second` was made against the document that `first` leaves. Canonical if both are. Linear in the components and text
 * of both.
 */
export function composeRich(first: RichOp, second: RichOp): RichOp {
  const result = new RichOpBuilder();
  const source = new OpCursor(first);
  for (const component of second) {
    if (isInsert(component)) {
      result.add(component);
      continue;
    }
    let left = baseLengthOf(component);
    while (left > 0) {
      if (source.insert !== undefined) {
        const piece = source.takeInsert(left);
        onInserted(result, piece, component);
        left -= piece.atoms;
      } else if (isDelete(source.base)) {
        result.delete(source.left);
        source.advance(source.left);
      } else {
        const atoms = source.base === undefined ? left : Math.min(left, source.left);
        onKept(result, atoms, source.base, component);
        if (source.base !== undefined) source.advance(atoms);
        left -= atoms;
      }
    }
  }
  while (source.component !== undefined) {
    if (source.insert !== undefined) {
      const { content, attributes } = source.takeInsert();
      result.insert(content, attributes);
    } else {
      onKept(result, source.left, source.base, source.left);
      source.advance(source.left);
    }
  }
  return result.done();
}

/** The second op meets atoms that the first one inserted. */
function onInserted(
  result: RichOpBuilder,
  { content, attributes = noAttributes }: InsertPiece,
  second: BaseComponent,
): void {
  if (isDelete(second)) return;
  const change = isRetain(second) ? second : undefined;
  if (typeof content !== "string") {
    const by = isBlockEmbed(content) ? change?.b : change?.a;
    result.insert(content, changeAttributes(attributes, by));
  } else if (change === undefined) {
    result.insert(content, attributes);
  } else {
    for (const { text, block } of scopes(content)) {
      result.insert(text, changeAttributes(attributes, block ? change.b : change.a));
    }
  }
}

/** The second op meets atoms of the document before the first, which that one kept, changed or (at the end) deleted. */
function onKept(
  result: RichOpBuilder,
  atoms: number,
  first: BaseComponent | undefined,
  second: BaseComponent,
): void {
  if (isDelete(first) || isDelete(second)) {
    result.delete(atoms);
    return;
  }
  const x = isRetain(first) ? first : undefined;
  const y = isRetain(second) ? second : undefined;
  result.retain(atoms, composeChanges(x?.a, y?.a), composeChanges(x?.b, y?.b));
}
