// fast-check arbitraries for rich documents and ops, and the same from dice.

import fc from "fast-check";
import { type RichOp, type RichWire, richOp } from "../../ot/index.js";
import type { Dice } from "./dice.js";
import { type RichStep, richOpFrom } from "./steps.js";
import { attributeSets, changes, characters, embeds } from "./vocabulary.js";

const content = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant("\n") },
  { weight: 1, arbitrary: fc.constantFrom(...embeds) },
);

const insert = fc.record({
  do: fc.constant("insert" as const),
  content,
  attributes: fc.constantFrom(...attributeSets),
});

export const richSteps = (maxSteps = 6): fc.Arbitrary<RichStep[]> =>
  fc.array(
    fc.oneof(
      insert,
      fc.record({
        do: fc.constantFrom("skip" as const, "delete" as const),
        atoms: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({
        do: fc.constant("retain" as const),
        atoms: fc.integer({ min: 1, max: 5 }),
        a: fc.constantFrom(...changes),
        b: fc.constantFrom(...changes),
      }),
    ),
    { maxLength: maxSteps },
  );

/** A rich document in wire form: any row of atoms, whether it begins with a marker or not. */
export const richDocument = (maxInserts = 5): fc.Arbitrary<RichWire> =>
  fc.array(insert, { maxLength: maxInserts }).map((inserts) => richOpFrom(inserts, 0) as RichWire);

/** A canonical op for a document of `length` atoms. */
export const richOpOn = (length: number): fc.Arbitrary<RichOp> =>
  richSteps().map((steps) => richOpFrom(steps, length));

function rollInsert({ roll, pick }: Dice): RichStep {
  const what = roll(6);
  const attributes = pick(attributeSets);
  if (what === 0) return { do: "insert", content: pick(embeds), attributes };
  const text = what === 1 ? "\n" : what < 4 ? pick(characters) : pick(characters) + pick(characters);
  return { do: "insert", content: text, attributes };
}

export function rollRichDocument(dice: Dice, maxInserts: number): RichWire {
  const op = richOp();
  for (let left = dice.roll(maxInserts + 1); left > 0; left--) {
    const step = rollInsert(dice);
    if (step.do === "insert") op.insert(step.content, step.attributes);
  }
  return op.done() as RichWire;
}

export function rollRichOp(dice: Dice, length: number): RichOp {
  const { roll, pick } = dice;
  const steps: RichStep[] = [];
  for (let left = 1 + roll(5); left > 0; left--) {
    const atoms = 1 + roll(4);
    const what = roll(8);
    if (what < 3) steps.push(rollInsert(dice));
    else if (what < 5) steps.push({ do: "skip", atoms });
    else if (what < 6) steps.push({ do: "delete", atoms });
    else steps.push({ do: "retain", atoms, a: pick(changes), b: pick(changes) });
  }
  return richOpFrom(steps, length);
}
