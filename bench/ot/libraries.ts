// Every library behind one face: a document in memory that is edited at a place and read as text.
//
// Each is used as its documentation says an editor should use it, one edit at a time, with nobody listening; those that
// gather edits in transactions get one for each edit, as somebody who types causes them. They do not keep the same: the CRDT
// libraries keep in the document what merging takes, the others keep the document alone.

import { Text } from "@codemirror/state";
import { type as unicode } from "ot-text-unicode";
import { plainText, RichSnapshot, richText } from "../../ot/index.js";
import { installedVersion, peer, peerVersion } from "../peers.js";
import { GapBuffer } from "./gap-buffer.js";
import { plainOf, richOf } from "./sessions.js";

/** A text that somebody types in. */
export interface Typed {
  /** At `at`, takes out `removed` characters and puts in `inserted`. */
  edit(at: number, removed: number, inserted: string): void;
  text(): string;
}

export interface Library {
  readonly name: string;
  readonly version?: string;
  readonly open: (base: string) => Typed;
}

export const plainImmutable: Library = {
  name: "interline plain, immutable",
  open(base) {
    let snapshot = plainText.create(base);
    return {
      edit(at, removed, inserted) {
        snapshot = plainText.apply(snapshot, plainOf(at, removed, inserted));
      },
      text: () => snapshot.toString(),
    };
  },
};

export const richImmutable: Library = {
  name: "interline rich, immutable",
  open(base) {
    let snapshot = RichSnapshot.from([`\n${base}`]);
    return {
      edit(at, removed, inserted) {
        snapshot = richText.apply(snapshot, richOf(at, removed, inserted));
      },
      text: () => snapshot.toString().slice(1),
    };
  },
};

/** Immutable documents, as ours. */
export const codemirror: Library = {
  name: "@codemirror/state Text",
  version: installedVersion("@codemirror/state"),
  open(base) {
    let text = Text.of(base.split("\n"));
    return {
      edit(at, removed, inserted) {
        text = text.replace(at, at + removed, Text.of(inserted.split("\n")));
      },
      text: () => text.toString(),
    };
  },
};

/** On a JavaScript string, which is what it brings. */
export const textUnicode: Library = {
  name: "ot-text-unicode",
  version: installedVersion("ot-text-unicode"),
  open(base) {
    let text = base;
    return {
      edit(at, removed, inserted) {
        text = unicode.apply(text, plainOf(at, removed, inserted) as Parameters<typeof unicode.apply>[1]);
      },
      text: () => text,
    };
  },
};

interface Delta {
  retain(length: number): Delta;
  insert(text: string): Delta;
  delete(length: number): Delta;
  compose(other: Delta): Delta;
  readonly ops: readonly { readonly insert?: string }[];
}

/** The type that Quill's documents have in ShareDB. */
export async function quillDelta(): Promise<Library> {
  const { default: module } = (await import("rich-text" as string)) as {
    default: { Delta: new () => Delta; type: { apply(document: Delta, op: Delta): Delta } };
  };
  return {
    name: "rich-text (quill-delta)",
    version: installedVersion("rich-text"),
    open(base) {
      let document = new module.Delta().insert(base);
      return {
        edit(at, removed, inserted) {
          document = module.type.apply(
            document,
            new module.Delta().retain(at).insert(inserted).delete(removed),
          );
        },
        text: () => document.ops.map(({ insert }) => insert).join(""),
      };
    },
  };
}

export async function jsonJoy(): Promise<Library> {
  interface Str {
    ins(at: number, text: string): void;
    del(at: number, length: number): void;
    view(): string;
  }
  const { Model } = await peer<{
    Model: { create(): { api: { set(value: string): void; str(path: readonly []): Str } } };
  }>("json-joy/lib/json-crdt");
  return {
    name: "json-joy",
    version: peerVersion("json-joy"),
    open(base) {
      const model = Model.create();
      model.api.set(base);
      const text = model.api.str([]);
      return {
        edit(at, removed, inserted) {
          if (removed > 0) text.del(at, removed);
          if (inserted !== "") text.ins(at, inserted);
        },
        text: () => text.view(),
      };
    },
  };
}

export async function yjs(): Promise<Library> {
  interface YText {
    insert(at: number, text: string): void;
    delete(at: number, length: number): void;
    toString(): string;
  }
  const { Doc } = await peer<{
    Doc: new () => { getText(name: string): YText; transact(run: () => void): void };
  }>("yjs");
  return {
    name: "yjs",
    version: peerVersion("yjs"),
    open(base) {
      const doc = new Doc();
      const text = doc.getText("text");
      text.insert(0, base);
      return {
        edit(at, removed, inserted) {
          doc.transact(() => {
            if (removed > 0) text.delete(at, removed);
            if (inserted !== "") text.insert(at, inserted);
          });
        },
        text: () => text.toString(),
      };
    },
  };
}

export async function loro(): Promise<Library> {
  interface LoroText {
    insert(at: number, text: string): void;
    delete(at: number, length: number): void;
    toString(): string;
  }
  const { LoroDoc } = await peer<{ LoroDoc: new () => { getText(name: string): LoroText; commit(): void } }>(
    "loro-crdt",
  );
  return {
    name: "loro-crdt",
    version: peerVersion("loro-crdt"),
    open(base) {
      const doc = new LoroDoc();
      const text = doc.getText("text");
      text.insert(0, base);
      return {
        edit(at, removed, inserted) {
          if (removed > 0) text.delete(at, removed);
          if (inserted !== "") text.insert(at, inserted);
          doc.commit();
        },
        text: () => text.toString(),
      };
    },
  };
}

export async function automerge(): Promise<Library> {
  interface Doc {
    readonly text: string;
  }
  const { from, change, splice } = await peer<{
    from(value: Doc): Doc;
    change(doc: Doc, run: (draft: Doc) => void): Doc;
    splice(draft: Doc, path: readonly string[], at: number, removed: number, inserted: string): void;
  }>("@automerge/automerge");
  return {
    name: "@automerge/automerge",
    version: peerVersion("@automerge/automerge"),
    open(base) {
      let doc = from({ text: base });
      return {
        edit(at, removed, inserted) {
          doc = change(doc, (draft) => splice(draft, ["text"], at, removed, inserted));
        },
        text: () => doc.text,
      };
    },
  };
}

/** No library: the least that a text can cost. */
export const floor: Library = {
  name: "a gap buffer (floor)",
  open(base) {
    const text = new GapBuffer(base);
    return {
      edit: (at, removed, inserted) => text.edit(at, removed, inserted),
      text: () => text.toString(),
    };
  },
};
