// One edit of a rich document, as an op. It may begin with what goes before the first marker; see `first-marker.ts`.

import {
  diffText,
  noAttributes,
  type RichOp,
  RichSnapshot,
  type RichWire,
  richOp,
} from "../../../ot/index.js";
import { type Edit, Fault, type Writing } from "../../../protocol/index.js";
import { isBlockKey, isTextKey } from "../../formats/keys.js";
import { replacing } from "../../formats/replacement.js";
import type { Steps } from "../steps.js";
import { appendItem } from "./lists.js";
import type { Target } from "./places.js";
import type { Row } from "./rows.js";
import { besides, blocks, inline } from "./writing.js";

/** @throws Fault `op_malformed` for what cannot be done at that place, `place_missing` where there is no list */
export function* richEdit(
  snapshot: RichSnapshot,
  rows: readonly Row[],
  target: Target,
  edit: Edit,
  index: number,
): Steps<RichOp> {
  switch (edit.do) {
    case "replace":
      return target.kind === "text"
        ? replaceText(snapshot, rows[target.row]!, target.from, target.to, edit)
        : yield* replaceBlocks(snapshot, rows, target, edit);
    case "insert":
      return target.kind === "text"
        ? insertText(snapshot, rows[target.row]!, edit.where === "before" ? target.from : target.to, edit)
        : insertBlocks(snapshot, rows, target, edit.where, edit);
    case "delete": {
      const [from, to] = reach(rows, target);
      return richOp()
        .skip(from)
        .delete(to - from)
        .done();
    }
    case "format":
      return format(rows, target, edit.set);
    case "appendItem":
      return appendItem(rows, target, edit, index);
  }
}

/** The positions that a place covers. */
function reach(rows: readonly Row[], target: Target): readonly [from: number, to: number] {
  if (target.kind === "text") return [target.from, target.to];
  if (target.kind === "edge") throw new Fault("op_malformed", "Only inserts are made at the start or end.");
  if (target.first === target.last) return [0, 0];
  return [rows[target.first]!.at, rows[target.last - 1]!.end];
}

/** The attributes of text at a position: of that atom, or the one before it. */
function textAttributes(snapshot: RichSnapshot, row: Row, position: number) {
  if (position < row.end) return snapshot.attributesAt(position);
  return position > row.start ? snapshot.attributesAt(position - 1) : noAttributes;
}

function replaceText(snapshot: RichSnapshot, row: Row, from: number, to: number, writing: Writing): RichOp {
  const op = richOp().skip(from);
  const old = snapshot.text(from, to);
  const plain = "text" in writing && !writing.text.includes("\n") && [...old].length === to - from;
  if (!plain) {
    const made = inline(writing, textAttributes(snapshot, row, from), row.attributes);
    for (const insert of made) op.add(insert);
    return op.delete(to - from).done();
  }
  // What stays at either end keeps what it has; what comes between takes it from what goes.
  let at = from;
  for (const part of diffText(old, writing.text)) {
    if (typeof part === "string") op.insert(part, textAttributes(snapshot, row, at < to ? at : at - 1));
    else if (typeof part === "number") {
      op.skip(part);
      at += part;
    } else op.delete(part.d as number);
  }
  return op.done();
}

function* replaceBlocks(
  snapshot: RichSnapshot,
  rows: readonly Row[],
  target: Exclude<Target, { kind: "text" }>,
  writing: Writing,
): Steps<RichOp> {
  const [from, to] = reach(rows, target);
  if (from === to) return insertBlocks(snapshot, rows, target, "after", writing);
  if (target.kind !== "block") return put(from, to - from, blocks(writing, noAttributes));
  const row = rows[target.first]!;
  if ("text" in writing && row.start > row.at && snapshot.atomAt(row.at) === "\n")
    return replaceText(snapshot, row, row.start, row.end, writing);
  if (snapshot.atomAt(from) !== "\n" || "text" in writing)
    return put(from, to - from, blocks(writing, besides(row.attributes)));
  // As a document of its own, so that what Markdown cannot say of the block stays.
  const op = richOp().skip(from);
  const block = RichSnapshot.from(snapshot.slice(from, to));
  for (const part of (yield* replacing("rich", block, writing)) as RichOp) op.add(part);
  return op.done();
}

function insertText(snapshot: RichSnapshot, row: Row, at: number, writing: Writing): RichOp {
  const inside = at > row.start ? at - 1 : at;
  const op = richOp().skip(at);
  for (const insert of inline(writing, textAttributes(snapshot, row, inside), row.attributes)) op.add(insert);
  return op.done();
}

function insertBlocks(
  snapshot: RichSnapshot,
  rows: readonly Row[],
  target: Exclude<Target, { kind: "text" }>,
  where: "before" | "after" | undefined,
  writing: Writing,
): RichOp {
  if (target.kind === "edge") {
    // An empty document is what is written, not that after an empty paragraph.
    const isEmpty = snapshot.length === 1 && Object.keys(snapshot.attributesAt(0)).length === 0;
    if (isEmpty) return put(0, 1, blocks(writing, noAttributes));
    return put(target.at === "start" ? 0 : snapshot.length, 0, blocks(writing, noAttributes));
  }
  const first = rows[target.first]?.at ?? snapshot.length;
  const end = target.first === target.last ? first : rows[target.last - 1]!.end;
  const beside = target.kind === "block" ? besides(rows[target.first]!.attributes) : noAttributes;
  return put(where === "before" ? first : end, 0, blocks(writing, beside));
}

function put(at: number, deleted: number, wire: RichWire): RichOp {
  const op = richOp().skip(at);
  for (const insert of wire) op.add(insert);
  return op.delete(deleted).done();
}

function format(rows: readonly Row[], target: Target, set: Extract<Edit, { do: "format" }>["set"]): RichOp {
  const [from, to] = reach(rows, target);
  const isOfText = target.kind === "text" ? (key: string) => !isBlockKey(key) : isTextKey;
  const ofText = Object.fromEntries(Object.entries(set).filter(([key]) => isOfText(key)));
  const ofBlocks = Object.fromEntries(Object.entries(set).filter(([key]) => !isOfText(key)));
  if (target.kind === "text" && Object.keys(ofBlocks).length > 0)
    throw new Fault("op_malformed", `${Object.keys(ofBlocks)[0]} is set on blocks, not on text.`);
  return richOp()
    .skip(from)
    .retain(to - from, ofText, ofBlocks)
    .done();
}
