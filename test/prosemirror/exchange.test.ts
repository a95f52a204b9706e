// What an editor and a document owe each other when they speak at once. The document here is only a snapshot that tells
// of its changes, in order, after all of them have been made.

import { expect } from "chai";
import { EditorState, Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Change, SharedDocument, SubmitOptions } from "../../client/index.js";
import { collab } from "../../client/prosemirror/collab.js";
import { selectionInDocument } from "../../client/prosemirror/cursors.js";
import { project } from "../../client/prosemirror/projection.js";
import { schema } from "../../client/prosemirror/schema.js";
import { type RichOp, RichSnapshot, richText } from "../../ot/index.js";
import { settled, TestEditor } from "./editor.js";

class Telling {
  readonly ready = Promise.resolve();
  writable = true;
  snapshot: RichSnapshot;
  readonly submitted: RichOp[] = [];
  #listeners: ((change: Change) => void)[] = [];
  #untold: Change[] = [];
  #isTelling = false;

  constructor(wire: unknown) {
    this.snapshot = RichSnapshot.from(wire);
  }

  on(event: string, listener: (change: Change) => void): () => void {
    if (event === "change") this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }

  submit(op: RichOp, options: SubmitOptions): void {
    if (!this.writable) throw new Error("not ours to write");
    this.submitted.push(op);
    this.#change(op, { local: true, origin: "submit", source: options.source });
    this.#tell();
  }

  /** Others' ops, all made before the first of them is told. */
  receive(...ops: readonly RichOp[]): void {
    for (const op of ops) this.#change(op, { local: false, origin: "remote" });
    this.#tell();
  }

  #change(op: RichOp, more: Pick<Change, "local" | "origin"> & { source?: unknown }): void {
    const before = this.snapshot;
    this.snapshot = richText.apply(before, op);
    this.#untold.push({ op, before, after: this.snapshot, author: "", src: "", version: 1, ...more });
  }

  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
      for (const listener of [...this.#listeners]) listener(next);
    }
    this.#isTelling = false;
  }
}

async function telling(wire: unknown) {
  const document = new Telling(wire);
  // Only what the binding uses of a document is there.
  const editor = new TestEditor([collab(document as unknown as SharedDocument<RichSnapshot, RichOp>)]);
  await settled();
  const expectSame = async () => {
    await settled();
    expect(editor.doc.toString()).to.equal(project(document.snapshot).toString());
  };
  return { document, editor, expectSame };
}

describe("an exchange", () => {
  it("sends nothing while changes wait to be told, though a listener types in the middle of one", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    const stop = document.on("change", () => {
      stop();
      editor.select(3).type("!");
    });
    document.receive([1, "x"], [1, "y"], [5, "z"]);
    await expectSame();
    expect(editor.doc.textContent).to.equal("yxa!bz");
  });

  it("sends nothing in the middle of changes that come to nothing, though what has just been typed is read there", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    // The browser has a letter of which the view has not heard.
    const onSelectionChange = () => {
      Object.assign(editor, { domObserver: undefined });
      editor.select(1, 3).type("!");
    };
    Object.assign(editor, { domObserver: { onSelectionChange } });
    // The last two are not told yet when the first is, and leave the document as the first has made it.
    document.receive([1, "x"], [4, "yy"], [4, { d: 2 }]);
    await expectSame();
    expect(editor.doc.textContent).to.equal("!x");
  });

  it("sends nothing in the middle of changes that come to nothing, though a listener types there", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    const stop = document.on("change", () => {
      stop();
      editor.select(2, 4).type("!");
    });
    document.receive([1, "x"], [4, "yy"], [4, { d: 2 }]);
    await expectSame();
    expect(editor.doc.textContent).to.equal("x!");
  });

  it("shows changes told in the middle of a dispatch afterwards", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    editor.select(3);
    editor.dispatchTransaction = (tr) => {
      editor.dispatchTransaction = undefined;
      document.receive([1, "x"]);
      editor.apply(editor.state.tr.insertText(tr.doc.textBetween(3, 4), editor.state.selection.head));
      document.receive([1, "y"]);
    };
    editor.type("!");
    await expectSame();
    expect(editor.doc.textContent).to.equal("yxab!");
  });

  it("does not dispatch while another transaction is being applied", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    const order: string[] = [];
    const plugin = new Plugin({
      view: () => ({
        update(view, before) {
          if (view.state.doc === before.doc || order.length > 0) return;
          order.push("in");
          document.receive([1, "x"]);
          order.push(`out ${view.state.doc.textContent}`);
        },
      }),
    });
    // It stands before the binding, so that it is told first.
    const watched = new TestEditor([
      plugin,
      collab(document as unknown as SharedDocument<RichSnapshot, RichOp>),
    ]);
    await settled();
    order.length = 0;
    watched.select(3).type("!");
    expect(order).to.deep.equal(["in", "out ab!"]);
    await expectSame();
    expect(watched.doc.textContent).to.equal("xab!");
    expect(editor.doc.textContent).to.equal("xab!");
  });

  it("leaves a document alone whose view is given another state by who hears of the caret", async () => {
    const document = new Telling(["\nab"]);
    let told = 0;
    // It stands before the binding, so that it is told first.
    const plugin = new Plugin({
      view: () => ({
        update({ state }, before) {
          if (state.doc !== before.doc && told++ === 0) document.receive([1, "x"]);
        },
      }),
    });
    const editor = new TestEditor([
      plugin,
      collab(document as unknown as SharedDocument<RichSnapshot, RichOp>),
    ]);
    await settled();
    told = 0;
    const onSelectionChange = () => editor.updateState(EditorState.create({ schema }));
    Object.assign(editor, { domObserver: { onSelectionChange } });
    editor.select(3).type("!");
    await settled();
    expect(document.snapshot.toString()).to.equal("\nxab!");
    expect(editor.doc.textContent).to.equal("");
  });

  it("leaves a document alone whose view is given another state, also where a plugin before it asks where one is", async () => {
    const document = new Telling(["\nab"]);
    const asking = new Plugin({ view: (view) => ({ destroy: () => void selectionInDocument(view.state) }) });
    const doc = document as unknown as SharedDocument<RichSnapshot, RichOp>;
    const editor = new TestEditor([asking, collab(doc)]);
    await settled();
    editor.select(3).type("!");
    editor.updateState(EditorState.create({ schema, plugins: [...editor.state.plugins] }));
    await settled();
    expect(document.snapshot.toString()).to.equal("\nab!");
    expect(editor.doc.textContent).to.equal("ab!");
  });

  for (const [when, first] of [
    ["before the binding", true],
    ["after the binding", false],
  ] as const) {
    it(`loses no letter that a listener types while another is submitted, and then makes the plugins anew, told ${when}`, async () => {
      const document = new Telling(["\nab"]);
      let told = false;
      const listen = () =>
        void document.on("change", () => {
          if (told) return;
          told = true;
          editor.type("?");
          editor.updateState(editor.state.reconfigure({ plugins: [...editor.state.plugins] }));
        });
      if (first) listen();
      const editor = new TestEditor([collab(document as unknown as SharedDocument<RichSnapshot, RichOp>)]);
      if (!first) listen();
      await settled();
      editor.select(3).type("!");
      await settled();
      expect(document.snapshot.toString()).to.equal("\nab!?");
      expect(editor.doc.textContent).to.equal("ab!?");
    });
  }

  for (const [deed, does] of [
    [
      "makes the plugins anew",
      (view) => view.updateState(view.state.reconfigure({ plugins: [...view.state.plugins] })),
    ],
    ["ends the editor", (view) => view.destroy()],
  ] as const satisfies readonly (readonly [
    string,
    (view: Pick<EditorView, "state" | "updateState" | "destroy">) => void,
  ])[]) {
    it(`loses no word that is held back, and nothing of the others', where a plugin ${deed} when it sees theirs`, async () => {
      const document = new Telling(["\nab\ncd"]);
      let ends = false;
      const ending = new Plugin({
        view: () => ({
          update(view) {
            if (!ends) return;
            ends = false;
            does(view);
          },
        }),
      });
      const editor = new TestEditor([
        ending,
        collab(document as unknown as SharedDocument<RichSnapshot, RichOp>),
      ]);
      await settled();
      editor.composing = true;
      editor.select(3).type("k");
      ends = true;
      document.receive([4, "x"]);
      await settled();
      expect(document.snapshot.toString()).to.equal("\nabk\nxcd");
    });
  }

  it("takes an edit back that cannot be submitted, and says so", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    const error = console.error;
    const said: unknown[] = [];
    console.error = (text: unknown) => void said.push(text);
    try {
      editor.composing = true;
      editor.select(3).type("!");
      document.writable = false;
      editor.composing = false;
      editor.fire("compositionend");
      editor.select(1);
      await expectSame();
      expect(editor.doc.textContent).to.equal("ab");
      expect(said.length).to.equal(1);
    } finally {
      console.error = error;
    }
  });

  it("sets the editor anew when it has not been told of everything", async () => {
    const { document, editor, expectSame } = await telling(["\nab"]);
    document.snapshot = RichSnapshot.from(["\nsomething else"]);
    document.receive([1, "x"]);
    await expectSame();
    expect(editor.doc.textContent).to.equal("xsomething else");
  });
});
