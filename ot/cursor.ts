// Walking over an op piece by piece, with the other op of a transform or a compose setting the pace.
//
// A cursor never copies what is left of a large insert or quote: it keeps the offset into it. So many small pieces of one
// huge component cost as much as the pieces are long, and the untouched rest of it costs nothing.

import { type AnyOp, baseLengthOf, type Component, contentOf, deletion, type InsertComponent } from "./op.js";
import type { Retain } from "./types.js";
import { codePointLength, codePointToUtf16 } from "./unicode.js";

/** What a component does; told once on entering it, since it is asked often. */
export type Kind = "skip" | "insert" | "delete" | "retain";

/**
 * How many atoms are left after the end, where all is skipped: more than any document has, and still a small integer.
 */
export const BEYOND = 2 ** 30;

type Removal = { readonly d: number | string };

export class OpCursor {
  #op: AnyOp = [];
  #end = 0;
  #index = 0;
  /** Where the rest of the current component begins, if it inserts or quotes text. */
  #unit = 0;
  #component: Component | undefined;
  #kind: Kind = "skip";
  #left = 0;
  #took = 0;

  constructor(op: AnyOp = []) {
    this.over(op);
  }

  /** Walks over the components `from` to `to` of an op from now on. */
  over(op: AnyOp, from = 0, to = op.length): this {
    this.#op = op;
    this.#end = to;
    this.#enter(from);
    return this;
  }

  #enter(index: number): void {
    this.#index = index;
    this.#unit = 0;
    if (index >= this.#end) {
      this.#component = undefined;
      this.#kind = "skip";
      this.#left = BEYOND;
      return;
    }
    const component = this.#op[index]!;
    this.#component = component;
    if (typeof component === "number") {
      this.#kind = "skip";
      this.#left = component;
    } else if (typeof component === "string") {
      this.#kind = "insert";
      this.#left = 0;
    } else {
      this.#kind = "d" in component ? "delete" : "r" in component ? "retain" : "insert";
      this.#left = baseLengthOf(component);
    }
  }

  /** Whether the op has ended; from here all is skipped. */
  get done(): boolean {
    return this.#component === undefined;
  }

  /** What the component at the cursor does. */
  get kind(): Kind {
    return this.#kind;
  }

  /** How many atoms of the base the component at the cursor has still to walk over; none if it is an insert. */
  get left(): number {
    return this.#left;
  }

  /** The component at the cursor if it is a retain. */
  get retain(): Retain | undefined {
    return this.#kind === "retain" ? (this.#component as Retain) : undefined;
  }

  /** The next atoms of the delete at the cursor, as a component that quotes them if that does. */
  deleting(atoms: number): Removal {
    const whole = this.#component as Removal;
    const { d } = whole;
    if (typeof d === "number") return d === atoms ? whole : deletion(atoms);
    return { d: d.slice(this.#unit, codePointToUtf16(d, atoms, this.#unit)) };
  }

  /** Moves on by some of the atoms that are left of the base component at the cursor. */
  advance(atoms: number): void {
    if (this.#component === undefined) return;
    this.#left -= atoms;
    if (this.#left === 0) this.#enter(this.#index + 1);
    else if (this.#kind === "delete") {
      const { d } = this.#component as Removal;
      if (typeof d === "string") this.#unit = codePointToUtf16(d, atoms, this.#unit);
    }
  }

  /** Takes the next atoms, `most` of them at most, of the insert at the cursor; `took` then says how many it were. */
  takeInsert(most: number): InsertComponent {
    const content = contentOf(this.#component as InsertComponent);
    const from = this.#unit;
    if (typeof content !== "string" || content.length - from <= most) {
      this.#took = typeof content === "string" ? codePointLength(content, from) : 1;
      return this.takeRest();
    }
    const to = codePointToUtf16(content, most, from);
    if (to === content.length) {
      this.#took = codePointLength(content, from);
      return this.takeRest();
    }
    this.#took = most;
    this.#unit = to;
    return this.#piece(content.slice(from, to));
  }

  /** How many atoms were taken of an insert the last time. */
  get took(): number {
    return this.#took;
  }

  /** Takes what is left of the insert at the cursor, without counting it. */
  takeRest(): InsertComponent {
    const insert = this.#component as InsertComponent;
    const rest = this.#unit === 0 ? insert : this.#piece((contentOf(insert) as string).slice(this.#unit));
    this.#enter(this.#index + 1);
    return rest;
  }

  #piece(text: string): InsertComponent {
    const insert = this.#component as InsertComponent;
    return typeof insert === "string" ? text : { ...insert, i: text };
  }

  /** Takes all inserts up to the next component that walks over the base, or to the end. */
  takeInserts(): InsertComponent[] {
    const inserts: InsertComponent[] = [];
    while (this.#kind === "insert") inserts.push(this.takeRest());
    return inserts;
  }
}
