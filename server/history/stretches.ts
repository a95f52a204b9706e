// What would stand in a gap without what one author, or everybody, did there in a stretch of versions: what an undo of several
// steps brings back, and what a revert does, also where others deleted in between and that stays deleted.
//
//     one two three four ── bo: "one " ── cy: "two " ── bo: "three " ──▶ four      without bo: "one three "
//
// It is looked for from the latest on, and not for ever: a gap may have thousands of graves.

import type { Version } from "../../protocol/index.js";
import { aliveWithout } from "./revert.js";
import type { Run, Stamp } from "./runs.js";

/** Graves that are looked at for one insert. */
const LOOKS = 4_000;
/** Authors whose work may be what was taken back, those who deleted last. */
const AUTHORS = 8;

/**
 * Those of the graves, in order, that would be there, where their spelling is so long.
 *
 * @param anyEnd  whether the stretch may end before the last of what they deleted there; else it goes on until now
 */
export function* statesWithout(
  graves: readonly Run[],
  length: number,
  anyEnd: boolean,
  lengthOf: (grave: Run) => number,
): Generator<readonly Run[]> {
  const inTurn = [...graves].sort((a, b) => deathOf(a).version - deathOf(b).version);
  const authors = [...new Set(inTurn.map((grave) => deathOf(grave).author).reverse())].slice(0, AUTHORS);
  let looks = LOOKS;

  for (const author of [...authors, undefined]) {
    const isTheirs = (stamp: Stamp) => author === undefined || stamp.author === author;
    const dead = inTurn.filter((grave) => isTheirs(deathOf(grave)));
    for (const first of beginnings(dead, isTheirs)) {
      const taken = (stamp: Stamp) => stamp.version >= first && isTheirs(stamp);
      const there: Run[] = [];
      let long = 0;
      for (let at = dead.findIndex((grave) => taken(deathOf(grave))); at < dead.length; at++) {
        if (long > length) break;
        if (looks-- === 0) return;
        const grave = dead[at]!;
        if (aliveWithout(grave, taken)) {
          there.push(grave);
          long += lengthOf(grave);
        }
        const next = dead[at + 1];
        if (next !== undefined && (!anyEnd || deathOf(next).version === deathOf(grave).version)) continue;
        if (long === length) yield inOrder(graves, there);
      }
    }
  }
}

/** The versions that such a stretch may begin with, the latest first: with others it is the same as with one of these. */
function beginnings(dead: readonly Run[], isTheirs: (stamp: Stamp) => boolean): readonly Version[] {
  const versions = new Set(dead.map((grave) => deathOf(grave).version));
  for (const { born } of dead) if (born !== undefined && isTheirs(born)) versions.add(born.version);
  return [...versions].sort((a, b) => b - a);
}

function inOrder(graves: readonly Run[], some: readonly Run[]): readonly Run[] {
  const there = new Set(some);
  return graves.filter((grave) => there.has(grave));
}

/** The op that deleted it. */
const deathOf = ({ flips }: Run): Stamp => flips!.stamp;
