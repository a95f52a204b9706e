// A stretch of a document laid flat for comparison: one UTF-16 unit per marker, embed and half character, so that two
// strips can be compared as two strings, with the attributes beside them.
//
//     ¶{t:h1} H i [image]   →   text "\nHi\ufffc", pieces [0,1) head  [1,3) "Hi"  [3,4) image
//
// Offsets here are units of the strip. They never divide a surrogate pair, except where it is said.

import { sameAttributes } from "../../ot/attributes.js";
import type { Attributes, Embed } from "../../ot/index.js";
import { sameJson } from "../../ot/json.js";
import type { Head, LeafAtoms, Stretch } from "./linearise.js";

export interface StripPiece extends Stretch {
  readonly from: number;
  readonly to: number;
  /** A marker or a block embed. */
  readonly head: boolean;
  /** Of a head: those of its attributes that mean nothing here. */
  readonly unknown?: Attributes | undefined;
}

const embedUnit = "\ufffc";

export class Strip {
  readonly text: string;
  readonly pieces: readonly StripPiece[];

  constructor(leaves: Iterable<LeafAtoms>) {
    const pieces: StripPiece[] = [];
    const parts: string[] = [];
    let at = 0;
    const add = ({ content, attributes, unknown }: Head, head: boolean) => {
      const text = typeof content === "string" ? content : embedUnit;
      if (text === "") return;
      pieces.push({ content, attributes, unknown, head, from: at, to: at + text.length });
      parts.push(text);
      at += text.length;
    };
    for (const { head, text } of leaves) {
      if (head !== undefined) add(head, true);
      for (const stretch of text) add(stretch, false);
    }
    this.pieces = pieces;
    this.text = parts.join("");
  }

  get length(): number {
    return this.text.length;
  }

  /** The index of the piece that holds a unit. */
  pieceIndex(unit: number): number {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pieces[middle]!.from <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  pieceAt(unit: number): StripPiece | undefined {
    return unit >= 0 && unit < this.length ? this.pieces[this.pieceIndex(unit)] : undefined;
  }

  /** Whether a marker or a block embed is at this unit. */
  isHead(unit: number): boolean {
    return this.pieceAt(unit)?.head === true;
  }

  /** The marker or block embed of the line that a unit is in; undefined before the first one. */
  headOf(unit: number): StripPiece | undefined {
    let index = this.pieceIndex(unit);
    while (index >= 0 && !this.pieces[index]!.head) index--;
    return this.pieces[index];
  }

  /** The pieces between two units, cut to them. */
  *between(from: number, to: number): Generator<StripPiece> {
    if (from >= to) return;
    for (let index = this.pieceIndex(from); index < this.pieces.length; index++) {
      const piece = this.pieces[index]!;
      if (piece.from >= to) return;
      yield this.#cut(piece, Math.max(from, piece.from), Math.min(to, piece.to));
    }
  }

  #cut(piece: StripPiece, from: number, to: number): StripPiece {
    if (from === piece.from && to === piece.to) return piece;
    return { ...piece, content: this.text.slice(from, to), from, to };
  }

  /** Whether an offset lies inside a surrogate pair. */
  splits(unit: number): boolean {
    const low = this.text.charCodeAt(unit);
    return low >= 0xdc00 && low <= 0xdfff && unit > 0 && /[\ud800-\udbff]/.test(this.text[unit - 1]!);
  }
}

const sameContent = (x: string | Embed, y: string | Embed): boolean =>
  typeof x === "string" || typeof y === "string" ? x === y : sameJson(x, y);

/** How two strips must agree to be the same: in what stands there, or in its attributes too. */
export type Sameness = "content" | "all";

const agree = (x: Attributes, y: Attributes, sameness: Sameness): boolean =>
  sameness === "content" || sameAttributes(x, y);

/** Whether one unit of each strip is the same. */
export function sameUnit(x: Strip, i: number, y: Strip, j: number, sameness: Sameness): boolean {
  const [p, q] = [x.pieceAt(i), y.pieceAt(j)];
  if (p === undefined || q === undefined || p.head !== q.head) return false;
  if (!agree(p.attributes, q.attributes, sameness)) return false;
  if (typeof p.content !== "string" || typeof q.content !== "string") {
    return sameContent(p.content, q.content);
  }
  return x.text[i] === y.text[j];
}

/** A part of a strip. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How many units at the start of both ranges are the same; never half of a pair. */
export function commonPrefix(x: Strip, a: Range, y: Strip, b: Range, sameness: Sameness): number {
  const most = Math.min(a.to - a.from, b.to - b.from);
  let length = 0;
  for (let p = x.pieceIndex(a.from), q = y.pieceIndex(b.from); length < most; ) {
    const [left, right] = [x.pieces[p]!, y.pieces[q]!];
    const size = Math.min(left.to - a.from, right.to - b.from, most) - length;
    if (left.head !== right.head || !agree(left.attributes, right.attributes, sameness)) break;
    const same = sameStart(x, left, a.from + length, y, right, b.from + length, size);
    length += same;
    if (same < size) break;
    if (a.from + length === left.to) p++;
    if (b.from + length === right.to) q++;
  }
  return x.splits(a.from + length) || y.splits(b.from + length) ? length - 1 : length;
}

/** How many units at the end of both ranges are the same; never half of a pair. */
export function commonSuffix(x: Strip, a: Range, y: Strip, b: Range, sameness: Sameness): number {
  const most = Math.min(a.to - a.from, b.to - b.from);
  let length = 0;
  for (let p = x.pieceIndex(a.to - 1), q = y.pieceIndex(b.to - 1); length < most; ) {
    const [left, right] = [x.pieces[p]!, y.pieces[q]!];
    const size = Math.min(a.to - left.from, b.to - right.from, most) - length;
    if (left.head !== right.head || !agree(left.attributes, right.attributes, sameness)) break;
    const same = sameEnd(x, left, a.to - length, y, right, b.to - length, size);
    length += same;
    if (same < size) break;
    if (a.to - length === left.from) p--;
    if (b.to - length === right.from) q--;
  }
  return x.splits(a.to - length) || y.splits(b.to - length) ? length - 1 : length;
}

function sameStart(
  x: Strip,
  p: StripPiece,
  i: number,
  y: Strip,
  q: StripPiece,
  j: number,
  size: number,
): number {
  if (typeof p.content !== "string" || typeof q.content !== "string")
    return sameContent(p.content, q.content) ? 1 : 0;
  let length = 0;
  while (length < size && x.text.charCodeAt(i + length) === y.text.charCodeAt(j + length)) length++;
  return length;
}

function sameEnd(
  x: Strip,
  p: StripPiece,
  i: number,
  y: Strip,
  q: StripPiece,
  j: number,
  size: number,
): number {
  if (typeof p.content !== "string" || typeof q.content !== "string")
    return sameContent(p.content, q.content) ? 1 : 0;
  let length = 0;
  while (length < size && x.text.charCodeAt(i - 1 - length) === y.text.charCodeAt(j - 1 - length)) length++;
  return length;
}
