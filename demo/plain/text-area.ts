// Binds a text area to a plain document. What is in the area and what is in the document is the same text but for
// the unit positions are counted in: the area counts UTF-16 units, the document code points.
//
// An edit is found by comparing the area with the document, biased to the caret. A remote op changes the area's text
// and carries the selection along; while a composition is going on the area is left alone, and what came meanwhile is
// merged when it ends.

import type { Change, SharedDocument } from "../../client/types.js";
import {
  codePointToUtf16,
  diffText,
  isCleanText,
  type PlainOp,
  type PlainSnapshot,
  plainText,
  type Selection,
  utf16ToCodePoint,
} from "../../ot/index.js";

type PlainDocument = SharedDocument<PlainSnapshot, PlainOp>;

/** Half a surrogate pair or a control character may come from a paste; the document takes neither. */
const clean = (text: string): string =>
  isCleanText(text)
    ? text
    : text
        .toWellFormed()
        .replace(/\r\n?/g, "\n")
        .replace(/(?![\t\n])\p{Cc}/gu, "\ufffd");

/** @returns a function that ends the binding */
export function bindTextArea(area: HTMLTextAreaElement, doc: PlainDocument): () => void {
  let composing = false;
  /** The document as the area shows it; behind the real one only while composing. */
  let shown = "";

  const selection = (): Selection => {
    const anchor = area.selectionDirection === "backward" ? area.selectionEnd : area.selectionStart;
    const head = area.selectionDirection === "backward" ? area.selectionStart : area.selectionEnd;
    return { anchor: utf16ToCodePoint(area.value, anchor), head: utf16ToCodePoint(area.value, head) };
  };
  const select = ({ anchor, head }: Selection) => {
    const [a, b] = [codePointToUtf16(area.value, anchor), codePointToUtf16(area.value, head)];
    area.setSelectionRange(Math.min(a, b), Math.max(a, b), b < a ? "backward" : "forward");
  };
  const show = (text: string, next: Selection) => {
    const { scrollTop } = area;
    area.value = text;
    shown = text;
    select(next);
    area.scrollTop = scrollTop;
  };

  /** What was typed since the area and the document last agreed, as an op against what the area showed. */
  const typed = (): PlainOp =>
    diffText(shown, clean(area.value), utf16ToCodePoint(area.value, area.selectionEnd));

  const submit = () => {
    if (composing) return;
    const op = typed();
    const after = selection();
    if (shown === doc.text) {
      if (op.length > 0) doc.submit(op, { source: binding, selectionAfter: after });
      if (area.value !== doc.text) show(doc.text, after);
      shown = doc.text;
    } else {
      // The document moved on during the composition: carry what was composed past that.
      const missed = diffText(shown, doc.text);
      const carried = plainText.transform(op, missed, "left");
      if (carried.length > 0) doc.submit(carried, { source: binding });
      show(doc.text, plainText.transformSelection(after, missed, false));
    }
    tell();
  };
  const tell = () => {
    if (document.activeElement === area) doc.presence.update(selection());
  };

  const changed = ({ op, source, selection: restore }: Change) => {
    if (source === binding || composing) return;
    show(doc.text, restore ?? plainText.transformSelection(selection(), op as PlainOp, false));
  };
  const keys = (event: KeyboardEvent) => {
    if (!(event.metaKey || event.ctrlKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const redo = key === "y" || (key === "z" && event.shiftKey);
    if (key !== "z" && !redo) return;
    event.preventDefault();
    if (redo) doc.redo();
    else doc.undo();
    tell();
  };

  const binding = {};
  const status = () => {
    area.readOnly = !doc.writable || doc.status === "fault" || doc.status === "loading";
  };
  const ends = [doc.on("change", changed), doc.on("status", status)];
  const listen = <K extends keyof HTMLElementEventMap>(
    name: K,
    run: (event: HTMLElementEventMap[K]) => void,
  ) => {
    area.addEventListener(name, run as EventListener);
    ends.push(() => area.removeEventListener(name, run as EventListener));
  };
  listen("input", submit);
  listen("keydown", keys);
  listen("compositionstart", () => {
    composing = true;
  });
  listen("compositionend", () => {
    composing = false;
    submit();
  });
  listen("focus", tell);
  listen("blur", () => doc.presence.update(null));
  document.addEventListener("selectionchange", tell);
  ends.push(() => document.removeEventListener("selectionchange", tell));

  area.readOnly = true;
  doc.ready.then(
    () => {
      area.disabled = false;
      status();
      show(doc.text, { anchor: 0, head: 0 });
    },
    () => {},
  );
  return () => {
    for (const end of ends) end();
  };
}
