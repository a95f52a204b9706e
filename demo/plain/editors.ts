// The plain editors as the demo sets them up: CodeMirror, or a bare text area.
//
// CodeMirror puts its styles into a style element, which the pages' content policy refuses. In a shadow root it adopts them as
// constructed style sheets, which no policy forbids; what the page's own style sheets say of the text is adopted beside them.

import { defaultKeymap } from "@codemirror/commands";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { collabText, historyKeys } from "../../client/plain/codemirror.js";
import type { PlainDocument } from "../../client/plain/meeting.js";
import { bindTextArea } from "../../client/plain/textarea.js";
import presence from "../../client/prosemirror/style.css?inline";
import type { Selection } from "../../ot/index.js";
import { h } from "../shared/dom.js";
import type { Searched } from "../shared/find.js";
import type { Followed } from "../shared/in-view.js";
import type { Placed } from "../shared/place.js";
import style from "./editor.css?inline";
import { finding } from "./finder.js";

const NAME = "Text";
const PROMPT = "Write something…";

/** Says what to do, as long as it can be done. */
function followPrompt(doc: PlainDocument, show: (prompt: string) => void): void {
  let shown = "";
  const check = () => {
    const prompt = doc.status !== "loading" && doc.writable ? PROMPT : "";
    if (prompt !== shown) show(prompt);
    shown = prompt;
  };
  doc.on("status", check);
  check();
}

export interface PlainEditor extends Followed, Placed {
  /** What it shows. */
  text(): string;
  /** What one finds and replaces in; a text area leaves that to the browser. */
  readonly searched?: Searched;
}

export function codeEditor(place: HTMLElement, doc: PlainDocument): PlainEditor {
  const root = place.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [presence, style].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  const prompt = new Compartment();
  const { searched, extension } = finding(() => view);
  let margins = { top: 0, bottom: 0 };
  const view: EditorView = new EditorView({
    root,
    parent: root,
    extensions: [
      collabText(doc),
      keymap.of([...historyKeys, ...defaultKeymap]),
      drawSelection(),
      extension,
      EditorView.lineWrapping,
      EditorView.scrollMargins.of(() => margins),
      EditorState.tabSize.of(4),
      prompt.of([]),
      EditorView.contentAttributes.of({
        "aria-label": NAME,
        spellcheck: "true",
        autocapitalize: "sentences",
      }),
    ],
  });
  followPrompt(doc, (words) =>
    view.dispatch({ effects: prompt.reconfigure(words === "" ? [] : placeholder(words)) }),
  );
  printInPlaceOf(place, () => view.state.doc.toString());
  return {
    searched,
    focus: () => view.focus(),
    hasFocus: () => view.hasFocus,
    caret: () => view.coordsAtPos(view.state.selection.main.head) ?? undefined,
    clear(room) {
      margins = room;
    },
    toCaret: () => view.dispatch({ scrollIntoView: true }),
    text: () => view.state.doc.toString(),
    selection: () => {
      const { anchor, head } = view.state.selection.main;
      return { anchor: doc.snapshot.positionOf(anchor), head: doc.snapshot.positionOf(head) };
    },
    select(atoms, scrolls) {
      const { anchor, head } = offsets(doc, atoms);
      view.dispatch({ selection: { anchor, head }, scrollIntoView: scrolls });
    },
    // How high the lines are that were not drawn yet, CodeMirror only guesses: once those in view are, it is done again.
    scrolled() {
      const { from, top } = view.lineBlockAtHeight(-view.documentTop);
      return { px: view.documentTop + top, line: from };
    },
    scrollTo({ px, line = 0 }) {
      const scroll = (times: number) =>
        view.requestMeasure({
          read: () => view.documentTop + view.lineBlockAt(Math.min(line, view.state.doc.length)).top - px,
          write(distance) {
            scrollBy(0, distance);
            if (times > 1) scroll(times - 1);
          },
        });
      scroll(3);
    },
  };
}

export function textArea(place: HTMLElement, doc: PlainDocument): PlainEditor {
  const area = h("textarea", { class: "plain-text", "aria-label": NAME, spellcheck: "true" });
  place.append(area);
  bindTextArea(area, doc);
  printInPlaceOf(place, () => area.value);
  followPrompt(doc, (words) => {
    area.placeholder = words;
  });
  return {
    focus: () => area.focus({ preventScroll: true }),
    hasFocus: () => area.matches(":focus"),
    caret: () => undefined,
    clear({ top, bottom }) {
      document.documentElement.style.scrollPaddingBlock = `${top}px ${Math.max(0, bottom)}px`;
    },
    toCaret() {},
    text: () => area.value,
    selection: () => ({
      anchor: doc.snapshot.positionOf(area.selectionStart),
      head: doc.snapshot.positionOf(area.selectionEnd),
    }),
    select(atoms) {
      const { anchor, head } = offsets(doc, atoms);
      area.setSelectionRange(Math.min(anchor, head), Math.max(anchor, head));
    },
    // It is as high as the page, and scrolls by itself.
    scrolled: () => ({ px: area.scrollTop }),
    scrollTo({ px }) {
      area.scrollTop = px;
    },
  };
}

/** A selection that was kept, in UTF-16 offsets. */
function offsets({ snapshot }: PlainDocument, { anchor, head }: Selection): Selection {
  const offset = (atoms: number) => snapshot.utf16Of(Math.min(atoms, snapshot.length));
  return { anchor: offset(anchor), head: offset(head) };
}

/**
 * What is printed in place of an editor: a text area prints what is in view of it, and CodeMirror, which draws the rest when it
 * is asked to print, measures it as wide as the screen and may leave out the end.
 */
function printInPlaceOf(place: HTMLElement, text: () => string): void {
  const paper = h("div", { class: "plain-paper" });
  place.after(paper);
  addEventListener("beforeprint", () => {
    paper.textContent = text();
  });
  addEventListener("afterprint", () => paper.replaceChildren());
}
