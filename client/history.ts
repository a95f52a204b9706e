// Undo and redo of one's own changes while others edit: two stacks of inverses, each carried past whatever came since.
//
//   undo stack                                   an inverse is an op against the document its own change left
//   ┌────────────┬───────────────────┐
//   │ inverse 3  │ others: o5        │  ◀── top   `others` came after this change and before the next one;
//   │ inverse 2  │ others: o3 o4     │            undoing carries the inverse past them, and them past the inverse
//   │ inverse 1  │ others:           │            down to the level below. Nothing is carried before somebody undoes,
//   └────────────┴───────────────────┘            or asks whether there is anything to undo: then only what is on top is.
//
// Law: undoing everything leaves the document with only the others' ops, whether or not it was asked in between if there
// is anything to undo. What undo and redo return is a fresh local op.
// Changes made in one go (close in time, in one place, no more than a passage of words; or under one group key) are one
// level.
// Not here: which ops are ours to undo, and applying them (`document.ts`).

import { diamond, type Selection, type Snapshot, type TextType, transformPosition } from "../ot/index.js";
import {
  endsWord,
  joins,
  type KeptHistory,
  keeping,
  type Level,
  levelOf,
  newestOf,
  type OwnChange,
  onto,
  past,
  Since,
  type Stack,
  stackOf,
  under,
} from "./history-level.js";
import { extent, insertedAtoms } from "./op.js";
import type { Op } from "./types.js";

/** Levels kept; the oldest go first. */
const MAX_LEVELS = 500;
/** So many of the others' ops wait on one level; on the top, more are carried past it, and below, composed in pairs. */
const MAX_WAITING = 512;

/** A local op that takes back what was done, or does it again. */
export interface Reversal<O> {
  readonly op: O;
  /** The selection to restore, in the document the op leaves. */
  readonly selection: Selection | undefined;
  /** Where the selection is to be if this is itself reversed, in the document before the op. */
  readonly from: Selection | undefined;
}

/** A level's own part carried past its others; `others` are those, as they are below it. */
interface Settled<O> extends Pick<Level<O>, "inverse" | "before" | "after"> {
  readonly others: readonly O[];
}

/** A stack as it is after a look at what undoes something. */
interface Carried<O> {
  readonly stack: Stack<O>;
  readonly next: Level<O> | undefined;
  readonly rest: Stack<O>;
}

export class History<S extends Snapshot, O extends Op> {
  #done: Stack<O>;
  #undone: Stack<O>;
  /** Whether the next change may join the latest level: not after an undo or a redo. */
  #open = false;

  /** Of inverses that only format: whether they changed the document they were looked at with last. */
  readonly #looked = new WeakMap<O, { readonly doc: S; readonly changes: boolean }>();

  /** As last given out by {@link kept}: the same as long as nothing changes. */
  #kept:
    | { readonly done: Stack<O>; readonly undone: Stack<O>; readonly give: () => KeptHistory<O> }
    | undefined;

  constructor(private readonly type: TextType<S, O>) {}

  /** Gives the newest of it as it is now, for a store, however late that asks. Another one when the history has changed. */
  get kept(): (() => KeptHistory<O>) | undefined {
    const [done, undone] = [this.#done, this.#undone];
    if (done === undefined && undone === undefined) return undefined;
    if (this.#kept === undefined || this.#kept.done !== done || this.#kept.undone !== undone)
      this.#kept = { done, undone, give: keeping(done, undone) };
    return this.#kept.give;
  }

  /** Goes on where another history of the same document ended: what {@link kept} gave, as it came back from a store. */
  adopt({ done, undone }: KeptHistory<O>): void {
    this.#done = stackOf(done.map(levelOf));
    this.#undone = stackOf(undone.map(levelOf));
  }

  /**
   * Whether {@link undo} would do anything: the others may have undone what it would, or have made it so already.
   *
   * @param doc  the visible document
   */
  canUndo(doc: S, allowed: (op: O) => boolean = () => true): boolean {
    const { stack, next } = this.#carried(this.#done, doc);
    this.#done = stack;
    return next !== undefined && allowed(next.inverse);
  }

  canRedo(doc: S, allowed: (op: O) => boolean = () => true): boolean {
    const { stack, next } = this.#carried(this.#undone, doc);
    this.#undone = stack;
    return next !== undefined && allowed(next.inverse);
  }

  /** One's own new change. Nothing can be redone after it. */
  record(own: OwnChange<S, O>): void {
    this.#undone = undefined;
    const level = this.#level(own);
    const done = this.#done;
    if (this.#open && done !== undefined && joins(done.top, own)) this.#done = this.#joined(done, level);
    else this.#done = this.#trimmed(onto(done, level));
    this.#open = true;
  }

  /** Somebody else's op, or one of ours that is not to be undone, against the visible document. */
  carry(op: O): void {
    if (op.length === 0) return;
    this.#done = this.#under(this.#withRoom(this.#done), [op]);
    this.#undone = this.#under(this.#withRoom(this.#undone), [op]);
  }

  /**
   * What undoes the latest level that still does anything to the visible document, if that is allowed; the caller applies
   * it and tells {@link undone}.
   */
  undo(doc: S, allowed: (op: O) => boolean = () => true): Reversal<O> | undefined {
    const [rest, reversal] = this.#pop(this.#done, doc, allowed);
    this.#done = rest;
    this.#open = false;
    return reversal;
  }

  redo(doc: S, allowed: (op: O) => boolean = () => true): Reversal<O> | undefined {
    const [rest, reversal] = this.#pop(this.#undone, doc, allowed);
    this.#undone = rest;
    this.#open = false;
    return reversal;
  }

  /** The op of an {@link undo} has been applied as this change: from here on it can be redone. */
  undone(own: OwnChange<S, O>): void {
    this.#undone = onto(this.#undone, this.#level(own));
  }

  /** The op of a {@link redo} has been applied. */
  redone(own: OwnChange<S, O>): void {
    this.#done = onto(this.#done, this.#level(own));
  }

  /** The changes from `first` to `last` were taken back by `op`, against `doc`, the visible document: they never were. */
  takenBack(first: number, last: number, op: O, doc: S): void {
    this.#done = this.#without(this.#done, first, last, op, doc);
    this.#undone = this.#without(this.#undone, first, last, op, doc);
  }

  clear(): void {
    this.#done = undefined;
    this.#undone = undefined;
  }

  #level({ change, op, doc, time, group, selectionBefore, selectionAfter }: OwnChange<S, O>): Level<O> {
    const worked = extent(op);
    return {
      first: change,
      last: change,
      inverse: this.type.invertWithDoc(op, doc),
      others: Since.of([]),
      before: selectionBefore,
      after: selectionAfter,
      group,
      time,
      from: worked?.from ?? 0,
      to: worked?.toAfter ?? 0,
      inserted: insertedAtoms(op),
      endsWord: endsWord(op),
    };
  }

  /** The stack without the oldest, if it has become too high. */
  #trimmed(stack: NonNullable<Stack<O>>): Stack<O> {
    return stack.height > MAX_LEVELS ? stackOf(newestOf(stack, MAX_LEVELS)) : stack;
  }

  /** The stack with `level` made one with its top. */
  #joined({ top, below }: NonNullable<Stack<O>>, level: Level<O>): NonNullable<Stack<O>> {
    const settled = this.#settle(top);
    const inverse = this.type.compose(level.inverse, settled.inverse);
    const inserted = top.inserted + level.inserted;
    const joined = { ...level, first: top.first, inverse, before: settled.before, inserted };
    return onto(this.#under(below, settled.others), joined);
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

  /** The stack with its top carried past what waits there, if no more may. */
  #withRoom(stack: Stack<O>): Stack<O> {
    return stack !== undefined && stack.top.others.length >= MAX_WAITING ? this.#settled(stack) : stack;
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

  #pop(stack: Stack<O>, doc: S, allowed: (op: O) => boolean): readonly [Stack<O>, Reversal<O> | undefined] {
    const { stack: carried, next, rest } = this.#carried(stack, doc);
    if (next === undefined) return [rest, undefined];
    if (!allowed(next.inverse)) return [carried, undefined];
    return [rest, { op: next.inverse, selection: next.before, from: next.after }];
  }

  /**
   * The stack with what is on top carried past everything, down to `next`, the first level that still does anything;
   * `rest` lies below it. Those above that do nothing just now stay, until something is undone: what somebody inserts
   * where they format is to come out the same, whether or not it was asked before.
   */
  #carried(stack: Stack<O>, doc: S): Carried<O> {
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

  /**
   * The stack without the levels that hold any of these changes. Such a level becomes part of what the others did: below
   * it, `op` is prolonged by what its inverse would have undone. Everything is carried down here, once.
   */
  #without(stack: Stack<O>, first: number, last: number, op: O, doc: S): Stack<O> {
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
}
