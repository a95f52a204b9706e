// The plain document at one version: text, counted in code points. Its wire form is the string itself.

import { checkPlainWire } from "./check.js";
import { Rope, textRun } from "./rope.js";
import { OtError, type Snapshot } from "./types.js";

export class PlainSnapshot implements Snapshot {
  /** For the algebra only. */
  readonly rope: Rope;

  constructor(rope: Rope) {
    this.rope = rope;
  }

  /** @throws OtError unless `wire` is a string fit for a document, a snapshot or absent */
  static from(wire: unknown): PlainSnapshot {
    if (wire instanceof PlainSnapshot) return wire;
    if (wire === undefined) return PlainSnapshot.empty;
    checkPlainWire(wire);
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

  /** The first line with something in it, for titles; at most `maxAtoms` long. */
  firstLineText(maxAtoms: number): string {
    const head = this.slice(0, Math.min(this.length, maxAtoms + 1000)).trimStart();
    return [...head.split("\n", 1)[0]!].slice(0, maxAtoms).join("").trimEnd();
  }

  equals(other: PlainSnapshot): boolean {
    return this.rope.equals(other.rope);
  }
}

/** @throws OtError `op_malformed` unless the text that a delete quotes is the text that stands there */
export function checkQuote(snapshot: PlainSnapshot, position: number, quote: string): void {
  const atoms = [...quote].length;
  if (snapshot.slice(position, position + atoms) !== quote) {
    throw new OtError("op_malformed", `The text at ${position} is not the one that the op deletes`);
  }
}
