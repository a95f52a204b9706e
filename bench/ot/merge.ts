// Two people offline, each with so many edits on the same document, and then the merge.
//
// Ours sees each op of the server on its own, as a client that catches up does: what was typed here is one large op, which the
// others' ops pass one by one. The libraries that compose merge two large ops instead, and no longer know who did what
// when; the CRDT libraries exchange what they have (`merge-crdts.ts`). What each side typed is made beforehand and not timed.

import { ChangeSet } from "@codemirror/state";
import { type as unicode } from "ot-text-unicode";
import {
  composeAll,
  diamond,
  type IndexedOp,
  type PlainOp,
  type PlainSnapshot,
  plainText,
  type RichOp,
  type RichSnapshot,
  richOp,
  richText,
  type Snapshot,
  type TextType,
} from "../../ot/index.js";
import { installedVersion } from "../peers.js";
import {
  type Candidate,
  type Claim,
  candidate,
  type Result,
  type Section,
  type Table,
  timed,
  valueIn,
} from "./frame.js";
import { type Apart, crdts } from "./merge-crdts.js";
import { type Edit, plainOps, prose, richOf, scattered, session } from "./sessions.js";

const ROUNDS = 3;
const FEW = 10_000;
const MANY = 100_000;

const names = {
  plain: "interline plain, ours composed as typed",
  plainSingly: "interline plain, ours one by one",
  rich: "interline rich, ours composed as typed",
  richSingly: "interline rich, ours one by one",
};

export const merge: Section = {
  name: "merge",
  async run(): Promise<Result> {
    const base = prose(100_000);
    const kinds = [
      ["anywhere", scattered],
      ["in bursts", session],
    ] as const;
    const tables: Table[] = [];
    const claims: Claim[] = [];
    for (const [kind, make] of kinds) {
      for (const edits of [FEW, MANY]) {
        const [mine, theirs] = [1, 2].map((seed) => make({ seed, edits, base }).edits);
        const apart: Apart = { base, mine: mine!, theirs: theirs! };
        const rows = timed(await candidates(apart), ROUNDS);
        const title = `Merging ${edits} edits ${kind} with ${edits} others`;
        tables.push({ title, unit: "ms of processor time", better: "less", rows });
        if (edits < MANY) continue;
        const bounds = [
          [names.plain, 260],
          [names.plainSingly, 260],
          [names.rich, 1_000],
          [names.richSingly, 1_000],
        ] as const;
        for (const [name, most] of bounds)
          claims.push({ what: `${title}, ${name}, ms`, value: valueIn(rows, name), bound: { most } });
      }
    }
    return { tables, claims };
  },
};

async function candidates(apart: Apart): Promise<Candidate<never>[]> {
  const { base, mine, theirs } = apart;
  const [plainMine, plainTheirs] = [plainOps(mine), plainOps(theirs)];
  const [richMine, richTheirs] = [formatting(mine), formatting(theirs)];
  const plainBase = plainText.create(base);
  const richBase = richText.create([`\n${base}`]);
  return [
    ...ours<PlainSnapshot, PlainOp>(
      [names.plain, names.plainSingly],
      plainText,
      plainBase,
      plainMine,
      plainTheirs,
    ),
    ...ours<RichSnapshot, RichOp>([names.rich, names.richSingly], richText, richBase, richMine, richTheirs),
    walked(plainMine, plainTheirs),
    composedUnicode(plainMine, plainTheirs),
    composedCodemirror(apart),
    ...(await crdts(apart, mine.length <= FEW)),
  ];
}

/** Every tenth edit makes a few characters bold instead. */
const formatting = (edits: readonly Edit[]): RichOp[] =>
  edits.map((edit, nth) =>
    nth % 10 === 9 && edit.removed > 0
      ? richOp()
          .skip(edit.at + 1)
          .retain(edit.removed, { b: nth % 20 === 9 ? 1 : null })
          .done()
      : richOf(edit),
  );

/** With some deletes left out the document is only longer, so that all that follows still fits. */
function ours<S extends Snapshot, O extends readonly unknown[]>(
  [composedName, singlyName]: readonly [string, string],
  type: TextType<S, O>,
  base: S,
  mine: readonly O[],
  theirs: readonly O[],
): Candidate<never>[] {
  const composed = composeAll(type, mine);
  const pass = (indexed: IndexedOp<O>) => {
    const passed = theirs.map((over) => indexed.pass(over, "left"));
    return { op: indexed.op, passed };
  };
  const { op, passed } = pass(type.index(composed));
  const there = type.apply(theirs.reduce(type.apply, base), op);
  const here = passed.reduce(type.apply, type.apply(base, composed));
  if (JSON.stringify(there) !== JSON.stringify(here)) throw new Error(`${composedName} does not converge`);
  const none = type.normalize([] as readonly unknown[] as O);
  return [
    candidate({ name: composedName, prepare: () => composed, run: (large: O) => pass(type.index(large)) }),
    candidate({
      name: singlyName,
      prepare: () => none,
      run(nothing: O) {
        const indexed = type.index(nothing);
        for (const one of mine) indexed.compose(one);
        return pass(indexed);
      },
    }),
  ];
}

/** As ShareDB's client does it: what was typed, composed, is met whole by each op. */
function walked(mine: readonly PlainOp[], theirs: readonly PlainOp[]): Candidate<never> {
  const some = theirs.slice(0, 100);
  return candidate({
    name: "interline plain, op by op without index",
    share: some.length / theirs.length,
    rounds: 1,
    prepare: () => composeAll(plainText, mine),
    run(large: PlainOp) {
      for (const over of some) large = diamond(plainText, large, over)[0];
      return large;
    },
  });
}

/** One op for many, composed as a tree. */
function tree<T>(all: readonly T[], compose: (first: T, second: T) => T): T {
  let level = all;
  while (level.length > 1) {
    const next: T[] = [];
    for (let at = 0; at < level.length; at += 2)
      next.push(at + 1 < level.length ? compose(level[at]!, level[at + 1]!) : level[at]!);
    level = next;
  }
  return level[0]!;
}

function composedUnicode(mine: readonly PlainOp[], theirs: readonly PlainOp[]): Candidate<never> {
  type Op = Parameters<typeof unicode.compose>[0];
  return candidate({
    name: "ot-text-unicode, composed by a tree",
    version: installedVersion("ot-text-unicode"),
    rounds: 1,
    prepare: () => [mine, theirs] as unknown as [Op[], Op[]],
    run([left, right]: [Op[], Op[]]) {
      const [a, b] = [tree(left, unicode.compose), tree(right, unicode.compose)];
      return [unicode.transform(a, b, "left"), unicode.transform(b, a, "right")];
    },
  });
}

function composedCodemirror({ base, mine, theirs }: Apart): Candidate<never> {
  const changes = (edits: readonly Edit[]) => {
    let length = base.length;
    return edits.map(({ at, removed, inserted }) => {
      const change = ChangeSet.of({ from: at, to: at + removed, insert: inserted }, length);
      length = change.newLength;
      return change;
    });
  };
  const made = [changes(mine), changes(theirs)] as const;
  return candidate({
    name: "@codemirror/state, composed by a tree",
    version: installedVersion("@codemirror/state"),
    rounds: 1,
    prepare: () => made,
    run([left, right]: readonly [ChangeSet[], ChangeSet[]]) {
      const compose = (first: ChangeSet, second: ChangeSet) => first.compose(second);
      const [a, b] = [tree(left, compose), tree(right, compose)];
      return [a.map(b, true), b.map(a)];
    },
  });
}
