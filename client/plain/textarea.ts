// `interline/textarea`: a text area or a one-line input as an editor of a plain document.
//
// The browser says only what the text is now: an edit is found by comparing, biased to the caret. What comes from others
// changes the text and carries the selection along. While an input method composes a word the element is left alone: what
// comes waits, and what is typed is held back until the word is done, or for `maxHoldMs`.
//
// An input shows one line; the document's line feeds are shown in it as U+2424, and are still line feeds. What is cut there and
// pasted again has the sign in it, so whatever is put into an input is read the same way: nobody types U+2424 there itself.

import {
  cleanUnits,
  codePointLength,
  diffText,
  type PlainOp,
  plainText,
  type Selection,
} from "../../ot/index.js";
import { type Clock, systemClock } from "../../protocol/index.js";
import { halves } from "../halves.js";
import { whenLeaving } from "../leaving.js";
import type { Change } from "../types.js";
import { letterOf } from "./letters.js";
import { demandPlain, Meeting, maxHoldMs, type PlainDocument } from "./meeting.js";

export type TextElement = HTMLTextAreaElement | HTMLInputElement;

export interface TextAreaOptions {
  /** The system's clock by default. */
  readonly clock?: Clock;
}

/** The binding of each element that has one. */
const bound = new WeakMap<TextElement, TextBinding>();

const LINE_FEED_SHOWN = "\u2424";
const selectable = new Set(["text", "search", "url", "tel", "password", ""]);

/**
 * Makes the element show `doc`, and what is typed in it part of `doc`. It is read-only while `doc` is not to be written, and
 * until it is there. Whatever was in the element before is gone, and another document that it showed is not shown any more.
 *
 * @returns a function that ends the binding and leaves the element with the text, as writable as it was before
 * @throws TypeError for an input of a type that has no caret, such as `number`, and for a document of rich text
 */
export function bindTextArea(
  element: TextElement,
  doc: PlainDocument,
  options: TextAreaOptions = {},
): () => void {
  const isLine = !("rows" in element);
  if (isLine && !selectable.has(element.type))
    throw new TypeError(`an input of type ${element.type} has no caret and cannot be shared`);
  demandPlain(doc);
  // Two would each take what the other shows for what was typed.
  bound.get(element)?.end();
  const binding = new TextBinding(element, isLine, doc, options.clock ?? systemClock);
  bound.set(element, binding);
  return () => binding.end();
}

class TextBinding {
  readonly #meeting: Meeting;
  readonly #wasReadOnly: boolean;
  readonly #stops: (() => void)[] = [];
  readonly #halves = halves();
  /** What the element shows, as it stands there. */
  #value = "";
  #composing = false;
  #loaded = false;
  #ended = false;
  #cancelHold: (() => void) | undefined;
  /** The selection before the edit that is to come. */
  #before: Selection = { anchor: 0, head: 0 };

  constructor(
    private readonly element: TextElement,
    private readonly isLine: boolean,
    private readonly doc: PlainDocument,
    private readonly clock: Clock,
  ) {
    this.#meeting = new Meeting(doc);
    this.#wasReadOnly = element.readOnly;
    element.readOnly = true;
    this.#stops.push(
      doc.on("change", (change) => this.#hear(change)),
      doc.on("status", () => this.#refresh()),
      whenLeaving(() => this.#loaded && this.#hold()),
    );
    this.#listen();
    doc.ready.then(
      () => this.#begin(),
      () => {},
    );
  }

  end(): void {
    if (this.#ended) return;
    if (this.#loaded) this.#take();
    this.#ended = true;
    bound.delete(this.element);
    this.#cancelHold?.();
    for (const stop of this.#stops) stop();
    this.element.readOnly = this.#wasReadOnly;
  }

  #begin(): void {
    if (this.#ended) return;
    this.#loaded = true;
    this.#show(this.#meeting.begin().toString(), { anchor: 0, head: 0 });
    this.#refresh();
  }

  #listen(): void {
    const { element } = this;
    const page = element.ownerDocument;
    const on = (target: EventTarget, name: string, run: (event: never) => void) => {
      target.addEventListener(name, run as EventListener);
      this.#stops.push(() => target.removeEventListener(name, run as EventListener));
    };
    on(element, "beforeinput", (event: InputEvent) => this.#beforeInput(event));
    on(element, "input", () => !this.#composing && this.#take());
    on(element, "keydown", (event: KeyboardEvent) => this.#key(event));
    on(element, "keypress", (event: KeyboardEvent) => this.#halfKey(event));
    on(element, "compositionstart", () => {
      this.#readCaret();
      this.#composing = true;
      this.#meeting.wordBegins();
    });
    on(element, "compositionend", () => this.#composed());
    on(element, "focus", () => this.#tell());
    on(element, "blur", () => {
      if (this.#composing) this.#composed();
      if (this.#loaded) this.doc.presence.update(null);
    });
    // Where the caret is, is said of the page and not of the element.
    on(page, "selectionchange", () => this.#tell());
    if (element.form) {
      // The document is not the form's to reset.
      on(element.form, "reset", () => queueMicrotask(() => this.#restore()));
    }
  }

  get #isFocused(): boolean {
    const root = this.element.getRootNode() as Document | ShadowRoot;
    return root.activeElement === this.element;
  }

  #selection(): Selection {
    const { selectionStart, selectionEnd, selectionDirection } = this.element;
    const [from, to] = [selectionStart ?? 0, selectionEnd ?? 0];
    return selectionDirection === "backward"
      ? this.#meeting.selectionOf(to, from)
      : this.#meeting.selectionOf(from, to);
  }

  #refresh(): void {
    if (!this.#ended) this.element.readOnly = !this.#loaded || !this.doc.writable;
  }

  #tell(): void {
    if (!this.#loaded || this.#ended || !this.#isFocused || !this.#readCaret()) return;
    this.doc.presence.update(this.#before);
  }

  /**
   * Where the selection is before an edit, read also when one begins: the browser says only a moment after a key that it has
   * moved.
   *
   * @returns false: the edit is there already
   */
  #readCaret(): boolean {
    if (this.element.value !== this.#value) return false;
    this.#before = this.#selection();
    return true;
  }

  /** Takes what stands in the element since the last time, whoever has put it there, and submits it. */
  #take(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    const { element } = this;
    if (element.value !== this.#value) {
      const text = cleanUnits(element.value);
      const caret = element.selectionEnd ?? text.length;
      const op = this.#difference(text, caret);
      this.#value = text;
      this.#meeting.typed(op, this.#before);
      const after = this.#selection();
      this.#meeting.selected(after);
      if (element.value !== text) this.#write(text, after);
      this.#before = after;
    }
    try {
      this.#meeting.submit(this);
    } catch (error) {
      // The document has become closed to us since it was typed.
      console.error("interline: an edit could not be submitted and is taken back", error);
      this.#begin();
      return;
    }
    this.#arrive();
    this.#tell();
  }

  /** The op from what the element showed to `text`. */
  #difference(text: string, caret: number): PlainOp {
    const op = diffText(this.#value, text, codePointLength(text, 0, caret));
    if (!this.isLine) return op;
    return op.map((part) => (typeof part === "string" ? part.replaceAll(LINE_FEED_SHOWN, "\n") : part));
  }

  #hear(change: Change): void {
    if (!this.#loaded || this.#ended) return;
    const behind = this.#meeting.heard(change, this);
    if (!behind || this.#composing) return;
    // Somebody's program may have written into the element without a word.
    if (this.element.value !== this.#value) this.#take();
    else this.#arrive(change.selection);
  }

  /** Shows what has come. @param restored  where undo puts the selection */
  #arrive(restored?: Selection): void {
    if (!this.#meeting.isBehind) return;
    const before = this.#selection();
    const op = this.#meeting.arriving();
    const selection = restored ?? plainText.transformSelection(before, op, false);
    this.#show(this.#meeting.shown.toString(), selection);
  }

  #composed(): void {
    this.#composing = false;
    if (this.#loaded && !this.#ended) this.#take();
    this.#meeting.wordEnds();
  }

  #beforeInput(event: InputEvent): void {
    if (!this.#composing) this.#readCaret();
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      this.#reverse(event.inputType === "historyUndo" ? "undo" : "redo");
    } else if (event.isComposing && this.#cancelHold === undefined) {
      this.#cancelHold = this.clock.after(maxHoldMs, () => this.#loaded && !this.#ended && this.#hold());
    }
  }

  /** Submits what is typed in the middle of a word. What others wrote still waits. */
  #hold(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    if (!this.#composing) return;
    const { value } = this.element;
    if (value !== this.#value && cleanUnits(value) === value) {
      this.#meeting.typed(this.#difference(value, this.element.selectionEnd ?? value.length));
      this.#value = value;
    }
    try {
      this.#meeting.submit(this);
    } catch {
      // It is told, and taken back, when the word is done.
    }
  }

  #key(event: KeyboardEvent): void {
    if (!(event.metaKey || event.ctrlKey) || event.altKey || event.isComposing) return;
    const key = letterOf(event);
    const redo = key === "y" || (key === "z" && event.shiftKey);
    if (key !== "z" && !redo) return;
    event.preventDefault();
    this.#reverse(redo ? "redo" : "undo");
  }

  /** A character that Firefox would put in by halves is put in whole; whoever listens hears of it as of any other. */
  #halfKey(event: KeyboardEvent): void {
    const text = this.#halves(event);
    if (text === undefined || this.element.readOnly) return;
    event.preventDefault();
    if (text === "") return;
    const { element } = this;
    this.#readCaret();
    element.setRangeText(text, element.selectionStart ?? 0, element.selectionEnd ?? 0, "end");
    element.dispatchEvent(new InputEvent("input", { inputType: "insertText", data: text, bubbles: true }));
  }

  #reverse(which: "undo" | "redo"): void {
    if (!this.#loaded) return;
    this.#take();
    this.doc[which]();
    this.#tell();
  }

  #restore(): void {
    if (!this.#loaded || this.#ended) return;
    this.#write(this.#value, this.#before);
  }

  #show(text: string, selection: Selection): void {
    this.#value = this.isLine ? text.replaceAll("\n", LINE_FEED_SHOWN) : text;
    this.#write(this.#value, selection);
  }

  #write(value: string, { anchor, head }: Selection): void {
    const { element } = this;
    const { scrollTop, scrollLeft } = element;
    element.value = value;
    const { shown } = this.#meeting;
    const [a, b] = [shown.utf16Of(anchor), shown.utf16Of(head)];
    // An element that has not the focus would be given it by some browsers, with its selection.
    if (this.#isFocused || element.selectionStart !== a || element.selectionEnd !== b)
      element.setSelectionRange(Math.min(a, b), Math.max(a, b), b < a ? "backward" : "forward");
    element.scrollTop = scrollTop;
    element.scrollLeft = scrollLeft;
    this.#before = { anchor, head };
  }
}
