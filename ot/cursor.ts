// Walking over an op piece by piece, with the other op of a transform or a compose setting the pace.
//
// A cursor never copies or counts what is left of a large insert: it keeps the offset into it. So many small pieces of one
// huge component cost as much as the pieces are long, and the untouched rest of it costs nothing.

import { attributesOf, baseLengthOf, type Content, contentOf, type InsertComponent, isInsert } from "./op.js";
import type { Attributes, Delete, Retain, RichComponent, RichOp } from "./types.js";
import { codePointLength, codePointToUtf16 } from "./unicode.js";

/** A component that walks over atoms of the document before the op. */
export type BaseComponent = number | Delete | Retain;

export const isDelete = (component: BaseComponent | undefined): component is Delete =>
  typeof component === "object" && "d" in component;

export const isRetain = (component: BaseComponent | undefined): component is Retain =>
  typeof component === "object" && "r" in component;

/** Atoms taken off an insert. */
export interface InsertPiece {
  readonly content: Content;
  readonly attributes: Attributes | undefined;
  /** How many atoms it is; not counted where all that was left has been asked for. */
  readonly atoms: number;
}

export class OpCursor {
  readonly #op: RichOp;
  #index = 0;
  /** Atoms left of the current component, if it walks over the base. */
  #left = 0;
  /** Where the rest of the current component begins, if it inserts text. */
  #unit = 0;

  constructor(op: RichOp) {
    this.#op = op;
    this.#enter(0);
  }

  #enter(index: number): void {
    this.#index = index;
    this.#unit = 0;
    this.#left = this.component === undefined ? 0 : baseLengthOf(this.component);
  }

  /** The component at the cursor; undefined at the end, from where all is skipped. */
  get component(): RichComponent | undefined {
    return this.#op[this.#index];
  }

  /** The component at the cursor if it is an insert. */
  get insert(): InsertComponent | undefined {
    const component = this.component;
    return component !== undefined && isInsert(component) ? component : undefined;
  }

  /** The component at the cursor if it walks over the base, `left` atoms of which remain. */
  get base(): BaseComponent | undefined {
    const component = this.component;
    return component === undefined || isInsert(component) ? undefined : component;
  }
  get left(): number {
    return this.#left;
  }

  /** Moves on by some of the atoms that are left of the base component at the cursor. */
  advance(atoms: number): void {
    this.#left -= atoms;
    if (this.#left === 0) this.#enter(this.#index + 1);
  }

  /** Takes the next atoms of the insert at the cursor, `most` of them at most; without it, all that are left. */
  takeInsert(most = Number.POSITIVE_INFINITY): InsertPiece {
    const insert = this.insert!;
    const whole = contentOf(insert);
    const attributes = attributesOf(insert);
    if (typeof whole !== "string") {
      this.#enter(this.#index + 1);
      return { content: whole, attributes, atoms: 1 };
    }
    const from = this.#unit;
    const to = most === Number.POSITIVE_INFINITY ? whole.length : codePointToUtf16(whole, most, from);
    const atoms =
      to < whole.length || most === Number.POSITIVE_INFINITY ? most : codePointLength(whole, from, to);
    if (to === whole.length) this.#enter(this.#index + 1);
    else this.#unit = to;
    return { content: whole.slice(from, to), attributes, atoms };
  }

  /** Takes all inserts up to the next component that walks over the base, or to the end. */
  takeInserts(): InsertComponent[] {
    const inserts: InsertComponent[] = [];
    for (let insert = this.insert; insert !== undefined; insert = this.insert) {
      inserts.push(insert);
      this.#enter(this.#index + 1);
    }
    return inserts;
  }
}
