// Which of the deleted runs in one gap come back when something is inserted there.
//
// The rule. What an op inserts in a gap is compared with what stood in that gap before, the latest first: with all that one
// op deleted there, and with all that was alive there just before one. If it is the same text with the same embeds, those
// very atoms come back. If it is a part of it, they come back when the op is no keystroke: when it inserts `PART` atoms.
//
// What this may get wrong: who types exactly what somebody else deleted there, all of it, is taken for one who brings it
// back; text that comes back a little beside where it stood, or that comes back changed, is taken for new. In a gap with very
// many graves only some are looked at (`LOOKS`), so text that was deleted there long ago may come back as new.

import type { Version } from "../../protocol/index.js";
import { type Flip, type Run, wasAlive } from "./runs.js";

/** An op that inserts so many atoms is not typed key by key. */
const PART = 8;
/** Graves looked at for one insert, counted anew for each state that it is compared with. */
const LOOKS = 4_000;

/** A stretch of a grave: the atoms `from` to `to` of it. */
export interface Found {
  readonly grave: Run;
  readonly from: number;
  readonly to: number;
}

/** Atoms as text in which embeds are words that no text contains, since no text contains U+0000. */
export class Spelling {
  readonly #embeds = new Map<string, string>();

  of({ content }: Pick<Run, "content">): string {
    if (typeof content === "string") return content;
    const json = JSON.stringify(content);
    let word = this.#embeds.get(json);
    if (word === undefined) {
      const digits = [...this.#embeds.size.toString(8)].map((digit) =>
        String.fromCharCode(1 + Number(digit)),
      );
      word = `\u0000${digits.join("")}\u000b`;
      this.#embeds.set(json, word);
    }
    return word;
  }
}

/**
 * The graves that `inserted` brings back, in order; undefined if it is new.
 *
 * @param graves  of the gap, in order
 * @param atoms  how many the whole op inserts
 */
export function exhume(
  graves: readonly Run[],
  inserted: string,
  atoms: number,
  spelling: Spelling,
): readonly Found[] | undefined {
  let looks = 0;
  for (const version of deaths(graves)) {
    const states = [
      graves.filter(({ flips }) => flips!.stamp.version === version),
      graves.filter((grave) => wasAlive(grave, version - 1)),
    ];
    for (const state of states) {
      const found = within(state, inserted, atoms >= PART, spelling);
      if (found !== undefined) return found;
    }
    looks += graves.length;
    if (looks > LOOKS) return undefined;
  }
  return undefined;
}

/** The versions that deleted something there, the latest first. */
function deaths(graves: readonly Run[]): Version[] {
  const versions = new Set<Version>();
  for (const { flips } of graves)
    for (let flip: Flip | undefined = flips; flip !== undefined; flip = flip.before)
      if (!flip.alive) versions.add(flip.stamp.version);
  return [...versions].sort((a, b) => b - a);
}

function within(
  state: readonly Run[],
  inserted: string,
  part: boolean,
  spelling: Spelling,
): readonly Found[] | undefined {
  const text = state.map((grave) => spelling.of(grave)).join("");
  const at = part ? text.indexOf(inserted) : text === inserted ? 0 : -1;
  if (at === -1) return undefined;
  const end = at + inserted.length;
  const found: Found[] = [];
  let unit = 0;
  for (const grave of state) {
    const { length } = spelling.of(grave);
    const from = Math.max(at, unit) - unit;
    const to = Math.min(end, unit + length) - unit;
    if (from < to) found.push({ grave, from: atomAt(grave, from), to: atomAt(grave, to) });
    unit += length;
  }
  return found;
}

/** The atom of a run at an offset of its spelling, which is not inside one. */
function atomAt({ content, atoms }: Run, unit: number): number {
  if (typeof content !== "string") return unit === 0 ? 0 : 1;
  return content.length === atoms ? unit : [...content.slice(0, unit)].length;
}
