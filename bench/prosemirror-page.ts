// What `bench/view.ts` runs in the page: a real editor that shows a long document and is bound to a session.
//
// Each moment of an edit is charged to the binding and others' carets, to ProseMirror, or to the rest (the session and its
// server, which are in the page too), so that the two can be told apart in one and the same transaction.

import { EditorState, type Plugin, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { collab, pmFromAtom, presenceCursors } from "../client/prosemirror/index.js";
import { leafAt } from "../client/prosemirror/leaves.js";
import { schema } from "../client/prosemirror/schema.js";
import type { Attributes, RichOp } from "../ot/index.js";
import { createHub } from "../test/client/hub.js";

const line = "the quick brown fox jumps over a lazy dog and runs on";
const size = line.length + 1;

/** Milliseconds of each round. */
export type Times = number[];

export interface Measured {
  readonly what: string;
  /** What the binding and others' carets took. */
  readonly own: Times;
  /** What ProseMirror took to apply and to draw the same transaction. */
  readonly editor: Times;
}

type Part = "own" | "editor" | "else";

/** To whom the time that passes belongs: whoever was entered last and has not been left. */
class Account {
  readonly spent: Record<Part, number> = { own: 0, editor: 0, else: 0 };
  readonly #within: Part[] = ["else"];
  #since = performance.now();

  enter(part: Part): void {
    this.#pass();
    this.#within.push(part);
  }
  leave(): void {
    this.#pass();
    this.#within.pop();
  }
  /** @returns what has been spent since that was last asked */
  take(): Record<Part, number> {
    this.#pass();
    const spent = { ...this.spent };
    for (const part of ["own", "editor", "else"] as const) this.spent[part] = 0;
    return spent;
  }
  #pass(): void {
    const now = performance.now();
    this.spent[this.#within.at(-1)!] += now - this.#since;
    this.#since = now;
  }
}

const account = new Account();

type Method = (this: unknown, ...args: never[]) => unknown;

/** The same function, whose time belongs to `part`. */
function charged<F extends Method>(part: Part, run: F): F {
  return function (this: unknown, ...args: never[]) {
    account.enter(part);
    try {
      return run.apply(this, args);
    } finally {
      account.leave();
    }
  } as F;
}

for (const [owner, name] of [
  [EditorView.prototype, "dispatch"],
  [EditorView.prototype, "updateState"],
  [EditorState.prototype, "applyTransaction"],
] as const) {
  const methods = owner as unknown as Record<string, Method>;
  methods[name] = charged("editor", methods[name]!);
}

/** A plugin whose every hook is charged to us. */
function ours(plugin: Plugin): Plugin {
  const { spec } = plugin;
  if (spec.state) spec.state.apply = charged("own", spec.state.apply as Method) as typeof spec.state.apply;
  if (spec.filterTransaction)
    spec.filterTransaction = charged("own", spec.filterTransaction as Method) as never;
  const { view } = spec;
  if (view)
    spec.view = (editor) => {
      const made = view.call(plugin, editor);
      return { ...made, ...(made.update && { update: charged("own", made.update as Method) as never }) };
    };
  return plugin;
}

type MakeOp = (at: number) => RichOp;

const ops = (attributes: Attributes): Record<string, MakeOp> => ({
  "a remote letter": (at) => [at + 9, "x"],
  "a remote word made bold": (at) => [at + 5, { r: 5, a: { b: 1 } }],
  "a remote split": (at) => [at + 9, { i: "\n", a: attributes }],
  "a remote join": (at) => [at, { d: 1 }],
  "a remote indent": (at) => [at, { r: size, b: { li: "b", in: 1 } }],
  "a remote quote around three blocks": (at) => [at, { r: 3 * size, b: { q: 1, li: null } }],
  "two remote edits, far from each other": (at) => [10, "x", at - 10, { d: 3 }],
});

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Lets the microtasks run that are waiting: they are the binding's. */
async function microtasks(): Promise<void> {
  account.enter("own");
  for (let nth = 0; nth < 4; nth++) await undefined;
  account.leave();
}

/** All kinds of edits, so many times each, with the binding and without. */
async function measure(blocks: number, attributes: Attributes, rounds: number): Promise<Measured[]> {
  const wire = Array.from({ length: blocks }, () => [{ i: "\n", a: attributes }, line]).flat();
  const hub = createHub("rich", wire);
  const [doc, other] = [hub.open("ann"), hub.open("bo")];
  other.presence.update({ anchor: 20, head: 30 });

  // The first to hear of a change and the last: what is between is the binding's, but for what the editor does there.
  doc.on("change", () => account.enter("own"));
  const place = document.body.appendChild(document.createElement("div"));
  const plugins = [ours(presenceCursors(doc)), ours(collab(doc))];
  const view = new EditorView(place, { state: EditorState.create({ schema, plugins }) });
  await doc.ready;
  await frame();
  doc.on("change", () => account.leave());

  let round = 0;
  /** Another place each time, all over the document. */
  const somewhere = () => leafAt(view.state.doc, (((round++ * 7_919) % (blocks - 10)) + 2) * size).at;
  const measured: Measured[] = [];
  const repeat = async (what: string, run: () => void) => {
    const result: Measured = { what, own: [], editor: [] };
    for (let nth = 0; nth < rounds; nth++) {
      await frame();
      const before = view.state.doc;
      account.take();
      run();
      await microtasks();
      const { own, editor } = account.take();
      if (view.state.doc === before) throw new Error(`${what}: nothing happened`);
      result.own.push(own);
      result.editor.push(editor);
    }
    measured.push(result);
  };

  view.focus();
  const caret = pmFromAtom(view.state.doc, somewhere() + 9);
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, caret)));
  // What a session and a server do with an edit is not the binding's.
  doc.submit = charged("else", doc.submit as Method) as never;
  await repeat("a key", () => hub.away(() => view.dispatch(view.state.tr.insertText("x"))));
  for (const [what, makeOp] of Object.entries(ops(attributes)))
    await repeat(what, () => other.submit(makeOp(somewhere())));
  view.destroy();
  document.body.replaceChildren();
  return measured;
}

const bench = { measure };
export type Bench = typeof bench;

Object.assign(globalThis, { bench });
