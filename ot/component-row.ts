// The components of a large op in a row that is searched and changed in place, for `indexed-op.ts`.
//
// What is looked at is a stretch of neighbours: it is begun where an atom is, grown to the right, walked over, and replaced.
//
// An insert of much text lies in several pieces, so that a key typed into it costs no more than elsewhere. The row always
// ends in a skip over more than any document has, so that there is a component at every atom.
// Mutable, and never shared.

import { BASE, ComponentTree, type Measure, type Pair, RESULT } from "./component-tree.js";
import { BEYOND, type OpCursor } from "./cursor.js";
import {
  type Component,
  contentOf,
  type InsertComponent,
  isInsert,
  type RichOpBuilder,
  resultLengthOf,
} from "./op.js";
import { startOfPair } from "./unicode.js";

/** Inserts of more atoms are cut, into pieces of so many UTF-16 units and the rest. */
const MOST_ATOMS = 512;
const PIECE_UNITS = 384;

export class ComponentRow {
  readonly #tree: ComponentTree;

  /** The components of the stretch that is looked at, and behind them what is left of others. */
  readonly #stretch: Component[] = [];
  #count = 0;
  /** Where in the tree the first and the last of them lie. */
  #from = 0;
  #last = 0;
  /** How many atoms lie before the stretch, and in it, by measure. */
  readonly before: Pair = [0, 0];
  readonly taken: Pair = [0, 0];

  constructor(components: readonly Component[]) {
    this.#tree = new ComponentTree([...inPieces(components), BEYOND]);
  }

  /** Begins an empty stretch before the component that holds the atom `position`, before the first one if negative. */
  seek(measure: Measure, position: number): void {
    this.before[BASE] = this.before[RESULT] = 0;
    this.taken[BASE] = this.taken[RESULT] = 0;
    this.#from = this.#tree.find(measure, position, this.before);
    this.#count = 0;
  }

  /** Takes the next component into the stretch. There is one as long as the skip at the end is not taken. */
  take(): void {
    const tree = this.#tree;
    const slot = this.#count === 0 ? this.#from : tree.after(this.#last);
    this.taken[BASE] += tree.length(slot, BASE);
    this.taken[RESULT] += tree.length(slot, RESULT);
    this.#stretch[this.#count++] = tree.part(slot);
    this.#last = slot;
  }

  /** Has a cursor walk over the stretch. */
  walk(cursor: OpCursor): OpCursor {
    return cursor.over(this.#stretch, 0, this.#count);
  }

  /**
   * Puts what was made in the place of the stretch, which nothing more can be taken into then, and has another op begun.
   *
   * @returns by how many atoms that makes the document after the op longer
   */
  replace(made: RichOpBuilder): number {
    made.end();
    const { components, count } = made;
    let growth = -this.taken[RESULT];
    let areLong = false;
    for (let nth = 0; nth < count; nth++) {
      growth += resultLengthOf(components[nth]!);
      areLong ||= isLong(components[nth]!);
    }
    if (areLong) this.#tree.replace(this.#from, this.#count, inPieces(components.slice(0, count)));
    else this.#tree.replace(this.#from, this.#count, components, count);
    made.restart();
    return growth;
  }

  /** Goes through all components in their order. */
  each(use: (component: Component) => void): void {
    this.#tree.each(use);
  }
}

const isLong = (component: Component): component is InsertComponent =>
  isInsert(component) && resultLengthOf(component) > MOST_ATOMS;

/** The same components, inserts of much text in pieces. */
function inPieces(components: readonly Component[]): Component[] {
  return components.flatMap((component) => {
    if (!isLong(component)) return component;
    const text = contentOf(component) as string;
    const pieces: Component[] = [];
    for (let at = 0; at < text.length; ) {
      const end = startOfPair(text, at + PIECE_UNITS);
      const piece = text.slice(at, end);
      pieces.push(typeof component === "string" ? piece : { ...component, i: piece });
      at = end;
    }
    return pieces;
  });
}
