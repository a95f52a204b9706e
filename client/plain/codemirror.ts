// `interline/codemirror`: a CodeMirror 6 editor of a plain document.
//
//     new EditorView({ parent, extensions: [collabText(doc), keymap.of(historyKeys)] });
//
// Here is what an editor is given: the document that it shows, its undo and its keys. Undo is the document's own: one's own
// edits only; CodeMirror's history is not needed beside it. How view and document are kept together is
// `codemirror-binding.ts`.

import { type EditorState, type Extension, Facet } from "@codemirror/state";
import { type Command, EditorView, type KeyBinding } from "@codemirror/view";
import { type Clock, systemClock } from "../../protocol/index.js";
import { halves } from "../halves.js";
import { carets } from "./carets.js";
import { bindingOf } from "./codemirror-binding.js";
import { draggedText } from "./dragged.js";
import { letterOf } from "./letters.js";
import { demandPlain, type PlainDocument } from "./meeting.js";

export { isRemote } from "./codemirror-binding.js";

export interface CollabTextOptions {
  /** The system's clock by default. */
  readonly clock?: Clock;
  /** Whether others' carets and selections are shown, and ours told. Default true. */
  readonly presence?: boolean;
}

/** The document that an editor shows. */
const shownDocument = Facet.define<PlainDocument, PlainDocument | undefined>({
  combine(documents) {
    // Each would take the other's text for what was typed.
    if (documents.length > 1) throw new Error("an editor shows one document");
    return documents[0];
  },
});
export const documentOf = (state: EditorState): PlainDocument | undefined => state.facet(shownDocument);

/**
 * Makes an editor show `doc`, read-only until it is there and while it is not to be written. For one view.
 *
 * @throws TypeError for a document of rich text
 */
export function collabText(
  doc: PlainDocument,
  { presence = true, clock = systemClock }: CollabTextOptions = {},
): Extension {
  demandPlain(doc);
  return [
    shownDocument.of(doc),
    bindingOf(doc, clock),
    systemUndo,
    wholeCharacters(),
    draggedText(),
    presence ? carets(doc) : [],
  ];
}

const reverse =
  (which: "undo" | "redo"): Command =>
  ({ state }) => {
    const doc = documentOf(state);
    if (doc === undefined || doc.status === "loading") return false;
    return doc[which]();
  };

/** Takes back one's own last edit. */
export const undo: Command = reverse("undo");
/** Makes again what was taken back. */
export const redo: Command = reverse("redo");

/** Undo and redo belong to the document, also where there is nothing to do. */
const ofDocument =
  (command: Command): Command =>
  (view) =>
    command(view) || documentOf(view.state) !== undefined;

/** The system's own menu, a shake of the device, a keyboard of a phone: the browser knows nothing of the document's history. */
const systemUndo: Extension = EditorView.domEventHandlers({
  beforeinput({ inputType }, view) {
    if (inputType === "historyUndo") return ofDocument(undo)(view);
    return inputType === "historyRedo" && ofDocument(redo)(view);
  },
});

/** A character that Firefox would put in by halves is put in whole. */
function wholeCharacters(): Extension {
  const read = halves();
  return EditorView.domEventHandlers({
    keypress(event, view) {
      const text = read(event);
      if (text === undefined || view.state.readOnly) return false;
      event.preventDefault();
      if (text === "") return true;
      const { from, to } = view.state.selection.main;
      const insert = () =>
        view.state.update(view.state.replaceSelection(text), {
          userEvent: "input.type",
          scrollIntoView: true,
        });
      const handled = view.state
        .facet(EditorView.inputHandler)
        .some((handle) => handle(view, from, to, text, insert));
      if (!handled) view.dispatch(insert());
      return true;
    },
  });
}

/**
 * Shift and z: with caps lock on a small z, which is looked up as if there were no Shift, as undo; and on keyboards for other
 * scripts no z, which is not looked up at all.
 */
const shiftZ = (view: EditorView, event: KeyboardEvent): boolean => {
  const { shiftKey, altKey, ctrlKey, metaKey } = event;
  return shiftKey && !altKey && (ctrlKey || metaKey) && letterOf(event) === "z" && ofDocument(redo)(view);
};

/** The usual keys for undo and redo. */
export const historyKeys: readonly KeyBinding[] = [
  { any: shiftZ },
  { key: "Mod-z", run: ofDocument(undo), preventDefault: true },
  { key: "Mod-y", mac: "Mod-Shift-z", run: ofDocument(redo), preventDefault: true },
];
