// From two strips to an op: what to insert and delete (`hunks.ts`), and which attributes of the rest to change.
//
// A change of block attributes is written over the whole block, not over its marker alone: text and markers that
// somebody inserts in there at the same time take it on. Lines beside each other that change alike become one retain.
// Only keys that differ between the two readings are written, so what a document holds beyond them stays.

import { isEmpty, noAttributes, sameAttributes } from "../../ot/attributes.js";
import {
  type AttributeChange,
  type Attributes,
  codePointLength,
  type RichOpBuilder,
  type Value,
} from "../../ot/index.js";
import { type Hunk, hunksOf } from "./hunks.js";
import type { Range, Strip, StripPiece } from "./strip.js";

export interface DiffOptions {
  /** Units of the new strip behind which something was inserted or deleted. */
  readonly hints?: readonly number[];
  /** Whether the first marker of both must stay the same one, as it must at the start of a document. */
  readonly keepsFirst?: boolean;
  /** Keys of block attributes that are an affair of the marker alone. */
  readonly singleKeys?: ReadonlySet<string>;
  /** What blocks do not lose though the new strip is without it; taken out as it is kept. */
  readonly lost?: Attributes[];
}

const noKeys: ReadonlySet<string> = new Set();

/**
 * What blocks have that the editor does not know, and that the new strips have on fewer blocks. A command that makes a
 * block of another kind has no idea that there is anything to keep; a block that was moved has it where it is now.
 */
export function lostAttributes(old: readonly Strip[], now: readonly Strip[]): Attributes[] {
  const lost = unknownIn(old);
  if (lost.length === 0) return lost;
  for (const kept of unknownIn(now)) {
    const at = lost.findIndex((each) => sameAttributes(each, kept));
    if (at >= 0) lost.splice(at, 1);
  }
  return lost;
}

const unknownIn = (strips: readonly Strip[]): Attributes[] =>
  strips.flatMap(({ pieces }) => pieces.flatMap(({ unknown }) => (unknown === undefined ? [] : [unknown])));

/** Appends to `op` what makes `y` out of `x`; it must have walked up to where `x` begins. */
export function diffStrips(
  op: RichOpBuilder,
  x: Strip,
  y: Strip,
  { hints = [], keepsFirst = false, singleKeys = noKeys, lost = lostAttributes([x], [y]) }: DiffOptions,
): void {
  const start = keepsFirst ? 1 : 0;
  const whole: Hunk = { old: { from: start, to: x.length }, now: { from: start, to: y.length } };
  const writer = new Writer(op, x, y, singleKeys, lost);
  let [i, j] = [0, 0];
  for (const { old, now } of hunksOf(x, y, whole, hints)) {
    writer.keep({ from: i, to: old.from }, { from: j, to: now.from });
    writer.replace(old, now);
    [i, j] = [old.to, now.to];
  }
  writer.keep({ from: i, to: x.length }, { from: j, to: y.length });
}

class Writer {
  readonly #op: RichOpBuilder;
  readonly #old: Strip;
  readonly #now: Strip;
  /** How the block changes that the text written now belongs to. */
  #block: AttributeChange | undefined;

  readonly #single: ReadonlySet<string>;
  readonly #lost: Attributes[];

  constructor(op: RichOpBuilder, old: Strip, now: Strip, single: ReadonlySet<string>, lost: Attributes[]) {
    this.#single = single;
    this.#lost = lost;
    this.#op = op;
    this.#old = old;
    this.#now = now;
  }

  replace(old: Range, now: Range): void {
    for (const { content, attributes, head } of this.#now.between(now.from, now.to)) {
      this.#op.insert(content, attributes);
      if (head) this.#block = undefined;
    }
    this.#op.delete(this.#atoms(this.#old, old));
  }

  /** The same content on both sides, perhaps with other attributes. */
  keep(old: Range, now: Range): void {
    let i = old.from;
    for (const piece of this.#now.between(now.from, now.to)) {
      const end = i + piece.to - piece.from;
      for (const was of this.#old.between(i, end)) {
        const change = changeOf(was.attributes, piece.attributes, this.#kept(was, piece));
        const atoms = this.#atoms(this.#old, was);
        if (piece.head) {
          this.#block = this.#forWholeBlock(change);
          this.#op.retain(atoms, undefined, change);
        } else {
          this.#op.retain(
            atoms,
            this.#showsMarks(was.from + piece.from - i) ? change : undefined,
            this.#block,
          );
        }
      }
      i = end;
    }
  }

  /** The keys that a block keeps though the editor now shows it without them. */
  #kept(was: StripPiece, is: StripPiece): Attributes {
    if (was.unknown === undefined || is.unknown !== undefined) return noAttributes;
    const at = this.#lost.findIndex((each) => sameAttributes(each, was.unknown!));
    return at < 0 ? noAttributes : this.#lost.splice(at, 1)[0]!;
  }

  /** What of a block's change is also for markers that somebody else puts into it at the same time. */
  #forWholeBlock(change: AttributeChange | undefined): AttributeChange | undefined {
    if (change === undefined || this.#single.size === 0) return change;
    const shared = Object.entries(change).filter(([key]) => !this.#single.has(key));
    return shared.length === 0 ? undefined : Object.fromEntries(shared);
  }

  /** Whether text at a unit of the new strip shows its marks; in a code block they are there, but out of sight. */
  #showsMarks(unit: number): boolean {
    return this.#now.headOf(unit)?.attributes.t !== "code";
  }

  #atoms(strip: Strip, { from, to }: Range): number {
    return codePointLength(strip.text, from, to);
  }
}

/** What makes one attribute set out of the other, but for the keys to be kept; undefined if that is nothing. */
export function changeOf(
  was: Attributes,
  is: Attributes,
  kept: Attributes = noAttributes,
): AttributeChange | undefined {
  if (sameAttributes(was, is)) return undefined;
  const change: { [key: string]: Value | null } = {};
  for (const key of Object.keys(was))
    if (!Object.hasOwn(is, key) && !Object.hasOwn(kept, key)) change[key] = null;
  for (const [key, value] of Object.entries(is))
    if (!Object.hasOwn(was, key) || was[key] !== value) change[key] = value;
  return isEmpty(change) ? undefined : change;
}
