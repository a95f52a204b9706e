// Where the caret was, kept beside what is unsent, so that a page that comes back after its app was stopped puts it where
// its owner left it. It is written a moment after it moved, and when the page is about to go.

import type { EditorView } from "prosemirror-view";
import type { Selection } from "../../../ot/index.js";
import { type Clock, systemClock, type Version } from "../../../protocol/index.js";
import { carrying, putBack, watch } from "../../carried.js";
import type { SharedDocument } from "../../types.js";
import type { StorageAdapter } from "../../webview/index.js";
import { atomsOfSelection, selectionFromAtoms } from "../remote.js";

/** A caret, and the version of the document that it is of: with what was unsent of it, all of which was stored before. */
export interface KeptCaret extends Selection {
  readonly version?: Version;
}

/** Somewhere a place can be kept, for one document. What it rejects with is of no consequence: there is no caret then. */
export interface CaretStore {
  load(): Promise<KeptCaret | undefined>;
  save(caret: KeptCaret): Promise<void>;
}

/** What the app's storage files the carets of all documents under: a name that no document can have. */
const CARETS = "_carets";
/** Of so many documents the caret is remembered. */
const REMEMBERED = 100;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checked(value: unknown): KeptCaret | undefined {
  const given = (typeof value === "object" && value !== null ? value : {}) as Partial<KeptCaret>;
  const { anchor, head, version } = given;
  if (!isCount(anchor) || !isCount(head)) return undefined;
  return { anchor, head, ...(isCount(version) && { version }) };
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
    save: ({ anchor, head, version = 0 }) =>
      storage.commit({ doc: CARETS, put: { [doc]: { anchor, head, version, at: clock.now() } } }),
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
    save: async (caret) => storage().setItem(key, JSON.stringify(caret)),
  };
}

const SAVE_AFTER_MS = 300;

export class CaretKeeper {
  #stopTimer: (() => void) | undefined;
  #last: Selection | undefined;
  /** What is there is being looked at, or has been: until then nothing is written over it. */
  #restored: Promise<void> | undefined;
  /** While the document is not at the version that the caret was kept of, nothing is written over that. */
  #put: ReturnType<typeof putBack> | undefined;
  /** A writing that is still to read where the caret is. */
  #next: Promise<void> | undefined;

  constructor(
    private readonly view: EditorView,
    private readonly doc: Pick<SharedDocument, "on" | "version" | "stored">,
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
    const since = carrying(doc);
    // The editor is given the document in this same turn.
    await new Promise<void>((resolve) => clock.after(0, resolve));
    const editor = {
      selected: () => this.#selected(),
      select: (place: Selection) => this.#select(place),
    };
    const untouched = watch(doc, editor);
    const kept = await store.load().catch(() => undefined);
    untouched.stop();
    if (kept === undefined || view.isDestroyed || !untouched.isThere()) return since.stop();
    const { head, version } = kept;
    this.#put = putBack(doc, editor, since, { selection: { anchor: head, head }, version });
  }

  #selected(): Selection {
    const { doc, selection } = this.view.state;
    return atomsOfSelection(doc, selection);
  }

  #select(place: Selection): void {
    const { view } = this;
    const selection = selectionFromAtoms(view.state.doc, place);
    view.dispatch(view.state.tr.setSelection(selection).scrollIntoView().setMeta("addToHistory", false));
  }

  /** The selection or the document has changed. */
  moved(): void {
    this.#stopTimer ??= this.clock.after(SAVE_AFTER_MS, () => void this.flush());
  }

  /**
   * Writes it, now or as soon as what is there has been looked at and all that it stands in is stored. Never rejects: that it
   * cannot be kept is told by the outbox, which shares its place.
   */
  flush(): Promise<void> {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#restored === undefined) return Promise.resolve();
    this.#next ??= this.#write(this.#restored).catch(() => {});
    return this.#next;
  }

  async #write(restored: Promise<void>): Promise<void> {
    // If the document is closed before that, there is nothing that the caret could be said to stand in.
    await Promise.all([restored, this.doc.stored()]).finally(() => {
      this.#next = undefined;
    });
    if (this.view.isDestroyed || this.#put?.isWaiting() === true) return;
    const selected = this.#selected();
    if (this.#last?.anchor === selected.anchor && this.#last.head === selected.head) return;
    this.#last = selected;
    await this.store.save({ ...selected, version: this.doc.version }).catch(() => {
      this.#last = undefined;
    });
  }

  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#put?.stop();
  }
}
