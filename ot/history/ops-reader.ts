// Reads ops from the columns of `columns.ts`.

import type { AttributeChange, Attributes, Embed, RichComponent, RichOp, Value } from "../types.js";
import { codePointLength } from "../unicode.js";
import { type ByteReader, malformed } from "./bytes.js";
import { type Component, KINDS, Kind, Shape } from "./columns.js";
import type { HistoryOp } from "./entry.js";
import { TableReader, TextReader } from "./texts.js";

type Values = AttributeChange | Embed;
const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export class OpsReader {
  readonly #kinds: ByteReader;
  readonly #runs: readonly ByteReader[];
  readonly #places: ByteReader;
  readonly #shapes: ByteReader;
  readonly #numbers: ByteReader;
  readonly #text: TextReader;
  readonly #values: TableReader<Values>;
  #place = 0;
  #kind: Kind = Kind.type;
  #left = 0;
  #style: Attributes = {};

  /** @throws OtError `op_malformed` */
  constructor(from: ByteReader) {
    this.#kinds = from.column();
    this.#runs = Array.from({ length: KINDS }, () => from.column());
    this.#places = from.column();
    this.#shapes = from.column();
    this.#numbers = from.column();
    this.#text = new TextReader(from.columnBytes());
    this.#values = new TableReader(from.columnBytes(), isObject);
  }

  /** @throws OtError `op_malformed` */
  next(): HistoryOp {
    const begins = this.#left === 0;
    if (begins) this.#begin();
    this.#left--;
    switch (this.#kind) {
      case Kind.type:
        return at(this.#place++, this.#text.character());
      case Kind.styled:
        return at(this.#place++, { i: this.#text.character(), a: this.#style });
      case Kind.back:
        if (!begins) this.#move(-1);
        return at(this.#place, { d: 1 });
      case Kind.forward:
        return at(this.#place, { d: 1 });
      case Kind.insert: {
        const text = this.#text.take(this.#numbers.count());
        const from = this.#place;
        this.#place += codePointLength(text);
        return at(from, text);
      }
      case Kind.other:
        return this.#other();
      case Kind.text:
        return this.#text.take(this.#numbers.count());
    }
  }

  end(): void {
    for (const column of [this.#kinds, ...this.#runs, this.#places, this.#shapes, this.#numbers, this.#text])
      column.end();
    if (this.#left > 0) throw malformed("a run is too long");
  }

  #begin(): void {
    const kind = this.#kinds.count();
    if (kind >= KINDS) throw malformed("a run is of no kind");
    this.#kind = kind as Kind;
    this.#left = 1 + this.#runs[kind]!.count();
    if (kind < Kind.other) this.#move(this.#places.change());
    if (kind === Kind.styled) this.#style = this.#values.at(this.#numbers.count()) as Attributes;
  }

  #move(change: number): void {
    this.#place += change;
    if (this.#place < 0) throw malformed("a place is before the beginning");
  }

  #other(): HistoryOp {
    this.#move(this.#places.change());
    const op: Component[] = this.#place > 0 ? [this.#place] : [];
    for (let left = this.#shapes.count(); left > 0; left--) op.push(this.#component());
    return op as HistoryOp;
  }

  #component(): Component {
    switch (this.#shapes.count()) {
      case Shape.skip:
        return this.#length();
      case Shape.text:
        return this.#inserted(this.#piece());
      case Shape.delete:
        return { d: this.#numbers.count() };
      case Shape.quote:
        return { d: this.#piece() };
      case Shape.styled:
        return { i: this.#inserted(this.#piece()), ...this.#attributes("a") };
      case Shape.embed:
        this.#place++;
        return { i: this.#values.at(this.#numbers.count() - 1) as Embed, ...this.#attributes("a") };
      case Shape.retain:
        return { r: this.#length(), ...this.#attributes("a"), ...this.#attributes("b") };
      default:
        throw malformed("a component is of no shape");
    }
  }

  #length(): number {
    const atoms = this.#numbers.count();
    this.#place += atoms;
    return atoms;
  }

  #piece(): string {
    return this.#text.take(this.#numbers.count());
  }

  #inserted(text: string): string {
    this.#place += codePointLength(text);
    return text;
  }

  #attributes<Name extends "a" | "b">(
    name: Name,
  ): { readonly [N in Name]?: { readonly [key: string]: Value } } {
    const number = this.#numbers.count();
    return number === 0 ? {} : ({ [name]: this.#values.at(number - 1) } as never);
  }
}

/** The op of one component at a place. */
const at = (place: number, component: RichComponent): RichOp =>
  place === 0 ? [component] : [place, component];
