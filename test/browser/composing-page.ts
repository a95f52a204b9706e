// What the composition tests load into their page: an editor as the demo sets it up, which shows one document after
// another over one connection, and what the tests do with it. Nothing here knows what a test expects.

import { setBlockType, wrapIn } from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { type Command, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { connect, type SharedDocument } from "../../client/index.js";
import { undo } from "../../client/prosemirror/index.js";
import { richEditor } from "../../demo/rich/editor.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";

let connection: ReturnType<typeof connect> | undefined;
let shared: SharedDocument<RichSnapshot, RichOp> | undefined;
let view!: EditorView;
/** All that the document has said since it was shown. */
const texts = new Set<string>();
/** The text node that is being composed. */
let composed: globalThis.Node | null = null;

/** How many times longer than usual the page waits where it waits for seconds, so that a busy machine ends nothing early. */
let patience = 1;
const { setTimeout: timeout } = globalThis;
Object.assign(globalThis, {
  setTimeout: (run: () => void, ms = 0) => timeout(run, ms < 1_000 ? ms : ms * patience),
});

export interface Opening {
  /** Whether the browser has the Custom Highlight API. */
  readonly highlights?: boolean;
  readonly patience?: number;
}

const highlightsOf = Object.getOwnPropertyDescriptor(CSS, "highlights")!;

interface Found {
  readonly from: number;
  readonly to: number;
}

/** The first place where `text` stands in one text node. */
function find(text: string): Found {
  let from = -1;
  view.state.doc.descendants((node, pos) => {
    const at = node.isText ? node.text!.indexOf(text) : -1;
    if (from < 0 && at >= 0) from = pos + at;
  });
  if (from < 0) throw new Error(`There is no "${text}" in ${view.state.doc}`);
  return { from, to: from + text.length };
}

/** The textblock around `text`. */
function blockOf(text: string): Found {
  const $pos = view.state.doc.resolve(find(text).from);
  return { from: $pos.before(), to: $pos.after() };
}

function selectAt(anchor: number, head = anchor): void {
  view.focus();
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, anchor, head)));
}

function run(command: Command): void {
  if (!command(view.state, view.dispatch)) throw new Error("The command does not apply");
}

/** What somebody does to the document. */
const deeds = {
  insert(behind: string, text: string) {
    view.dispatch(view.state.tr.insertText(text, find(behind).to));
  },
  insertBefore(before: string, text: string) {
    view.dispatch(view.state.tr.insertText(text, find(before).from));
  },
  erase(text: string) {
    const { from, to } = find(text);
    view.dispatch(view.state.tr.delete(from, to));
  },
  heading(text: string) {
    selectAt(find(text).from);
    run(setBlockType(view.state.schema.nodes.heading!, { level: 2 }));
  },
  quote(text: string) {
    selectAt(find(text).from);
    run(wrapIn(view.state.schema.nodes.blockquote!));
  },
  split(behind: string) {
    view.dispatch(view.state.tr.split(find(behind).to));
  },
  join(text: string) {
    view.dispatch(view.state.tr.join(blockOf(text).from));
  },
  eraseBlock(text: string) {
    const { from, to } = blockOf(text);
    view.dispatch(view.state.tr.delete(from, to));
  },
  embolden(text: string) {
    const { from, to } = find(text);
    view.dispatch(view.state.tr.addMark(from, to, view.state.schema.marks.strong!.create()));
  },
  comment(text: string) {
    const { from, to } = blockOf(text);
    view.dispatch(
      view.state.tr.addMark(from + 1, to - 1, view.state.schema.marks.comment!.create({ id: "c1" })),
    );
  },
  mention(behind: string) {
    const mention = view.state.schema.nodes.mention!.create({ id: "7", label: "Cy" });
    view.dispatch(view.state.tr.insert(find(behind).to, mention));
  },
  /** All of it out, and the same in again. */
  replaceAll() {
    const { doc, tr } = view.state;
    view.dispatch(tr.replaceWith(0, doc.content.size, doc.content));
  },
  undo() {
    undo(view.state, view.dispatch);
  },
  caret(behind: string) {
    selectAt(find(behind).to);
  },
  caretBefore(before: string) {
    selectAt(find(before).from);
  },
  select(text: string) {
    const { from, to } = find(text);
    selectAt(from, to);
  },
  /** Into the `nth` textblock, at its end. */
  caretInBlock(nth: number) {
    const blocks: { node: Node; pos: number }[] = [];
    view.state.doc.descendants((node, pos) => {
      if (node.isTextblock) blocks.push({ node, pos });
    });
    const { node, pos } = blocks[nth]!;
    selectAt(pos + 1 + node.content.size);
  },
  blur() {
    view.dom.blur();
  },
};

export type Deeds = typeof deeds;

const kit = {
  ...deeds,

  /** Shows another document in an editor of its own. */
  async open(id: string, name: string, options: Opening): Promise<void> {
    connection ??= connect(location.origin, { name });
    if (shared !== undefined) view.destroy();
    shared?.close();
    document.body.replaceChildren();
    texts.clear();
    patience = options.patience ?? 20;
    if (options.highlights !== false) Object.defineProperty(CSS, "highlights", highlightsOf);
    else Reflect.deleteProperty(CSS, "highlights");
    const doc = connection.open(id, { type: "rich" });
    shared = doc;
    view = richEditor(document.body.appendChild(document.createElement("div")), doc);
    doc.on("change", () => texts.add(doc.text));
    await doc.ready;
    view.focus();
  },

  copy: () => ({
    version: shared!.version,
    unsaved: shared!.unsaved,
    status: shared!.status,
    outline: view.state.doc.toString(),
    snapshot: JSON.stringify(shared!.snapshot),
    shown: shownText(),
  }),

  /** Resolves when all of ours is saved, with what there is then: to wait for it here asks the page once. */
  async saved() {
    await until("saved", () => shared!.unsaved === 0 && shared!.status === "saved");
    return kit.copy();
  },

  hasHeard: (version: number): Promise<void> => until(`at ${version}`, () => shared!.version >= version),

  /** Everything that the document has ever said here. */
  history: () => [...texts],

  composing: () => view.composing,

  /** Remembers the text node that is being composed. */
  remember(): void {
    composed = getSelection()!.anchorNode;
  },

  /** Whether it is still there, and the caret in it. */
  isUntouched: () => composed?.isConnected === true && getSelection()!.anchorNode === composed,

  /** How far the only other caret is from the end of `text`, in pixels. */
  caretOff(text: string): number {
    const caret = document.querySelector(".interline-caret");
    const { node, offset } = view.domAtPos(find(text).to, -1);
    const range = document.createRange();
    range.setStart(node, offset);
    range.setEnd(node, offset);
    const wanted = range.getBoundingClientRect();
    const is = caret?.getBoundingClientRect();
    return is === undefined ? Number.NaN : Math.abs(is.left - wanted.left) + Math.abs(is.top - wanted.top);
  },

  retry: () => connection!.retryNow(),
};

/** As long as a machine may take that does many other things. */
const PATIENCE_MS = 40_000;

/** @throws Error saying what is still not so */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !isSo(); ) {
    if (performance.now() > end) throw new Error(`After ${PATIENCE_MS} ms still not: ${what}`);
    await new Promise((next) => setTimeout(next, 5));
  }
}

/** The text of the page, block by block. */
function shownText(): string {
  return [...view.dom.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]
    .map(({ textContent }) => textContent)
    .join("\n");
}

export type ComposingKit = typeof kit;

Object.assign(globalThis, { kit });
