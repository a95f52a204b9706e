// Moving two ops that were made against the same document past each other.
//
//            d ──── right ───▶ ·          Both ops are walked side by side, gap by gap and atom by atom of `d`:
//            │                 │
//          left        left past right    gap   what both insert there, ordered
//            │                 │          atom  what both do to it, each after the other has been there
//            ▼                 ▼
//            · ─right past left▶ ·        closes for every pair (TP1)
//
// One walk writes down both new ops, or the one that is asked for. Plain ops are walked the same way, as rich ones without
// attributes, embeds and markers.
//
// Three rules are not obvious:
// - Text before markers. Where both insert at one gap, text and inline embeds go before block markers, so that "append
//   to this line" and "Enter at its end" do not tear the line apart. Of equal kind, the left op's go first. In plain text
//   all is of one kind.
// - The left op wins an attribute key that both set.
// - Gap inheritance. Atoms inserted strictly inside a range that the other op formats uniformly take that format: for
//   each key to which the other op gives one value on both atoms beside the gap. Text takes `a`, markers take `b`.
//   A key that the inserting op also sets on both sides, winning, is left alone.

import { changeAttributes, changeWithout, noAttributes, pick } from "./attributes.js";
import { OpCursor } from "./cursor.js";
import {
  type AnyOp,
  attributesOf,
  baseLengthOf,
  type Content,
  contentLength,
  contentOf,
  type InsertComponent,
  lengthChange,
  RichOpBuilder,
} from "./op.js";
import { isBlockEmbed, scopes } from "./rope.js";
import type { AttributeChange, Attributes, Retain, Side } from "./types.js";

/** Whether markers go after text where both insert at one gap. */
export type Ties = "markers last" | "all alike";

/**
 * Moves `op` past `over`, when both were made against the same document `d`.
 *
 *     apply(apply(d, over), transform(op, over, "left"))
 *   = apply(apply(d, op), transform(over, op, "right"))          (TP1)
 *
 * Going past a compose of several ops is not the same as going past each in turn; history is walked op by op.
 *
 * @param side which of the two `op` is: the left one's inserts go first in a tie, and its attributes win
 * @returns a canonical op, valid on the document that `over` leaves. Linear in the components and text of both. Quotes are
 *   kept, cut where `over` deletes a part of them
 */
export function transformed(op: AnyOp, over: AnyOp, side: Side, ties: Ties): AnyOp {
  // Nothing meets where an atom lies between the two ops that neither of them touches. Of what people type, most is so.
  const [mine, theirs] = [op[0], over[0]];
  if (typeof theirs === "number" && endsBefore(op, theirs)) return op;
  if (typeof mine === "number" && endsBefore(over, mine)) return [mine + lengthChange(over), ...op.slice(1)];
  const result = new RichOpBuilder();
  cross(new OpCursor(op), new OpCursor(over), side, ties, result, undefined);
  return result.done();
}

/** Whether all that an op does is done before the atom in front of a position. */
function endsBefore(op: AnyOp, position: number): boolean {
  let left = position;
  for (let nth = 0; nth < op.length; nth++) {
    left -= baseLengthOf(op[nth]!);
    if (left <= 0) return false;
  }
  return true;
}

/**
 * Closes the diamond of two ops, from where the cursors stand: writes the first past the other to `mineMoved` and, where that is
 * given, the other past the first to `theirsMoved`, both to the end of the longer of the two. May leave a skip at their ends.
 *
 * @param side which of the two is the first
 */
export function cross(
  mine: OpCursor,
  theirs: OpCursor,
  side: Side,
  ties: Ties,
  mineMoved: RichOpBuilder,
  theirsMoved: RichOpBuilder | undefined,
): void {
  const iWin = side === "left";
  let mineBefore: Retain | undefined;
  let theirsBefore: Retain | undefined;

  for (;;) {
    if (mine.kind === "insert" || theirs.kind === "insert") {
      if (theirs.kind === "skip" || (theirs.kind !== "insert" && theirsBefore === undefined)) {
        insertAlone(mine.takeRest(), mineMoved, theirsMoved);
      } else if (mine.kind === "skip" || (mine.kind !== "insert" && mineBefore === undefined)) {
        insertAlone(theirs.takeRest(), theirsMoved, mineMoved);
      } else {
        const my = new Meeting(mine.takeInserts(), mineBefore, mine.retain, mineMoved, iWin);
        const their = new Meeting(theirs.takeInserts(), theirsBefore, theirs.retain, theirsMoved, !iWin);
        insertBoth(my, their, ties);
      }
      continue;
    }
    if (mine.done && (theirsMoved === undefined || theirs.done)) return;
    const atoms = mine.left < theirs.left ? mine.left : theirs.left;
    mineBefore = mine.retain;
    theirsBefore = theirs.retain;
    atBase(mineMoved, atoms, mine, theirs, iWin);
    if (theirsMoved !== undefined) atBase(theirsMoved, atoms, theirs, mine, !iWin);
    mine.advance(atoms);
    theirs.advance(atoms);
  }
}

/** What is left to do to some atoms after the other op has been there. */
function atBase(result: RichOpBuilder, atoms: number, mine: OpCursor, theirs: OpCursor, iWin: boolean): void {
  if (theirs.kind === "delete") return;
  if (mine.kind === "skip") result.skip(atoms);
  else if (mine.kind === "delete") result.put(mine.deleting(atoms));
  else {
    const { a, b } = mine.retain!;
    const over = iWin ? undefined : theirs.retain;
    if (over === undefined) result.retain(atoms, a, b);
    else result.retain(atoms, changeWithout(a, over.a), changeWithout(b, over.b));
  }
}

/** One insert at a gap where the other op neither inserts nor formats. */
function insertAlone(
  insert: InsertComponent,
  moved: RichOpBuilder | undefined,
  otherMoved: RichOpBuilder | undefined,
): void {
  moved?.put(insert);
  otherMoved?.skip(contentLength(contentOf(insert)));
}

/** One op at a gap where both insert, or where one inserts into what the other formats. */
class Meeting {
  constructor(
    readonly inserts: readonly InsertComponent[],
    /** How it formats the atoms beside the gap; undefined where it does not. */
    readonly before: Retain | undefined,
    readonly after: Retain | undefined,
    /** Where the op is written down, moved past the other one. */
    readonly moved: RichOpBuilder | undefined,
    readonly wins: boolean,
  ) {}
}

interface Inherited {
  readonly a: AttributeChange | undefined;
  readonly b: AttributeChange | undefined;
}

/** What `formatter` gives to the atoms that `inserter` puts into the gap; undefined for nothing. */
function inherited(formatter: Meeting, inserter: Meeting): Inherited | undefined {
  const { before, after } = formatter;
  if (before === undefined || after === undefined) return undefined;
  const scope = (name: "a" | "b") => {
    const x = before[name];
    const y = after[name];
    if (x === undefined || y === undefined) return undefined;
    const own = (retain: Retain | undefined, key: string) =>
      retain?.[name] !== undefined && Object.hasOwn(retain[name], key);
    return pick(
      x,
      (key) =>
        Object.hasOwn(y, key) &&
        x[key] === y[key] &&
        !(inserter.wins && own(inserter.before, key) && own(inserter.after, key)),
    );
  };
  const a = scope("a");
  const b = scope("b");
  return a === undefined && b === undefined ? undefined : { a, b };
}

/** A stretch of inserted atoms that are all of one scope. */
interface Stretch {
  readonly content: Content;
  readonly attributes: Attributes | undefined;
  readonly block: boolean;
}

function* stretches(inserts: readonly InsertComponent[]): Generator<Stretch> {
  for (const insert of inserts) {
    const content = contentOf(insert);
    const attributes = attributesOf(insert);
    if (typeof content !== "string") yield { content, attributes, block: isBlockEmbed(content) };
    else for (const { text, block } of scopes(content)) yield { content: text, attributes, block };
  }
}

const hasBlock = (insert: InsertComponent): boolean => {
  const content = contentOf(insert);
  return typeof content === "string" ? content.includes("\n") : isBlockEmbed(content);
};

/** Both ops' inserts at one gap, in order: each is inserted by its op, and there already for the other. */
function insertBoth(mine: Meeting, theirs: Meeting, ties: Ties): void {
  const toMine = inherited(theirs, mine);
  const toTheirs = inherited(mine, theirs);
  const mix = ties === "markers last" && (mine.inserts.some(hasBlock) || theirs.inserts.some(hasBlock));
  if (!mix) {
    if (mine.wins) putText(mine, toMine, theirs);
    putText(theirs, toTheirs, mine);
    if (!mine.wins) putText(mine, toMine, theirs);
    return;
  }
  const my = stretches(mine.inserts);
  const their = stretches(theirs.inserts);
  let m = my.next();
  let t = their.next();
  while (!m.done || !t.done) {
    const mineFirst = t.done || (!m.done && (m.value.block === t.value.block ? mine.wins : t.value.block));
    if (mineFirst && !m.done) {
      put(m.value, mine, toMine, theirs);
      m = my.next();
    } else if (!t.done) {
      put(t.value, theirs, toTheirs, mine);
      t = their.next();
    }
  }
}

/** All inserts of one op, none of which is a block. */
function putText(from: Meeting, inherited: Inherited | undefined, other: Meeting): void {
  for (const insert of from.inserts) {
    if (inherited === undefined) insertAlone(insert, from.moved, other.moved);
    else
      put(
        { content: contentOf(insert), attributes: attributesOf(insert), block: false },
        from,
        inherited,
        other,
      );
  }
}

function put(
  { content, attributes, block }: Stretch,
  { moved }: Meeting,
  inherited: Inherited | undefined,
  other: Meeting,
): void {
  const change = block ? inherited?.b : inherited?.a;
  const given = change === undefined ? attributes : changeAttributes(attributes ?? noAttributes, change);
  moved?.insert(content, given);
  other.moved?.retain(contentLength(content), inherited?.a, inherited?.b);
}
