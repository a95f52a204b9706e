// Two ops that follow each other, made into one.
//
// The first op's result is walked with the second op: what both leave, insert or delete is written down in terms of the
// document before the first. Where the second op inserts beside something that the first deleted, the insert is
// written first, as ot-text-unicode does.

import { changeAttributes, composeChanges, noAttributes } from "./attributes.js";
import { type InsertPiece, OpCursor } from "./cursor.js";
import { baseLengthOf, isInsert, RichOpBuilder } from "./op.js";
import { isBlockEmbed, scopes } from "./rope.js";
import type { Delete, Retain, RichOp } from "./types.js";

/** A component that walks over atoms of the document before the op. */
type BaseComponent = number | Delete | Retain;

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
  composeInto(result, first, second);
  return result.done();
}

/** Writes the same to `result`, a skip at the end of either included. */
export function composeInto(result: RichOpBuilder, first: RichOp, second: RichOp): void {
  const source = new OpCursor(first);
  for (const component of second) {
    if (isInsert(component)) {
      result.add(component);
      continue;
    }
    let left = baseLengthOf(component);
    while (left > 0) {
      if (source.kind === "insert") {
        const piece = source.takeInsert(left);
        onInserted(result, piece, component);
        left -= piece.atoms;
      } else if (source.kind === "delete") {
        result.delete(source.left);
        source.advance(source.left);
      } else {
        const atoms = Math.min(left, source.left);
        onKept(result, atoms, source.retain, component);
        source.advance(atoms);
        left -= atoms;
      }
    }
  }
  while (!source.done) {
    if (source.kind === "insert") {
      const { content, attributes } = source.takeInsert();
      result.insert(content, attributes);
      continue;
    }
    if (source.kind === "delete") result.delete(source.left);
    else onKept(result, source.left, source.retain, source.left);
    source.advance(source.left);
  }
}

/** The second op meets atoms that the first one inserted. */
function onInserted(
  result: RichOpBuilder,
  { content, attributes = noAttributes }: InsertPiece,
  second: BaseComponent,
): void {
  const change = typeof second === "object" ? second : undefined;
  if (change !== undefined && "d" in change) return;
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

/** The second op meets atoms of the document before the first, which that one skipped or changed. */
function onKept(
  result: RichOpBuilder,
  atoms: number,
  first: Retain | undefined,
  second: BaseComponent,
): void {
  if (typeof second !== "object") {
    if (first === undefined) result.skip(atoms);
    else result.retain(atoms, first.a, first.b);
  } else if ("d" in second) result.delete(atoms);
  else result.retain(atoms, composeChanges(first?.a, second.a), composeChanges(first?.b, second.b));
}
