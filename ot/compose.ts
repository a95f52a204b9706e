// Two ops that follow each other, made into one.
//
// The first op's result is walked with the second op: what both leave, insert or delete is written down in terms of the
// document before the first. Where the second op inserts beside something that the first deleted, the insert is
// written first, as ot-text-unicode does.

import { changeAttributes, composeChanges, noAttributes } from "./attributes.js";
import { OpCursor } from "./cursor.js";
import { type AnyOp, attributesOf, contentOf, type InsertComponent, RichOpBuilder } from "./op.js";
import { isBlockEmbed, scopes } from "./rope.js";
import type { Retain, RichOp } from "./types.js";

/**
 * One op that does what `first` and then `second` do:
 *
 *     apply(d, compose(first, second)) = apply(apply(d, first), second)
 *
 * `second` was made against the document that `first` leaves. Canonical if both are; what deletes quote is left out. Linear in the components and text
 * of both.
 */
export function composed(first: AnyOp, second: AnyOp): RichOp {
  const result = new RichOpBuilder();
  composeInto(result, new OpCursor(first), new OpCursor(second));
  return result.done();
}

/** Writes the same to `result`, from where the cursors stand, a skip at the end of either included. */
export function composeInto(result: RichOpBuilder, source: OpCursor, then: OpCursor): void {
  while (!then.done) {
    if (then.kind === "insert") {
      result.put(then.takeRest());
    } else if (source.kind === "insert") {
      onInserted(result, source.takeInsert(then.left), then);
      then.advance(source.took);
    } else if (source.kind === "delete") {
      result.delete(source.left);
      source.advance(source.left);
    } else {
      const atoms = Math.min(then.left, source.left);
      onKept(result, atoms, source.retain, then);
      source.advance(atoms);
      then.advance(atoms);
    }
  }
  while (!source.done) {
    if (source.kind === "insert") {
      result.put(source.takeRest());
      continue;
    }
    if (source.kind === "delete") result.delete(source.left);
    else if (source.retain === undefined) result.skip(source.left);
    else result.retain(source.left, source.retain.a, source.retain.b);
    source.advance(source.left);
  }
}

/** The second op meets atoms that the first one inserted. */
function onInserted(result: RichOpBuilder, insert: InsertComponent, second: OpCursor): void {
  if (second.kind === "delete") return;
  const change = second.retain;
  if (change === undefined) {
    result.put(insert);
    return;
  }
  const content = contentOf(insert);
  const attributes = attributesOf(insert) ?? noAttributes;
  if (typeof content !== "string") {
    result.insert(content, changeAttributes(attributes, isBlockEmbed(content) ? change.b : change.a));
  } else {
    for (const { text, block } of scopes(content)) {
      result.insert(text, changeAttributes(attributes, block ? change.b : change.a));
    }
  }
}

/** The second op meets atoms of the document before the first, which that one skipped or changed. */
function onKept(result: RichOpBuilder, atoms: number, first: Retain | undefined, second: OpCursor): void {
  if (second.kind === "delete") result.delete(atoms);
  else if (first === undefined && second.kind === "skip") result.skip(atoms);
  else {
    const then = second.retain;
    result.retain(atoms, composeChanges(first?.a, then?.a), composeChanges(first?.b, then?.b));
  }
}
