// Operations as values: building them in canonical form, and measuring them.
//
// Canonical form is unique but for one thing: the order of an insert and a delete at one place, which is kept as it was
// made, because it says on which side of the deleted atoms the new ones stand. Otherwise: no empty components, no
// trailing skip, neighbours of one kind with equal attributes are one, text without attributes is a bare string, and
// absent attribute sets are absent rather than empty.
//
// The ops of both types are read and written alike: what only the one has, the other does not contain.

import { isEmpty, sameAttributes } from "./attributes.js";
import type {
  AttributeChange,
  Attributes,
  Delete,
  Embed,
  Insert,
  PlainComponent,
  PlainOp,
  Retain,
  RichComponent,
  RichOp,
} from "./types.js";
import { codePointLength } from "./unicode.js";

/** A component of either type. */
export type Component = RichComponent | PlainComponent;
/** An op of either type. */
export type AnyOp = readonly Component[];

/** Text or an embed, as an op inserts it. */
export type Content = string | Embed;

export type InsertComponent = string | Insert;

export const isInsert = (component: Component): component is InsertComponent =>
  typeof component === "string" || (typeof component === "object" && "i" in component);

export const contentOf = (insert: InsertComponent): Content =>
  typeof insert === "string" ? insert : insert.i;

export const attributesOf = (insert: InsertComponent): Attributes | undefined =>
  typeof insert === "string" ? undefined : insert.a;

export const contentLength = (content: Content): number =>
  typeof content === "string" ? codePointLength(content) : 1;

/** How many atoms of the document before the op a component walks over. */
export function baseLengthOf(component: Component): number {
  if (typeof component === "number") return component;
  if (isInsert(component)) return 0;
  if ("r" in component) return component.r;
  return typeof component.d === "number" ? component.d : codePointLength(component.d);
}

/** How many atoms of the document after the op a component walks over or puts there. */
export function resultLengthOf(component: Component): number {
  if (typeof component === "number") return component;
  if (isInsert(component)) return contentLength(contentOf(component));
  return "d" in component ? 0 : component.r;
}

/** Whether two neighbours are to be one component. */
export function areOne(x: Component, y: Component): boolean {
  if (typeof x !== "object" || typeof y !== "object") return typeof x === typeof y;
  if ("d" in x || "d" in y) return "d" in x && "d" in y;
  if ("r" in x || "r" in y) {
    return "r" in x && "r" in y && sameAttributes(x.a, y.a) && sameAttributes(x.b, y.b);
  }
  return typeof x.i === "string" && typeof y.i === "string" && sameAttributes(x.a, y.a);
}

/** The one component that two neighbours make, neither of which is a skip. A quote is kept where both do. */
function joined<C extends Component>(x: C, y: C): Component {
  if (typeof x !== "object" || typeof y !== "object") return `${x}${y}`;
  if ("r" in x) return { ...x, r: x.r + (y as Retain).r };
  if ("i" in x) return { ...x, i: `${x.i}${(y as Insert).i}` };
  const quotes = typeof x.d === "string" && "d" in y && typeof y.d === "string";
  return { d: quotes ? `${x.d}${y.d}` : baseLengthOf(x) + baseLengthOf(y) };
}

/** Many deletes are of one atom, and one object does for all of those; nobody may change it, since it is in many ops. */
const oneGone: Delete = Object.freeze({ d: 1 });

/** The component that deletes so many atoms. */
export const deletion = (atoms: number): Delete => (atoms === 1 ? oneGone : { d: atoms });

const orAbsent = <T extends AttributeChange>(set: T | undefined): T | undefined =>
  set === undefined || isEmpty(set) ? undefined : set;

/**
 * Gathers components into a canonical rich op, from the start of the document on. Lengths are atoms; steps of no length and
 * sets without keys add nothing, and neighbours that are one step are written as one. Nothing is checked against a document.
 */
export class RichOpBuilder {
  /** The components so far, and what is left behind them of an op before. */
  readonly #op: Component[] = [];
  #count = 0;
  /** How many atoms have been skipped since the last component. */
  #skipped = 0;

  /** Leaves the next atoms as they are. */
  skip(atoms: number): this {
    this.#skipped += atoms;
    return this;
  }

  /** Puts text or an embed before the next atom. */
  insert(content: Content, attributes?: Attributes): this {
    const a = orAbsent(attributes);
    if (a !== undefined) return content === "" ? this : this.put({ i: content, a });
    if (typeof content !== "string") return this.put({ i: content });
    return content === "" ? this : this.put(content);
  }

  /** Deletes the next atoms. */
  delete(atoms: number): this {
    return atoms === 0 ? this : this.put(deletion(atoms));
  }

  /** Changes attributes of the next atoms: `a` on text and inline embeds, `b` on block markers and block embeds. */
  retain(atoms: number, textChange?: AttributeChange, blockChange?: AttributeChange): this {
    const a = orAbsent(textChange);
    const b = orAbsent(blockChange);
    if (atoms === 0) return this;
    if (b === undefined) return a === undefined ? this.skip(atoms) : this.put({ r: atoms, a });
    return this.put(a === undefined ? { r: atoms, b } : { r: atoms, a, b });
  }

  /** Appends any component, whatever is empty in it left out. */
  add(component: Component): this {
    if (typeof component === "number") return this.skip(component);
    if (typeof component === "string") return this.insert(component);
    if ("d" in component) return this.delete(baseLengthOf(component));
    if ("r" in component) return this.retain(component.r, component.a, component.b);
    return this.insert(component.i, component.a);
  }

  /** Appends a component that nothing is empty in: the same object, unless it is joined with the last one. */
  put(component: Component): this {
    if (typeof component === "number") return this.skip(component);
    const op = this.#op;
    if (this.#skipped > 0) {
      op[this.#count++] = this.#skipped;
      op[this.#count++] = component;
      this.#skipped = 0;
      return this;
    }
    const last = this.#count === 0 ? undefined : op[this.#count - 1]!;
    if (last !== undefined && areOne(last, component)) op[this.#count - 1] = joined(last, component);
    else op[this.#count++] = component;
    return this;
  }

  /** The op; the builder is not to be used any more. */
  done(): RichOp {
    // Quotes are put into ops that stay plain ones, and what was skipped last is left out.
    return this.#op as RichComponent[];
  }

  /**
   * The op, and begins another one. For whoever makes many: here no array grows but the first few times, and one that has grown has
   * room for seventeen components.
   */
  taken(): RichOp {
    const op = this.#op.slice(0, this.#count);
    this.restart();
    return op as RichComponent[];
  }

  /** Ends the op, with a skip if something was skipped last. Its components are the first `count` of `components`, until `restart`. */
  end(): void {
    if (this.#skipped > 0) this.#op[this.#count++] = this.#skipped;
  }

  get components(): readonly Component[] {
    return this.#op;
  }

  get count(): number {
    return this.#count;
  }

  /** Begins another op. */
  restart(): void {
    this.#count = 0;
    this.#skipped = 0;
  }
}

/** The same for a plain op, whose atoms are code points. */
export interface PlainOpBuilder {
  skip(atoms: number): this;
  insert(text: string): this;
  delete(atoms: number): this;
  done(): PlainOp;
}

/** Starts a rich op: `richOp().skip(3).insert("x").done()`. */
export const richOp = (): RichOpBuilder => new RichOpBuilder();
/** Starts a plain op: `plainOp().skip(3).insert("x").delete(2).done()`. */
export const plainOp = (): PlainOpBuilder => {
  // Without attributes, embeds and retains, a rich op is a plain one.
  return new RichOpBuilder() as RichOpBuilder & PlainOpBuilder;
};

/** The canonical op that does what `op` does; without the text that a delete quotes. */
export function normalized(op: AnyOp): AnyOp {
  const result = new RichOpBuilder();
  for (const component of op) result.add(component);
  return result.done();
}

/** Whether a component quotes the text that it deletes. */
export const isQuoting = (component: Component): boolean =>
  typeof component === "object" && "d" in component && typeof component.d === "string";

/** A plain op as a rich one: the text that a delete quotes is left out. */
export function asRichOp(op: AnyOp): RichOp {
  const counted = op.some(isQuoting) ? normalized(op) : op;
  // Without attributes, embeds and quotes, a plain op is a rich one.
  return counted as RichOp;
}

/** How many atoms a document must have at least for this op to fit; on a shorter one `apply` refuses it. */
export function baseLength(op: AnyOp): number {
  let atoms = 0;
  for (const component of op) atoms += baseLengthOf(component);
  return atoms;
}

/** By how many atoms this op makes any document that it fits longer (shorter, if negative). */
export function lengthChange(op: AnyOp): number {
  let atoms = 0;
  for (const component of op) atoms += resultLengthOf(component) - baseLengthOf(component);
  return atoms;
}

/** The text that an op inserts, embeds left out. Going past another op never changes it. */
export function insertedText(op: AnyOp): string {
  const contents = op.filter(isInsert).map(contentOf);
  return contents.filter((content) => typeof content === "string").join("");
}
