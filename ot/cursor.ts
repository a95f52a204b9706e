// Walking over an op piece by piece, with the other op of a transform or a compose setting the pace.
//
// A cursor never copies or counts what is left of a large insert: it keeps the offset into it. So many small pieces of one
// huge component cost as much as the pieces are long, and the untouched rest of it costs nothing.

import { attributesOf, type Content, contentOf, type InsertComponent } from "./op.js";
import type { Attributes, Delete, Retain, RichComponent, RichOp } from "./types.js";
import { codePointLength, codePointToUtf16 } from "./unicode.js";

/** What a component does; told once on entering it, since it is asked often. */
export type Kind = "skip" | "insert" | "delete" | "retain";

function kindOf(component: RichComponent): Kind {
  if (typeof component === "number") return "skip";
  if (typeof component === "string") return "insert";
  if ("d" in component) return "delete";
  return "r" in component ? "retain" : "insert";
}

/** Atoms taken off an insert. */
export interface InsertPiece {
  readonly content: Content;
  readonly attributes: Attributes | undefined;
  /** How many atoms it is; not counted where all that was left has been asked for. */
  readonly atoms: number;
}

/**
 * How many atoms are left after the end, where all is skipped: more than any document has, and still a small integer.
 */
export const BEYOND = 2 ** 30;

export class OpCursor {
  readonly #op: RichOp;
  readonly #end: number;
  #index: number;
  /** Where the rest of the current component begins, if it inserts text. */
  #unit = 0;
  #component: RichComponent | undefined;
  #kind: Kind = "skip";
  #left = 0;

  /** Walks over the components `from` to `to` of an op. */
  constructor(op: RichOp, from = 0, to = op.length) {
    this.#op = op;
    this.#end = to;
    this.#index = from;
    this.#enter(from);
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
    this.#kind = kindOf(component);
    if (typeof component === "number") this.#left = component;
    else if (this.#kind === "delete") this.#left = (component as Delete).d;
    else this.#left = this.#kind === "retain" ? (component as Retain).r : 0;
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

  /** Moves on by some of the atoms that are left of the base component at the cursor. */
  advance(atoms: number): void {
    if (this.#component === undefined) return;
    this.#left -= atoms;
    if (this.#left === 0) this.#enter(this.#index + 1);
  }

  /** The component at the cursor, or what is left of it if it is a skip, none of another having been taken. */
  get rest(): RichComponent {
    return this.#kind === "skip" ? this.#left : this.#component!;
  }

  /** Moves on to the next component. */
  pass(): void {
    this.#enter(this.#index + 1);
  }

  /** Takes the next atoms of the insert at the cursor, `most` of them at most; without it, all that are left. */
  takeInsert(most = Number.POSITIVE_INFINITY): InsertPiece {
    const insert = this.#component as InsertComponent;
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

  /** Takes the insert at the cursor as it is, none of which has been taken yet. */
  takeWholeInsert(): InsertComponent {
    const insert = this.#component as InsertComponent;
    this.#enter(this.#index + 1);
    return insert;
  }

  /** Takes all inserts up to the next component that walks over the base, or to the end. */
  takeInserts(): InsertComponent[] {
    const inserts: InsertComponent[] = [];
    while (this.#kind === "insert") inserts.push(this.takeWholeInsert());
    return inserts;
  }
}
