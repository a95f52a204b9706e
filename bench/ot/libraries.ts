// Every library behind one face: a document in memory that is edited at a place and read as text.
//
// Each is used as its documentation says an editor should use it, one edit at a time, with nobody listening, and is given
// the edits in the form that it takes: ops, changes, or places and texts, which are made beforehand. Those that
// gather edits in transactions get one for each edit, as somebody who types causes them. They do not keep the same: the CRDT
// libraries keep in the document what merging takes, the others keep the document alone.

import { EditorState, Text } from "@codemirror/state";
import { type as unicode } from "ot-text-unicode";
import { type PlainOp, plainText, type RichOp, RichSnapshot, richText } from "../../ot/index.js";
import { installedVersion, peer, peerVersion } from "../peers.js";
import { GapBuffer } from "./gap-buffer.js";
import { type Edit, plainOf, richOf } from "./sessions.js";

/** A text that somebody types in. */
export interface Typed<E> {
  edit(edit: E): void;
  /** What is left to do before somebody may look, if anything. */
  settle?(): void;
  text(): string;
}

export interface Library<E = Edit> {
  readonly name: string;
  readonly version?: string;
  /** An edit as the library takes it; made before anything is timed. */
  readonly given: (edit: Edit) => E;
  readonly open: (base: string) => Typed<E>;
}

const asIs = (edit: Edit): Edit => edit;

export const plainImmutable: Library<PlainOp> = {
  name: "interline plain, immutable",
  given: plainOf,
  open(base) {
    let snapshot = plainText.create(base);
    return {
      edit(op) {
        snapshot = plainText.apply(snapshot, op);
      },
      text: () => snapshot.toString(),
    };
  },
};

export const richImmutable: Library<RichOp> = {
  name: "interline rich, immutable",
  given: richOf,
  open(base) {
    let snapshot = RichSnapshot.from([`\n${base}`]);
    return {
      edit(op) {
        snapshot = richText.apply(snapshot, op);
      },
      text: () => snapshot.toString().slice(1),
    };
  },
};

export const plainTransient: Library<PlainOp> = {
  name: "interline plain, transient",
  given: plainOf,
  open(base) {
    const transient = plainText.create(base).transient();
    return {
      edit: (op) => transient.apply(op),
      settle: () => transient.freeze(),
      text: () => transient.freeze().toString(),
    };
  },
};

export const richTransient: Library<RichOp> = {
  name: "interline rich, transient",
  given: richOf,
  open(base) {
    const transient = RichSnapshot.from([`\n${base}`]).transient();
    return {
      edit: (op) => transient.apply(op),
      settle: () => transient.freeze(),
      text: () => transient.freeze().toString().slice(1),
    };
  },
};

/** Immutable documents, as ours; the text alone, which is the least of what it does for an edit. */
export const codemirror: Library<{ from: number; to: number; text: Text }> = {
  name: "@codemirror/state Text",
  version: installedVersion("@codemirror/state"),
  given: ({ at, removed, inserted }) => ({
    from: at,
    to: at + removed,
    text: inserted === "" ? Text.empty : Text.of(inserted.split("\n")),
  }),
  open(base) {
    let whole = Text.of(base.split("\n"));
    return {
      edit({ from, to, text }) {
        whole = whole.replace(from, to, text);
      },
      text: () => whole.toString(),
    };
  },
};

/** The same with what an editor keeps beside the text. */
export const codemirrorState: Library<{ from: number; to: number; insert: string }> = {
  name: "@codemirror/state EditorState",
  version: installedVersion("@codemirror/state"),
  given: ({ at, removed, inserted }) => ({ from: at, to: at + removed, insert: inserted }),
  open(base) {
    let state = EditorState.create({ doc: base });
    return {
      edit(changes) {
        state = state.update({ changes }).state;
      },
      text: () => state.doc.toString(),
    };
  },
};

/** On a JavaScript string, which is what it brings. */
export const textUnicode: Library<PlainOp> = {
  name: "ot-text-unicode",
  version: installedVersion("ot-text-unicode"),
  given: plainOf,
  open(base) {
    let text = base;
    return {
      edit(op) {
        text = unicode.apply(text, op as Parameters<typeof unicode.apply>[1]);
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
export async function quillDelta(): Promise<Library<Delta>> {
  const { default: module } = (await import("rich-text" as string)) as {
    default: { Delta: new () => Delta; type: { apply(document: Delta, op: Delta): Delta } };
  };
  return {
    name: "rich-text (quill-delta)",
    version: installedVersion("rich-text"),
    given: ({ at, removed, inserted }) => new module.Delta().retain(at).insert(inserted).delete(removed),
    open(base) {
      let document = new module.Delta().insert(base);
      return {
        edit(delta) {
          document = module.type.apply(document, delta);
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
    Model: { create(): { api: { set(value: string): void; str(path: readonly []): Str; flush(): void } } };
  }>("json-joy/lib/json-crdt");
  return {
    name: "json-joy",
    version: peerVersion("json-joy"),
    given: asIs,
    open(base) {
      const model = Model.create();
      model.api.set(base);
      const text = model.api.str([]);
      return {
        edit({ at, removed, inserted }) {
          if (removed > 0) text.del(at, removed);
          if (inserted !== "") text.ins(at, inserted);
          // Otherwise the patches of the whole session pile up, which takes longer.
          model.api.flush();
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
    given: asIs,
    open(base) {
      const doc = new Doc();
      const text = doc.getText("text");
      text.insert(0, base);
      return {
        edit({ at, removed, inserted }) {
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
    given: asIs,
    open(base) {
      const doc = new LoroDoc();
      const text = doc.getText("text");
      text.insert(0, base);
      return {
        edit({ at, removed, inserted }) {
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
    given: asIs,
    open(base) {
      let doc = from({ text: base });
      return {
        edit({ at, removed, inserted }) {
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
  given: asIs,
  open(base) {
    const text = new GapBuffer(base);
    return {
      edit: ({ at, removed, inserted }) => text.edit(at, removed, inserted),
      text: () => text.toString(),
    };
  },
};
