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

type Pair = [base: number, result: number];
const NONE: Readonly<Pair> = [0, 0];

const MOST_COMPONENTS = 32;
const MOST_CHUNKS = 64;
const MOST_UNITS = 512;

/**
 * Components, chunks or shelves in a row, beside how long each is: of each its two lengths, by measure, next to each other, as a
 * search adds up both.
 */
interface Group<T> {
  readonly parts: T[];
  readonly lengths: number[];
}
type Chunk = Group<Component>;
type Shelf = Group<Chunk>;

const groupOf = <T>(parts: T[], lengthsOf: (part: T) => number[]): Group<T> => ({
  parts,
  lengths: parts.flatMap(lengthsOf),
});

const lengthsOf = (component: Component) => [baseLengthOf(component), resultLengthOf(component)];

function total({ lengths }: Group<unknown>): number[] {
  const sum: Pair = [0, 0];
  for (let at = 0; at < lengths.length; at += 2) add(sum, 0, lengths[at]!, lengths[at + 1]!);
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
  before = NONE;
  taken: Pair = [0, 0];
  /** How many lie before the chunk in which it begins: the next one is likely to begin there, too. */
  #beforeChunk = NONE;

  constructor(components: readonly Component[]) {
    this.#row = groupOf(shelvesOf(chunksOf([...inPieces(components), BEYOND])), total);
  }

  /** Begins an empty stretch before the component that holds the atom `position`. */
  seek(measure: Measure, position: number): void {
    let shelf = this.#fromShelf;
    let chunk = this.#fromChunk;
    const left = position - this.#beforeChunk[measure];
    if (left < 0 || left >= this.#row.parts[shelf]!.lengths[2 * chunk + measure]!) {
      this.before = NONE;
      shelf = this.#find(this.#row, measure, position);
      chunk = this.#find(this.#row.parts[shelf]!, measure, position);
      this.#beforeChunk = this.before;
    }
    this.before = this.#beforeChunk;
    this.#begin(shelf, chunk, this.#find(this.#row.parts[shelf]!.parts[chunk]!, measure, position));
  }

  /** Which part of a group holds the atom `position`; adds those before it to `before`. */
  #find({ lengths }: Group<unknown>, measure: Measure, position: number): number {
    const beside = measure === BASE ? RESULT : BASE;
    let left = position - this.before[measure];
    let sum = this.before[beside];
    let at = 0;
    for (let length = lengths[measure]!; length <= left; length = lengths[at + measure]!) {
      left -= length;
      sum += lengths[at + beside]!;
      at += 2;
    }
    const walked = position - left;
    this.before = measure === BASE ? [walked, sum] : [sum, walked];
    return at / 2;
  }

  /** Begins an empty stretch before the first component. */
  rewind(): void {
    this.before = NONE;
    this.#beforeChunk = NONE;
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
    this.taken = [0, 0];
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
    add(this.taken, 0, lengths[2 * this.#next]!, lengths[2 * this.#next + 1]!);
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
    let base = 0;
    let result = 0;
    for (let at = 2 * from; at < 2 * (from + gone); at += 2) {
      base -= lengths[at]!;
      result -= lengths[at + 1]!;
    }
    makeRoom(parts, from + gone, given.length - gone);
    makeRoom(lengths, 2 * (from + gone), 2 * (given.length - gone));
    for (let nth = 0; nth < given.length; nth++) {
      const component = given[nth]!;
      const at = from + nth;
      parts[at] = component;
      base += lengths[2 * at] = baseLengthOf(component);
      result += lengths[2 * at + 1] = resultLengthOf(component);
    }
    add(chunkLengths, chunk, base, result);
    add(this.#row.lengths, shelf, base, result);
    add(this.taken, 0, base, result);
  }

  /** Cuts the chunk in which something was replaced, and its shelf, if they are too large. */
  #cut(): void {
    const row = this.#row.parts;
    const shelf = row[this.#fromShelf]!;
    const { parts } = shelf.parts[this.#fromChunk]!;
    if (parts.length <= MOST_COMPONENTS) return;
    const made = groupOf(chunksOf(parts), total);
    shelf.parts.splice(this.#fromChunk, 1, ...made.parts);
    shelf.lengths.splice(2 * this.#fromChunk, 2, ...made.lengths);
    if (shelf.parts.length <= MOST_CHUNKS) return;
    // A chunk whose components have all been replaced is let go.
    const filled = shelf.parts.filter((chunk) => chunk.parts.length > 0);
    this.#row = groupOf(row.toSpliced(this.#fromShelf, 1, ...shelvesOf(filled)), total);
    // What lies before the first chunk is known without a search.
    this.#fromShelf = 0;
    this.#fromChunk = 0;
    this.#beforeChunk = NONE;
  }
}

/** Adds to both lengths of a part. */
function add(lengths: number[], part: number, base: number, result: number): void {
  lengths[2 * part]! += base;
  lengths[2 * part + 1]! += result;
}

const chunksOf = (components: readonly Component[]): Chunk[] =>
  cut(components, MOST_COMPONENTS).map((parts) => groupOf(parts, lengthsOf));

const shelvesOf = (chunks: readonly Chunk[]): Shelf[] =>
  cut(chunks, MOST_CHUNKS).map((parts) => groupOf(parts, total));

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
