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

/** Levels on each other, the newest on top. A value: what is put on it or taken off makes another one, and copies nothing. */
export type Stack<O> = Cell<O> | undefined;

interface Cell<O> {
  readonly top: Level<O>;
  readonly below: Stack<O>;
  readonly height: number;
}

export const onto = <O>(below: Stack<O>, top: Level<O>): Cell<O> => ({
  top,
  below,
  height: (below?.height ?? 0) + 1,
});

/** @param levels  the newest last */
export const stackOf = <O>(levels: readonly Level<O>[], under?: Stack<O>): Stack<O> =>
  levels.reduce<Stack<O>>(onto, under);

/** The newest of a stack, at most so many, and as long as `wanted` says; the newest last. */
export function newestOf<O>(
  stack: Stack<O>,
  most: number,
  wanted: (level: Level<O>) => boolean = () => true,
): Level<O>[] {
  const levels: Level<O>[] = [];
  for (let rest = stack; rest !== undefined && levels.length < most && wanted(rest.top); rest = rest.below)
    levels.push(rest.top);
  return levels.reverse();
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

/** The level with more of the others' ops over it. They come often: to weigh them is left to who wants to know. */
export const under = <O>(level: Level<O>, ops: readonly O[]): Level<O> => ({
  ...level,
  others: [...level.others, ...ops],
});

/** What is kept of two stacks for the page that comes after: worked out once, and only if somebody asks. */
export function keeping<O>(done: Stack<O>, undone: Stack<O>): () => KeptHistory<O> {
  let kept: KeptHistory<O> | undefined;
  return () => {
    kept ??= { done: light(done), undone: light(undone) };
    return kept;
  };
}

function light<O>(stack: Stack<O>): readonly Level<O>[] {
  let left = KEPT_CHARACTERS;
  return newestOf(stack, KEPT_LEVELS, (level) => {
    left -= weightOf(level);
    return left >= 0;
  });
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
