// Groups of what stands in a row, beside how long each is, for `component-row.ts`: how they are made, cut and changed in place.
//
// A group's lengths are always those of its parts, two for each; whoever changes a part tells the groups around it.

import { baseLengthOf, type Component, contentOf, isInsert, resultLengthOf } from "./op.js";
import { startOfPair } from "./unicode.js";

/** In which document atoms are counted: the one before the op, or the one after. Also where lengths of that kind stand. */
export type Measure = typeof BASE | typeof RESULT;
export const BASE = 0;
export const RESULT = 1;

export const MOST_COMPONENTS = 32;
export const MOST_CHUNKS = 64;
const MOST_UNITS = 512;

/**
 * Components, chunks or shelves in a row, beside how long each is: of each its two lengths, by measure, next to each other, as a
 * search adds up both.
 */
export interface Group<T> {
  readonly parts: T[];
  readonly lengths: number[];
}
export type Chunk = Group<Component>;
export type Shelf = Group<Chunk>;

/** Groups in a row, each as long as its parts are together. */
export function rowOf<T>(parts: Group<T>[]): Group<Group<T>> {
  const lengths: number[] = [];
  for (const part of parts) {
    let base = 0;
    let result = 0;
    for (let at = 0; at < part.lengths.length; at += 2) {
      base += part.lengths[at]!;
      result += part.lengths[at + 1]!;
    }
    lengths.push(base, result);
  }
  return { parts, lengths };
}

export function measured(components: Component[]): Chunk {
  const lengths: number[] = [];
  for (const component of components) lengths.push(baseLengthOf(component), resultLengthOf(component));
  return { parts: components, lengths };
}

/** Adds to both lengths of a part. */
export function add(lengths: number[], part: number, base: number, result: number): void {
  lengths[2 * part]! += base;
  lengths[2 * part + 1]! += result;
}

export const shelved = (components: Chunk): Group<Shelf> =>
  rowOf(cut(rowOf(cut(components, MOST_COMPONENTS)), MOST_CHUNKS));

/** So many in one part that there is room for more. */
const sizeOf = (length: number, most: number): number =>
  Math.ceil(length / Math.ceil(length / (most * 0.75)));

export function cut<T>({ parts, lengths }: Group<T>, most: number): Group<T>[] {
  const size = sizeOf(parts.length, most);
  const groups: Group<T>[] = [];
  for (let at = 0; at < parts.length; at += size)
    groups.push({ parts: parts.slice(at, at + size), lengths: lengths.slice(2 * at, 2 * (at + size)) });
  return groups;
}

const isLong = (component: Component): boolean => {
  const content = isInsert(component) ? contentOf(component) : "";
  return typeof content === "string" && content.length > MOST_UNITS;
};

/** The same components, inserts of much text in pieces. */
export function inPieces(components: readonly Component[]): readonly Component[] {
  if (!components.some(isLong)) return components;
  return components.flatMap((component) => {
    if (!isLong(component) || !isInsert(component)) return [component];
    const text = contentOf(component) as string;
    const size = sizeOf(text.length, MOST_UNITS);
    const pieces: Component[] = [];
    for (let at = 0; at < text.length; ) {
      const end = startOfPair(text, at + size);
      const piece = text.slice(at, end);
      pieces.push(typeof component === "string" ? piece : { ...component, i: piece });
      at = end;
    }
    return pieces;
  });
}

/** Moves what lies from `at` on by so many places, to the front if negative. */
export function makeRoom<T>(list: T[], at: number, places: number): void {
  if (places > 0) {
    for (let left = places; left > 0; left--) list.push(list[0]!);
    for (let to = list.length - 1; to >= at + places; to--) list[to] = list[to - places]!;
  } else if (places < 0) {
    for (let from = at; from < list.length; from++) list[from + places] = list[from]!;
    list.length += places;
  }
}
