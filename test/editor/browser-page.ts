// What the browser tests of the editor kit load into an empty page: an editor without a server.

import { EditorState, Selection, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { cleanHtml } from "../../client/prosemirror/clipboard/html.js";
import { clipboard } from "../../client/prosemirror/clipboard.js";
import { indent, outdent } from "../../client/prosemirror/commands.js";
import { editorKeymap } from "../../client/prosemirror/keymap.js";
import { linkBubble } from "../../client/prosemirror/links.js";
import { fromMarkdown, toHtml, toMarkdown } from "../../client/prosemirror/markdown.js";
import { taskBoxes } from "../../client/prosemirror/tasks.js";

let refused = 0;
const pictureRefused = () => {
  refused++;
};

/** An editor in `place` that shows `markdown`, with the caret at its end. */
function edit(markdown: string, place: HTMLElement = document.body): EditorView {
  document.body.replaceChildren();
  if (place !== document.body) document.body.append(place);
  refused = 0;
  const doc = fromMarkdown(markdown);
  const state = EditorState.create({
    doc,
    selection: Selection.atEnd(doc),
    plugins: [editorKeymap(), clipboard({ pictureRefused }), taskBoxes(), linkBubble()],
  });
  return new EditorView(place, { state });
}

/** As by the mouse. */
const select = (view: EditorView, anchor: number, head: number): void =>
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, anchor, head)));

const kit = {
  edit,
  select,
  cleanHtml,
  markdownOf: (view: EditorView): string => toMarkdown(view.state.doc).trimEnd(),
  /** What pasting `html` into an editor that shows `before` leaves there. */
  pasted(html: string, before = ""): string {
    const view = edit(before);
    view.pasteHTML(html);
    view.state.doc.check();
    return toMarkdown(view.state.doc).trimEnd();
  },
  /** The document that pasting `html` into an editor that shows `before` leaves there, and which blocks are aligned. */
  pastedTree(html: string, before = ""): string {
    const view = edit(before);
    view.pasteHTML(html);
    view.state.doc.check();
    const { content } = view.state.doc;
    const tree = content.toString();
    const aligned: string[] = [];
    content.descendants(
      (node) => void (node.attrs.align && aligned.push(`${node.textContent}: ${node.attrs.align}`)),
    );
    return [tree.slice(1, -1), ...aligned].join("; ");
  },
  /** What comes back of a document that pasting `html` has made, when it is copied and pasted into an empty one. */
  pastedTwice(html: string): string {
    const from = edit("");
    from.pasteHTML(html);
    return kit.pastedTree(kit.copyAll(from));
  },
  copyAll: (from: EditorView): string =>
    from.serializeForClipboard(from.state.doc.slice(0, from.state.doc.content.size)).dom.innerHTML,
  /** What comes back when all of a document is copied and pasted into an empty one. */
  copied(markdown: string): { html: string; text: string; back: string; fromExport: string } {
    const from = edit(markdown);
    const { dom, text } = from.serializeForClipboard(from.state.doc.slice(0, from.state.doc.content.size));
    return {
      html: dom.innerHTML,
      text,
      back: kit.pasted(dom.innerHTML),
      fromExport: kit.pasted(toHtml(from.state.doc)),
    };
  },
  /** Pastes a picture out of a screenshot tool. @returns how often it was refused */
  pastePicture(): number {
    const view = edit("a");
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array([1])], "shot.png", { type: "image/png" }));
    view.dom.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
    return refused;
  },
  /** What Enter makes of "one two" with the caret at its end, when the browser has just put it behind "one" and not said so. */
  enteredAfterMove(): string {
    const view = edit("one two");
    view.focus();
    getSelection()!.collapse(view.dom.querySelector("p")!.firstChild, "one".length);
    view.dom.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    return view.state.doc.toString();
  },
  /** What is left of "one two", and what is copied of it, when the browser has just selected a word of it and not said so. */
  cutAfterMove(): readonly string[] {
    const view = edit("one two");
    view.focus();
    const text = view.dom.querySelector("p")!.firstChild!;
    const taken = (deed: "copy" | "cut", from: number, to: number): string => {
      getSelection()!.setBaseAndExtent(text, from, text, to);
      const clipboardData = new DataTransfer();
      view.dom.dispatchEvent(new ClipboardEvent(deed, { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData("text/plain");
    };
    return [taken("copy", 4, 7), taken("cut", 0, 4), view.state.doc.toString()];
  },
  /** An editor that shows `markdown` and is itself too low for it; its bubble has a place of its own, as by our style. */
  editLow(markdown: string): EditorView {
    const place = document.createElement("main");
    const view = edit(markdown, place);
    Object.assign(place.style, { position: "relative" });
    Object.assign(view.dom.style, { overflow: "auto", height: "200px" });
    Object.assign(place.querySelector<HTMLElement>(".interline-link")!.style, {
      position: "absolute",
      top: "0",
      left: "0",
    });
    return view;
  },
  /** The classes of the element that two editors were in, as each of them is taken away. */
  leftBehind(classes: string): string[] {
    const place = document.createElement("main");
    place.className = classes;
    const one = edit("a", place);
    const other = new EditorView(place, { state: one.state });
    return [one, other].map((view) => {
      view.destroy();
      return place.className;
    });
  },
  indent,
  outdent,
};

export type Kit = typeof kit;

Object.assign(globalThis, { kit });
