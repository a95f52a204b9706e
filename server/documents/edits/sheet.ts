// A document as its rows, which go along with the edits that are made one after the other: of each edit only the rows that
// it touches are read anew, so that many edits of a long document cost little more than one.
//
//     rows before   │ touched, ends included │ rows behind
//     stay          │ read anew              │ stay, moved by what has come or gone
//
// Always holds: the rows are those that the snapshot has when it is read from its beginning. A row that begins where the
// touched ones end is read with them, because one behind a block embed takes what it is from that.

import { lines, type PlainOp, type PlainSnapshot, type RichOp, RichSnapshot } from "../../../ot/index.js";
import { STEP, type Steps } from "../steps.js";
import { PlainRow, RichRow, type Row } from "./rows.js";

type Snapshot = PlainSnapshot | RichSnapshot;

/** Rows in a step. */
const ROWS = 1000;

export class Sheet {
  rows: Row[] = [];

  private constructor(public snapshot: Snapshot) {}

  static *of(snapshot: Snapshot): Steps<Sheet> {
    const sheet = new Sheet(snapshot);
    sheet.rows = yield* sheet.read(0, snapshot.length);
    return sheet;
  }

  /** The document becomes what `op` makes of it. */
  *become(op: RichOp | PlainOp, after: Snapshot): Steps<void> {
    const { rows, snapshot: before } = this;
    this.snapshot = after;
    const [from, to] = touched(op);
    if (from === undefined) return;
    const moved = after.length - before.length;
    const first = Math.min(
      rows.length - 1,
      indexWhere(rows, (row) => row.end >= from),
    );
    const behind = indexWhere(rows, (row) => row.at > to);
    const old = rows.slice(first, behind);
    const fresh = yield* this.read(old[0]!.at, old.at(-1)!.end + moved);
    for (const row of rows.slice(behind)) row.at += moved;
    this.rows = [...rows.slice(0, first), ...fresh, ...rows.slice(behind)];
  }

  /** Has the texts of all rows at hand. */
  *readTexts(form: "text" | "folded"): Steps<void> {
    let read = 0;
    for (const row of this.rows) {
      if (form === "folded") yield* row.folding();
      read += row[form].length + 1;
      if (read < STEP) continue;
      read = 0;
      yield;
    }
  }

  /** The rows between two positions, where one begins and one ends. */
  private *read(from: number, to: number): Steps<Row[]> {
    const { snapshot } = this;
    const rows: Row[] = [];
    if (snapshot instanceof RichSnapshot) {
      const paper = this as { readonly snapshot: RichSnapshot };
      for (const line of lines(snapshot, from, to)) {
        rows.push(new RichRow(paper, line));
        if (rows.length % ROWS === 0) yield;
      }
      return rows;
    }
    let at = from;
    /** The beginning of a line that goes on. */
    let begun = "";
    const put = (text: string) => {
      const row = new PlainRow(at, text);
      rows.push(row);
      at = row.end + 1;
    };
    for (let next = from; next < to; next += STEP) {
      const texts = snapshot.slice(next, Math.min(to, next + STEP)).split("\n");
      // Not read again: one line may be as long as the document.
      texts[0] = begun + texts[0]!;
      begun = texts.pop()!;
      texts.forEach(put);
      yield;
    }
    put(begun);
    return rows;
  }
}

/** The stretch of the document before an op that it changes; inserts alone have none but a place. */
function touched(op: RichOp | PlainOp): readonly [from: number | undefined, to: number] {
  let at = 0;
  let from: number | undefined;
  let to = 0;
  for (const part of op) {
    if (typeof part === "number") {
      at += part;
      continue;
    }
    from ??= at;
    if (typeof part === "object" && "d" in part) at += part.d as number;
    else if (typeof part === "object" && "r" in part) at += part.r;
    to = at;
  }
  return [from, to];
}

/** Rows are in order: where the first one is of which it holds. */
function indexWhere(rows: readonly Row[], holds: (row: Row) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(rows[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
