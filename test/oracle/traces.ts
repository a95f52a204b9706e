// Documents about which nothing is known but their length, and what ops make of them: the model for tests that go through
// millions of cases.
//
//     [?0, ?1, ?2]  past  [1, "x", { d: 1 }, { r: 1, a: { b: 1 } }]      →      [?0, x, ?2 with a.b = 1]
//
// What an op does to an atom depends on that atom alone, and what it does to a key is the last thing said about the key. So
// an unknown atom keeps what was said about its keys as text and as a block, removals included; and two ways
// to one row of traces are two ways to one document, whichever document of that length they begin with. One case here
// stands for all of those.
//
// An atom and all that was said about it is one small number, so that rows are compared by numbers.

import type { AttributeChange, Embed, PlainOp, RichOp } from "../../ot/types.js";
import { canonical, isBlock } from "./atoms.js";

type Said = { readonly [key: string]: string | number | boolean | null };

interface State {
  /** The number of an unknown atom, or what was inserted. */
  readonly atom: number | string | Embed;
  readonly a: Said;
  readonly b: Said;
}

/** A row of atoms, each with all that was said about it. */
export type Trace = readonly number[];

const keyOf = (change: AttributeChange | undefined): string => {
  let key = "";
  for (const name in change) key += `${name}\0${typeof change[name]}${change[name]}\0`;
  return key;
};

/** One family of traces; only those of one family can be compared. */
export class Traces {
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  /** For each atom, what it became by which change. */
  readonly #changed: Map<string, number>[] = [];
  readonly #inserted = new Map<string | Embed, Map<string, Trace>>();

  /** A document of so many atoms. */
  unknown(length: number): Trace {
    return Array.from({ length }, (_, atom) => this.#number({ atom, a: {}, b: {} }));
  }

  /** @throws RangeError where the op reaches past the end */
  apply(row: Trace, op: RichOp | PlainOp): Trace {
    const result: number[] = [];
    let at = 0;
    for (const component of op) {
      if (typeof component === "number") {
        for (const end = at + component; at < end; at++) result.push(row[at]!);
      } else if (typeof component === "string") this.#put(result, component, undefined);
      else if ("i" in component) this.#put(result, component.i, component.a);
      else if ("d" in component) at += component.d as number;
      else {
        const change = `${keyOf(component.a)}\0${keyOf(component.b)}`;
        for (const end = at + component.r; at < end; at++) {
          result.push(this.#change(row[at]!, change, component.a, component.b));
        }
      }
    }
    if (at > row.length) throw new RangeError("past the end");
    while (at < row.length) result.push(row[at++]!);
    return result;
  }

  #number(state: State): number {
    const { atom } = state;
    const key = canonical(state);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#states.length;
      this.#states.push(typeof atom === "object" ? { ...state, atom: structuredClone(atom) } : state);
      this.#changed.push(new Map());
      this.#numbers.set(key, number);
    }
    return number;
  }

  #put(row: number[], content: string | Embed, attributes: AttributeChange | undefined): void {
    for (const number of this.#insert(content, attributes)) row.push(number);
  }

  #insert(content: string | Embed, attributes: AttributeChange | undefined): Trace {
    let known = this.#inserted.get(content);
    if (known === undefined) {
      known = new Map();
      this.#inserted.set(content, known);
    }
    const key = keyOf(attributes);
    let row = known.get(key);
    if (row === undefined) {
      row = (typeof content === "string" ? [...content] : [content]).map((atom) => {
        const said = { ...attributes };
        return this.#number({ atom, a: isBlock(atom) ? {} : said, b: isBlock(atom) ? said : {} });
      });
      known.set(key, row);
    }
    return row;
  }

  #change(
    number: number,
    key: string,
    a: AttributeChange | undefined,
    b: AttributeChange | undefined,
  ): number {
    if (number === undefined) throw new RangeError("past the end");
    let changed = this.#changed[number]!.get(key);
    if (changed === undefined) {
      const state = this.#states[number]!;
      const { atom } = state;
      if (typeof atom === "number") {
        changed = this.#number({ atom, a: { ...state.a, ...a }, b: { ...state.b, ...b } });
      } else {
        // What was inserted is known: one scope says nothing to it, and a key that is removed is not there.
        const block = isBlock(atom);
        const left = (said: Said, more: AttributeChange | undefined) =>
          Object.fromEntries(Object.entries({ ...said, ...more }).filter(([, value]) => value !== null));
        changed = this.#number({
          atom,
          a: block ? {} : left(state.a, a),
          b: block ? left(state.b, b) : {},
        });
      }
      this.#changed[number]!.set(key, changed);
    }
    return changed;
  }
}

export const sameTrace = (x: Trace, y: Trace): boolean => {
  if (x.length !== y.length) return false;
  for (let at = 0; at < x.length; at++) if (x[at] !== y[at]) return false;
  return true;
};
