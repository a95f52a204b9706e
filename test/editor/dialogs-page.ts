// What the tests of the editor's dialogs load into an empty page: an editor without a server, and what asks for addresses.

import { AllSelection, EditorState, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { fromMarkdown, toMarkdown } from "../../client/prosemirror/index.js";
import { imageDialog, linkDialog } from "../../demo/rich/dialogs.js";

/** An editor that shows `markdown`, with the dialog open for what lies between two positions, or for all. */
function asks(what: "link" | "image", markdown: string, from: number | "all", to = from) {
  document.body.replaceChildren();
  const doc = fromMarkdown(markdown);
  const selection =
    from === "all" || to === "all" ? new AllSelection(doc) : TextSelection.create(doc, from, to);
  const view = new EditorView(document.body, { state: EditorState.create({ doc, selection }) });
  const command = what === "link" ? linkDialog : imageDialog;
  command(view.state, view.dispatch, view);
  return { view, markdown: () => toMarkdown(view.state.doc).trimEnd() };
}

const dialogs = { asks };
export type Dialogs = typeof dialogs;
Object.assign(globalThis, { dialogs });
