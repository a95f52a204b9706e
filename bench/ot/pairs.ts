// Two ops of each size met and composed: single characters, many components, and one huge insert under many edits.

import { ChangeSet } from "@codemirror/state";
import { type as unicode } from "ot-text-unicode";
import { type PlainOp, plainOp, plainText, type RichOp, richText } from "../../ot/index.js";
import { between, random } from "../../test/stack/draws.js";
import { installedVersion } from "../peers.js";
import { type Candidate, candidate, type Result, type Section, timed } from "./frame.js";

const ROUNDS = 5;
const SINGLES = 20_000;

type Two = readonly [PlainOp, PlainOp];

interface Work {
  readonly title: string;
  readonly does: "transform" | "compose";
  readonly pairs: readonly Two[];
}

export const pairs: Section = {
  name: "pairs",
  async run(): Promise<Result> {
    const singles = Array.from({ length: SINGLES }, (_, seed): Two => [single(seed), single(SINGLES + seed)]);
    const paste = "x".repeat(1_000_000);
    const works: readonly Work[] = [
      { title: `Transform, ${SINGLES} pairs of single characters`, does: "transform", pairs: singles },
      { title: `Compose, ${SINGLES} pairs of single characters`, does: "compose", pairs: singles },
      ...[10_000, 100_000].flatMap((size): Work[] => [
        {
          title: `Transform, ${size} components and ${size}`,
          does: "transform",
          pairs: [[many(size, 1), many(size, 2)]],
        },
        {
          title: `Compose, ${size} components and ${size}`,
          does: "compose",
          pairs: [[many(size, 1), many(size, 2)]],
        },
      ]),
      {
        title: "Transform, 1 MB pasted and 1,000 edits",
        does: "transform",
        pairs: [[[5_000, paste], many(2_000, 3)]],
      },
      {
        title: "Compose, 1 MB pasted and 1,000 edits in it",
        does: "compose",
        pairs: [[[paste], many(2_000, 3)]],
      },
    ];
    const tables = works.map(({ title, does, pairs: some }) => ({
      title,
      unit: "ms of processor time",
      better: "less" as const,
      rows: timed(candidates(does, some), ROUNDS),
    }));
    return { tables, claims: [] };
  },
};

function candidates(does: Work["does"], some: readonly Two[]): Candidate<never>[] {
  const changes = some.map(([x, y]) => changeSets(x, y, does));
  return [
    pairwise("interline plain", some, (x, y) =>
      does === "transform" ? plainText.transform(x, y, "left") : plainText.compose(x, y),
    ),
    pairwise("interline rich", some as readonly (readonly [RichOp, RichOp])[], (x, y) =>
      does === "transform" ? richText.transform(x, y, "left") : richText.compose(x, y),
    ),
    {
      ...pairwise(
        "ot-text-unicode",
        some as unknown as readonly (readonly [UnicodeOp, UnicodeOp])[],
        (x, y) => (does === "transform" ? unicode.transform(x, y, "left") : unicode.compose(x, y)),
      ),
      version: installedVersion("ot-text-unicode"),
      // It counts a large insert again for every piece it takes off it.
      rounds: 1,
    },
    {
      ...pairwise("@codemirror/state", changes, (x, y) =>
        does === "transform" ? x.map(y, true) : x.compose(y),
      ),
      version: installedVersion("@codemirror/state"),
    },
  ];
}

type UnicodeOp = Parameters<typeof unicode.compose>[0];

const pairwise = <T>(name: string, some: readonly (readonly [T, T])[], meet: (x: T, y: T) => unknown) =>
  candidate<null>({
    name,
    prepare: () => null,
    run() {
      let last: unknown;
      for (const [x, y] of some) last = meet(x, y);
      return last;
    },
  });

function single(seed: number): PlainOp {
  const draw = random(seed);
  const at = between(draw, 1, 10_000);
  return draw() < 0.3 ? [at, { d: 1 }] : [at, "x"];
}

/** An op of so many components, about half of them skips. */
function many(components: number, seed: number): PlainOp {
  const draw = random(seed);
  const op = plainOp();
  for (let left = components / 2; left > 0; left--) {
    op.skip(between(draw, 1, 20));
    if (draw() < 0.6) op.insert("ab");
    else op.delete(1);
  }
  return op.done();
}

/** The same two ops for CodeMirror, whose ops know how long the document is. All text here is ASCII. */
function changeSets(x: PlainOp, y: PlainOp, does: Work["does"]): readonly [ChangeSet, ChangeSet] {
  const length = 3_000_000;
  const first = changeSet(x, length);
  return [first, changeSet(y, does === "compose" ? first.newLength : length)];
}

/** A plain op of ASCII text as CodeMirror has it. */
export function changeSet(op: PlainOp, length: number): ChangeSet {
  const changes: { from: number; to?: number; insert?: string }[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") at += component;
    else if (typeof component === "string") changes.push({ from: at, insert: component });
    else {
      const removed = component.d as number;
      changes.push({ from: at, to: at + removed });
      at += removed;
    }
  }
  return ChangeSet.of(changes, length);
}
