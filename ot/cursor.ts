// Walking over an op piece by piece, with the other op of a transform or a compose setting the pace.
//
// A cursor never copies or recounts what is left of a large insert: it keeps the offset into it, so that many small
// pieces of one huge component cost as much as the component is long.

import type { InsertComponent } from "./op.js";
import { attributesOf, baseLengthOf, contentLength, contentOf, isInsert } from "./op.js";
import type { Attributes, Delete, Retain, RichComponent, RichOp } from "./types.js";
import { codePointToUtf16 } from "./unicode.js";

/** A component that walks over atoms of the document before the op. */
export type BaseComponent = number | Delete | Retain;

export const isDelete = (component: BaseComponent | undefined): component is Delete =>
  typeof component === "object" && "d" in component;

export const isRetain = (component: BaseComponent | undefined): component is Retain =>
  typeof component === "object" && "r" in component;

export class OpCursor {
  readonly #op: RichOp;
  #index = 0;
  /** Atoms left of the current component. */
  #left = 0;
  /** Where the rest of the current text insert begins. */
  #unit = 0;

  constructor(op: RichOp) {
    this.#op = op;
    this.#enter();
  }

  #enter(): void {
    const component = this.#op[this.#index];
    this.#unit = 0;
    if (component === undefined) this.#left = 0;
    else this.#left = isInsert(component) ? contentLength(contentOf(component)) : baseLengthOf(component);
  }

  /** The component at the cursor, of which `left` atoms remain; undefined at the end, from where all is skipped. */
  get component(): RichComponent | undefined {
    return this.#op[this.#index];
  }
  get left(): number {
    return this.#left;
  }

  /** The component at the cursor if it is an insert. */
  get insert(): InsertComponent | undefined {
    const component = this.component;
    return component !== undefined && isInsert(component) ? component : undefined;
  }

  /** The component at the cursor if it walks over the base. */
  get base(): BaseComponent | undefined {
    const component = this.component;
    return component === undefined || isInsert(component) ? undefined : component;
  }

  /** Moves on by some of the atoms that are left of the current component. */
  advance(atoms: number): void {
    this.#left -= atoms;
    if (this.#left === 0) {
      this.#index++;
      this.#enter();
    }
  }

  /** Takes the next atoms of the insert at the cursor. */
  takeInsert(atoms = this.#left): {
    readonly content: InsertContent;
    readonly attributes: Attributes | undefined;
  } {
    const insert = this.insert!;
    const whole = contentOf(insert);
    let content = whole;
    if (typeof whole === "string" && (atoms < this.#left || this.#unit > 0)) {
      const end = atoms === this.#left ? whole.length : codePointToUtf16(whole, atoms, this.#unit);
      content = whole.slice(this.#unit, end);
      this.#unit = end;
    }
    this.advance(atoms);
    return { content, attributes: attributesOf(insert) };
  }

  /** Takes all inserts up to the next component that walks over the base, or to the end. */
  takeInserts(): InsertComponent[] {
    const inserts: InsertComponent[] = [];
    for (let insert = this.insert; insert !== undefined; insert = this.insert) {
      inserts.push(insert);
      this.#index++;
      this.#enterQuietly();
    }
    return inserts;
  }

  /** Like `#enter`, but does not count the text of an insert that will be taken whole. */
  #enterQuietly(): void {
    const component = this.#op[this.#index];
    if (component === undefined || !isInsert(component)) this.#enter();
  }
}

type InsertContent = ReturnType<typeof contentOf>;
