// Undo and redo of one's own changes while others edit: two stacks of inverses, each carried past whatever came since
// (`history-carrying.ts`).
//
// Law: undoing everything leaves the document with only the others' ops, whether or not it was asked in between if there
// is anything to undo. What undo and redo return is a fresh local op.
// Changes made in one go (close in time, in one place, no more than a passage of words; or under one group key) are one
// level.
// Not here: which ops are ours to undo, and applying them (`document.ts`, `making.ts`).

import type { Selection, Snapshot, TextType } from "../ot/index.js";
import { Carrying } from "./history-carrying.js";
import {
  joins,
  type KeptHistory,
  keeping,
  levelFrom,
  levelOf,
  newestOf,
  type OwnChange,
  onto,
  type Stack,
  stackOf,
} from "./history-level.js";
import type { Op } from "./types.js";

/** Levels kept; the oldest go first. */
const MAX_LEVELS = 500;

/** A local op that takes back what was done, or does it again. */
export interface Reversal<O> {
  readonly op: O;
  /** The selection to restore, in the document the op leaves. */
  readonly selection: Selection | undefined;
  /** Where the selection is to be if this is itself reversed, in the document before the op. */
  readonly from: Selection | undefined;
}

export class History<S extends Snapshot, O extends Op> {
  #done: Stack<O>;
  #undone: Stack<O>;
  readonly #carrying: Carrying<S, O>;
  /** Whether the next change may join the latest level: not after an undo or a redo. */
  #open = false;

  /** As last given out by {@link kept}: the same as long as nothing changes. */
  #kept:
    | { readonly done: Stack<O>; readonly undone: Stack<O>; readonly give: () => KeptHistory<O> }
    | undefined;

  constructor(private readonly type: TextType<S, O>) {
    this.#carrying = new Carrying(type);
  }

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
    const { stack, next } = this.#carrying.carried(this.#done, doc);
    this.#done = stack;
    return next !== undefined && allowed(next.inverse);
  }

  canRedo(doc: S, allowed: (op: O) => boolean = () => true): boolean {
    const { stack, next } = this.#carrying.carried(this.#undone, doc);
    this.#undone = stack;
    return next !== undefined && allowed(next.inverse);
  }

  /** One's own new change. Nothing can be redone after it. */
  record(own: OwnChange<S, O>): void {
    this.#undone = undefined;
    const level = levelFrom(this.type, own);
    const done = this.#done;
    if (this.#open && done !== undefined && joins(done.top, own))
      this.#done = this.#carrying.joined(done, level);
    else this.#done = this.#trimmed(onto(done, level));
    this.#open = true;
  }

  /** Somebody else's op, or one of ours that is not to be undone, against the visible document. */
  carry(op: O): void {
    if (op.length === 0) return;
    this.#done = this.#carrying.carry(this.#done, op);
    this.#undone = this.#carrying.carry(this.#undone, op);
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
    this.#undone = onto(this.#undone, levelFrom(this.type, own));
  }

  /** The op of a {@link redo} has been applied. */
  redone(own: OwnChange<S, O>): void {
    this.#done = onto(this.#done, levelFrom(this.type, own));
  }

  /** The changes from `first` to `last` were taken back by `op`, against `doc`, the visible document: they never were. */
  takenBack(first: number, last: number, op: O, doc: S): void {
    this.#done = this.#carrying.without(this.#done, first, last, op, doc);
    this.#undone = this.#carrying.without(this.#undone, first, last, op, doc);
  }

  /** The stack without the oldest, if it has become too high. */
  #trimmed(stack: NonNullable<Stack<O>>): Stack<O> {
    return stack.height > MAX_LEVELS ? stackOf(newestOf(stack, MAX_LEVELS)) : stack;
  }

  #pop(stack: Stack<O>, doc: S, allowed: (op: O) => boolean): readonly [Stack<O>, Reversal<O> | undefined] {
    const { stack: carried, next, rest } = this.#carrying.carried(stack, doc);
    if (next === undefined) return [rest, undefined];
    if (!allowed(next.inverse)) return [carried, undefined];
    return [rest, { op: next.inverse, selection: next.before, from: next.after }];
  }
}
