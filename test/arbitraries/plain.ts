// fast-check arbitraries for plain documents and ops, and the same from dice.

import fc from "fast-check";
import type { PlainOp } from "../../ot/index.js";
import type { Dice } from "./dice.js";
import { type PlainStep, plainOpFrom } from "./steps.js";
import { characters } from "./vocabulary.js";

/** Text of at most `maxLength` code points. */
export const plainDocument = (maxLength = 8): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });

export const plainSteps = (maxSteps = 6): fc.Arbitrary<PlainStep[]> =>
  fc.array(
    fc.oneof(
      fc.record({
        do: fc.constantFrom("skip" as const, "delete" as const),
        atoms: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({
        do: fc.constant("insert" as const),
        text: fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 3 }),
      }),
    ),
    { maxLength: maxSteps },
  );

/** A canonical op for a document of `length` code points. */
export const plainOpOn = (length: number): fc.Arbitrary<PlainOp> =>
  plainSteps().map((steps) => plainOpFrom(steps, length));

export function rollText({ roll, pick }: Dice, maxLength: number): string {
  let text = "";
  for (let left = roll(maxLength + 1); left > 0; left--) text += pick(characters);
  return text;
}

export function rollPlainOp(dice: Dice, length: number): PlainOp {
  const steps: PlainStep[] = [];
  for (let left = 1 + dice.roll(5); left > 0; left--) {
    const atoms = 1 + dice.roll(3);
    const what = dice.roll(5);
    if (what < 2) steps.push({ do: "insert", text: rollText(dice, 2) });
    else steps.push({ do: what < 4 ? "skip" : "delete", atoms });
  }
  return plainOpFrom(steps, length);
}
