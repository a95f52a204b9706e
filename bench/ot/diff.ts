// The difference of two documents, and what an op does to positions, selections and back.

import { type ChangeSet, Text } from "@codemirror/state";
import { type as unicode } from "ot-text-unicode";
import { plainDifference, richDifference } from "../../ot/difference.js";
import { type PlainOp, plainOp, plainText, type RichOp, richText } from "../../ot/index.js";
import { positionsPast } from "../../ot/positions.js";
import { between, random } from "../../test/stack/draws.js";
import { installedVersion } from "../peers.js";
import { type Claim, candidate, type Result, type Section, timed, valueIn } from "./frame.js";
import { changeSet } from "./pairs.js";
import { prose } from "./sessions.js";

const ROUNDS = 5;
const LENGTH = 1_000_000;
const EDITS = 100;
const MOVES = 100;

export const diff: Section = {
  name: "diff",
  async run(): Promise<Result> {
    const text = prose(LENGTH);
    const differences = timed(
      [...differing(text, "with line breaks"), ...differing(text.replaceAll("\n", " "), "in one line")],
      ROUNDS,
    );
    const op = scatteredOp(5_000, LENGTH / 5_001);
    const rich = [1, ...op] as RichOp;
    const plain = plainText.create(text);
    const richly = richText.create([`\n${text}`]);
    const set = changeSet(op, text.length);
    const lines = Text.of(text.split("\n"));
    const codemirror = { version: installedVersion("@codemirror/state") };
    const inverses = timed(
      [
        candidate({
          name: "interline plain",
          prepare: () => op,
          run: (one: PlainOp) => plainText.invertWithDoc(one, plain),
        }),
        candidate({
          name: "interline rich",
          prepare: () => rich,
          run: (one: RichOp) => richText.invertWithDoc(one, richly),
        }),
        candidate({
          ...codemirror,
          name: "@codemirror/state",
          prepare: () => set,
          run: (one: ChangeSet) => one.invert(lines),
        }),
      ],
      ROUNDS,
    );
    const places = Array.from({ length: MOVES }, (_, n) => (n * LENGTH) / MOVES);
    const moves = timed(
      [
        candidate({
          name: "interline positions",
          prepare: () => places,
          run(all: number[]) {
            const way = positionsPast(op);
            return all.map((at) => way(at, "before"));
          },
        }),
        candidate({
          name: "interline selections",
          prepare: () => places,
          run(all: number[]) {
            const way = positionsPast(op);
            return all.map((at) => ({ anchor: way(at, "before"), head: way(at + 9, "before") }));
          },
        }),
        candidate({
          name: "interline positions, each on its own",
          prepare: () => places,
          run: (all: number[]) => all.map((at) => plainText.transformPosition(at, op, "before")),
        }),
        candidate({
          name: "ot-text-unicode",
          version: installedVersion("ot-text-unicode"),
          prepare: () => places,
          run: (all: number[]) => all.map((at) => unicode.transformPosition(at, op as never)),
        }),
        candidate({
          ...codemirror,
          name: "@codemirror/state",
          prepare: () => places,
          run: (all: number[]) => all.map((at) => set.mapPos(at)),
        }),
      ],
      ROUNDS,
    );
    const unit = "ms of processor time";
    const claims: Claim[] = ["interline plain", "interline rich"].map((type) => ({
      what: `The difference of two documents of 1 MB with ${EDITS} edits, ${type}, ms`,
      value: valueIn(differences, `${type}, with line breaks`),
      bound: { most: 50 },
    }));
    return {
      tables: [
        {
          title: `Difference of two documents of ${LENGTH} characters, ${EDITS} edits apart`,
          unit,
          better: "less",
          rows: differences,
        },
        { title: "Inverse of an op of 10,000 components on 1 MB", unit, better: "less", rows: inverses },
        { title: `${MOVES} positions past an op of 10,000 components`, unit, better: "less", rows: moves },
      ],
      claims,
    };
  },
};

function scatteredOp(edits: number, apart: number): PlainOp {
  const draw = random(7);
  const op = plainOp();
  for (let left = edits; left > 0; left--) {
    op.skip(between(draw, 1, Math.floor(apart) - 20));
    if (draw() < 0.6) op.insert("typed here ".slice(0, between(draw, 1, 11)));
    else op.delete(between(draw, 1, 20));
  }
  return op.done();
}

function differing(text: string, how: string) {
  const op = scatteredOp(EDITS, text.length / (EDITS + 1));
  const plain = plainText.create(text);
  const richly = richText.create([`\n${text}`]);
  const plainPair = [plain, plainText.apply(plain, op)] as const;
  const richPair = [richly, richText.apply(richly, [1, ...op] as RichOp)] as const;
  return [
    candidate({
      name: `interline plain, ${how}`,
      prepare: () => plainPair,
      run: ([from, to]: typeof plainPair) => plainDifference(from, to),
    }),
    candidate({
      name: `interline rich, ${how}`,
      prepare: () => richPair,
      run: ([from, to]: typeof richPair) => richDifference(from, to),
    }),
  ];
}
