// The plain document at one version: text, counted in code points. Its wire form is the string itself.

import { RopeTransient } from "./apply.js";
import { checkWellFormed } from "./check.js";
import { Rope, textRun } from "./rope.js";
import { OtError, type PlainOp, type Snapshot, type Transient } from "./types.js";
import { firstLine } from "./unicode.js";

export class PlainSnapshot implements Snapshot {
  /** For the algebra only. */
  readonly rope: Rope;

  constructor(rope: Rope) {
    this.rope = rope;
  }

  /** @throws OtError unless `wire` is well-formed text, a snapshot or absent */
  static from(wire: unknown): PlainSnapshot {
    if (wire instanceof PlainSnapshot) return wire;
    if (wire === undefined) return PlainSnapshot.empty;
    if (typeof wire !== "string") throw new OtError("op_malformed", "A plain snapshot is not a string");
    checkWellFormed(wire);
    return wire === "" ? PlainSnapshot.empty : new PlainSnapshot(Rope.from([textRun(wire)]));
  }

  static readonly empty = new PlainSnapshot(Rope.empty);

  get length(): number {
    return this.rope.atoms;
  }
  /** Length of the text in UTF-16 units. */
  get utf16Length(): number {
    return this.rope.units;
  }

  toJSON(): string {
    return this.rope.text();
  }
  toString(): string {
    return this.rope.text();
  }

  /** The text of the code points `from` to `to`. */
  slice(from: number, to?: number): string {
    return this.rope.text(from, to);
  }

  /** The UTF-16 offset of a position. */
  utf16Of(position: number): number {
    return this.rope.unitsBefore(position);
  }
  /** The position of a UTF-16 offset. */
  positionOf(utf16: number): number {
    return this.rope.positionOfUnit(utf16);
  }

  /** The first line with something in it, for titles; at most `maxAtoms` long. Looks only at the start. */
  firstLineText(maxAtoms: number): string {
    return firstLine(this.slice(0, maxAtoms + 1000), maxAtoms);
  }

  /** This document in the hands of an owner who applies many ops before anybody looks. */
  transient(): Transient<PlainSnapshot, PlainOp> {
    return new RopeTransient(this.rope, (rope) => new PlainSnapshot(rope));
  }

  /** Whether both hold the same text. */
  equals(other: PlainSnapshot): boolean {
    return this.rope.equals(other.rope);
  }
}
