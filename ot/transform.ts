// Moving a rich op past another one that was made against the same document.
//
//            d ──── over ────▶ ·          Both ops are walked side by side, gap by gap and atom by atom of `d`:
//            │                 │
//            op        transform(op, over)     gap   what both insert there, ordered
//            │                 │               atom  what both do to it, `over` having been first
//            ▼                 ▼
//            · ── transform(over, op) ──▶ ·    closes for every pair (TP1)
//
// Three rules are not obvious:
// - Text before markers. Where both insert at one gap, text and inline embeds go before block markers, so that "append
//   to this line" and "Enter at its end" do not tear the line apart. Of equal kind, the left op's go first.
// - The left op wins an attribute key that both set.
// - Gap inheritance. Atoms inserted strictly inside a range that the other op formats uniformly take that format: for
//   each key to which the other op gives one value on both atoms beside the gap. Text takes `a`, markers take `b`.
//   A key that the inserting op also sets on both sides, winning, is left alone.

import { changeAttributes, changeWithout, noAttributes, pick } from "./attributes.js";
import { type BaseComponent, isDelete, isRetain, OpCursor } from "./cursor.js";
import {
  attributesOf,
  type Content,
  contentLength,
  contentOf,
  type InsertComponent,
  RichOpBuilder,
} from "./op.js";
import { isBlockEmbed, scopes } from "./rope.js";
import type { AttributeChange, Attributes, RichOp, Side } from "./types.js";

/** What the ops do to the atoms beside a gap. */
interface Gap {
  readonly before: BaseComponent | undefined;
  readonly after: BaseComponent | undefined;
}

/**
 * Moves `op` past `over`, when both were made against the same document `d`.
 *
 *     apply(apply(d, over), transform(op, over, "left"))
 *   = apply(apply(d, op), transform(over, op, "right"))          (TP1)
 *
 * Going past a compose of several ops is not the same as going past each in turn; history is walked op by op.
 *
 * @param side which of the two `op` is: the left one's inserts go first in a tie, and its attributes win
 * @returns a canonical op, valid on the document that `over` leaves. Linear in the components and text of both
 */
export function transformRich(op: RichOp, over: RichOp, side: Side): RichOp {
  const mine = new OpCursor(op);
  const theirs = new OpCursor(over);
  const result = new RichOpBuilder();
  const iWin = side === "left";
  let mineBefore: BaseComponent | undefined;
  let theirsBefore: BaseComponent | undefined;

  while (mine.component !== undefined) {
    if (mine.insert !== undefined || theirs.insert !== undefined) {
      const myInserts = mine.takeInserts();
      const theirInserts = theirs.takeInserts();
      const my: Gap = { before: mineBefore, after: mine.base };
      const their: Gap = { before: theirsBefore, after: theirs.base };
      insertAtGap(
        result,
        myInserts,
        theirInserts,
        iWin,
        inherited(my, their, !iWin),
        inherited(their, my, iWin),
      );
      continue;
    }
    const atoms = theirs.base === undefined ? mine.left : Math.min(mine.left, theirs.left);
    mineBefore = mine.base;
    theirsBefore = theirs.base;
    atBase(result, atoms, mineBefore, theirsBefore, iWin);
    mine.advance(atoms);
    if (theirsBefore !== undefined) theirs.advance(atoms);
  }
  return result.done();
}

/** What is left to do to some atoms after the other op has been there. */
function atBase(
  result: RichOpBuilder,
  atoms: number,
  mine: BaseComponent | undefined,
  theirs: BaseComponent | undefined,
  iWin: boolean,
): void {
  if (isDelete(theirs)) return;
  if (isDelete(mine)) result.delete(atoms);
  else if (!isRetain(mine)) result.skip(atoms);
  else if (iWin || !isRetain(theirs)) result.retain(atoms, mine.a, mine.b);
  else result.retain(atoms, changeWithout(mine.a, theirs.a), changeWithout(mine.b, theirs.b));
}

interface Inherited {
  readonly a: AttributeChange | undefined;
  readonly b: AttributeChange | undefined;
}

/** What `formatter` gives to atoms that `inserter` puts into the gap between the two atoms; undefined for nothing. */
function inherited(formatter: Gap, inserter: Gap, inserterWins: boolean): Inherited | undefined {
  const { before, after } = formatter;
  if (!isRetain(before) || !isRetain(after)) return undefined;
  const scope = (name: "a" | "b") => {
    const x = before[name];
    const y = after[name];
    if (x === undefined || y === undefined) return undefined;
    const own = (component: BaseComponent | undefined, key: string) =>
      isRetain(component) && component[name] !== undefined && Object.hasOwn(component[name], key);
    return pick(
      x,
      (key) =>
        Object.hasOwn(y, key) &&
        x[key] === y[key] &&
        !(inserterWins && own(inserter.before, key) && own(inserter.after, key)),
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

/** Both ops' inserts at one gap: mine are inserted, theirs are there already. */
function insertAtGap(
  result: RichOpBuilder,
  mine: readonly InsertComponent[],
  theirs: readonly InsertComponent[],
  iWin: boolean,
  toTheirs: Inherited | undefined,
  toMine: Inherited | undefined,
): void {
  const put = ({ content, attributes, block }: Stretch) => {
    const change = block ? toMine?.b : toMine?.a;
    const given = change && changeAttributes(attributes ?? noAttributes, change);
    result.insert(content, given ?? attributes);
  };
  const pass = (content: Content) => result.retain(contentLength(content), toTheirs?.a, toTheirs?.b);

  if (mine.length === 0) {
    for (const insert of theirs) pass(contentOf(insert));
    return;
  }
  if (theirs.length === 0) {
    if (toMine === undefined) for (const insert of mine) result.add(insert);
    else for (const stretch of stretches(mine)) put(stretch);
    return;
  }
  const my = stretches(mine);
  const their = stretches(theirs);
  let m = my.next();
  let t = their.next();
  while (!m.done || !t.done) {
    const mineFirst = t.done || (!m.done && (m.value.block === t.value.block ? iWin : t.value.block));
    if (mineFirst && !m.done) {
      put(m.value);
      m = my.next();
    } else if (!t.done) {
      pass(t.value.content);
      t = their.next();
    }
  }
}
