// One level of undo: the inverse of changes made in one go, what others did since, and where it worked.
//
// A level is a value: whoever carries it further makes another one. It can be kept as JSON, for the page that comes after.
// Not here: the stacks (`history.ts`).

import { type Bias, type Selection, type Snapshot, type TextType, transformPosition } from "../ot/index.js";
import { extent, insertedAtoms, typedIn } from "./op.js";
import type { Op } from "./types.js";

/** Changes further apart than this are undone apart. */
const GROUP_MS = 500;
/** The same of changes under one group key: as long as somebody looks through the candidates for a word. */
const KEYED_MS = 30_000;
/** So much typed without a pause is a level; the next one begins with the next word. */
const PASSAGE_CHARACTERS = 30;
/** And so much where no word begins, as in what is written without spaces: the next one begins with the next character. */
const LONGEST_PASSAGE_CHARACTERS = 60;
/** What is kept of each stack for the page that comes after this one: the newest levels, as JSON of so many characters. */
const KEPT_LEVELS = 100;
const KEPT_CHARACTERS = 32 * 1024;

export interface Level<O> {
  /** The local changes that it undoes, by number. */
  readonly first: number;
  readonly last: number;
  readonly inverse: O;
  readonly others: Since<O>;
  /** Where the caret was before the change: in the document that the inverse leads to. */
  readonly before: Selection | undefined;
  /** Where it was after: in the document the change left. */
  readonly after: Selection | undefined;
  readonly group: string | undefined;
  readonly time: number;
  /** Where it worked last, in the document it left. */
  readonly from: number;
  readonly to: number;
  /** How many atoms its changes put in, and whether the last of them typed white space, so that a word may begin. */
  readonly inserted: number;
  readonly endsWord: boolean;
}

/**
 * What others did since a change, in turn. A value: whoever adds to it makes another one. Both are beginnings of one
 * list, unless something else was added before: an op costs the same however many wait.
 */
export class Since<O> {
  private constructor(
    private readonly list: O[],
    readonly length: number,
  ) {}

  static of<O>(ops: readonly O[]): Since<O> {
    return new Since([...ops], ops.length);
  }

  /** A list of its own: what is added later does not show in it. */
  get ops(): readonly O[] {
    return this.list.slice(0, this.length);
  }

  and(ops: readonly O[]): Since<O> {
    const list = this.list.length === this.length ? this.list : this.list.slice(0, this.length);
    list.push(...ops);
    return new Since(list, list.length);
  }
}

/** A level as a store can keep it. */
export type KeptLevel<O> = Omit<Level<O>, "others"> & { readonly others: readonly O[] };

/** The newest of the history as values that a store can keep. */
export interface KeptHistory<O> {
  readonly done: readonly KeptLevel<O>[];
  readonly undone: readonly KeptLevel<O>[];
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

/** The level of one change, past which nothing has been carried. */
export function levelFrom<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  { change, op, doc, time, group, selectionBefore, selectionAfter }: OwnChange<S, O>,
): Level<O> {
  const worked = extent(op);
  return {
    first: change,
    last: change,
    inverse: type.invertWithDoc(op, doc),
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

/** Levels as they are kept, and how many characters each has as JSON: made and measured once for each. */
const kept = new WeakMap<object, { readonly level: KeptLevel<unknown>; readonly weight: number }>();

function keptOf<O>(level: Level<O>): { readonly level: KeptLevel<O>; readonly weight: number } {
  const known = kept.get(level);
  if (known !== undefined) return known as { readonly level: KeptLevel<O>; readonly weight: number };
  const plain = { ...level, others: level.others.ops };
  const made = { level: plain, weight: JSON.stringify(plain).length };
  kept.set(level, made);
  return made;
}

/** The level of what {@link keeping} gave. */
export const levelOf = <O>(level: KeptLevel<O>): Level<O> => ({ ...level, others: Since.of(level.others) });

/** The level with more of the others' ops over it. They come often: to weigh them is left to who wants to know. */
export const under = <O>(level: Level<O>, ops: readonly O[]): Level<O> => ({
  ...level,
  others: level.others.and(ops),
});

/** What is kept of two stacks for the page that comes after: worked out once, and only if somebody asks. */
export function keeping<O>(done: Stack<O>, undone: Stack<O>): () => KeptHistory<O> {
  let kept: KeptHistory<O> | undefined;
  return () => {
    kept ??= { done: light(done), undone: light(undone) };
    return kept;
  };
}

function light<O>(stack: Stack<O>): readonly KeptLevel<O>[] {
  let left = KEPT_CHARACTERS;
  const newest = newestOf(stack, KEPT_LEVELS, (level) => {
    left -= keptOf(level).weight;
    return left >= 0;
  });
  return newest.map((level) => keptOf(level).level);
}

/**
 * Whether a change is made one with the level on top: close in time and place, or under one group key. To what has no key
 * no more is typed than a passage.
 */
export function joins(top: Level<Op>, own: OwnChange<Snapshot, Op>): boolean {
  const most = own.group === undefined ? GROUP_MS : KEYED_MS;
  if (own.time - top.time > most || top.group !== own.group) return false;
  if (own.group !== undefined) return true;
  if (top.inserted >= PASSAGE_CHARACTERS && top.endsWord && beginsWord(own.op)) return false;
  if (top.inserted >= LONGEST_PASSAGE_CHARACTERS && beginsCharacter(own.op)) return false;
  const worked = extent(own.op);
  if (worked === undefined) return false;
  return worked.from <= past(top, top.to, "after") && worked.toBefore >= past(top, top.from, "before");
}

const beginsWord = (op: Op): boolean => /^\S/.test(typedIn(op) ?? "");
/** Not with an accent, a vowel or a tone that is written on the letter before it. */
const beginsCharacter = (op: Op): boolean => /^\P{M}/u.test(typedIn(op) ?? "");
const endsWord = (op: Op): boolean => /\s$/.test(typedIn(op) ?? "");

/** A position in the document that a level left, in the one that the others have made of it since. */
export const past = (level: Level<Op>, position: number, bias: Bias): number =>
  level.others.ops.reduce((at, other) => transformPosition(at, other, bias), position);
