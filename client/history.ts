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
// Changes made in one go (close in time, in one place or under one group key) are one level.
// Not here: which ops are ours to undo, and applying them (`document.ts`).

import { diamond, type Selection, type Snapshot, type TextType, transformPosition } from "../ot/index.js";
import { joins, type KeptHistory, type Level, newest, type OwnChange, past, under } from "./history-level.js";
import { extent } from "./op.js";
import type { Op } from "./types.js";

/** Levels kept; the oldest go first. */
const MAX_LEVELS = 500;
/** So many of the others' ops are walked one by one; more are composed in pairs. */
const MAX_WALKED = 512;

/** A local op that takes back what was done, or does it again. */
export interface Reversal<O> {
  readonly op: O;
  /** The selection to restore, in the document the op leaves. */
  readonly selection: Selection | undefined;
  /** Where the selection is to be if this is itself reversed, in the document before the op. */
  readonly from: Selection | undefined;
}

/** A stack as it is after a look at what undoes something. */
interface Carried<O> {
  readonly stack: readonly Level<O>[];
  readonly next: Level<O> | undefined;
  readonly rest: readonly Level<O>[];
}

export class History<S extends Snapshot, O extends Op> {
  #done: readonly Level<O>[] = [];
  #undone: readonly Level<O>[] = [];
  /** Whether the next change may join the latest level: not after an undo or a redo. */
  #open = false;

  /** Of inverses that only format: whether they changed the document they were looked at with last. */
  readonly #looked = new WeakMap<O, { readonly doc: S; readonly changes: boolean }>();

  /** As last given out by {@link kept}: the same object as long as nothing changes. */
  #kept: { readonly of: readonly unknown[]; readonly value: KeptHistory<O> } | undefined;

  constructor(private readonly type: TextType<S, O>) {}

  /** The newest of it, for a store; a value that does not change, and is another one when the history has changed. */
  get kept(): KeptHistory<O> | undefined {
    const of = [this.#done, this.#undone];
    if (this.#done.length === 0 && this.#undone.length === 0) return undefined;
    if (this.#kept === undefined || this.#kept.of.some((stack, at) => stack !== of[at])) {
      this.#kept = { of, value: { done: newest(this.#done), undone: newest(this.#undone) } };
    }
    return this.#kept.value;
  }

  /** Goes on where another history of the same document ended: what {@link kept} gave, as it came back from a store. */
  adopt({ done, undone }: KeptHistory<O>): void {
    this.#done = done;
    this.#undone = undone;
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
    this.#undone = [];
    const level = this.#level(own);
    const top = this.#done.at(-1);
    if (this.#open && top !== undefined && joins(top, own)) this.#done = this.#joined(level);
    else this.#done = [...this.#done, level].slice(-MAX_LEVELS);
    this.#open = true;
  }

  /** Somebody else's op, or one of ours that is not to be undone, against the visible document. */
  carry(op: O): void {
    if (op.length === 0) return;
    this.#done = this.#under(this.#done, [op]);
    this.#undone = this.#under(this.#undone, [op]);
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
    this.#undone = [...this.#undone, this.#level(own)];
  }

  /** The op of a {@link redo} has been applied. */
  redone(own: OwnChange<S, O>): void {
    this.#done = [...this.#done, this.#level(own)];
  }

  /** The changes from `first` to `last` were taken back by `op`, against `doc`, the visible document: they never were. */
  takenBack(first: number, last: number, op: O, doc: S): void {
    this.#done = this.#without(this.#done, first, last, op, doc);
    this.#undone = this.#without(this.#undone, first, last, op, doc);
  }

  clear(): void {
    this.#done = [];
    this.#undone = [];
  }

  #level({ change, op, doc, time, group, selectionBefore, selectionAfter }: OwnChange<S, O>): Level<O> {
    const worked = extent(op);
    return {
      first: change,
      last: change,
      inverse: this.type.invertWithDoc(op, doc),
      others: [],
      before: selectionBefore,
      after: selectionAfter,
      group,
      time,
      from: worked?.from ?? 0,
      to: worked?.toAfter ?? 0,
    };
  }

  /** The stack with `level` made one with its top. */
  #joined(level: Level<O>): readonly Level<O>[] {
    const top = this.#done.at(-1)!;
    const settled = this.#settle(top);
    const rest = this.#under(this.#done.slice(0, -1), settled.others);
    const inverse = this.type.compose(level.inverse, settled.inverse);
    return [...rest, { ...level, first: top.first, inverse, before: settled.before }];
  }

  /** A level's inverse carried past its others, which come out as they are below it. */
  #settle(level: Level<O>): Pick<Level<O>, "inverse" | "others" | "before" | "after"> {
    let { inverse, before, after } = level;
    const others = level.others.map((other) => {
      const [inverseNext, below] = diamond(this.type, inverse, other);
      inverse = inverseNext;
      before &&= this.type.transformSelection(before, below, false);
      after &&= this.type.transformSelection(after, other, false);
      return below;
    });
    return { inverse, others, before, after };
  }

  /** The stack with more of the others' ops on its top level. */
  #under(stack: readonly Level<O>[], ops: readonly O[]): readonly Level<O>[] {
    const top = stack.at(-1);
    if (top === undefined || ops.length === 0) return stack;
    const more = ops.filter((op) => op.length > 0);
    const level =
      top.others.length + more.length <= MAX_WALKED
        ? under(top, more)
        : { ...top, others: this.#paired([...top.others, ...more]) };
    return [...stack.slice(0, -1), level];
  }

  #paired(ops: readonly O[]): O[] {
    return ops.flatMap((op, i) => {
      if (i % 2 === 1) return [];
      const next = ops[i + 1];
      return [next === undefined ? op : this.type.compose(op, next)];
    });
  }

  #pop(
    stack: readonly Level<O>[],
    doc: S,
    allowed: (op: O) => boolean,
  ): readonly [readonly Level<O>[], Reversal<O> | undefined] {
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
  #carried(stack: readonly Level<O>[], doc: S): Carried<O> {
    const idle: Level<O>[] = [];
    let rest = stack;
    let same = true;
    for (let top = rest.at(-1); top !== undefined; top = rest.at(-1)) {
      rest = rest.slice(0, -1);
      let level = top;
      if (top.others.length > 0) {
        const settled = this.#settle(top);
        rest = this.#under(rest, settled.others);
        const [from, to] = [past(top, top.from, "before"), past(top, top.to, "after")];
        level = { ...top, ...settled, others: [], from, to };
        same = false;
      }
      if (this.#changes(level.inverse, doc)) {
        return { stack: same ? stack : [...rest, level, ...idle.reverse()], next: level, rest };
      }
      // What changes nothing leads to the same document: the levels below fit as they are.
      if (level.inverse.length > 0) idle.push(level);
      else same = false;
    }
    return { stack: same ? stack : idle.reverse(), next: undefined, rest };
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
  #without(stack: readonly Level<O>[], first: number, last: number, op: O, doc: S): readonly Level<O>[] {
    const kept: Level<O>[] = [];
    let fromAbove: readonly O[] = [];
    for (let rest = stack; rest.length > 0; rest = rest.slice(0, -1)) {
      const level = this.#under(rest, fromAbove).at(-1)!;
      const { inverse, others, before, after } = this.#settle(level);
      if (level.first <= last && first <= level.last) {
        op = this.type.compose(this.type.invertWithDoc(inverse, doc), op);
      } else {
        const [inverseNext, below] = diamond(this.type, inverse, op);
        kept.push({
          ...level,
          inverse: inverseNext,
          others: [],
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
    return kept.reverse();
  }
}
