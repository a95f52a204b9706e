// Libraries that keep a history in a document, behind one face: a session goes in, and what it keeps comes out as bytes.

import { peer, peerVersion } from "../peers.js";
import type { Styled } from "./formatted.js";

export interface Keeper {
  readonly name: string;
  readonly version: string;
  /** @param began  milliseconds since the Unix epoch */
  keep(edits: readonly Styled[], began: number): Uint8Array;
}

/** @param each  whether every edit is a change of its own, with its time; else all are one */
export async function automergeKeeper(name: string, each: boolean): Promise<Keeper> {
  interface Doc {
    readonly text: string;
  }
  interface Range {
    readonly start: number;
    readonly end: number;
    readonly expand: "none";
  }
  const path = ["text"];
  const { from, change, splice, mark, unmark, save } = await peer<{
    from(value: Doc): Doc;
    change(doc: Doc, options: { readonly time: number }, run: (draft: Doc) => void): Doc;
    splice(draft: Doc, path: readonly string[], at: number, removed: number, inserted: string): void;
    mark(draft: Doc, path: readonly string[], range: Range, name: string, value: unknown): void;
    unmark(draft: Doc, path: readonly string[], range: Range, name: string): void;
    save(doc: Doc): Uint8Array;
  }>("@automerge/automerge");
  const edit = (draft: Doc, { at, removed, inserted, styled }: Styled) => {
    if (styled === undefined) return splice(draft, path, at, removed, inserted);
    const range = { start: at, end: at + styled.length, expand: "none" } as const;
    if (styled.bold) mark(draft, path, range, "b", true);
    else unmark(draft, path, range, "b");
  };
  return {
    name,
    version: peerVersion("@automerge/automerge"),
    keep(edits, began) {
      let doc = from({ text: "" });
      if (!each) {
        doc = change(doc, { time: began / 1000 }, (draft) => {
          for (const one of edits) edit(draft, one);
        });
        return save(doc);
      }
      let time = began;
      for (const one of edits) {
        time += one.afterMs;
        doc = change(doc, { time: Math.floor(time / 1000) }, (draft) => edit(draft, one));
      }
      return save(doc);
    },
  };
}

/** @param gc  whether what was deleted is thrown away, as is usual; then it is no history any more */
export async function yjsKeeper(name: string, gc: boolean): Promise<Keeper> {
  interface YText {
    insert(at: number, text: string): void;
    delete(at: number, length: number): void;
    format(at: number, length: number, attributes: object): void;
  }
  interface YDoc {
    getText(name: string): YText;
    transact(run: () => void): void;
  }
  const { Doc, encodeStateAsUpdate, encodeStateAsUpdateV2 } = await peer<{
    Doc: new (options: { readonly gc: boolean }) => YDoc;
    encodeStateAsUpdate(doc: YDoc): Uint8Array;
    encodeStateAsUpdateV2(doc: YDoc): Uint8Array;
  }>("yjs");
  return {
    name,
    version: peerVersion("yjs"),
    keep(edits) {
      const doc = new Doc({ gc });
      const text = doc.getText("text");
      for (const { at, removed, inserted, styled } of edits)
        doc.transact(() => {
          if (removed > 0) text.delete(at, removed);
          if (inserted !== "") text.insert(at, inserted);
          if (styled !== undefined) text.format(at, styled.length, { b: styled.bold ? true : null });
        });
      const [one, two] = [encodeStateAsUpdate(doc), encodeStateAsUpdateV2(doc)];
      return one.length < two.length ? one : two;
    },
  };
}

/** @param each  whether every edit is a commit of its own, with its time */
export async function loroKeeper(name: string, each: boolean): Promise<Keeper> {
  interface LoroText {
    insert(at: number, text: string): void;
    delete(at: number, length: number): void;
    mark(range: { readonly start: number; readonly end: number }, key: string, value: unknown): void;
    unmark(range: { readonly start: number; readonly end: number }, key: string): void;
  }
  interface LoroDoc {
    setChangeMergeInterval(seconds: number): void;
    configTextStyle(styles: object): void;
    getText(name: string): LoroText;
    commit(options?: { readonly timestamp: number }): void;
    export(how: { readonly mode: "update" | "snapshot" }): Uint8Array;
  }
  const { LoroDoc } = await peer<{ LoroDoc: new () => LoroDoc }>("loro-crdt");
  return {
    name,
    version: peerVersion("loro-crdt"),
    keep(edits, began) {
      const doc = new LoroDoc();
      // Commits that are closer are made one, and only the first has a time.
      if (each) doc.setChangeMergeInterval(0);
      doc.configTextStyle({ b: { expand: "none" } });
      const text = doc.getText("text");
      let time = began;
      for (const { at, removed, inserted, styled, afterMs } of edits) {
        time += afterMs;
        if (removed > 0) text.delete(at, removed);
        if (inserted !== "") text.insert(at, inserted);
        const range = { start: at, end: at + (styled?.length ?? 0) };
        if (styled?.bold === true) text.mark(range, "b", true);
        if (styled?.bold === false) text.unmark(range, "b");
        if (each) doc.commit({ timestamp: Math.floor(time / 1000) });
      }
      doc.commit();
      const [updates, snapshot] = [doc.export({ mode: "update" }), doc.export({ mode: "snapshot" })];
      return updates.length < snapshot.length ? updates : snapshot;
    },
  };
}

/** It has no history, and of text no formatting: that is left out. */
export async function jsonJoyKeeper(name: string): Promise<Keeper> {
  interface Str {
    ins(at: number, text: string): void;
    del(at: number, length: number): void;
  }
  const { Model } = await peer<{
    Model: {
      create(): {
        api: { set(value: string): void; str(path: readonly []): Str; flush(): void };
        toBinary(): Uint8Array;
      };
    };
  }>("json-joy/lib/json-crdt");
  return {
    name,
    version: peerVersion("json-joy"),
    keep(edits) {
      const model = Model.create();
      model.api.set("");
      const text = model.api.str([]);
      for (const { at, removed, inserted } of edits) {
        if (removed > 0) text.del(at, removed);
        if (inserted !== "") text.ins(at, inserted);
      }
      return model.toBinary();
    },
  };
}
