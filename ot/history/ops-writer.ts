// Writes ops as the columns of `columns.ts`.

import type { Attributes, Insert } from "../types.js";
import { codePointLength } from "../unicode.js";
import { ByteWriter, malformed } from "./bytes.js";
import { type Component, KINDS, Kind, Shape } from "./columns.js";
import type { HistoryOp } from "./entry.js";
import { TableWriter, TextWriter } from "./texts.js";

const isSingle = (text: string) => text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);

const isStyled = (part: object): part is { readonly i: string; readonly a: Attributes } =>
  "i" in part && typeof part.i === "string" && isSingle(part.i) && "a" in part && part.a !== undefined;

export class OpsWriter {
  readonly #kinds = new ByteWriter();
  readonly #runs = Array.from({ length: KINDS }, () => new ByteWriter());
  readonly #places = new ByteWriter();
  readonly #shapes = new ByteWriter();
  readonly #numbers = new ByteWriter();
  readonly #text = new TextWriter();
  readonly #values = new TableWriter();
  /** Where the last op ended. */
  #place = 0;
  /** The run that is not written yet. */
  #kind: Kind = Kind.type;
  #times = 0;
  /** Of a styled run: the number of its attributes. */
  #style = 0;

  /** @throws OtError `op_malformed` */
  add(op: HistoryOp): void {
    if (typeof op === "string") this.#addText(op);
    else this.#addParts(op);
  }

  #addParts(parts: readonly Component[]): void {
    const skips = typeof parts[0] === "number";
    const at = skips ? (parts[0] as number) : 0;
    if (at < 0) throw malformed("an op begins before the beginning");
    const only = parts.length === (skips ? 2 : 1) ? parts[skips ? 1 : 0] : undefined;
    if (typeof only === "string") this.#addInsert(at, only);
    else if (typeof only === "object" && "d" in only && only.d === 1) this.#addDelete(at);
    else if (typeof only === "object" && isStyled(only)) this.#addStyled(at, only.i, only.a);
    else this.#addOther(at, skips ? parts.slice(1) : parts);
  }

  write(to: ByteWriter): void {
    this.#flush();
    const ends = [this.#places, this.#shapes, this.#numbers, this.#text, this.#values];
    for (const column of [this.#kinds, ...this.#runs, ...ends]) to.column(column.done());
  }

  #addText(text: string): void {
    if (this.#kind !== Kind.text) this.#begin(Kind.text);
    this.#times++;
    this.#addPiece(text);
  }

  #addInsert(at: number, text: string): void {
    const kind = isSingle(text) ? Kind.type : Kind.insert;
    if (this.#kind !== kind || at !== this.#place || this.#times === 0) this.#begin(kind, at);
    this.#times++;
    if (kind === Kind.type) this.#text.add(text);
    else this.#addPiece(text);
    this.#place = at + (kind === Kind.type ? 1 : codePointLength(text));
  }

  #addDelete(at: number): void {
    const deletes = this.#times > 0 && (this.#kind === Kind.back || this.#kind === Kind.forward);
    // Which way it goes, the second of a run says.
    const kind = deletes && at === this.#place ? Kind.forward : Kind.back;
    const goesOn = deletes && at === this.#place - (kind === Kind.back ? 1 : 0);
    if (goesOn && this.#times === 1) this.#kind = kind;
    else if (!goesOn || this.#kind !== kind) this.#begin(Kind.back, at);
    this.#times++;
    this.#place = at;
  }

  #addStyled(at: number, text: string, a: Attributes): void {
    const style = this.#values.number(a);
    const goesOn = this.#kind === Kind.styled && this.#style === style && at === this.#place;
    if (!goesOn || this.#times === 0) {
      this.#begin(Kind.styled, at);
      this.#style = style;
      this.#numbers.count(style);
    }
    this.#times++;
    this.#text.add(text);
    this.#place = at + 1;
  }

  #addOther(at: number, parts: readonly Component[]): void {
    if (this.#kind !== Kind.other) this.#begin(Kind.other);
    this.#times++;
    this.#places.change(at - this.#place);
    this.#place = at;
    this.#shapes.count(parts.length);
    for (const part of parts) this.#addComponent(part);
  }

  #addComponent(part: Component): void {
    if (typeof part === "number") this.#addLength(Shape.skip, part);
    else if (typeof part === "string") {
      this.#shapes.count(Shape.text);
      this.#addInserted(part);
    } else if (typeof part !== "object" || part === null) throw malformed("an op has a part that is none");
    else if ("i" in part) this.#addContent(part);
    else if ("r" in part) {
      this.#addLength(Shape.retain, part.r);
      this.#addValue(part.a);
      this.#addValue(part.b);
    } else this.#addRemoved(part.d);
  }

  #addContent({ i, a }: Insert): void {
    this.#shapes.count(typeof i === "string" ? Shape.styled : Shape.embed);
    if (typeof i === "string") this.#addInserted(i);
    else {
      this.#addValue(i);
      this.#place++;
    }
    this.#addValue(a);
  }

  #addInserted(text: string): void {
    this.#addPiece(text);
    this.#place += codePointLength(text);
  }

  #addRemoved(atoms: number | string): void {
    this.#shapes.count(typeof atoms === "string" ? Shape.quote : Shape.delete);
    if (typeof atoms === "string") this.#addPiece(atoms);
    else this.#numbers.count(atoms);
  }

  #addLength(shape: number, atoms: number): void {
    this.#shapes.count(shape);
    this.#numbers.count(atoms);
    this.#place += atoms;
  }

  #addPiece(text: string): void {
    this.#numbers.count(text.length);
    this.#text.add(text);
  }

  #addValue(value: unknown): void {
    this.#numbers.count(value === undefined ? 0 : 1 + this.#values.number(value));
  }

  #begin(kind: Kind, at?: number): void {
    this.#flush();
    this.#kind = kind;
    if (at !== undefined) this.#places.change(at - this.#place);
  }

  #flush(): void {
    if (this.#times === 0) return;
    this.#kinds.count(this.#kind);
    this.#runs[this.#kind]!.count(this.#times - 1);
    this.#times = 0;
  }
}
