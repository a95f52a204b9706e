// One editor's tie to one shared document: when there is an exchange between them, and when there is none.
//
//     loading ── document ready ──▶ exchange ── editor closed ──▶ over
//        ▲                              │
//        └────────── lost ──────────────┘        the editor is set anew from the document
//
// Without an exchange the editor accepts no change. Setting the editor is a new state, not a transaction: there is
// nothing to undo and nothing to answer. ProseMirror then makes all plugin views anew, this one's among them. It does so, too,
// when plugins come or go, and then the exchange goes on; and when the editor is given another state altogether, which says
// nothing of the document: that is let go as it was.

import { EditorState, type Transaction } from "prosemirror-state";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import type { SharedDocument } from "../types.js";
import { isCommenting } from "./commenting.js";
import type { Editor } from "./editor.js";
import { Exchange, type ExchangeOptions } from "./exchange.js";
import { FixerWarnings } from "./fixers.js";
import { project, type View } from "./projection.js";

export interface BindingOptions extends Pick<ExchangeOptions, "clock" | "mark" | "log"> {
  readonly warn: (message: string) => void;
  /** The same in all states that transactions have led to from one; undefined where no plugin of ours is. */
  readonly beginning: (state: EditorState) => object | undefined;
}

export class Binding {
  #editor: Editor | undefined;
  #exchange: Exchange | undefined;
  /** We are setting the editor, and the plugin view that goes and the one that comes are ours all the same. */
  #setting = false;
  #stops: readonly (() => void)[] = [];
  /** Of the states that show the document. */
  #beginning: object | undefined;
  /** What was on show in an editor that has gone, and may be the one that comes. */
  #left: { readonly editor: Editor; readonly view: View } | undefined;
  readonly #fixers: FixerWarnings;
  /** What the view was last told. */
  #wasEditable = false;

  constructor(
    readonly document: SharedDocument<RichSnapshot, RichOp>,
    private readonly options: BindingOptions,
  ) {
    this.#fixers = new FixerWarnings(options.warn);
  }

  /** The editor's document up to which everything has been taken. */
  get settled(): EditorState["doc"] | undefined {
    return this.#exchange?.shown.doc;
  }

  get editable(): boolean {
    return this.#exchange !== undefined && this.document.writable;
  }

  /** Whether comments may be set and removed, and nothing else. */
  get commenting(): boolean {
    return this.#exchange !== undefined && !this.document.writable && this.document.role === "commenter";
  }

  /** Whether a transaction may go through: one that changes the document must be ours, or come while none of ours does. */
  allows(tr: Transaction, state: EditorState): boolean {
    const own = this.#exchange?.own;
    if (!tr.docChanged || tr === own) return true;
    if (this.#setting) this.#fixers.ignored("loading", []);
    else if (own !== undefined) this.#refuse(own, tr, state);
    if (own !== undefined || this.#setting) return false;
    return this.editable || (this.commenting && isCommenting(tr));
  }

  #refuse(own: Transaction, answer: Transaction, after: EditorState): void {
    const before = this.#editor?.state;
    // While the view is told of the new state it has that already: there a plugin's view has dispatched.
    if (before === undefined || before === after) this.#fixers.ignored("elsewhere", []);
    else this.#fixers.ignored("elsewhere", after.plugins, { tr: own, answer, before, after });
  }

  /** An editor is there. */
  attach(editor: Editor): void {
    if (this.#setting) return;
    if (this.#editor !== undefined)
      throw new Error("a collab plugin serves one editor; make another for another");
    this.#editor = editor;
    this.#stops = [
      this.document.on("change", (change) => this.#exchange?.hear(change)),
      this.document.on("status", () => this.#refreshEditable()),
    ];
    const left = this.#left;
    this.#left = undefined;
    if (left !== undefined && left.editor === editor && this.#isOnShow(left.view))
      this.#exchangeWith(editor, left.view);
    else this.#load();
  }

  /** The editor goes, or has another state. What was typed in it is submitted. */
  detach(): void {
    if (this.#setting) return;
    const [editor, exchange] = [this.#editor, this.#exchange];
    if (editor !== undefined && exchange !== undefined) {
      const isOurs = this.#isOurs(editor.state);
      exchange.close(isOurs);
      if (isOurs) this.#left = { editor, view: exchange.shown };
      // Plugin views are made anew in one go. An editor that has gone for good is not to be held.
      queueMicrotask(() => {
        this.#left = undefined;
      });
    }
    this.#exchange = undefined;
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#editor = undefined;
  }

  /** Whether transactions alone have led to a state from the one that the document was shown in. */
  readonly #isOurs = (state: EditorState): boolean => this.options.beginning(state) === this.#beginning;

  /** Whether the editor shows this, and the document is this. */
  #isOnShow({ snapshot, doc }: View): boolean {
    const { state } = this.#editor!;
    return this.#isOurs(state) && state.doc === doc && this.document.snapshot.equals(snapshot);
  }

  update(before: EditorState): void {
    this.#exchange?.update(before);
  }

  compositionEnded(): void {
    this.#exchange?.compositionEnded();
  }

  /** Submits what is typed, even in the middle of a composition. */
  flush(): void {
    this.#exchange?.settle("send");
  }

  /** Where a position of the document, in atoms, is in the editor, which may show less or more than that. */
  inView(position: number): number {
    return this.#exchange?.inView(position) ?? position;
  }

  /** Where a position in the editor, in atoms, is in the document. */
  inDocument(position: number): number {
    return this.#exchange?.inDocument(position) ?? position;
  }

  /** Undoes or redoes one's last step. */
  reverse(which: "undo" | "redo"): boolean {
    this.#exchange?.settle("now");
    const done = this.document[which]();
    // Whoever wants to have it undone wants to see it, even if that is the end of a composition.
    this.#exchange?.settle("now");
    return done;
  }

  #load(): void {
    const editor = this.#editor;
    // If the document is closed to us, the editor stays as it is.
    this.document.ready.then(
      () => editor !== undefined && editor === this.#editor && this.#set(editor),
      () => undefined,
    );
  }

  #set(editor: Editor): void {
    if (this.#exchange !== undefined || editor.isDestroyed) return;
    const { snapshot } = this.document;
    const view = { snapshot, doc: project(snapshot, editor.state.schema) };
    this.#exchangeWith(editor, view);
    this.#wasEditable = this.editable;
    const state = EditorState.create({ doc: view.doc, plugins: [...editor.state.plugins] });
    this.#beginning = this.options.beginning(state);
    this.#setting = true;
    try {
      editor.updateState(state);
    } finally {
      this.#setting = false;
    }
  }

  #exchangeWith(editor: Editor, view: View): void {
    const lost = () => {
      this.#exchange = undefined;
      this.#load();
    };
    const unasked = () => this.#fixers.ignored("nothing", editor.state.plugins);
    const own = { editor, document: this.document, view, isOurs: this.#isOurs, lost, unasked };
    this.#exchange = new Exchange({ ...this.options, ...own });
  }

  /** The view reads `editable` when it is updated; not now, when it may be in the middle of that. */
  #refreshEditable(): void {
    queueMicrotask(() => {
      if (this.#editor === undefined || this.#editor.isDestroyed || this.editable === this.#wasEditable)
        return;
      this.#wasEditable = this.editable;
      this.#editor.setProps({});
    });
  }
}
