// Which of the deleted runs in one gap come back when something is inserted there.
//
// The rule. What an op inserts in a gap is compared with what stood in that gap before: with all that one op deleted there,
// the latest op first, and then with all that stood there at one version, the latest first. If it is the same text with the
// same embeds, those very atoms come back. If it is a part of it, they come back when the op is no keystroke: when it inserts
// `PART` atoms. What comes back may have been deleted by several ops between which others deleted, too: so it is compared
// at last with what there would be without what one author, or everybody, did in a stretch of versions (`stretches.ts`).
//
// What this may get wrong: who types exactly what somebody else deleted there, all of it, is taken for one who brings it
// back; text that comes back a little beside where it stood, or that comes back changed, is taken for new. In a gap with many
// graves only the last of them are looked at (`reach`), so text that was deleted there long ago may come back as new.

import type { Version } from "../../protocol/index.js";
import { type Flip, type Run, wasAlive } from "./runs.js";
import { statesWithout } from "./stretches.js";

/** An op that inserts so many atoms is not typed key by key. */
const PART = 8;

/** How many graves are looked at for what an op inserts, the last of the gap: few for a keystroke, many for a restore. */
export const reach = (atoms: number): number => 256 + 8 * atoms;

/** Earlier states of a gap that an insert is compared with. */
const STATES = 8;

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
  const part = atoms >= PART;
  const burials = byDeath(graves);
  const versions = [...burials.keys()].sort((a, b) => b - a);
  for (const version of versions) {
    const found = within(burials.get(version)!, inserted, part, spelling);
    if (found !== undefined) return found;
  }
  const states = statesOfLength(graves, inserted.length, spelling).slice(0, STATES);
  for (const version of part ? [...states, ...versions.slice(0, STATES).map((death) => death - 1)] : states) {
    const state = graves.filter((grave) => wasAlive(grave, version));
    const found = within(state, inserted, part, spelling);
    if (found !== undefined) return found;
  }
  for (const state of statesWithout(graves, inserted.length, part, (grave) => spelling.of(grave).length)) {
    const found = within(state, inserted, false, spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The versions after which what is a grave now changed, where those alive then have so long a spelling; the latest first. */
function statesOfLength(graves: readonly Run[], length: number, spelling: Spelling): Version[] {
  const changes = new Map<Version, number>();
  for (const grave of graves) {
    const size = spelling.of(grave).length;
    for (let flip: Flip | undefined = grave.flips; flip !== undefined; flip = flip.before) {
      const { version } = flip.stamp;
      changes.set(version, (changes.get(version) ?? 0) + (flip.alive ? -size : size));
    }
  }
  let alive = 0;
  const found: Version[] = [];
  for (const version of [...changes.keys()].sort((a, b) => b - a)) {
    alive += changes.get(version)!;
    if (alive === length) found.push(version - 1);
  }
  return found;
}

/** The runs that each op deleted, of those that it left deleted or that came back and were deleted once more. */
function byDeath(graves: readonly Run[]): Map<Version, Run[]> {
  const burials = new Map<Version, Run[]>();
  for (const grave of graves)
    for (let flip: Flip | undefined = grave.flips; flip !== undefined; flip = flip.before) {
      if (flip.alive) continue;
      const { version } = flip.stamp;
      const burial = burials.get(version);
      if (burial === undefined) burials.set(version, [grave]);
      else burial.push(grave);
    }
  return burials;
}

function within(
  state: readonly Run[],
  inserted: string,
  part: boolean,
  spelling: Spelling,
): readonly Found[] | undefined {
  const words = state.map((grave) => spelling.of(grave));
  const units = words.reduce((sum, { length }) => sum + length, 0);
  if (part ? units < inserted.length : units !== inserted.length) return undefined;
  const text = words.join("");
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
