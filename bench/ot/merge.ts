// Two people offline, each with so many edits on the same document, and then the merge.
//
// Ours sees each op of the server on its own, as a client that catches up does: what was typed here is one large op, which the
// others' ops pass one by one. The libraries that compose merge two large ops instead, and no longer know who did what
// when; the CRDT libraries exchange what they have. What each side typed is made beforehand and not timed.

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
import { installedVersion, peer, peerVersion } from "../peers.js";
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

/** What both have typed on the same text. */
interface Apart {
  readonly base: string;
  readonly mine: readonly Edit[];
  readonly theirs: readonly Edit[];
}

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
          [names.rich, 1_000],
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
  const few = mine.length <= FEW;
  const others = [yjs, loro, ...(few ? [jsonJoy, automerge] : [])];
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
    ...(await Promise.all(others.map((library) => library(apart)))),
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

async function yjs({ base, mine, theirs }: Apart): Promise<Candidate<never>> {
  interface Doc {
    getText(name: string): {
      insert(at: number, text: string): void;
      delete(at: number, length: number): void;
      toString(): string;
    };
  }
  const { Doc, encodeStateAsUpdate, encodeStateVector, applyUpdate } = await peer<{
    Doc: new () => Doc;
    encodeStateAsUpdate(doc: Doc, since?: Uint8Array): Uint8Array;
    encodeStateVector(doc: Doc): Uint8Array;
    applyUpdate(doc: Doc, update: Uint8Array): void;
  }>("yjs");
  const origin = new Doc();
  origin.getText("text").insert(0, base);
  const start = encodeStateAsUpdate(origin);
  const typed = (edits: readonly Edit[]) => {
    const doc = new Doc();
    applyUpdate(doc, start);
    const text = doc.getText("text");
    for (const { at, removed, inserted } of edits) {
      if (removed > 0) text.delete(at, removed);
      if (inserted !== "") text.insert(at, inserted);
    }
    return encodeStateAsUpdate(doc);
  };
  const [left, right] = [typed(mine), typed(theirs)];
  return candidate({
    name: "yjs",
    version: peerVersion("yjs"),
    rounds: 1,
    prepare() {
      const docs = [new Doc(), new Doc()] as const;
      applyUpdate(docs[0], left);
      applyUpdate(docs[1], right);
      return docs;
    },
    run([a, b]: readonly [Doc, Doc]) {
      applyUpdate(b, encodeStateAsUpdate(a, encodeStateVector(b)));
      applyUpdate(a, encodeStateAsUpdate(b, encodeStateVector(a)));
      if (a.getText("text").toString() !== b.getText("text").toString())
        throw new Error("yjs does not converge");
    },
  });
}

async function loro({ base, mine, theirs }: Apart): Promise<Candidate<never>> {
  interface Doc {
    getText(name: string): {
      insert(at: number, text: string): void;
      delete(at: number, length: number): void;
      toString(): string;
    };
    commit(): void;
    export(mode: { mode: "update" | "snapshot" }): Uint8Array;
    import(bytes: Uint8Array): unknown;
  }
  const { LoroDoc } = await peer<{ LoroDoc: new () => Doc }>("loro-crdt");
  const origin = new LoroDoc();
  origin.getText("text").insert(0, base);
  origin.commit();
  const start = origin.export({ mode: "snapshot" });
  const typed = (edits: readonly Edit[]) => {
    const doc = new LoroDoc();
    doc.import(start);
    const text = doc.getText("text");
    for (const { at, removed, inserted } of edits) {
      if (removed > 0) text.delete(at, removed);
      if (inserted !== "") text.insert(at, inserted);
    }
    doc.commit();
    return doc.export({ mode: "snapshot" });
  };
  const [left, right] = [typed(mine), typed(theirs)];
  return candidate({
    name: "loro-crdt",
    version: peerVersion("loro-crdt"),
    rounds: 1,
    prepare() {
      const docs = [new LoroDoc(), new LoroDoc()] as const;
      docs[0].import(left);
      docs[1].import(right);
      return docs;
    },
    run([a, b]: readonly [Doc, Doc]) {
      b.import(a.export({ mode: "update" }));
      a.import(b.export({ mode: "update" }));
      if (a.getText("text").toString() !== b.getText("text").toString())
        throw new Error("loro does not converge");
    },
  });
}

async function jsonJoy({ base, mine, theirs }: Apart): Promise<Candidate<never>> {
  interface Model {
    readonly api: {
      set(value: string): void;
      str(path: readonly []): { ins(at: number, text: string): void; del(at: number, length: number): void };
      flush(): object;
    };
    fork(): Model;
    applyPatch(patch: object): void;
    view(): string;
  }
  const { Model } = await peer<{ Model: { create(): Model } }>("json-joy/lib/json-crdt");
  return candidate({
    name: "json-joy",
    version: peerVersion("json-joy"),
    rounds: 1,
    prepare() {
      const origin = Model.create();
      origin.api.set(base);
      origin.api.flush();
      const typed = (edits: readonly Edit[]) => {
        const model = origin.fork();
        const text = model.api.str([]);
        for (const { at, removed, inserted } of edits) {
          if (removed > 0) text.del(at, removed);
          if (inserted !== "") text.ins(at, inserted);
        }
        return [model, model.api.flush()] as const;
      };
      return [typed(mine), typed(theirs)] as const;
    },
    run([[a, left], [b, right]]: readonly [readonly [Model, object], readonly [Model, object]]) {
      b.applyPatch(left);
      a.applyPatch(right);
      if (a.view() !== b.view()) throw new Error("json-joy does not converge");
    },
  });
}

async function automerge({ base, mine, theirs }: Apart): Promise<Candidate<never>> {
  interface Doc {
    readonly text: string;
  }
  const { from, clone, change, splice, merge } = await peer<{
    from(value: Doc): Doc;
    clone(doc: Doc): Doc;
    change(doc: Doc, run: (draft: Doc) => void): Doc;
    splice(draft: Doc, path: readonly string[], at: number, removed: number, inserted: string): void;
    merge(doc: Doc, other: Doc): Doc;
  }>("@automerge/automerge");
  return candidate({
    name: "@automerge/automerge",
    version: peerVersion("@automerge/automerge"),
    rounds: 1,
    prepare() {
      const origin = from({ text: base });
      // One change for all: how they are grouped hardly matters for the merge.
      const typed = (edits: readonly Edit[]) =>
        change(clone(origin), (draft) => {
          for (const { at, removed, inserted } of edits) splice(draft, ["text"], at, removed, inserted);
        });
      return [typed(mine), typed(theirs)] as const;
    },
    run([a, b]: readonly [Doc, Doc]) {
      const both = merge(clone(a), b);
      if (both.text !== merge(clone(b), a).text) throw new Error("automerge does not converge");
    },
  });
}
