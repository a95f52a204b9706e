// All text of a history in one column, and values that come again and again in a table: each is written once.

import { OtError } from "../types.js";
import { malformed } from "./bytes.js";

/** Text that is written piece by piece, and read in pieces of the same lengths. Lengths are UTF-16 units. */
export class TextWriter {
  readonly #pieces: string[] = [];

  add(piece: string): void {
    this.#pieces.push(piece);
  }

  /** @throws OtError `bad_unicode`: bytes cannot say half a surrogate pair */
  done(): Uint8Array {
    const text = this.#pieces.join("");
    if (!text.isWellFormed())
      throw new OtError("bad_unicode", "A history with half a surrogate pair cannot be kept.");
    return new TextEncoder().encode(text);
  }
}

/** Every call throws OtError `op_malformed` where the text ends too early. */
export class TextReader {
  readonly #text: string;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#text = textOf(bytes);
  }

  take(units: number): string {
    const end = this.#at + units;
    if (end > this.#text.length) throw malformed("its text ends too early");
    const piece = this.#text.slice(this.#at, end);
    this.#at = end;
    return piece;
  }

  /** The next code point. */
  character(): string {
    const unit = this.#text.charCodeAt(this.#at);
    return this.take(unit >= 0xd800 && unit < 0xdc00 ? 2 : 1);
  }

  end(): void {
    if (this.#at < this.#text.length) throw malformed("it has more text than belongs to it");
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("its text is no UTF-8");
  }
}

/** Values by their JSON, numbered in the order in which they came first. */
export class TableWriter {
  readonly #numbers = new Map<string, number>();

  number(value: unknown): number {
    const json = JSON.stringify(value);
    const known = this.#numbers.get(json);
    if (known !== undefined) return known;
    this.#numbers.set(json, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  done(): Uint8Array {
    const text = new TextWriter();
    text.add(`[${[...this.#numbers.keys()].join(",")}]`);
    return text.done();
  }
}

export class TableReader<Value> {
  readonly #values: readonly Value[];

  /** @throws OtError `op_malformed` */
  constructor(
    column: Uint8Array,
    private readonly isValue: (value: unknown) => value is Value,
  ) {
    this.#values = valuesOf(textOf(column)).map((value) => {
      if (!this.isValue(value)) throw malformed("a value is of another kind");
      return value;
    });
  }

  /** @throws OtError `op_malformed` if there is none of that number */
  at(number: number): Value {
    const value = this.#values[number];
    if (value === undefined) throw malformed("a value is missing");
    return value;
  }
}

function valuesOf(json: string): readonly unknown[] {
  try {
    const values: unknown = JSON.parse(json);
    if (Array.isArray(values)) return values;
  } catch {}
  throw malformed("its table is no list");
}
