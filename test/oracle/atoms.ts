// A slow, obvious model of both document types: a document is an array with one object per atom.
//
// It shares only the types with `ot/`. Where the model and the product differ, one of them is wrong, and this one is easy
// to read.

import type { Attributes, Embed, PlainOp, RichOp, RichWire } from "../../ot/types.js";

export interface Atom {
  /** One code point, or an embed. */
  readonly content: string | Embed;
  readonly attributes: Attributes;
}

export const isBlock = (content: string | Embed): boolean =>
  typeof content === "string" ? content === "\n" : content.blk === true;

export const split = (content: string | Embed): (string | Embed)[] =>
  typeof content === "string" ? [...content] : [content];

/** JSON with the keys of every object in order, so that equal values have equal text. */
export function canonical(value: unknown): string {
  // Asked for by the million, mostly of what is in order already, and then JSON itself is several times as fast.
  if (isInOrder(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1)))
      : part,
  );
}

/** Whether the keys of every object in a value are in order; false also for what says itself what its JSON is. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  if ("toJSON" in value) return false;
  const keys = Object.keys(value);
  return keys.every(
    (key, at) =>
      (at === 0 || keys[at - 1]! < key) && isInOrder((value as { readonly [key: string]: unknown })[key]),
  );
}

/** Whether two values have the same `canonical` text. Most that are equal have their keys in one order, too. */
export const sameValue = (x: unknown, y: unknown): boolean =>
  JSON.stringify(x) === JSON.stringify(y) || canonical(x) === canonical(y);

function sameSet(one: Attributes, other: Attributes): boolean {
  if (one === other) return true;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** Whether two rows of atoms are the same, for loops in which `canonical` would take most of the time. */
export function sameAtoms(x: readonly Atom[], y: readonly Atom[]): boolean {
  return (
    x.length === y.length &&
    x.every(({ content, attributes }, at) => {
      const other = y[at]!;
      const same = content === other.content || canonical(content) === canonical(other.content);
      return same && sameSet(attributes, other.attributes);
    })
  );
}

export function atomsOf(wire: RichWire | string): Atom[] {
  return (typeof wire === "string" ? [wire] : wire).flatMap((insert) => {
    const { i, a = {} } = typeof insert === "string" ? { i: insert } : insert;
    return split(i).map((content) => ({ content, attributes: a }));
  });
}

/** The canonical wire form. */
export function wireOf(atoms: readonly Atom[]): RichWire {
  const groups: { content: string | Embed; attributes: Attributes }[] = [];
  for (const { content, attributes } of atoms) {
    const last = groups.at(-1);
    const joins =
      last !== undefined &&
      typeof last.content === "string" &&
      typeof content === "string" &&
      sameSet(last.attributes, attributes);
    if (joins) last.content += content;
    else groups.push({ content, attributes });
  }
  return groups.map(({ content, attributes }) => {
    if (Object.keys(attributes).length > 0) return { i: content, a: attributes };
    return typeof content === "string" ? content : { i: content };
  });
}

export function change(attributes: Attributes, by: object | undefined): Attributes {
  if (by === undefined) return attributes;
  const entries = Object.entries({ ...attributes, ...by }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

/** The document after an op of either type. Throws where the op reaches past the end. */
export function applyToAtoms(atoms: readonly Atom[], op: RichOp | PlainOp): Atom[] {
  const result: Atom[] = [];
  let at = 0;
  const take = (): Atom => {
    const atom = atoms[at++];
    if (atom === undefined) throw new RangeError("past the end");
    return atom;
  };
  for (const component of op) {
    if (typeof component === "number") for (let n = 0; n < component; n++) result.push(take());
    else if (typeof component === "string") result.push(...atomsOf(component));
    else if ("i" in component) result.push(...atomsOf([component]));
    else if ("d" in component) {
      const length = typeof component.d === "string" ? [...component.d].length : component.d;
      for (let n = 0; n < length; n++) take();
    } else {
      for (let n = 0; n < component.r; n++) {
        const { content, attributes } = take();
        result.push({
          content,
          attributes: change(attributes, isBlock(content) ? component.b : component.a),
        });
      }
    }
  }
  return [...result, ...atoms.slice(at)];
}

/** The same for text alone, on an array of code points. */
export function applyToText(text: readonly string[], op: PlainOp): string[] {
  const result: string[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "string") result.push(...component);
    else if (typeof component === "number") {
      for (let n = 0; n < component; n++) result.push(text[at++]!);
    } else at += typeof component.d === "string" ? [...component.d].length : component.d;
  }
  if (at > text.length) throw new RangeError("past the end");
  return [...result, ...text.slice(at)];
}
