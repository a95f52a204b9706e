// One level of undo: the inverse of changes made in one go, what others did since, and where it worked.
//
// A level is a value: whoever carries it further makes another one. It can be kept as JSON, for the page that comes after.
// Not here: the stacks (`history.ts`).

import { type Bias, type Selection, type Snapshot, transformPosition } from "../ot/index.js";
import { extent } from "./op.js";
import type { Op } from "./types.js";

/** Changes further apart than this are undone apart. */
const GROUP_MS = 500;
/** What is kept of each stack for the page that comes after this one: the newest levels, as JSON of so many characters. */
const KEPT_LEVELS = 100;
const KEPT_CHARACTERS = 32 * 1024;

export interface Level<O> {
  /** The local changes that it undoes, by number. */
  readonly first: number;
  readonly last: number;
  readonly inverse: O;
  readonly others: readonly O[];
  /** Where the caret was before the change: in the document that the inverse leads to. */
  readonly before: Selection | undefined;
  /** Where it was after: in the document the change left. */
  readonly after: Selection | undefined;
  readonly group: string | undefined;
  readonly time: number;
  /** Where it worked last, in the document it left. */
  readonly from: number;
  readonly to: number;
}

/** The newest of the history as values that a store can keep. */
export interface KeptHistory<O> {
  readonly done: readonly Level<O>[];
  readonly undone: readonly Level<O>[];
}

/** One's own change, as the history is told of it. */
export interface OwnChange<S, O> {
  readonly change: number;
  readonly op: O;
  /** The document the op was made against. */
  readonly doc: S;
  readonly time: number;
  readonly group?: string | undefined;
  readonly selectionBefore?: Selection | undefined;
  readonly selectionAfter?: Selection | undefined;
}

/** How many characters a level has as JSON: measured once for each. */
const weights = new WeakMap<object, number>();

function weightOf(level: object): number {
  const weight = weights.get(level) ?? JSON.stringify(level).length;
  weights.set(level, weight);
  return weight;
}

/**
 * The level with more of the others' ops over it. Their weight is added to its own: they come one by one, and to weigh all of
 * them each time would cost whoever only reads more with every op.
 */
export function under<O>(level: Level<O>, ops: readonly O[]): Level<O> {
  const next = { ...level, others: [...level.others, ...ops] };
  const weight = weights.get(level);
  if (weight !== undefined)
    weights.set(
      next,
      ops.reduce((sum, op) => sum + JSON.stringify(op).length + 1, weight),
    );
  return next;
}

/** The newest levels of a stack, as many as are kept for the page that comes after. */
export function newest<O>(stack: readonly Level<O>[]): readonly Level<O>[] {
  let left = KEPT_CHARACTERS;
  let from = stack.length;
  while (from > 0 && stack.length - from < KEPT_LEVELS) {
    left -= weightOf(stack[from - 1]!);
    if (left < 0) break;
    from--;
  }
  return stack.slice(from);
}

/** Whether a change is made one with the level on top: close in time and place, or under one group key. */
export function joins(top: Level<Op>, own: OwnChange<Snapshot, Op>): boolean {
  if (own.time - top.time > GROUP_MS || top.group !== own.group) return false;
  if (own.group !== undefined) return true;
  const worked = extent(own.op);
  if (worked === undefined) return false;
  return worked.from <= past(top, top.to, "after") && worked.toBefore >= past(top, top.from, "before");
}

/** A position in the document that a level left, in the one that the others have made of it since. */
export const past = (level: Level<Op>, position: number, bias: Bias): number =>
  level.others.reduce((at, other) => transformPosition(at, other, bias), position);
