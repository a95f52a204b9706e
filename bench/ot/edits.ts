// Single characters put in and taken out anywhere, in documents of three sizes: what an edit costs must hardly grow with them.

import { type Claim, type Result, type Row, type Section, type Table, timed, valueIn } from "./frame.js";
import {
  codemirror,
  jsonJoy,
  plainImmutable,
  plainTransient,
  richImmutable,
  richTransient,
} from "./libraries.js";
import { prose, scattered } from "./sessions.js";
import { replaying } from "./typing.js";

const EDITS = 20_000;
const ROUNDS = 5;
const sizes = [
  { name: "1 KB", characters: 1_000 },
  { name: "100 KB", characters: 100_000 },
  { name: "10 MB", characters: 10_000_000 },
] as const;
const ours = [plainImmutable, plainTransient, richImmutable, richTransient] as const;

export const edits: Section = {
  name: "edits",
  async run(): Promise<Result> {
    const joy = await jsonJoy();
    const tables: Table[] = [];
    for (const { name, characters } of sizes) {
      const session = scattered({ edits: EDITS, base: prose(characters) });
      // Of what is random in 10 MB, json-joy does some thousand in a second.
      const joyful = { ...replaying(joy, session), rounds: 1 };
      const candidates = [
        replaying(plainImmutable, session),
        replaying(plainTransient, session),
        replaying(richImmutable, session),
        replaying(richTransient, session),
        replaying(codemirror, session),
        ...(characters > 100_000 ? [] : [joyful]),
      ];
      tables.push({
        title: `Random single edits in ${name}: ${EDITS} of them`,
        unit: "µs of processor time for each",
        better: "less",
        rows: timed(candidates, ROUNDS).map((row) => ({ ...row, value: (row.value * 1000) / EDITS })),
      });
    }
    return {
      tables,
      claims: ours.map(({ name }) =>
        growth(
          name,
          tables.map(({ rows }) => rows),
        ),
      ),
    };
  },
};

function growth(name: string, bySize: readonly (readonly Row[])[]): Claim {
  const values = bySize.map((rows) => valueIn(rows, name));
  return {
    what: `${name}: the costliest size for the cheapest`,
    value: Math.max(...values) / Math.min(...values),
    bound: { most: 3 },
  };
}
