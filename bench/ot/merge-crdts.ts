// The merge of two people's edits by CRDT libraries, which exchange what they have: each side has typed in a copy of one text, and
// takes in what the other has. What each side typed is made beforehand and not timed; that both come out the same is demanded.

import { peer, peerVersion } from "../peers.js";
import { type Candidate, candidate } from "./frame.js";
import type { Edit } from "./sessions.js";

/** What both have typed on the same text. */
export interface Apart {
  readonly base: string;
  readonly mine: readonly Edit[];
  readonly theirs: readonly Edit[];
}

/** Those that are timed; `few`: the merge is small enough for the slow ones as well. */
export const crdts = (apart: Apart, few: boolean): Promise<Candidate<never>[]> =>
  Promise.all([yjs, loro, ...(few ? [jsonJoy, automerge] : [])].map((library) => library(apart)));

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
