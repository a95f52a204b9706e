// Stacks of undo levels carried past what others did: a stack goes in, and another one comes out.
//
//   ┌────────────┬───────────────────┐
//   │ inverse 3  │ others: o5        │  ◀── top   `others` came after this change and before the next one; an inverse is
//   │ inverse 2  │ others: o3 o4     │            an op against the document that its own change left. Where a level is
//   │ inverse 1  │ others:           │            settled, its inverse is carried past its others, and these past the
//   └────────────┴───────────────────┘            inverse: they wait on the level below from then on
//
// Nothing is carried before somebody undoes, or asks whether there is anything to undo, and then only what is on top is; or
// before more wait on a level than are let. Whenever it is done, it leads to the same documents.
// Not here: which two stacks there are, and what is put on them (`history.ts`).

import { diamond, type Snapshot, type TextType, transformPosition } from "../ot/index.js";
import { type Level, onto, past, Since, type Stack, stackOf, under } from "./history-level.js";
import type { Op } from "./types.js";

/** So many of the others' ops wait on one level; on the top, more are carried past it, and below, composed in pairs. */
const MAX_WAITING = 512;

/** A level's own part carried past its others; `others` are those, as they are below it. */
interface Settled<O> extends Pick<Level<O>, "inverse" | "before" | "after"> {
  readonly others: readonly O[];
}

/** A stack as it is after a look at what undoes something. */
export interface Carried<O> {
  readonly stack: Stack<O>;
  readonly next: Level<O> | undefined;
  readonly rest: Stack<O>;
}

export class Carrying<S extends Snapshot, O extends Op> {
  /** Of inverses that only format: whether they changed the document they were looked at with last. */
  readonly #looked = new WeakMap<O, { readonly doc: S; readonly changes: boolean }>();

  constructor(private readonly type: TextType<S, O>) {}

  /** The stack with somebody else's op on its top level, which is carried past what waits there if no more may. */
  carry(stack: Stack<O>, op: O): Stack<O> {
    const full = stack !== undefined && stack.top.others.length >= MAX_WAITING;
    return this.#under(full ? this.#settled(stack) : stack, [op]);
  }

  /** The stack with `level` made one with its top. */
  joined({ top, below }: NonNullable<Stack<O>>, level: Level<O>): NonNullable<Stack<O>> {
    const settled = this.#settle(top);
    const inverse = this.type.compose(level.inverse, settled.inverse);
    const inserted = top.inserted + level.inserted;
    const joined = { ...level, first: top.first, inverse, before: settled.before, inserted };
    return onto(this.#under(below, settled.others), joined);
  }

  /**
   * The stack with what is on top carried past everything, down to `next`, the first level that still does anything;
   * `rest` lies below it. Those above that do nothing just now stay, until something is undone: what somebody inserts
   * where they format is to come out the same, whether or not it was asked before.
   */
  carried(stack: Stack<O>, doc: S): Carried<O> {
    const idle: Level<O>[] = [];
    let same = true;
    let rest = stack;
    while (rest !== undefined) {
      const settled: NonNullable<Stack<O>> = rest.top.others.length > 0 ? this.#settled(rest) : rest;
      const { top: level, below } = settled;
      same &&= settled === rest;
      rest = below;
      if (this.#changes(level.inverse, doc))
        return { stack: same ? stack : stackOf(idle.reverse(), settled), next: level, rest };
      // What changes nothing leads to the same document: the levels below fit as they are.
      if (level.inverse.length > 0) idle.push(level);
      else same = false;
    }
    return { stack: same ? stack : stackOf(idle.reverse()), next: undefined, rest };
  }

  /**
   * The stack without the levels that hold any of these changes. Such a level becomes part of what the others did: below
   * it, `op` is prolonged by what its inverse would have undone. Everything is carried down here, once.
   */
  without(stack: Stack<O>, first: number, last: number, op: O, doc: S): Stack<O> {
    const kept: Level<O>[] = [];
    let fromAbove: readonly O[] = [];
    for (let rest = stack; rest !== undefined; rest = rest.below) {
      const level = this.#under(rest, fromAbove)!.top;
      const { inverse, others, before, after } = this.#settle(level);
      if (level.first <= last && first <= level.last) {
        op = this.type.compose(this.type.invertWithDoc(inverse, doc), op);
      } else {
        const [inverseNext, below] = diamond(this.type, inverse, op);
        kept.push({
          ...level,
          inverse: inverseNext,
          others: Since.of([]),
          before: before && this.type.transformSelection(before, below, false),
          after: after && this.type.transformSelection(after, op, false),
          from: transformPosition(past(level, level.from, "before"), op, "before"),
          to: transformPosition(past(level, level.to, "after"), op, "after"),
        });
        op = below;
      }
      fromAbove = others;
      doc = this.type.apply(doc, inverse);
    }
    return stackOf(kept.reverse());
  }

  /**
   * Whether an op changes the document: not if it gives attributes only, and just those that are there. What puts in the
   * very text that it takes out counts as a change.
   */
  #changes(op: O, doc: S): boolean {
    const formatsOnly = op.every((one) => typeof one === "number" || (typeof one === "object" && "r" in one));
    if (!formatsOnly || op.length === 0) return op.length > 0;
    const known = this.#looked.get(op);
    if (known?.doc === doc) return known.changes;
    // What leads back, and what leads forth again: they give the same where both documents are the same.
    const back = this.type.invertWithDoc(op, doc);
    const forth = this.type.invertWithDoc(back, this.type.apply(doc, op));
    const changes = JSON.stringify(back) !== JSON.stringify(forth);
    this.#looked.set(op, { doc, changes });
    return changes;
  }

  /** A level's inverse carried past its others, which come out as they are below it. */
  #settle(level: Level<O>): Settled<O> {
    let { inverse, before, after } = level;
    const others = level.others.ops.map((other) => {
      const [inverseNext, below] = diamond(this.type, inverse, other);
      inverse = inverseNext;
      before &&= this.type.transformSelection(before, below, false);
      after &&= this.type.transformSelection(after, other, false);
      return below;
    });
    return { inverse, others, before, after };
  }

  /** The stack with more of the others' ops on its top level. */
  #under(stack: Stack<O>, ops: readonly O[]): Stack<O> {
    const more = ops.filter((op) => op.length > 0);
    if (stack === undefined || more.length === 0) return stack;
    const { top, below } = stack;
    return top.others.length + more.length <= MAX_WAITING
      ? onto(below, under(top, more))
      : onto(below, { ...top, others: Since.of(this.#paired([...top.others.ops, ...more])) });
  }

  /** The stack with its top carried past everything, which waits on the level below now. */
  #settled({ top, below }: NonNullable<Stack<O>>): NonNullable<Stack<O>> {
    const settled = this.#settle(top);
    const [from, to] = [past(top, top.from, "before"), past(top, top.to, "after")];
    return onto(this.#under(below, settled.others), { ...top, ...settled, others: Since.of([]), from, to });
  }

  #paired(ops: readonly O[]): O[] {
    return ops.flatMap((op, i) => {
      if (i % 2 === 1) return [];
      const next = ops[i + 1];
      return [next === undefined ? op : this.type.compose(op, next)];
    });
  }
}
