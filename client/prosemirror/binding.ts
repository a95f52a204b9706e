// One editor and one shared document, kept the same: the edge that holds what changes.
//
//     editor ── take ──▶ local ── send ──▶ document            take: transactions → op (local.ts)
//     editor ◀── show ── remote ◀── hear ── document           show: op → transaction (remote.ts)
//
// Whichever side moves first, both ops meet in `Apart` (deferral.ts) and are carried past each other there. Nothing is
// sent before every change of the document has been heard of, nothing is shown before everything typed has been taken,
// and nothing is dispatched in the middle of somebody else's dispatch: that waits for a microtask. If the editor ends up
// with a document that it was not given, it is lost: it accepts no edits and is set anew from the document.

import { EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { type RichOp, type RichSnapshot, richText, transformPosition } from "../../ot/index.js";
import type { Clock } from "../../protocol/index.js";
import type { Change, SharedDocument } from "../types.js";
import { Composition, keepsBlock, type Urgency } from "./composition.js";
import { type Apart, edited, received, sent, shown, together } from "./deferral.js";
import { localChange } from "./local.js";
import { atomFromPM } from "./positions.js";
import { project, reproject, type View } from "./projection.js";
import { normalTransaction, remoteTransaction, selectionFromAtoms } from "./remote.js";
import { type Log, leadingTo } from "./transaction-log.js";
import { Typed } from "./typed.js";

/** What of a view the binding uses. */
export type Editor = Pick<
  EditorView,
  "state" | "composing" | "isDestroyed" | "dispatch" | "updateState" | "setProps"
>;

/** What the binding says about each of its transactions, under the plugin's key. */
export interface Origin {
  /** As in {@link Change}; `normal`: what was typed is now shown the way the document holds it. */
  readonly origin: Change["origin"] | "normal";
  readonly op: RichOp;
  /** User id and client id of whoever made the change; of several shown at once, the last one's. */
  readonly author: string;
  readonly src: string;
}

export interface BindingOptions {
  readonly clock: Clock;
  /** Marks a transaction as the binding's own. */
  readonly mark: (tr: Transaction, origin: Origin) => void;
  readonly log: (state: EditorState) => Log;
}

export class Binding {
  readonly #composition: Composition;
  readonly #typed = new Typed();
  #editor: Editor | undefined;
  #stops: readonly (() => void)[] = [];
  /** What the editor showed when it was last taken or shown something; undefined before it is loaded and while it is lost. */
  #shown: View | undefined;
  #apart: Apart = together;
  /** The document after the last of its changes that we have heard of, and that change. */
  #heard: RichSnapshot | undefined;
  #change: Change | undefined;
  /** Our own transaction, while it is dispatched. */
  #own: Transaction | undefined;
  /** We are in the middle of taking, sending or showing. */
  #busy = false;
  #wasEditable = false;

  constructor(
    readonly document: SharedDocument<RichSnapshot, RichOp>,
    private readonly options: BindingOptions,
  ) {
    this.#composition = new Composition(options.clock, (urgency) => this.#settle(urgency));
  }

  /** The editor's document up to which everything has been taken. */
  get settled() {
    return this.#shown?.doc;
  }

  get editable(): boolean {
    return this.#shown !== undefined && this.document.writable;
  }

  /** Whether a transaction may go through: to change the document, the editor must be loaded, and nothing of ours under way. */
  allows(tr: Transaction): boolean {
    if (!tr.docChanged || tr === this.#own) return true;
    if (this.#own === undefined) return this.editable;
    console.warn(
      "interline: a plugin answered somebody else's change with a change of its own; it is ignored",
    );
    return false;
  }

  attach(editor: Editor): void {
    if (this.#editor !== undefined)
      throw new Error("a collab plugin serves one editor; make another for another");
    this.#editor = editor;
    const { document } = this;
    this.#stops = [
      document.on("change", (change) => this.#hear(change)),
      document.on("status", () => this.#refreshEditable()),
    ];
    const goesOn = this.#shown?.doc === editor.state.doc && this.#heard === document.snapshot;
    if (goesOn) return;
    this.#shown = undefined;
    document.ready.then(
      () => this.#load(),
      () => this.#refreshEditable(),
    );
  }

  detach(): void {
    if (this.#editor !== undefined && this.#shown !== undefined && !this.#busy) {
      this.#take(this.#editor, this.#shown);
      this.#send();
    }
    this.#composition.stop();
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#editor = undefined;
  }

  /** The editor has another state. */
  update(before: EditorState): void {
    const editor = this.#editor;
    if (editor === undefined || this.#shown === undefined || this.#own !== undefined) return;
    const changed = editor.state.doc !== this.#shown.doc;
    if (editor.composing) {
      if (before.doc === this.#shown.doc) this.#composition.begin(before.doc, before.selection);
      if (changed) this.#composition.hold();
      else if (this.#isElsewhere(editor.state)) this.#soon("now");
    } else if (changed) {
      this.#take(editor, this.#shown);
      this.#send();
      this.#soon();
    } else if (this.#composition.extent !== undefined) this.#soon();
  }

  compositionEnded(): void {
    this.#composition.ended();
  }

  /** Undoes or redoes one's last step; the selection goes back to where it was. */
  reverse(which: "undo" | "redo"): boolean {
    this.#settle("now");
    return this.document[which]();
  }

  #hear(change: Change): void {
    if (this.#shown === undefined) return;
    if (change.before !== this.#heard) {
      this.#lose();
      return;
    }
    // This event is told by a document of rich text.
    this.#heard = change.after as RichSnapshot;
    if (change.source === this) {
      this.#soon();
      return;
    }
    this.#apart = received(this.#apart, change.op as RichOp);
    this.#change = change;
    const inDispatch = this.#editor?.state.doc !== this.#shown.doc && this.#editor?.composing !== true;
    if (this.#busy || inDispatch) this.#soon();
    else this.#settle();
  }

  /** Settles when whatever is going on is over. */
  #soon(urgency: Urgency = "free"): void {
    queueMicrotask(() => this.#settle(urgency));
  }

  /** Brings editor and document together, as far as the moment allows. */
  #settle(urgency: Urgency = "free"): void {
    const editor = this.#editor;
    if (editor === undefined || editor.isDestroyed || this.#shown === undefined || this.#busy) return;
    if (!editor.composing) this.#composition.stop();
    this.#take(editor, this.#shown);
    if (!editor.composing || urgency !== "free") this.#send();
    this.#show(editor, editor.composing && urgency !== "now");
  }

  /** What was typed since the last time, as an op. */
  #take(editor: Editor, was: View): void {
    const { state } = editor;
    if (state.doc === was.doc) return;
    const entries = leadingTo(this.options.log(state), was.doc, state.doc);
    const { op, view } = localChange(was, state.doc, this.#typed.places(entries, state));
    this.#shown = view;
    if (op.length === 0) return;
    this.#typed.add(entries, state, { op, before: was, after: view });
    this.#apart = edited(this.#apart, op);
  }

  #send(): void {
    const { local, remote } = this.#apart;
    if (local.length === 0 || this.#heard !== this.document.snapshot) return;
    const { op, apart } = sent(this.#apart);
    this.#apart = apart;
    this.#composition.sent(local);
    const options = this.#typed.take(remote, apart.remote);
    this.#busy = true;
    try {
      this.document.submit(op, { ...options, source: this });
    } catch (error) {
      // The document has become closed to us since it was typed, or the editor holds what no document may.
      console.error("interline: an edit could not be submitted and is taken back", error);
      this.#lose();
    } finally {
      this.#busy = false;
    }
  }

  #show(editor: Editor, composing: boolean): void {
    const was = this.#shown;
    if (was === undefined) return;
    if (editor.state.doc !== was.doc) {
      // Not in normal form. In the middle of a word it stays as it is.
      if (!composing) this.#dispatch(editor, normalTransaction(editor.state, was.doc), was, [], "normal");
      if (this.#shown !== undefined && !composing) this.#show(editor, composing);
      return;
    }
    if (this.#apart.remote.length === 0) return;
    if (composing) this.#composition.begin(was.doc, editor.state.selection);
    const { op, apart, except } = shown(this.#apart, composing ? this.#composition.extent : undefined);
    const snapshot = richText.apply(was.snapshot, op);
    const doc = reproject(was, op, snapshot);
    if (except !== undefined && !this.#mayCompose(was, doc, op)) {
      this.#composition.wait();
      return;
    }
    this.#apart = apart;
    if (except !== undefined) this.#composition.moved(except);
    if (apart.remote.length > 0) this.#composition.wait();
    const tr = remoteTransaction(editor.state, op, doc, { composing: editor.composing });
    this.#dispatch(
      editor,
      this.#reselect(tr),
      { snapshot, doc: tr.doc },
      op,
      this.#change?.origin ?? "remote",
    );
  }

  /** Whether the caret has left the block being composed. */
  #isElsewhere({ doc, selection }: EditorState): boolean {
    return this.#composition.isLeftBy(atomFromPM(doc, selection.head), this.#apart.local);
  }

  /** Whether the block being composed stays as it is. */
  #mayCompose(was: View, doc: View["doc"], op: RichOp): boolean {
    const { extent } = this.#composition;
    if (extent === undefined) return true;
    return keepsBlock(was.doc, doc, op, transformPosition(extent.to, this.#apart.local, "after") - 1);
  }

  /** Undo and redo show where they worked. */
  #reselect(tr: Transaction): Transaction {
    const { selection, origin } = this.#change ?? {};
    if (origin !== "undo" && origin !== "redo") return tr;
    const inStep = this.#apart.local.length === 0 && this.#apart.remote.length === 0;
    if (selection !== undefined && inStep) tr.setSelection(selectionFromAtoms(tr.doc, selection));
    return tr.scrollIntoView();
  }

  #dispatch(editor: Editor, tr: Transaction, view: View, op: RichOp, origin: Origin["origin"]): void {
    this.#shown = view;
    const { author = "", src = "" } = this.#change ?? {};
    this.#change = undefined;
    if (!tr.docChanged && !tr.selectionSet) return;
    this.options.mark(tr, { origin, op, author, src });
    this.#own = tr;
    this.#busy = true;
    try {
      editor.dispatch(tr);
    } finally {
      this.#own = undefined;
      this.#busy = false;
    }
    // Somebody's filter has swallowed it, or somebody's dispatch has done something else.
    if (!editor.isDestroyed && editor.state.doc !== view.doc) this.#lose();
  }

  #lose(): void {
    this.#shown = undefined;
    queueMicrotask(() => this.#load());
  }

  /** Sets the editor anew from the document: no transaction, so there is nothing to undo or to answer. */
  #load(): void {
    const editor = this.#editor;
    if (editor === undefined || editor.isDestroyed || this.#shown !== undefined) return;
    const { snapshot } = this.document;
    const doc = project(snapshot);
    this.#heard = snapshot;
    this.#shown = { snapshot, doc };
    this.#apart = together;
    this.#typed.clear();
    this.#composition.stop();
    editor.updateState(EditorState.create({ doc, plugins: [...editor.state.plugins] }));
    this.#refreshEditable();
  }

  /** The view reads `editable` when it is updated. */
  #refreshEditable(): void {
    queueMicrotask(() => {
      if (this.#editor === undefined || this.#editor.isDestroyed || this.editable === this.#wasEditable)
        return;
      this.#wasEditable = this.editable;
      this.#editor.setProps({});
    });
  }
}
