// Two ops that follow each other, made into one.
//
// The first op's result is walked with the second op: what both leave, insert or delete is written down in terms of the
// document before the first. Where the second op inserts beside something that the first deleted, the insert is
// written first, as ot-text-unicode does.

import { changeAttributes, composeChanges, noAttributes } from "./attributes.js";
import { type BaseComponent, isDelete, isRetain, OpCursor } from "./cursor.js";
import { baseLengthOf, isInsert, RichOpBuilder } from "./op.js";
import { isBlockEmbed, scopes } from "./rope.js";
import type { Retain, RichOp } from "./types.js";

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
      if (isDelete(source.base)) {
        result.delete(source.left);
        source.advance(source.left);
        continue;
      }
      const atoms = source.component === undefined ? left : Math.min(left, source.left);
      if (source.insert !== undefined) onInserted(result, source, atoms, component);
      else {
        onKept(result, atoms, source.base, component);
        if (source.component !== undefined) source.advance(atoms);
      }
      left -= atoms;
    }
  }
  while (source.component !== undefined) {
    if (source.insert !== undefined) onInserted(result, source, source.left, source.left);
    else {
      onKept(result, source.left, source.base, source.left);
      source.advance(source.left);
    }
  }
  return result.done();
}

/** The second op meets atoms that the first one inserted. */
function onInserted(result: RichOpBuilder, source: OpCursor, atoms: number, second: BaseComponent): void {
  const { content, attributes } = source.takeInsert(atoms);
  if (isDelete(second)) return;
  if (!isRetain(second)) result.insert(content, attributes);
  else if (typeof content !== "string") {
    result.insert(content, changed(isBlockEmbed(content)));
  } else {
    for (const { text, block } of scopes(content)) result.insert(text, changed(block));
  }

  function changed(block: boolean) {
    const { a, b } = second as Retain;
    return changeAttributes(attributes ?? noAttributes, block ? b : a);
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
