// One edit of a plain document, whose blocks are its lines. Markdown is text there; formats and items it has none.

import { diffText, type PlainOp, type PlainSnapshot, plainOp } from "../../../ot/index.js";
import { type Edit, Fault } from "../../../protocol/index.js";
import { types } from "../../types.js";
import type { Target } from "./places.js";
import type { Row } from "./rows.js";

/** @throws Fault `op_malformed` for what a plain document does not have */
export function plainEdit(
  snapshot: PlainSnapshot,
  rows: readonly Row[],
  target: Target,
  edit: Edit,
): PlainOp {
  if (edit.do === "format" || edit.do === "appendItem" || target.kind === "section")
    throw new Fault("op_malformed", "A plain document has no formatting, headings or lists.");
  const text =
    edit.do === "delete" ? "" : (types.plain.fromText("text" in edit ? edit.text : edit.markdown) as string);
  const side = edit.do === "insert" ? (edit.where ?? "after") : "after";

  if (target.kind === "edge") {
    if (edit.do !== "insert") throw new Fault("op_malformed", "Only inserts are made at the start or end.");
    if (snapshot.length === 0) return plainOp().insert(text).done();
    return target.at === "start" ? before(0) : after(snapshot.length);
  }
  if (target.kind === "text") {
    if (edit.do === "insert")
      return plainOp()
        .skip(side === "before" ? target.from : target.to)
        .insert(text)
        .done();
    return replaced(target.from, target.to);
  }
  const { start, end } = rows[target.first]!;
  if (edit.do === "insert") return side === "before" ? before(start) : after(end);
  if (edit.do === "replace") return replaced(start, end);
  // With the line goes one of the line feeds beside it.
  if (end < snapshot.length)
    return plainOp()
      .skip(start)
      .delete(end + 1 - start)
      .done();
  const from = Math.max(0, start - 1);
  return plainOp()
    .skip(from)
    .delete(end - from)
    .done();

  function before(position: number): PlainOp {
    return plainOp().skip(position).insert(`${text}\n`).done();
  }
  function after(position: number): PlainOp {
    return plainOp().skip(position).insert(`\n${text}`).done();
  }
  function replaced(from: number, to: number): PlainOp {
    const op = plainOp().skip(from);
    for (const part of diffText(snapshot.slice(from, to), text)) {
      if (typeof part === "string") op.insert(part);
      else if (typeof part === "number") op.skip(part);
      else op.delete(part.d as number);
    }
    return op.done();
  }
}
