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

import {
  add,
  BASE,
  cut,
  type Group,
  inPieces,
  type Measure,
  MOST_CHUNKS,
  MOST_COMPONENTS,
  makeRoom,
  measured,
  RESULT,
  rowOf,
  type Shelf,
  shelved,
} from "./component-groups.js";
import { BEYOND, OpCursor } from "./cursor.js";
import { baseLengthOf, type Component, resultLengthOf } from "./op.js";

type Pair = [base: number, result: number];

export class ComponentRow {
  #row: Group<Shelf>;

  // Where the stretch begins that is looked at, what has been taken into it, and where the next component is.
  #fromShelf = 0;
  #fromChunk = 0;
  #from = 0;
  #count = 0;
  #nextShelf = 0;
  #nextChunk = 0;
  #next = 0;
  /** How many atoms lie before the stretch, and in it, by measure. */
  readonly before: Pair = [0, 0];
  readonly taken: Pair = [0, 0];
  /** How many lie before the chunk in which it begins: the next one is likely to begin there, too. */
  readonly #beforeChunk: Pair = [0, 0];

  constructor(components: readonly Component[]) {
    this.#row = shelved(measured([...inPieces(components), BEYOND]));
  }

  /** Begins an empty stretch before the component that holds the atom `position`. */
  seek(measure: Measure, position: number): void {
    let shelf = this.#fromShelf;
    let chunk = this.#fromChunk;
    const left = position - this.#beforeChunk[measure];
    if (left < 0 || left >= this.#row.parts[shelf]!.lengths[2 * chunk + measure]!) {
      set(this.before, 0, 0);
      shelf = this.#find(this.#row, measure, position);
      chunk = this.#find(this.#row.parts[shelf]!, measure, position);
      set(this.#beforeChunk, this.before[BASE], this.before[RESULT]);
    } else set(this.before, this.#beforeChunk[BASE], this.#beforeChunk[RESULT]);
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
    this.before[measure] = position - left;
    this.before[beside] = sum;
    return at / 2;
  }

  /** Begins an empty stretch before the first component. */
  rewind(): void {
    set(this.before, 0, 0);
    set(this.#beforeChunk, 0, 0);
    this.#begin(0, 0, 0);
  }

  #begin(shelf: number, chunk: number, at: number): void {
    this.#fromShelf = shelf;
    this.#fromChunk = chunk;
    this.#from = at;
    this.#nextShelf = shelf;
    this.#nextChunk = chunk;
    this.#next = at;
    this.#count = 0;
    set(this.taken, 0, 0);
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
    const { lengths } = chunks[this.#nextChunk]!;
    add(this.taken, 0, lengths[2 * this.#next]!, lengths[2 * this.#next + 1]!);
    this.#next++;
    this.#count++;
  }

  /** The only component of the stretch; undefined if there are several. */
  get only(): Component | undefined {
    if (this.#count !== 1) return undefined;
    return this.#row.parts[this.#nextShelf]!.parts[this.#nextChunk]!.parts[this.#next - 1];
  }

  /** Walks over the stretch, until it is replaced. */
  walk(): OpCursor {
    let [shelf, chunk] = [this.#fromShelf, this.#fromChunk];
    let { parts } = this.#row.parts[shelf]!.parts[chunk]!;
    // Nearly all stretches lie in one chunk.
    if (shelf === this.#nextShelf && chunk === this.#nextChunk)
      return new OpCursor(parts, this.#from, this.#next);
    const taken = parts.slice(this.#from);
    while (taken.length < this.#count) {
      if (++chunk === this.#row.parts[shelf]!.parts.length) {
        chunk = 0;
        shelf++;
      }
      ({ parts } = this.#row.parts[shelf]!.parts[chunk]!);
      for (let at = 0; at < parts.length && taken.length < this.#count; at++) taken.push(parts[at]!);
    }
    return new OpCursor(taken);
  }

  /** Puts others in the place of the stretch. `taken` is then what they are; nothing more can be taken. */
  replace(components: readonly Component[]): void {
    let left = this.#count;
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
    const chunk = shelf.parts[this.#fromChunk]!;
    if (chunk.parts.length <= MOST_COMPONENTS) return;
    const made = rowOf(cut(chunk, MOST_COMPONENTS));
    shelf.parts.splice(this.#fromChunk, 1, ...made.parts);
    shelf.lengths.splice(2 * this.#fromChunk, 2, ...made.lengths);
    if (shelf.parts.length <= MOST_CHUNKS) return;
    // A chunk whose components have all been replaced is let go.
    const filled = rowOf(shelf.parts.filter(({ parts }) => parts.length > 0));
    this.#row = rowOf(row.toSpliced(this.#fromShelf, 1, ...cut(filled, MOST_CHUNKS)));
    // What lies before the first chunk is known without a search.
    this.#fromShelf = 0;
    this.#fromChunk = 0;
    set(this.#beforeChunk, 0, 0);
  }
}

function set(pair: Pair, base: number, result: number): void {
  pair[BASE] = base;
  pair[RESULT] = result;
}
