// What goes to and fro between one editor and one shared document, from when the editor shows the document until it is
// closed or lost.
//
//     editor ── take ──▶ local ── send ──▶ document            take: transactions → op (local.ts)
//     editor ◀── show ── remote ◀── hear ── document           show: op → transaction (remote.ts)
//
// Whichever side moves first, both ops meet in `Apart` (deferral.ts) and are carried past each other there. Nothing is
// sent before every change of the document has been heard of, nothing is shown before everything typed has been taken,
// and nothing is dispatched in the middle of somebody else's dispatch: that waits for a microtask.

import type { EditorState, Transaction } from "prosemirror-state";
import { type RichOp, type RichSnapshot, richText, transformPosition } from "../../ot/index.js";
import type { Clock } from "../../protocol/index.js";
import type { Change, SharedDocument } from "../types.js";
import { readCaret } from "./caret-now.js";
import { Composition, keepsBlock, type Urgency } from "./composition.js";
import { type Apart, edited, inDocument, inView, received, sent, shown, together } from "./deferral.js";
import type { Editor, Origin } from "./editor.js";
import { localChange } from "./local.js";
import { atomFromPM } from "./positions.js";
import { reproject, type View } from "./projection.js";
import { normalTransaction, remoteTransaction, selectionFromAtoms } from "./remote.js";
import { type Log, leadingTo } from "./transaction-log.js";
import { Typed } from "./typed.js";

export interface ExchangeOptions {
  readonly editor: Editor;
  readonly document: SharedDocument<RichSnapshot, RichOp>;
  /** The document as it is, which the editor is about to show. */
  readonly view: View;
  readonly clock: Clock;
  /** Marks a transaction as ours. */
  readonly mark: (tr: Transaction, origin: Origin) => void;
  readonly log: (state: EditorState) => Log;
  /** Whether a state is one that shows this document: what is in any other was not typed. */
  readonly isOurs: (state: EditorState) => boolean;
  /** The editor does not show what it was given, or an edit cannot be submitted: nothing here is to be used any more. */
  readonly lost: () => void;
  /** A plugin has changed what the editor shows although nothing had happened; that is taken back. */
  readonly unasked: () => void;
}

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #editor: Editor;
  readonly #composition: Composition;
  readonly #typed = new Typed();
  /** What the editor showed when it was last taken from or shown something. */
  #shown: View;
  #apart: Apart = together;
  /** The document after the last of its changes that we have heard of, and the last of them that is not shown yet. */
  #heard: RichSnapshot;
  #change: Change | undefined;
  /** Our own transaction, while it is dispatched. */
  #own: Transaction | undefined;
  /** We are submitting or dispatching. */
  #busy = false;
  /** What we are submitting, until we hear of it. */
  #submitting: RichOp | undefined;
  #closed = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#editor = options.editor;
    this.#shown = options.view;
    this.#heard = options.document.snapshot;
    this.#composition = new Composition(options.clock, (urgency) => this.settle(urgency));
  }

  /** The editor's document up to which everything has been taken, and the snapshot that it shows. */
  get shown(): View {
    return this.#shown;
  }

  /** Our own transaction, while it is dispatched; nobody else may change the document then. */
  get own(): Transaction | undefined {
    return this.#own;
  }

  /** Where a position of the document, in atoms, is in the editor now. */
  inView(position: number): number {
    return inView(this.#now(), position);
  }

  /** Where a position in the editor, in atoms, is in the document now. */
  inDocument(position: number): number {
    return inDocument(this.#now(), position);
  }

  /** With what is typed and was not looked at yet, if nobody is in the middle of something. */
  #now(): Apart {
    if (!this.#busy && !this.#isOver) this.#take();
    return this.#apart;
  }

  /** Also as soon as the editor has another state, of which plugins hear one after the other, and we perhaps last. */
  get #isOver(): boolean {
    return this.#closed || this.#editor.isDestroyed || !this.#options.isOurs(this.#editor.state);
  }

  /** @param takes  what the editor shows is what was typed, and no other document's or nobody's */
  close(takes: boolean): void {
    if (!this.#closed) {
      // In the middle of our own dispatch nobody has typed, and the editor may not show yet what we do.
      if (takes && this.#own === undefined) this.#take();
      // In the middle of our own submitting, that is what we would hear of next.
      if (this.#submitting !== undefined) this.#heard = richText.apply(this.#heard, this.#submitting);
      this.#send();
    }
    this.#closed = true;
    this.#composition.stop();
  }

  /** The editor has another state. */
  update(before: EditorState): void {
    if (this.#own !== undefined || this.#closed) return;
    const { state, composing } = this.#editor;
    const changed = state.doc !== this.#shown.doc;
    if (composing) {
      if (before.doc === this.#shown.doc) this.#composition.begin(before.doc, before.selection);
      if (changed) this.#take();
      // Whoever writes elsewhere has done with the word, whatever the browser has said of it so far.
      if (this.#isElsewhere(state)) this.#soon("now");
      else if (changed) this.#composition.hold();
    } else if (changed) {
      this.#take();
      if (this.#hasHeardAll) this.#send();
      this.#soon();
    } else if (this.#composition.extent !== undefined) this.#soon();
  }

  compositionEnded(): void {
    this.#composition.ended();
  }

  /** The document has changed. */
  hear(change: Change): void {
    if (this.#closed) return;
    if (!this.#isHeard(change.before as RichSnapshot)) {
      this.#lose();
      return;
    }
    // The document is one of rich text, and so is what it tells.
    this.#heard = change.after as RichSnapshot;
    if (change.source === this) {
      this.#submitting = undefined;
      this.#soon();
      return;
    }
    this.#apart = received(this.#apart, change.op as RichOp);
    this.#change = change;
    const inDispatch = this.#editor.state.doc !== this.#shown.doc && !this.#editor.composing;
    if (this.#busy || inDispatch) this.#soon();
    else this.settle("show");
  }

  /**
   * Whether no change is waiting to be told, also of those that come to nothing together: what is typed while they are told
   * would be taken for typed before them. After a change without effect, which is not told, this says no for once.
   */
  get #hasHeardAll(): boolean {
    return this.#heard === this.#options.document.snapshot;
  }

  /** Whether nothing has happened to the document that we have not heard of. Changes without effect are not told. */
  #isHeard(snapshot: RichSnapshot): boolean {
    return this.#heard === snapshot || this.#heard.equals(snapshot);
  }

  /** Brings editor and document together when whatever is going on is over. */
  #soon(urgency: Urgency = "free"): void {
    queueMicrotask(() => this.settle(urgency));
  }

  /** Brings editor and document together, as far as the moment allows. */
  settle(urgency: Urgency): void {
    if (this.#busy || this.#isOver) return;
    const { composing } = this.#editor;
    if (!composing) this.#composition.stop();
    if (this.#apart.remote.length > 0 || urgency === "send" || urgency === "now") readCaret(this.#editor);
    // Whoever heard of the caret may have given the view another state.
    if (this.#isOver) return;
    this.#take();
    if (urgency === "send" || urgency === "now" || (urgency === "free" && !composing)) this.#send();
    this.#show(composing && urgency !== "now");
    // Nothing is sent while a change is being told: more of them may be waiting their turn.
    if (urgency === "show" && this.#apart.local.length > 0 && !composing) this.#soon();
  }

  /** What was typed since the last time, as an op. */
  #take(): void {
    const { state } = this.#editor;
    const was = this.#shown;
    if (state.doc === was.doc) return;
    const entries = leadingTo(this.#options.log(state), was.doc, state.doc);
    if (entries.length > 0 && entries.every(({ unasked }) => unasked)) {
      // Not a person's doing; the document is shown again.
      this.#options.unasked();
      return;
    }
    const { op, view } = localChange(was, state.doc, this.#typed.places(entries, state));
    this.#shown = view;
    if (op.length === 0) return;
    this.#typed.add(entries, state, { op, before: was, after: view });
    this.#apart = edited(this.#apart, op);
  }

  #send(): void {
    const { local, remote } = this.#apart;
    const { document } = this.#options;
    if (local.length === 0 || !this.#isHeard(document.snapshot)) return;
    const { op, apart } = sent(this.#apart);
    this.#apart = apart;
    this.#composition.sent(local);
    const options = this.#typed.take(remote, apart.remote);
    this.#busy = true;
    this.#submitting = op;
    try {
      document.submit(op, { ...options, source: this, keep: true });
    } catch (error) {
      // No document takes it, or this one has become closed to us since it was typed. It is among the recovered edits now.
      console.error("interline: an edit could not be submitted and is taken back", error);
      this.#lose();
    } finally {
      this.#busy = false;
      this.#submitting = undefined;
    }
  }

  /** @param composing  a word is being composed, and its block is to be left alone */
  #show(composing: boolean): void {
    if (this.#closed) return;
    const { state } = this.#editor;
    if (state.doc !== this.#shown.doc) {
      // Not in normal form. In the middle of a word that can wait.
      if (composing) return;
      this.#dispatch(normalTransaction(state, this.#shown.doc), this.#shown, [], "normal");
      this.#show(composing);
      return;
    }
    if (this.#apart.remote.length > 0) this.#showRemote(composing);
  }

  #showRemote(composing: boolean): void {
    const was = this.#shown;
    const { state } = this.#editor;
    if (composing) this.#composition.begin(was.doc, state.selection);
    const { op, apart, except } = shown(this.#apart, composing ? this.#composition.extent : undefined);
    const snapshot = richText.apply(was.snapshot, op);
    const doc = reproject(was, op, snapshot);
    if (except !== undefined) {
      const inBlock = transformPosition(this.#composition.extent!.to, this.#apart.local, "after") - 1;
      const disturbed = !keepsBlock(was.doc, doc, op, inBlock);
      if (disturbed || apart.remote.length > 0) this.#composition.wait();
      if (disturbed) return;
      this.#composition.moved(except);
    }
    this.#apart = apart;
    const tr = this.#reselected(remoteTransaction(state, op, doc, { composing: this.#editor.composing }));
    this.#dispatch(tr, { snapshot, doc: tr.doc }, op, this.#change?.origin ?? "remote");
  }

  /** Undo and redo show where they worked. */
  #reselected(tr: Transaction): Transaction {
    const { selection, origin } = this.#change ?? {};
    if (origin !== "undo" && origin !== "redo") return tr;
    const inStep = this.#apart.local.length === 0 && this.#apart.remote.length === 0;
    if (selection !== undefined && inStep) tr.setSelection(selectionFromAtoms(tr.doc, selection));
    return tr.scrollIntoView();
  }

  #dispatch(tr: Transaction, view: View, op: RichOp, origin: Origin["origin"]): void {
    const { author = "", src = "" } = this.#change ?? {};
    this.#change = undefined;
    this.#shown = view;
    if (!tr.docChanged && !tr.selectionSet) return;
    this.#options.mark(tr, { origin, op, author, src });
    this.#own = tr;
    this.#busy = true;
    try {
      this.#editor.dispatch(tr);
    } finally {
      this.#own = undefined;
      this.#busy = false;
    }
    // Somebody's filter has swallowed it, or somebody's dispatch has done something else.
    if (!this.#editor.isDestroyed && this.#editor.state.doc !== view.doc) this.#lose();
  }

  /** Whether the caret has left the block being composed. */
  #isElsewhere({ doc, selection }: EditorState): boolean {
    return this.#composition.isLeftBy(atomFromPM(doc, selection.head), this.#apart.local);
  }

  #lose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#composition.stop();
    // What was typed is not to be lost with it.
    if (!this.#busy) this.#send();
    this.#options.lost();
  }
}
