// Chance for tests that run against real time: every draw comes from one seed (`test/seed.ts`), which each test prints.

import type { Random } from "../../protocol/index.js";
import { dice } from "../arbitraries/dice.js";

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
