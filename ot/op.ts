// Operations as values: building them in canonical form, and measuring them.
//
// Canonical form is unique but for one thing: the order of an insert and a delete at one place, which is kept as it was
// made, because it says on which side of the deleted atoms the new ones stand. Otherwise: no empty components, no
// trailing skip, neighbours of one kind with equal attributes are one, text without attributes is a bare string, and
// absent attribute sets are absent rather than empty.

import { isEmpty, sameAttributes } from "./attributes.js";
import type { AttributeChange, Attributes, Embed, PlainOp, Retain, RichComponent, RichOp } from "./types.js";
import { codePointLength } from "./unicode.js";

/** Text or an embed, as an op inserts it. */
export type Content = string | Embed;

export type InsertComponent = string | { readonly i: Content; readonly a?: Attributes };

export const isInsert = (component: RichComponent): component is InsertComponent =>
  typeof component === "string" || (typeof component === "object" && "i" in component);

export const contentOf = (insert: InsertComponent): Content =>
  typeof insert === "string" ? insert : insert.i;

export const attributesOf = (insert: InsertComponent): Attributes | undefined =>
  typeof insert === "string" ? undefined : insert.a;

export const contentLength = (content: Content): number =>
  typeof content === "string" ? codePointLength(content) : 1;

/** How many atoms of the document before the op a component walks over. */
export function baseLengthOf(component: RichComponent): number {
  if (typeof component === "number") return component;
  if (isInsert(component)) return 0;
  return "d" in component ? component.d : component.r;
}

/** How many atoms of the document after the op a component walks over or puts there. */
export function resultLengthOf(component: RichComponent): number {
  if (typeof component === "number") return component;
  if (isInsert(component)) return contentLength(contentOf(component));
  return "d" in component ? 0 : component.r;
}

const orAbsent = <T extends AttributeChange>(set: T | undefined): T | undefined =>
  set === undefined || isEmpty(set) ? undefined : set;

/**
 * Gathers components into a canonical rich op, from the start of the document on. Lengths are atoms; steps of no length and
 * sets without keys add nothing, and neighbours that are one step are written as one. Nothing is checked against a document.
 */
export class RichOpBuilder {
  readonly #op: RichComponent[] = [];

  get #last(): RichComponent | undefined {
    const op = this.#op;
    return op.length === 0 ? undefined : op[op.length - 1];
  }

  #replace(component: RichComponent): this {
    this.#op[this.#op.length - 1] = component;
    return this;
  }

  #push(component: RichComponent): this {
    this.#op.push(component);
    return this;
  }

  /** Leaves the next atoms as they are. */
  skip(atoms: number): this {
    if (atoms === 0) return this;
    const last = this.#last;
    return typeof last === "number" ? this.#replace(last + atoms) : this.#push(atoms);
  }

  /** Puts text or an embed before the next atom. */
  insert(content: Content, attributes?: Attributes): this {
    if (content === "") return this;
    const a = orAbsent(attributes);
    const last = this.#last;
    if (typeof content !== "string") return this.#push(a === undefined ? { i: content } : { i: content, a });
    if (typeof last === "string")
      return a === undefined ? this.#replace(last + content) : this.#push({ i: content, a });
    if (last !== undefined && isInsert(last) && sameAttributes(last.a, a)) {
      const before = contentOf(last);
      if (typeof before === "string") return this.#replace(textInsert(before + content, a));
    }
    return this.#push(textInsert(content, a));
  }

  /** Deletes the next atoms. */
  delete(atoms: number): this {
    if (atoms === 0) return this;
    const last = this.#last;
    const joins = typeof last === "object" && "d" in last;
    return joins ? this.#replace({ d: last.d + atoms }) : this.#push({ d: atoms });
  }

  /** Changes attributes of the next atoms: `a` on text and inline embeds, `b` on block markers and block embeds. */
  retain(atoms: number, textChange?: AttributeChange, blockChange?: AttributeChange): this {
    const a = orAbsent(textChange);
    const b = orAbsent(blockChange);
    if (atoms === 0) return this;
    if (a === undefined && b === undefined) return this.skip(atoms);
    const last = this.#last;
    const joins =
      typeof last === "object" && "r" in last && sameAttributes(last.a, a) && sameAttributes(last.b, b);
    if (joins) return this.#replace(retainOf(last.r + atoms, a, b));
    return this.#push(retainOf(atoms, a, b));
  }

  /** Appends a component as it is. */
  add(component: RichComponent): this {
    if (typeof component === "number") return this.skip(component);
    if (typeof component === "string") return this.insert(component);
    if ("d" in component) return this.delete(component.d);
    if ("r" in component) return this.retain(component.r, component.a, component.b);
    return this.insert(component.i, component.a);
  }

  /** What has been gathered, a skip at the end included; the builder is not to be used any more. */
  components(): RichComponent[] {
    return this.#op;
  }

  /** The op; the builder is not to be used any more. */
  done(): RichOp {
    if (typeof this.#last === "number") this.#op.pop();
    return this.#op;
  }
}

function retainOf(r: number, a: AttributeChange | undefined, b: AttributeChange | undefined): Retain {
  if (b === undefined) return a === undefined ? { r } : { r, a };
  return a === undefined ? { r, b } : { r, a, b };
}

const textInsert = (text: string, a: Attributes | undefined): InsertComponent =>
  a === undefined ? text : { i: text, a };

/** The same for a plain op, whose atoms are code points. */
export class PlainOpBuilder {
  readonly #op = new RichOpBuilder();

  skip(atoms: number): this {
    this.#op.skip(atoms);
    return this;
  }
  insert(text: string): this {
    this.#op.insert(text);
    return this;
  }
  delete(atoms: number): this {
    this.#op.delete(atoms);
    return this;
  }
  done(): PlainOp {
    // Without attributes, embeds and retains, a rich op is a plain one.
    return this.#op.done() as PlainOp;
  }
}

/** Starts a rich op: `richOp().skip(3).insert("x").done()`. */
export const richOp = (): RichOpBuilder => new RichOpBuilder();
/** Starts a plain op: `plainOp().skip(3).insert("x").delete(2).done()`. */
export const plainOp = (): PlainOpBuilder => new PlainOpBuilder();

/** Whether a delete of this op quotes the text that it deletes. */
export function isQuoting(op: PlainOp): boolean {
  for (const component of op)
    if (typeof component === "object" && typeof component.d === "string") return true;
  return false;
}

/** A plain op as a rich one: the text that a delete quotes is left out. */
export function asRichOp(op: PlainOp): RichOp {
  // Without attributes, embeds and quotes, a plain op is a rich one.
  if (!isQuoting(op)) return op as RichOp;
  return op.map((component) =>
    typeof component === "object" && typeof component.d === "string"
      ? { d: codePointLength(component.d) }
      : (component as RichComponent),
  );
}

type AnyOp = PlainOp | RichOp;

/** How many atoms a document must have at least for this op to fit; on a shorter one `apply` refuses it. */
export function baseLength(op: AnyOp): number {
  let atoms = 0;
  for (const component of asRichOp(op as PlainOp)) atoms += baseLengthOf(component);
  return atoms;
}

/** By how many atoms this op makes any document that it fits longer (shorter, if negative). */
export function lengthChange(op: AnyOp): number {
  let atoms = 0;
  for (const component of asRichOp(op as PlainOp))
    atoms += resultLengthOf(component) - baseLengthOf(component);
  return atoms;
}

/** The text that an op inserts, embeds left out. Going past another op never changes it. */
export function insertedText(op: AnyOp): string {
  const contents = (op as RichOp).filter(isInsert).map(contentOf);
  return contents.filter((content) => typeof content === "string").join("");
}
