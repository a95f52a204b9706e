// What the tests of the editor's dialogs and menus load into an empty page: an editor without a server, what asks for addresses,
// a menu, and the list of keys.

import { AllSelection, EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { fromMarkdown, toMarkdown } from "../../client/prosemirror/index.js";
import { imageDialog, linkDialog } from "../../demo/rich/dialogs.js";
import { popup } from "../../demo/shared/popup.js";
import { shortcuts } from "../../demo/shared/shortcuts.js";

/** An editor that shows `markdown`, with the dialog open for what lies between two positions, for one node, or for all. */
function asks(
  what: "link" | "image",
  markdown: string,
  from: number | "all",
  to: number | "node" | "all" = from,
) {
  document.body.replaceChildren();
  const doc = fromMarkdown(markdown);
  const selection =
    from === "all" || to === "all"
      ? new AllSelection(doc)
      : to === "node"
        ? NodeSelection.create(doc, from)
        : TextSelection.create(doc, from, to);
  const view = new EditorView(document.body, { state: EditorState.create({ doc, selection }) });
  const command = what === "link" ? linkDialog : imageDialog;
  command(view.state, view.dispatch, view);
  return { view, markdown: () => toMarkdown(view.state.doc).trimEnd() };
}

/** How far from the edges of the window a menu of this width is, whose one side is its button's. */
function menuBeside(side: "left" | "right", width: number): readonly [left: number, right: number] {
  const button = document.createElement("button");
  const place = document.createElement("div");
  place.append(button);
  document.body.replaceChildren(place);
  Object.assign(place.style, {
    position: "absolute",
    [side === "left" ? "right" : "left"]: "20px",
    width: "40px",
  });
  const menu = popup(button, place);
  const element = place.querySelector<HTMLElement>("[role=menu]")!;
  Object.assign(element.style, { position: "absolute", [side]: "0", width: `${width}px` });
  menu.open({ label: "Menu", items: [{ label: "Item" }] });
  const { left, right } = element.getBoundingClientRect();
  return [Math.round(left), Math.round(document.documentElement.clientWidth - right)];
}

/** Whether the list of keys opens by a key that the editor has done something with, and by one that it has not. */
function opensKeys(): readonly boolean[] {
  const editor = document.createElement("div");
  document.body.replaceChildren(editor);
  shortcuts([]);
  const press = () => {
    const keys = { key: "/", code: "Digit7", ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true };
    editor.dispatchEvent(new KeyboardEvent("keydown", keys));
    return document.querySelector("dialog") !== null;
  };
  editor.addEventListener("keydown", (event) => event.preventDefault(), { once: true });
  return [press(), press()];
}

const dialogs = { asks, menuBeside, opensKeys };
export type Dialogs = typeof dialogs;
Object.assign(globalThis, { dialogs });
