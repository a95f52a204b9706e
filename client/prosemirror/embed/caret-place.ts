// Where the caret was, kept beside what is unsent, so that a page that comes back after its app was stopped puts it where
// its owner left it. It is written a moment after it moved, and when the page is about to go.

import type { EditorView } from "prosemirror-view";
import type { Selection } from "../../../ot/index.js";
import { type Clock, systemClock } from "../../../protocol/index.js";
import { carrying } from "../../carried.js";
import type { SharedDocument } from "../../types.js";
import type { StorageAdapter } from "../../webview/index.js";
import { atomsOfSelection, selectionFromAtoms } from "../remote.js";

/** Somewhere a place can be kept, for one document. What it rejects with is of no consequence: there is no caret then. */
export interface CaretStore {
  load(): Promise<Selection | undefined>;
  save(selection: Selection): Promise<void>;
}

/** What the app's storage files the carets of all documents under: a name that no document can have. */
const CARETS = "_carets";
/** Of so many documents the caret is remembered. */
const REMEMBERED = 100;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checked(value: unknown): Selection | undefined {
  const { anchor, head } = (typeof value === "object" && value !== null ? value : {}) as Partial<Selection>;
  return isCount(anchor) && isCount(head) ? { anchor, head } : undefined;
}

const timeOf = (entry: unknown): number => {
  const { at } = (entry ?? {}) as { readonly at?: unknown };
  return typeof at === "number" ? at : 0;
};

/** In the app's storage, through the bridge; those that have not been moved for longest are forgotten. */
export function hostCaretStore(
  storage: Pick<StorageAdapter, "load" | "commit">,
  doc: string,
  clock: Pick<Clock, "now"> = systemClock,
): CaretStore {
  return {
    async load() {
      const entries = (await storage.load(CARETS)) ?? {};
      const byAge = Object.keys(entries).sort((a, b) => timeOf(entries[b]) - timeOf(entries[a]));
      const remove = byAge.slice(REMEMBERED);
      if (remove.length > 0) await storage.commit({ doc: CARETS, remove });
      return checked(entries[doc]);
    },
    save: ({ anchor, head }) =>
      storage.commit({ doc: CARETS, put: { [doc]: { anchor, head, at: clock.now() } } }),
  };
}

/**
 * In what a browser keeps for a page.
 *
 * @param storage  gives it; a browser may refuse even that, to a page in a frame for one, and then nothing is kept
 */
export function webCaretStore(storage: () => Pick<Storage, "getItem" | "setItem">, doc: string): CaretStore {
  const key = `interline:caret:${doc}`;
  return {
    load: async () => checked(JSON.parse(storage().getItem(key) ?? "null")),
    save: async (selection) => storage().setItem(key, JSON.stringify(selection)),
  };
}

const SAVE_AFTER_MS = 300;

export class CaretKeeper {
  #stop: (() => void) | undefined;
  #last: Selection | undefined;
  /** What is there is being looked at, or has been: until then nothing is written over it. */
  #restored: Promise<void> | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly doc: Pick<SharedDocument, "on">,
    private readonly store: CaretStore,
    private readonly clock: Clock,
  ) {}

  /**
   * To be called in the turn in which the document is there. Puts the caret where it was, unless its owner has been faster. Does
   * not take the focus. What was selected is not selected again: the text may be others' by now, and one key would replace it.
   */
  restore(): Promise<void> {
    this.#restored = this.#restore();
    return this.#restored;
  }

  async #restore(): Promise<void> {
    const { view, store, doc, clock } = this;
    const fromStore = carrying(doc);
    // The editor is given the document in this same turn.
    await new Promise<void>((resolve) => clock.after(0, resolve));
    const fromShown = carrying(doc);
    const before = atomsOfSelection(view.state.doc, view.state.selection);
    const kept = await store.load().catch(() => undefined);
    for (const { stop } of [fromStore, fromShown]) stop();
    if (kept === undefined || view.isDestroyed) return;
    const now = atomsOfSelection(view.state.doc, view.state.selection);
    const { anchor, head } = fromShown.now(before);
    if (now.anchor !== anchor || now.head !== head) return;
    const place = fromStore.now({ anchor: kept.head, head: kept.head });
    const selection = selectionFromAtoms(view.state.doc, place);
    view.dispatch(view.state.tr.setSelection(selection).scrollIntoView().setMeta("addToHistory", false));
  }

  /** The selection or the document has changed. */
  moved(): void {
    this.#stop ??= this.clock.after(SAVE_AFTER_MS, () => void this.flush());
  }

  /**
   * Writes it, now or as soon as what is there has been looked at. Never rejects: that it cannot be kept is told by the outbox,
   * which shares its place.
   */
  async flush(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#restored === undefined) return;
    await this.#restored;
    if (this.view.isDestroyed) return;
    const { anchor, head } = atomsOfSelection(this.view.state.doc, this.view.state.selection);
    if (this.#last?.anchor === anchor && this.#last.head === head) return;
    this.#last = { anchor, head };
    await this.store.save(this.#last).catch(() => {});
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
