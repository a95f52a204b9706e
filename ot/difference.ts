// The op between two snapshots of which no history is known: needed when a document had to be fetched anew and the ops
// in between are gone, or when it is to be again as it was.
//
// Atoms are compared by what they are (`script.ts`); attributes that changed on an atom that stayed are changed in place, so
// that what was typed beside it keeps its neighbours. Texts that have little in common are replaced.
// A guess by nature: where "aa" became "a", nobody can say which one went, unless they know where the caret was.

import { revertChange, sameAttributes } from "./attributes.js";
import { type RichOpBuilder, richOp } from "./op.js";
import type { PlainSnapshot } from "./plain-snapshot.js";
import type { RichSnapshot } from "./rich-snapshot.js";
import { isBlockEmbed } from "./rope/run.js";
import { commonStretches, type Kept } from "./script.js";
import type { AttributeChange, Attributes, PlainOp, RichOp, Snapshot } from "./types.js";

const LINE_FEED = 10;

/**
 * The op that makes `to` out of `from`. Linear in both texts, and bounded where they have little in common.
 *
 * @param caret position of the caret in `to`: of several ops that are equally short, the one that ends there is taken
 */
export function plainDifference(from: PlainSnapshot, to: PlainSnapshot, caret?: number): PlainOp {
  const kept = commonStretches(codePoints(from), codePoints(to), 0, caret);
  // Without attributes and embeds, a rich op is a plain one.
  return between(from, to, kept, (op, { length }) => op.skip(length)) as PlainOp;
}

/** The op that keeps so much of one document, and makes the other of it. `keep` walks over what stays. */
function between<S extends Snapshot>(
  from: S,
  to: S,
  kept: readonly Kept[],
  keep: (op: RichOpBuilder, kept: Kept) => void,
): RichOp {
  const op = richOp();
  let walked = 0;
  let reached = 0;
  for (const one of [...kept, { from: from.length, to: to.length, length: 0 }]) {
    for (const insert of [to.slice(reached, one.to)].flat()) op.add(insert);
    op.delete(one.from - walked);
    keep(op, one);
    walked = one.from + one.length;
    reached = one.to + one.length;
  }
  return op.done();
}

function codePoints(snapshot: PlainSnapshot): Int32Array {
  const row = new Int32Array(snapshot.length);
  write(row, 0, snapshot.toString());
  return row;
}

/** Writes the code points of a text into a row. @returns where the next one goes */
function write(row: Int32Array, at: number, text: string): number {
  for (let unit = 0; unit < text.length; unit++) {
    const point = text.codePointAt(unit)!;
    if (point > 0xffff) unit++;
    row[at++] = point;
  }
  return at;
}

/** The same for rich documents. Both begin with the same block marker, which is kept. */
export function richDifference(from: RichSnapshot, to: RichSnapshot, caret?: number): RichOp {
  const embeds = new Embeds();
  const old = new Atoms(from, embeds);
  const now = new Atoms(to, embeds);
  const first = old.row[0] === LINE_FEED && now.row[0] === LINE_FEED ? 1 : 0;
  return between(from, to, commonStretches(old.row, now.row, first, caret), (op, kept) => {
    for (let done = 0; done < kept.length; ) {
      const before = old.runAt(kept.from + done);
      const after = now.runAt(kept.to + done);
      const atoms = Math.min(before.end - kept.from, after.end - kept.to, kept.length) - done;
      const change = attributeChange(before.attributes, after.attributes);
      if (change === undefined) op.skip(atoms);
      else changeAtoms(op, change, now.row.subarray(kept.to + done, kept.to + done + atoms), embeds);
      done += atoms;
    }
  });
}

/** Numbers embeds, equal ones alike, below zero where no code point is. */
class Embeds {
  readonly #names = new Map<string, number>();
  readonly #blocks = new Set<number>();

  nameOf(embed: Parameters<typeof isBlockEmbed>[0]): number {
    const key = JSON.stringify(embed);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = -1 - this.#names.size;
    this.#names.set(key, name);
    if (isBlockEmbed(embed)) this.#blocks.add(name);
    return name;
  }

  isBlock(atom: number): boolean {
    return atom === LINE_FEED || this.#blocks.has(atom);
  }
}

interface Run {
  readonly end: number;
  readonly attributes: Attributes;
}

/** A rich document as a row of numbers, beside its attributes. */
class Atoms {
  readonly row: Int32Array;
  readonly #runs: Run[] = [];
  #run = 0;

  constructor(snapshot: RichSnapshot, embeds: Embeds) {
    this.row = new Int32Array(snapshot.length);
    let at = 0;
    for (const { content, attributes } of snapshot.rope.runs()) {
      if (typeof content === "string") at = write(this.row, at, content);
      else this.row[at++] = embeds.nameOf(content);
      this.#runs.push({ end: at, attributes });
    }
  }

  /** The run that holds an atom; never one before those asked for already. */
  runAt(position: number): Run {
    while (this.#runs[this.#run]!.end <= position) this.#run++;
    return this.#runs[this.#run]!;
  }
}

function attributeChange(from: Attributes, to: Attributes): AttributeChange | undefined {
  if (sameAttributes(from, to)) return undefined;
  const none = Object.fromEntries(Object.keys(to).map((key) => [key, null]));
  return revertChange({ ...none, ...from }, to);
}

function changeAtoms(op: RichOpBuilder, change: AttributeChange, atoms: Int32Array, embeds: Embeds): void {
  for (const atom of atoms) {
    if (embeds.isBlock(atom)) op.retain(1, undefined, change);
    else op.retain(1, change);
  }
}
