// The components of a large op in a row that is searched and changed in place, for `indexed-op.ts`.
//
//     row ─┬─ shelf ─┬─ chunk    5 │ "ab" │ { d: 2 } │ 40      Each knows how long its parts are: in the document before the op
//          │         └─ chunk    …                            (BASE), and in the one after (RESULT).
//          └─ shelf …
//
// So the component that holds an atom is found by adding up the lengths of shelves, of chunks and of components, and a few
// neighbours are replaced in one chunk. What has grown too large is cut. An insert of much text lies in several pieces,
// so that a key typed into it costs no more than elsewhere.
//
// The row always ends in a skip over more than any document has, so that there is a component at every atom.
// Mutable, and never shared.

import { BEYOND, OpCursor } from "./cursor.js";
import { baseLengthOf, type Component, contentOf, isInsert, resultLengthOf } from "./op.js";
import { startOfPair } from "./unicode.js";

/** In which document atoms are counted: the one before the op, or the one after. Also where lengths of that kind stand. */
export type Measure = typeof BASE | typeof RESULT;
export const BASE = 0;
export const RESULT = 1;
const measures = [BASE, RESULT] as const;

const MOST_COMPONENTS = 32;
const MOST_CHUNKS = 128;
const MOST_UNITS = 512;

/** Components, chunks or shelves in a row, beside how long each is, by measure. */
class Group<T> {
  readonly lengths: readonly [base: number[], result: number[]];

  constructor(
    readonly parts: T[],
    lengthOf: (part: T, measure: Measure) => number,
  ) {
    const lengths = (measure: Measure) => parts.map((part) => lengthOf(part, measure));
    this.lengths = [lengths(BASE), lengths(RESULT)];
  }
}
type Chunk = Group<Component>;
type Shelf = Group<Chunk>;

const lengthOf = (component: Component, measure: Measure): number =>
  measure === BASE ? baseLengthOf(component) : resultLengthOf(component);

function total(group: Group<unknown>, measure: Measure): number {
  let sum = 0;
  for (const length of group.lengths[measure]) sum += length;
  return sum;
}

export class ComponentRow {
  #row: Group<Shelf>;

  // Where the stretch begins that is looked at, what has been taken into it, and where the next component is.
  #fromShelf = 0;
  #fromChunk = 0;
  #from = 0;
  #taken: Component[] = [];
  #nextShelf = 0;
  #nextChunk = 0;
  #next = 0;
  /** How many atoms lie before the stretch, and in it, by measure. */
  readonly before: [number, number] = [0, 0];
  readonly taken: [number, number] = [0, 0];

  constructor(components: readonly Component[]) {
    this.#row = new Group(shelvesOf(chunksOf([...inPieces(components), BEYOND])), total);
  }

  /** Begins an empty stretch before the component that holds the atom `position`. */
  seek(measure: Measure, position: number): void {
    this.before[BASE] = 0;
    this.before[RESULT] = 0;
    const shelf = this.#find(this.#row, measure, position);
    const { parts } = this.#row.parts[shelf]!;
    const chunk = this.#find(this.#row.parts[shelf]!, measure, position);
    this.#begin(shelf, chunk, this.#find(parts[chunk]!, measure, position));
  }

  /** Which part of a group holds the atom `position`; adds those before it to `before`. */
  #find(group: Group<unknown>, measure: Measure, position: number): number {
    const { before } = this;
    const lengths = group.lengths[measure];
    let left = position - before[measure];
    let nth = 0;
    for (let length = lengths[0]!; length <= left; length = lengths[++nth]!) left -= length;
    before[measure] = position - left;
    const other = measure === BASE ? RESULT : BASE;
    const others = group.lengths[other];
    let sum = 0;
    for (let at = 0; at < nth; at++) sum += others[at]!;
    before[other] += sum;
    return nth;
  }

  /** Begins an empty stretch before the first component. */
  rewind(): void {
    this.before[BASE] = 0;
    this.before[RESULT] = 0;
    this.#begin(0, 0, 0);
  }

  #begin(shelf: number, chunk: number, at: number): void {
    this.#fromShelf = shelf;
    this.#fromChunk = chunk;
    this.#from = at;
    this.#nextShelf = shelf;
    this.#nextChunk = chunk;
    this.#next = at;
    this.#taken = [];
    this.taken[BASE] = 0;
    this.taken[RESULT] = 0;
  }

  /** Takes the next component into the stretch. There is one as long as the skip at the end is not taken. */
  take(): void {
    let { parts: chunks } = this.#row.parts[this.#nextShelf]!;
    while (this.#next === chunks[this.#nextChunk]!.parts.length) {
      this.#next = 0;
      if (++this.#nextChunk < chunks.length) continue;
      this.#nextChunk = 0;
      chunks = this.#row.parts[++this.#nextShelf]!.parts;
    }
    const { parts, lengths } = chunks[this.#nextChunk]!;
    this.#taken.push(parts[this.#next]!);
    this.taken[BASE] += lengths[BASE][this.#next]!;
    this.taken[RESULT] += lengths[RESULT][this.#next]!;
    this.#next++;
  }

  /** The only component of the stretch; undefined if there are several. */
  get only(): Component | undefined {
    return this.#taken.length === 1 ? this.#taken[0] : undefined;
  }

  /** Walks over the stretch. */
  walk(): OpCursor {
    return new OpCursor(this.#taken);
  }

  /** Puts others in the place of the stretch. `taken` is then what they are; nothing more can be taken. */
  replace(components: readonly Component[]): void {
    let left = this.#taken.length;
    let given = inPieces(components);
    let [shelf, chunk, from] = [this.#fromShelf, this.#fromChunk, this.#from];
    for (;;) {
      const chunks = this.#row.parts[shelf]!.parts;
      const gone = Math.min(left, chunks[chunk]!.parts.length - from);
      this.#exchange(shelf, chunk, from, gone, given);
      left -= gone;
      if (left === 0) break;
      given = [];
      from = 0;
      if (++chunk < chunks.length) continue;
      chunk = 0;
      shelf++;
    }
    this.#cut();
  }

  *[Symbol.iterator](): Generator<Component> {
    for (const shelf of this.#row.parts) for (const chunk of shelf.parts) yield* chunk.parts;
  }

  #exchange(shelf: number, chunk: number, from: number, gone: number, given: readonly Component[]): void {
    const { parts: chunks, lengths: chunkLengths } = this.#row.parts[shelf]!;
    const { parts, lengths } = chunks[chunk]!;
    makeRoom(parts, from + gone, given.length - gone);
    for (let nth = 0; nth < given.length; nth++) parts[from + nth] = given[nth]!;
    for (const measure of measures) {
      const row = lengths[measure];
      let grown = 0;
      for (let at = from; at < from + gone; at++) grown -= row[at]!;
      makeRoom(row, from + gone, given.length - gone);
      for (let nth = 0; nth < given.length; nth++) {
        const length = lengthOf(given[nth]!, measure);
        row[from + nth] = length;
        grown += length;
      }
      chunkLengths[measure][chunk]! += grown;
      this.#row.lengths[measure][shelf]! += grown;
      this.taken[measure] += grown;
    }
  }

  /** Cuts the chunk in which something was replaced, and its shelf, if they are too large. */
  #cut(): void {
    const row = this.#row.parts;
    const shelf = row[this.#fromShelf]!;
    const { parts } = shelf.parts[this.#fromChunk]!;
    if (parts.length <= MOST_COMPONENTS) return;
    const made = new Group(chunksOf(parts), total);
    shelf.parts.splice(this.#fromChunk, 1, ...made.parts);
    for (const measure of measures)
      shelf.lengths[measure].splice(this.#fromChunk, 1, ...made.lengths[measure]);
    if (shelf.parts.length <= MOST_CHUNKS) return;
    // A chunk whose components have all been replaced is let go.
    const filled = shelf.parts.filter((chunk) => chunk.parts.length > 0);
    this.#row = new Group(row.toSpliced(this.#fromShelf, 1, ...shelvesOf(filled)), total);
  }
}

const chunksOf = (components: readonly Component[]): Chunk[] =>
  cut(components, MOST_COMPONENTS).map((parts) => new Group(parts, lengthOf));

const shelvesOf = (chunks: readonly Chunk[]): Shelf[] =>
  cut(chunks, MOST_CHUNKS).map((parts) => new Group(parts, total));

/** So many in one part that there is room for more. */
const sizeOf = (length: number, most: number): number =>
  Math.ceil(length / Math.ceil(length / (most * 0.75)));

function cut<T>(list: readonly T[], most: number): T[][] {
  const size = sizeOf(list.length, most);
  const parts: T[][] = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

const isLong = (component: Component): boolean => {
  const content = isInsert(component) ? contentOf(component) : "";
  return typeof content === "string" && content.length > MOST_UNITS;
};

/** The same components, inserts of much text in pieces. */
function inPieces(components: readonly Component[]): readonly Component[] {
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
function makeRoom<T>(list: T[], at: number, places: number): void {
  if (places > 0) {
    for (let left = places; left > 0; left--) list.push(list[0]!);
    for (let to = list.length - 1; to >= at + places; to--) list[to] = list[to - places]!;
  } else if (places < 0) {
    for (let from = at; from < list.length; from++) list[from + places] = list[from]!;
    list.length += places;
  }
}
