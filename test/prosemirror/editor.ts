// An editor without a page: what ProseMirror's view does with states and plugins, and nothing of the DOM.
//
//     const editor = new TestEditor([collab(doc)]);
//     editor.type("hello");                    // dispatches, as a keystroke would
//     editor.composing = true;                 // as during a composition

import type { Node, Schema } from "prosemirror-model";
import {
  type Command,
  EditorState,
  type Plugin,
  type PluginView,
  type Selection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { schema } from "../../client/prosemirror/schema.js";

export class TestEditor {
  state: EditorState;
  composing = false;
  isDestroyed = false;
  /** Every transaction that has been applied. */
  readonly transactions: Transaction[] = [];
  /** In place of the view's own dispatch, if set. */
  dispatchTransaction: ((tr: Transaction) => void) | undefined;
  #views: PluginView[] = [];

  constructor(plugins: readonly Plugin[], doc?: Node, own: Schema = schema) {
    this.state = EditorState.create({ schema: own, plugins: [...plugins], ...(doc && { doc }) });
    this.#makeViews();
  }

  get doc(): Node {
    return this.state.doc;
  }

  /** As the view reads it when it is updated. */
  get editable(): boolean {
    return this.state.plugins.every((plugin) => plugin.props.editable?.call(plugin, this.state) !== false);
  }

  dispatch(tr: Transaction): void {
    if (this.dispatchTransaction !== undefined) this.dispatchTransaction(tr);
    else this.apply(tr);
  }

  apply(tr: Transaction): void {
    const { state, transactions } = this.state.applyTransaction(tr);
    this.transactions.push(...transactions);
    this.updateState(state);
  }

  updateState(state: EditorState): void {
    const before = this.state;
    this.state = state;
    if (before.plugins !== state.plugins) {
      for (const view of this.#views.splice(0)) view.destroy?.();
      this.#makeViews();
    } else for (const view of [...this.#views]) view.update?.(this.#asView, before);
  }

  setProps(): void {
    this.updateState(this.state);
  }

  destroy(): void {
    for (const view of this.#views.splice(0)) view.destroy?.();
    this.isDestroyed = true;
  }

  /** What of a view plugins without a page can see. */
  get #asView(): EditorView {
    return this as unknown as EditorView;
  }

  #makeViews(): void {
    for (const { spec } of this.state.plugins)
      if (spec.view !== undefined) this.#views.push(spec.view(this.#asView));
  }

  // ---- what a person does

  select(anchor: number, head = anchor): this {
    return this.setSelection(TextSelection.create(this.doc, anchor, head));
  }

  setSelection(selection: Selection): this {
    this.dispatch(this.state.tr.setSelection(selection));
    return this;
  }

  /** Puts the caret before (or with `"after"` behind) the first occurrence of a text. */
  caret(text: string, side: "before" | "after" = "before"): this {
    let found = -1;
    this.doc.descendants((node, pos) => {
      const at = node.isText ? node.text!.indexOf(text) : -1;
      if (found < 0 && at >= 0) found = pos + at + (side === "after" ? text.length : 0);
    });
    if (found < 0) throw new Error(`There is no "${text}" in ${this.doc}`);
    return this.select(found);
  }

  type(text: string): this {
    this.dispatch(this.state.tr.insertText(text));
    return this;
  }

  /** @throws Error where the command does not apply */
  run(command: Command): this {
    if (!command(this.state, (tr) => this.dispatch(tr))) throw new Error("The command does not apply");
    return this;
  }

  fire(event: "compositionend"): void {
    for (const plugin of this.state.plugins) {
      plugin.props.handleDOMEvents?.[event]?.call(plugin, this.#asView, {} as CompositionEvent);
    }
  }
}

/** Lets everything run that waits for a microtask. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
