// Components in a row, in the leaves of a tree that knows how long each is, for `component-row.ts`.
//
//     node ─┬─ node ─┬─ leaf    5 │ "ab" │ { d: 2 } │ 40      Each part, be it a component or a node, has two lengths: in the
//           │        └─ leaf    …                             document before the op (BASE), and in the one after (RESULT).
//           └─ node …
//
// So the component that holds an atom is found by adding up the lengths of a few parts on each level, and neighbours are
// replaced within a leaf. A node that would become too wide is dealt out to several, and one that has no part left is taken out.
//
// A node is a number, and all nodes lie in a few arrays, each in as many slots as it may have parts: what is looked at
// together lies together, and nothing is moved or thrown away when a node grows.

import { baseLengthOf, type Component, resultLengthOf } from "./op.js";

/** In which document atoms are counted: the one before the op, or the one after. Also where lengths of that kind stand. */
export type Measure = typeof BASE | typeof RESULT;
export const BASE = 0;
export const RESULT = 1;
/** Atoms by measure. */
export type Pair = [base: number, result: number];

/** So many parts a node has at most, a power of two, and about so many after it was dealt out. */
const BITS = 5;
const WIDTH = 1 << BITS;
const FILLED = 18;

/** In a leaf a component, elsewhere the number of a node. */
type Part = Component;

/** The node that a slot belongs to. */
const nodeOf = (slot: number): number => slot >> BITS;

export class ComponentTree {
  /** By slot, and by slot and measure. */
  readonly #parts: Part[] = [];
  readonly #lengths: number[] = [];
  /** By node: how many parts it has, how many levels are below it, and its slot in the node above. */
  readonly #counts: number[] = [];
  readonly #levels: number[] = [];
  readonly #slots: number[] = [];
  #root: number;

  /** There must always be some. */
  constructor(components: readonly Component[]) {
    this.#root = this.#create(0, []);
    this.#replace(this.#root, 0, 0, components);
  }

  part(slot: number): Component {
    return this.#parts[slot]!;
  }

  length(slot: number, measure: Measure): number {
    return this.#lengths[2 * slot + measure]!;
  }

  /** The slot of the component that holds the atom `position`, of the first one if negative; adds the atoms before it to `before`. */
  find(measure: Measure, position: number, before: Pair): number {
    let node = this.#root;
    for (let level = this.#levels[node]!; level > 0; level--)
      node = this.#parts[this.#slotIn(node, measure, position, before)] as number;
    return this.#slotIn(node, measure, position, before);
  }

  /** The slot behind one that is not the last: of a component, or of a node on the same level. */
  after(slot: number): number {
    const node = nodeOf(slot);
    if (slot + 1 < WIDTH * node + this.#counts[node]!) return slot + 1;
    return WIDTH * (this.#parts[this.after(this.#slots[node]!)] as number);
  }

  /** Goes through all components below a node in their order. */
  each(use: (component: Component) => void, node = this.#root): void {
    for (let nth = 0; nth < this.#counts[node]!; nth++) {
      const part = this.#parts[WIDTH * node + nth]!;
      if (this.#levels[node] === 0) use(part);
      else this.each(use, part as number);
    }
  }

  /**
   * Puts others, the first `count` of those given, in the place of so many components, from a slot on. Not all may go, and slots are
   * no longer what they were.
   */
  replace(slot: number, gone: number, given: readonly Component[], count = given.length): void {
    const leaf = nodeOf(slot);
    const from = slot - WIDTH * leaf;
    const here = Math.min(gone, this.#counts[leaf]! - from);
    for (let left = gone - here; left > 0; ) {
      const after = this.#parts[this.after(this.#slots[leaf]!)] as number;
      const there = Math.min(left, this.#counts[after]!);
      this.#replace(after, 0, there, given, 0);
      left -= there;
    }
    this.#replace(leaf, from, here, given, count);
  }

  /** The slot of a node's part that holds the atom `position`; adds the atoms before that part to `before`. */
  #slotIn(node: number, measure: Measure, position: number, before: Pair): number {
    const lengths = this.#lengths;
    const beside = 1 - measure;
    let left = position - before[measure];
    let sum = before[beside]!;
    let at = 2 * WIDTH * node;
    for (let length = lengths[at + measure]!; length <= left; length = lengths[at + measure]!) {
      left -= length;
      sum += lengths[at + beside]!;
      at += 2;
    }
    before[measure] = position - left;
    before[beside] = sum;
    return at / 2;
  }

  /** Puts others in the place of some neighbours in a node. What there is no room for goes into new nodes behind it. */
  #replace(node: number, from: number, gone: number, given: readonly Part[], count = given.length): void {
    const held = this.#counts[node]! + count - gone;
    if (held > WIDTH) {
      this.#dealOut(node, from, gone, given.slice(0, count));
      return;
    }
    const first = WIDTH * node + from;
    const base = this.#sum(first, gone, BASE);
    const result = this.#sum(first, gone, RESULT);
    this.#move(node, from + gone, count - gone);
    this.#counts[node] = held;
    for (let nth = 0; nth < count; nth++) this.#set(first + nth, given[nth]!);
    if (held === 0 && node !== this.#root) this.#replaceNode(node, []);
    else this.#lengthen(node, this.#sum(first, count, BASE) - base, this.#sum(first, count, RESULT) - result);
  }

  /** The same where there is no room: the parts are dealt out to the node and to new ones behind it. */
  #dealOut(node: number, from: number, gone: number, given: readonly Part[]): void {
    const first = WIDTH * node;
    const level = this.#levels[node]!;
    const held = this.#parts.slice(first, first + this.#counts[node]!);
    const parts = held.slice(0, from).concat(given, held.slice(from + gone));
    const size = Math.ceil(parts.length / Math.ceil(parts.length / FILLED));
    this.#fill(node, parts.slice(0, size));
    const others: number[] = [];
    for (let at = size; at < parts.length; at += size)
      others.push(this.#create(level, parts.slice(at, at + size)));
    if (node === this.#root) this.#root = this.#create(level + 1, [node]);
    this.#replaceNode(node, [node, ...others]);
  }

  /** Makes a node and those above it longer by so much. */
  #lengthen(node: number, base: number, result: number): void {
    while (node !== this.#root) {
      const slot = this.#slots[node]!;
      this.#lengths[2 * slot]! += base;
      this.#lengths[2 * slot + 1]! += result;
      node = nodeOf(slot);
    }
  }

  /** Moves a node's parts from one on by so many slots, to the front if negative. */
  #move(node: number, from: number, slots: number): void {
    if (slots === 0) return;
    const lengths = this.#lengths;
    const count = this.#counts[node]!;
    const step = slots > 0 ? -1 : 1;
    let slot = WIDTH * node + (slots > 0 ? count - 1 : from);
    for (let left = count - from; left > 0; left--) {
      const to = slot + slots;
      this.#parts[to] = this.#parts[slot]!;
      lengths[2 * to] = lengths[2 * slot]!;
      lengths[2 * to + 1] = lengths[2 * slot + 1]!;
      if (this.#levels[node]! > 0) this.#slots[this.#parts[to] as number] = to;
      slot += step;
    }
  }

  /** Puts a part into a slot, and beside it how long it is. */
  #set(slot: number, part: Part): void {
    const isLeaf = this.#levels[nodeOf(slot)] === 0;
    this.#parts[slot] = part;
    if (!isLeaf) this.#slots[part as number] = slot;
    this.#lengths[2 * slot] = isLeaf ? baseLengthOf(part) : this.#lengthOf(part as number, BASE);
    this.#lengths[2 * slot + 1] = isLeaf ? resultLengthOf(part) : this.#lengthOf(part as number, RESULT);
  }

  #lengthOf(node: number, measure: Measure): number {
    return this.#sum(WIDTH * node, this.#counts[node]!, measure);
  }

  /** How long so many neighbours are together. */
  #sum(slot: number, count: number, measure: Measure): number {
    let atoms = 0;
    for (let nth = 0; nth < count; nth++) atoms += this.length(slot + nth, measure);
    return atoms;
  }

  #replaceNode(node: number, given: readonly number[]): void {
    const slot = this.#slots[node]!;
    const above = nodeOf(slot);
    this.#replace(above, slot - WIDTH * above, 1, given);
  }

  #create(level: number, parts: readonly Part[]): number {
    const node = this.#levels.length;
    for (let nth = 0; nth < WIDTH; nth++) {
      this.#parts.push(0);
      this.#lengths.push(0, 0);
    }
    this.#levels.push(level);
    this.#slots.push(0);
    this.#fill(node, parts);
    return node;
  }

  #fill(node: number, parts: readonly Part[]): void {
    this.#counts[node] = parts.length;
    for (let nth = 0; nth < parts.length; nth++) this.#set(WIDTH * node + nth, parts[nth]!);
  }
}
