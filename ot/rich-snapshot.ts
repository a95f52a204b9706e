// The rich document at one version: a row of atoms with attributes (DESIGN: code points, embeds, block markers).
//
// Its wire form is the inserts that build it, in canonical form: neighbours with equal attributes are one, text without
// attributes is a bare string. Equal documents have equal wire forms, key order included.

import { RopeTransient } from "./apply.js";
import { noAttributes } from "./attributes.js";
import { checkStoredWire } from "./check.js";
import { attributesOf, type Content, contentOf, RichOpBuilder } from "./op.js";
import { pushRun, Rope, type Run, runOf, scopes } from "./rope.js";
import type { Attributes, RichOp, RichWire, Snapshot, Transient } from "./types.js";
import { codePointLength, firstLine } from "./unicode.js";

/** A stretch of a snapshot with one attribute set: text without or with only line feeds, or one embed. */
export interface Piece {
  /** Position of its first atom. */
  readonly at: number;
  readonly atoms: number;
  readonly content: Content;
  readonly attributes: Attributes;
}

export class RichSnapshot implements Snapshot {
  /** For the algebra only. */
  readonly rope: Rope;

  constructor(rope: Rope) {
    this.rope = rope;
  }

  static readonly empty = new RichSnapshot(Rope.empty);

  /** @throws OtError unless `wire` is a list of inserts, a snapshot or absent */
  static from(wire: unknown): RichSnapshot {
    if (wire instanceof RichSnapshot) return wire;
    if (wire === undefined) return RichSnapshot.empty;
    checkStoredWire(wire);
    const runs: Run[] = [];
    for (const insert of wire) {
      if (contentOf(insert) !== "") pushRun(runs, runOf(contentOf(insert), attributesOf(insert)));
    }
    return new RichSnapshot(Rope.from(runs));
  }

  get length(): number {
    return this.rope.atoms;
  }
  /** Length in UTF-16 units, an embed counting one. */
  get utf16Length(): number {
    return this.rope.units;
  }
  /** How many block markers and block embeds there are. */
  get markers(): number {
    return this.rope.blocks;
  }

  /** The wire form. Attributes and embeds in it are this snapshot's own: they are not to be changed. */
  toJSON(): RichWire {
    return this.slice();
  }

  toString(): string {
    return this.rope.text();
  }

  /** The atoms `from` to `to` in wire form. */
  slice(from?: number, to?: number): RichWire {
    const result = new RichOpBuilder();
    for (const { content, attributes } of this.rope.runs(from, to)) result.insert(content, attributes);
    return result.done() as RichWire;
  }

  /** The text of the atoms `from` to `to`: embeds left out, a line feed for each block marker. */
  text(from?: number, to?: number): string {
    return this.rope.text(from, to);
  }

  /**
   * The atoms `from` to `to`, lazily, in pieces that share their attributes. Text and block markers are never in one
   * piece, but several markers may be.
   */
  *pieces(from = 0, to = this.length): Generator<Piece> {
    let at = Math.max(0, from);
    for (const { content, attributes, atoms, blocks } of this.rope.runs(from, to)) {
      if (blocks === 0 || blocks === atoms) {
        yield { at, atoms, content, attributes };
        at += atoms;
        continue;
      }
      for (const { text } of scopes(content as string)) {
        const size = codePointLength(text);
        yield { at, atoms: size, content: text, attributes };
        at += size;
      }
    }
  }

  /** The atoms `from` to `to` one by one, lazily. */
  *atoms(
    from = 0,
    to = this.length,
  ): Generator<{ readonly content: Content; readonly attributes: Attributes }> {
    for (const { content, attributes } of this.rope.runs(from, to)) {
      if (typeof content !== "string") yield { content, attributes };
      else for (const character of content) yield { content: character, attributes };
    }
  }

  /** The atom at a position: a code point, `"\n"` for a marker, or an embed. Undefined past the end. */
  atomAt(position: number): Content | undefined {
    return this.rope.atomAt(position)?.content;
  }

  /** The attributes of the atom at a position; empty past the end. */
  attributesAt(position: number): Attributes {
    return this.rope.atomAt(position)?.attributes ?? noAttributes;
  }

  /** How many markers and block embeds stand before a position. */
  markersBefore(position: number): number {
    return this.rope.blocksBefore(position);
  }

  /** The position of the `nth` marker or block embed, counted from 0; -1 if there are not so many. */
  markerPosition(nth: number): number {
    return this.rope.positionOfBlock(nth);
  }

  /** The position of the last marker or block embed that is at `position` or before it; -1 if there is none. */
  markerAtOrBefore(position: number): number {
    return this.rope.positionOfBlock(this.rope.blocksBefore(position + 1) - 1);
  }

  /** The UTF-16 offset of a position. */
  utf16Of(position: number): number {
    return this.rope.unitsBefore(position);
  }
  /** The position of a UTF-16 offset. */
  positionOf(utf16: number): number {
    return this.rope.positionOfUnit(utf16);
  }

  /** The text of the first block that has any, for titles; at most `maxAtoms` long. Looks only at the start. */
  firstBlockText(maxAtoms: number): string {
    return firstLine(this.text(0, maxAtoms + 1000), maxAtoms);
  }

  /** This document in the hands of an owner who applies many ops before anybody looks. */
  transient(): Transient<RichSnapshot, RichOp> {
    return new RopeTransient(this.rope, (rope) => new RichSnapshot(rope));
  }

  /** Whether both hold the same atoms with the same attributes. */
  equals(other: RichSnapshot): boolean {
    return this.rope.equals(other.rope);
  }
}
