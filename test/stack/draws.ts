// Chance for tests that run against real time: every draw comes from one seed, which each test prints, and which
// `SEED=…` replays. Real sockets and processes still interleave as they like; the commands and losses are the same.

import type { Random } from "../../protocol/index.js";
import { dice } from "../arbitraries/dice.js";

/** The seed of this run: a new one, or what `SEED` says. */
export const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const SIDES = 2 ** 30;

/** Numbers in [0, 1), for ever the same for one seed. */
export function random(from: number): Random {
  const { roll } = dice(from);
  return () => roll(SIDES) / SIDES;
}

/** A whole number from `from` up to and including `to`. */
export const between = (draw: Random, from: number, to: number): number =>
  from + Math.floor(draw() * (to - from + 1));

export const pick = <T>(draw: Random, list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
