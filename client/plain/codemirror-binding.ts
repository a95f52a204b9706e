// One CodeMirror view and its document: what is typed becomes an op by its changes, and what comes from elsewhere one
// transaction with exact changes, marked by `isRemote`.
//
// Nothing is dispatched while the view is updating: what comes then is shown in a microtask. A word that is being composed is
// held back for a while, and what others write waits with it. What no document takes stands in the editor no longer than
// until then. What has not been told to whom is `meeting.ts`.

import {
  Annotation,
  Compartment,
  EditorSelection,
  EditorState,
  type Extension,
  type Transaction,
} from "@codemirror/state";
import { type EditorView, type PluginValue, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Selection } from "../../ot/index.js";
import type { Clock } from "../../protocol/index.js";
import { whenLeaving } from "../leaving.js";
import type { Change } from "../types.js";
import { changesOf, opOf, repairOf } from "./changes.js";
import { Meeting, maxHoldMs, type PlainDocument } from "./meeting.js";

const remote = Annotation.define<Change["origin"]>();

/** Whether a transaction shows a change of the document, rather than making one. Such a one is not to be answered. */
export const isRemote = (tr: Transaction): boolean => tr.annotation(remote) !== undefined;

/** How long after the end of a composition its text has been read. */
const READ_AFTER_MS = 60;

const locked: Extension = [EditorState.readOnly.of(true)];
const open: Extension = [];

/** Keeps a view and `doc` together; read-only until `doc` is there and while it is not to be written. For one view. */
export function bindingOf(doc: PlainDocument, clock: Clock): Extension {
  const access = new Compartment();
  return [
    access.of(locked),
    // A change that is not the document's must be one that it takes.
    EditorState.changeFilter.of((tr) => isRemote(tr) || !tr.startState.readOnly),
    ViewPlugin.define((view) => new TextBinding(view, doc, access, clock), {
      eventHandlers: {
        compositionstart() {
          this.composes();
        },
        compositionend() {
          this.composed();
        },
      },
    }),
  ];
}

class TextBinding implements PluginValue {
  readonly #meeting: Meeting;
  readonly #stops: (() => void)[];
  #loaded = false;
  #destroyed = false;
  /** Where undo or redo puts the selection, until it is shown. */
  #restored: Selection | undefined;
  #origin: Change["origin"] = "remote";
  #asked = false;
  /** The editor shows something that no document takes. */
  #damaged = false;
  #cancelHold: (() => void) | undefined;
  #cancelEnd: (() => void) | undefined;
  /** The view is applying a transaction. */
  #updating = false;

  constructor(
    private readonly view: EditorView,
    private readonly doc: PlainDocument,
    private readonly access: Compartment,
    private readonly clock: Clock,
  ) {
    this.#meeting = new Meeting(doc);
    this.#stops = [
      doc.on("change", (change) => this.#hear(change)),
      doc.on("status", () => this.#soon()),
      whenLeaving(() => this.#loaded && this.#submit()),
    ];
    doc.ready.then(
      () => this.#soon(),
      () => {},
    );
  }

  update(update: ViewUpdate): void {
    if (!update.docChanged || !this.#loaded) return;
    const before = update.startState;
    let text = before.doc;
    let { main } = before.selection;
    for (const tr of update.transactions) {
      if (!tr.docChanged) continue;
      if (!isRemote(tr)) {
        const { op, damaged } = opOf(tr.changes, this.#meeting.shown, text, tr.newDoc);
        const selectionBefore = this.#meeting.selectionOf(main.anchor, main.head);
        this.#meeting.typed(op, selectionBefore);
        if (damaged) {
          this.#damaged = true;
          this.#soon();
        }
      }
      text = tr.newDoc;
      main = tr.newSelection.main;
    }
    if (!this.#meeting.isHolding) return;
    this.#meeting.selected(this.#meeting.selectionOf(main.anchor, main.head));
    if (this.view.composing) {
      // Half-made words are nobody else's business, for a while.
      this.#cancelHold ??= this.clock.after(maxHoldMs, () => this.#release());
      return;
    }
    this.#updating = true;
    this.#submit();
    this.#updating = false;
  }

  /** The browser says that a word is begun. */
  composes(): void {
    this.#meeting.wordBegins();
  }

  /** The browser says that a word is done; CodeMirror reads it a moment later. */
  composed(): void {
    this.#cancelEnd?.();
    this.#cancelEnd = this.clock.after(READ_AFTER_MS, () => {
      this.#meet();
      if (!this.view.composing) this.#meeting.wordEnds();
    });
  }

  destroy(): void {
    if (this.#loaded) this.#submit();
    this.#destroyed = true;
    this.#cancelHold?.();
    this.#cancelEnd?.();
    for (const stop of this.#stops) stop();
  }

  #hear(change: Change): void {
    if (!this.#loaded) return;
    if (!this.#meeting.heard(change, this)) return;
    this.#restored = change.selection;
    this.#origin = change.origin;
    if (this.#updating) this.#soon();
    else this.#meet();
  }

  /** Brings editor and document together when whatever is going on is over. */
  #soon(): void {
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      this.#meet();
    });
  }

  #meet(): void {
    if (this.#destroyed) return;
    if (!this.#loaded) this.#begin();
    if (this.#loaded) {
      if (!this.view.composing || this.#cancelHold === undefined) this.#submit();
      this.#repair();
      const { shown } = this.#meeting;
      if (this.#meeting.isBehind) this.#show(changesOf(this.#meeting.arriving(), shown), this.#origin);
    }
    this.#refresh();
  }

  /** It has been held back for long enough. */
  #release(): void {
    this.#cancelHold = undefined;
    this.#meet();
  }

  #begin(): void {
    const { doc } = this;
    if (doc.status === "loading" || doc.status === "fault") return;
    this.#loaded = true;
    const text = this.#meeting.begin().toString();
    const { length } = this.view.state.doc;
    this.#show({ from: 0, to: length, insert: text }, "replace");
  }

  #submit(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    try {
      this.#meeting.submit(this);
    } catch (error) {
      // The document has become closed to us since it was typed.
      console.error("interline: an edit could not be submitted and is taken back", error);
      this.#loaded = false;
      this.#soon();
    }
  }

  #show(changes: Parameters<EditorState["changes"]>[0], origin: Change["origin"]): void {
    const { view } = this;
    const restored = origin === "undo" || origin === "redo" ? this.#restored : undefined;
    this.#restored = undefined;
    const selection = restored && this.#selectionAt(restored);
    view.dispatch({
      changes: changes ?? [],
      annotations: remote.of(origin),
      ...(selection && { selection }),
      scrollIntoView: origin === "undo" || origin === "redo",
    });
  }

  #selectionAt({ anchor, head }: Selection): EditorSelection {
    const { shown } = this.#meeting;
    return EditorSelection.single(shown.utf16Of(anchor), shown.utf16Of(head));
  }

  /** What no document takes (half a surrogate pair, a control character) stands in the editor no longer than this. */
  #repair(): void {
    if (!this.#damaged) return;
    this.#damaged = false;
    const repair = repairOf(this.view.state.doc.toString(), this.#meeting.shown.toString());
    if (repair !== undefined) this.#show(repair, "rollback");
  }

  #refresh(): void {
    const readOnly = !this.doc.writable;
    if (readOnly === this.view.state.readOnly) return;
    this.view.dispatch({ effects: this.access.reconfigure(readOnly ? locked : open) });
  }
}
