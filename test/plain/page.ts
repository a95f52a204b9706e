// What the tests of the plain bindings load into an empty page: editors of every kind on one document, in one thread, with
// the product's own client and no time but the hub's.

import { EditorSelection, StateEffect } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import fc from "fast-check";
import { collabText, historyKeys, isRemote, redo, undo } from "../../client/plain/codemirror.js";
import { maxHoldMs, type PlainDocument } from "../../client/plain/meeting.js";
import { bindTextArea } from "../../client/plain/textarea.js";
import { type Clock, systemClock } from "../../protocol/index.js";
import { createHub } from "../client/hub.js";

type Kind = "codemirror" | "textarea" | "input";

interface Editor {
  readonly doc: PlainDocument;
  /** As it stands there. */
  text(): string;
  /** How it is to show a text of the document: an input has a sign of its own for line feeds. */
  showing(text: string): string;
  /** Types over a stretch, in UTF-16 offsets, as a person would. */
  replace(from: number, to: number, text: string): void;
  caret(): number;
  end(): void;
}

/** Words that are held back, for as long as it takes, however slow the machine is, or until {@link letGo}. */
const held = new Set<() => void>();
const patient: Clock = {
  now: systemClock.now,
  after(ms, run) {
    if (ms < maxHoldMs) return systemClock.after(ms, run);
    held.add(run);
    return () => void held.delete(run);
  },
};

/** As if the word had been held back for long enough. */
function letGo(): void {
  for (const run of [...held]) {
    held.delete(run);
    run();
  }
}

function codemirror(doc: PlainDocument): Editor & { readonly view: EditorView } {
  const view = new EditorView({
    parent: document.body,
    extensions: [collabText(doc, { clock: patient }), keymap.of([...historyKeys])],
  });
  return {
    doc,
    view,
    text: () => view.state.doc.toString(),
    showing: (text) => text,
    replace(from, to, insert) {
      view.dispatch({
        changes: { from, to, insert },
        selection: EditorSelection.cursor(from + insert.replaceAll(/\r\n?/g, "\n").length),
        userEvent: "input.type",
      });
    },
    caret: () => view.state.selection.main.head,
    end: () => view.destroy(),
  };
}

function field(
  doc: PlainDocument,
  kind: "textarea" | "input",
): Editor & { readonly element: HTMLTextAreaElement | HTMLInputElement } {
  const element = document.createElement(kind);
  document.body.append(element);
  const unbind = bindTextArea(element, doc, { clock: patient });
  return {
    doc,
    element,
    text: () => element.value,
    showing: (text) => (kind === "input" ? text.replaceAll("\n", "\u2424") : text),
    replace(from, to, text) {
      element.setRangeText(text, from, to, "end");
      element.dispatchEvent(new InputEvent("input", { inputType: "insertText", data: text }));
    },
    caret: () => element.selectionStart ?? 0,
    end() {
      unbind();
      element.remove();
    },
  };
}

const editorOf = (kind: Kind, doc: PlainDocument): Editor =>
  kind === "codemirror" ? codemirror(doc) : field(doc, kind);

/** Everything that has been promised has happened. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("type" as const),
      who: fc.nat(2),
      at: fc.nat(30),
      size: fc.nat(4),
      text: fc.constantFrom("a", "bc", "\n", "👻", "é", "x👻\ny", ""),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      who: fc.nat(2),
      at: fc.nat(30),
      size: fc.nat(6),
      to: fc.nat(30),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("undo" as const, "redo" as const), who: fc.nat(2) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("apart" as const, "meet" as const) }) },
);

/** Random edits by three editors, with and without knowing of each other. @returns what went wrong, or nothing */
async function converges(
  kinds: readonly [Kind, Kind, Kind],
  seed: number,
  numRuns: number,
): Promise<string | undefined> {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const hub = createHub("plain", "one 👻 two\nthree");
    const editors = kinds.map((kind, at) => editorOf(kind, hub.open(`person ${at}`)));
    await settled();
    const same = () => {
      for (const { text, showing, doc } of editors) {
        if (text() !== showing(doc.text))
          throw new Error(`shows ${JSON.stringify(text())} for ${JSON.stringify(doc.text)}`);
        if (doc.text.includes("\u2424")) throw new Error("the sign for a line feed has become text");
      }
    };
    const act = (what: (typeof steps)[number]) => {
      if (what.kind === "type") {
        const editor = editors[what.who]!;
        const text = editor.text();
        const from = Math.min(what.at, text.length);
        editor.replace(from, Math.min(from + what.size, text.length), what.text);
      } else if (what.kind === "move") {
        // By the clipboard, which is given what is shown.
        const editor = editors[what.who]!;
        const from = Math.min(what.at, editor.text().length);
        const cut = editor.text().slice(from, from + what.size);
        editor.replace(from, from + cut.length, "");
        editor.replace(Math.min(what.to, editor.text().length), Math.min(what.to, editor.text().length), cut);
      } else if (what.kind === "undo" || what.kind === "redo") editors[what.who]!.doc[what.kind]();
    };
    let apart: (typeof steps)[number][] | undefined;
    for (const what of steps) {
      if (what.kind === "apart") apart ??= [];
      else if (what.kind === "meet" && apart !== undefined) {
        const held = apart;
        apart = undefined;
        hub.away(() => {
          for (const each of held) act(each);
        });
      } else if (apart !== undefined) apart.push(what);
      else act(what);
      await settled();
      same();
    }
    hub.advance(1000);
    await settled();
    same();
    for (const { doc } of editors)
      if (doc.text !== hub.snapshot.toString()) throw new Error("the server has another text");
    for (const editor of editors) editor.end();
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns });
  document.body.replaceChildren();
  return failed ? `${errorInstance}\n${JSON.stringify(counterexample)}` : undefined;
}

/** The page goes out of sight. @returns what `look` says to whoever hears of that, and was there before the editors */
function hides<T>(look: () => T): T | undefined {
  let seen: T | undefined;
  seenWhenHidden = () => {
    seen = look();
  };
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  Reflect.deleteProperty(document, "visibilityState");
  return seen;
}
let seenWhenHidden = () => {};
document.addEventListener("visibilitychange", () => seenWhenHidden());

/** Two CodeMirror editors on one document, for tests of one thing. */
async function two(text: string) {
  document.body.replaceChildren();
  const hub = createHub("plain", text);
  const [ann, bo] = [codemirror(hub.open("ann")), codemirror(hub.open("bo"))];
  await settled();
  return { hub, ann, bo };
}

/** Two fields on one document: hers of either kind, his a text area. */
async function twoFields(text: string, hers: "textarea" | "input" = "textarea") {
  document.body.replaceChildren();
  const hub = createHub("plain", text);
  const [ann, bo] = [field(hub.open("ann"), hers), field(hub.open("bo"), "textarea")];
  await settled();
  return { hub, ann, bo };
}

const plain = {
  ...{ letGo, hides, converges, two, twoFields, codemirror, createHub, settled },
  ...{ undo, redo, isRemote, bindTextArea, collabText, EditorView, StateEffect },
};
export type Plain = typeof plain;
Object.assign(globalThis, { plain });
