// The components of a large op in a row that is searched and changed in place, for `indexed-op.ts`.
//
// They lie in chunks, beside how long each is in the document before the op (`BASE`) and in the one after (`RESULT`). The
// sums of the chunks are kept in Fenwick trees, so that the component that holds an atom is found, and a few neighbours are
// replaced, at O(log n) and a chunk. A chunk that has grown too large is cut, and the trees are built anew: once in as
// many changes as half a chunk holds.
//
// The row always ends in a skip over more than any document has, so that there is a component at every atom.
// Mutable, and never shared.

import { BEYOND, OpCursor } from "./cursor.js";
import { baseLengthOf, type Component, resultLengthOf } from "./op.js";

/** In which document atoms are counted: the one before the op, or the one after. Also where lengths of that kind stand. */
export type Measure = typeof BASE | typeof RESULT;
export const BASE = 0;
export const RESULT = 1;

const MOST = 64;
const FILL = 32;

class Chunk {
  readonly components: Component[];
  /** Of each component, by measure. */
  readonly lengths: readonly [number[], number[]];
  readonly sums: [number, number] = [0, 0];

  constructor(components: Component[]) {
    this.components = components;
    this.lengths = [components.map(baseLengthOf), components.map(resultLengthOf)];
    for (const measure of [BASE, RESULT])
      for (const atoms of this.lengths[measure]!) this.sums[measure]! += atoms;
  }
}

export class ComponentRow {
  #chunks: Chunk[] = [];
  /** Of each measure a Fenwick tree, whose node `n` holds the sum of the `n & -n` chunks up to the n-th. */
  #trees: [Float64Array, Float64Array] = [new Float64Array(1), new Float64Array(1)];

  /** Where the stretch begins that is looked at, and where it ends: a chunk and the place in it. */
  #fromChunk = 0;
  #from = 0;
  #toChunk = 0;
  #to = 0;
  /** How many atoms lie before the stretch, and in it, by measure. */
  readonly before: [number, number] = [0, 0];
  readonly taken: [number, number] = [0, 0];

  constructor(components: readonly Component[]) {
    const all = [...components, BEYOND];
    for (let at = 0; at < all.length; at += FILL) this.#chunks.push(new Chunk(all.slice(at, at + FILL)));
    this.#sum();
  }

  /** Begins an empty stretch before the component that holds the atom `position`. */
  seek(measure: Measure, position: number): void {
    const other = measure === BASE ? RESULT : BASE;
    const tree = this.#trees[measure];
    const otherTree = this.#trees[other];
    let chunk = 0;
    let before = 0;
    let otherBefore = 0;
    for (let step = topBit(this.#chunks.length); step > 0; step >>= 1) {
      const next = chunk + step;
      if (next >= tree.length || before + tree[next]! > position) continue;
      chunk = next;
      before += tree[next]!;
      otherBefore += otherTree[next]!;
    }
    // Counted from the start of the chunk, so that the numbers are small integers.
    const lengths = this.#chunks[chunk]!.lengths[measure];
    const otherLengths = this.#chunks[chunk]!.lengths[other];
    const wanted = position - before;
    let at = 0;
    let passed = 0;
    let otherPassed = 0;
    for (; passed + lengths[at]! <= wanted; at++) {
      passed += lengths[at]!;
      otherPassed += otherLengths[at]!;
    }
    this.#begin(chunk, at);
    this.before[measure] = before + passed;
    this.before[other] = otherBefore + otherPassed;
  }

  /** Begins an empty stretch before the first component. */
  rewind(): void {
    this.#begin(0, 0);
    this.before[BASE] = 0;
    this.before[RESULT] = 0;
  }

  #begin(chunk: number, at: number): void {
    this.#fromChunk = chunk;
    this.#from = at;
    this.#toChunk = chunk;
    this.#to = at;
    this.taken[BASE] = 0;
    this.taken[RESULT] = 0;
  }

  /** Takes the next component into the stretch. There is one as long as the skip at the end is not taken. */
  take(): void {
    while (this.#to === this.#chunks[this.#toChunk]!.components.length) {
      this.#toChunk++;
      this.#to = 0;
    }
    const { lengths } = this.#chunks[this.#toChunk]!;
    this.taken[BASE] += lengths[BASE][this.#to]!;
    this.taken[RESULT] += lengths[RESULT][this.#to]!;
    this.#to++;
  }

  /** The only component of the stretch; undefined if there are several. */
  get only(): Component | undefined {
    const isOne = this.#fromChunk === this.#toChunk && this.#to === this.#from + 1;
    return isOne ? this.#chunks[this.#fromChunk]!.components[this.#from] : undefined;
  }

  /** Walks over the stretch, which must not be replaced meanwhile. */
  walk(): OpCursor {
    const first = this.#chunks[this.#fromChunk]!.components;
    if (this.#fromChunk === this.#toChunk) return new OpCursor(first, this.#from, this.#to);
    const between = this.#chunks.slice(this.#fromChunk + 1, this.#toChunk);
    return new OpCursor([
      ...first.slice(this.#from),
      ...between.flatMap(({ components }) => components),
      ...this.#chunks[this.#toChunk]!.components.slice(0, this.#to),
    ]);
  }

  /** Puts others in the place of the stretch. `taken` is then what they are; nothing more can be taken. */
  replace(components: readonly Component[]): void {
    const first = this.#chunks[this.#fromChunk]!;
    for (let nth = this.#toChunk; nth > this.#fromChunk; nth--) {
      const end = nth === this.#toChunk ? this.#to : this.#chunks[nth]!.components.length;
      this.#exchange(nth, 0, end, []);
    }
    const end = this.#toChunk === this.#fromChunk ? this.#to : first.components.length;
    this.#exchange(this.#fromChunk, this.#from, end, components);
    if (first.components.length > MOST) this.#cut(this.#fromChunk);
  }

  *[Symbol.iterator](): Generator<Component> {
    for (const { components } of this.#chunks) yield* components;
  }

  #exchange(nth: number, from: number, to: number, components: readonly Component[]): void {
    const chunk = this.#chunks[nth]!;
    const [base, result] = chunk.lengths;
    let baseGrown = 0;
    let resultGrown = 0;
    for (let at = from; at < to; at++) {
      baseGrown -= base[at]!;
      resultGrown -= result[at]!;
    }
    makeRoom(chunk.components, from, to, components.length);
    makeRoom(base, from, to, components.length);
    makeRoom(result, from, to, components.length);
    for (let at = 0; at < components.length; at++) {
      const component = components[at]!;
      const baseLength = baseLengthOf(component);
      const resultLength = resultLengthOf(component);
      chunk.components[from + at] = component;
      base[from + at] = baseLength;
      result[from + at] = resultLength;
      baseGrown += baseLength;
      resultGrown += resultLength;
    }
    this.#grow(nth, BASE, baseGrown);
    this.#grow(nth, RESULT, resultGrown);
  }

  #grow(nth: number, measure: Measure, atoms: number): void {
    if (atoms === 0) return;
    this.taken[measure] += atoms;
    this.#chunks[nth]!.sums[measure] += atoms;
    const tree = this.#trees[measure];
    for (let node = nth + 1; node < tree.length; node += node & -node) tree[node]! += atoms;
  }

  #cut(nth: number): void {
    const { components } = this.#chunks[nth]!;
    const parts: Chunk[] = [];
    for (let at = 0; at < components.length; at += FILL)
      parts.push(new Chunk(components.slice(at, at + FILL)));
    this.#chunks.splice(nth, 1, ...parts);
    this.#sum();
  }

  #sum(): void {
    // A chunk whose components have all been replaced is let go; the last one is never empty.
    this.#chunks = this.#chunks.filter((chunk) => chunk.components.length > 0);
    this.#trees = [this.#tree(BASE), this.#tree(RESULT)];
  }

  #tree(measure: Measure): Float64Array {
    const chunks = this.#chunks;
    const tree = new Float64Array(chunks.length + 1);
    for (let node = 1; node <= chunks.length; node++) {
      tree[node]! += chunks[node - 1]!.sums[measure];
      const parent = node + (node & -node);
      if (parent <= chunks.length) tree[parent]! += tree[node]!;
    }
    return tree;
  }
}

/** The highest power of two that is not above `count`. */
const topBit = (count: number): number => (count === 0 ? 0 : 1 << (31 - Math.clz32(count)));

/** Moves what follows `to`, so that there are `room` places between `from` and it. */
function makeRoom<T>(list: T[], from: number, to: number, room: number): void {
  const shift = from + room - to;
  if (shift > 0) {
    for (let left = shift; left > 0; left--) list.push(list[0]!);
    for (let at = list.length - 1; at >= to + shift; at--) list[at] = list[at - shift]!;
  } else if (shift < 0) {
    for (let at = to; at < list.length; at++) list[at + shift] = list[at]!;
    list.length += shift;
  }
}
