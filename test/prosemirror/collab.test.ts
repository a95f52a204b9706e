// Editors on one document, over a server in the same thread: what each person sees, keeps and may do.

import { expect } from "chai";
import fc from "fast-check";
import { splitBlock, toggleMark } from "prosemirror-commands";
import { Schema } from "prosemirror-model";
import { EditorState, NodeSelection, Plugin, TextSelection } from "prosemirror-state";
import { collab, documentOf, isRemote, originOf } from "../../client/prosemirror/collab.js";
import { redo, undo } from "../../client/prosemirror/history.js";
import { schema } from "../../client/prosemirror/schema.js";
import { createHub } from "../client/hub.js";
import { type Action, action, perform } from "./commands.js";
import { anyRichDocument } from "./documents.js";
import { settled, TestEditor } from "./editor.js";
import { expectAllSame, people } from "./people.js";

const { nodes, marks } = schema;

describe("editors on one document", () => {
  it("show what the others type", async () => {
    const all = await people(["\nHello"]);
    all.ann.editor.caret("Hello", "after").type(" world");
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("Hello world");
    await expectAllSame(all);
  });

  it("come to one document, whatever three people do without knowing of each other", async () => {
    const doing = fc.record({
      who: fc.nat(2),
      what: fc.oneof({ arbitrary: action, weight: 8 }, fc.constantFrom("undo", "redo", "compose", "stop")),
    });
    const rounds = fc.array(
      fc.record({ away: fc.boolean(), doings: fc.array(doing, { minLength: 1, maxLength: 6 }) }),
      {
        minLength: 2,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(anyRichDocument(), rounds, async (snapshot, drawn) => {
        const all = await people(snapshot.toJSON());
        const everybody = [all.ann, all.bo, all.cy].map(({ editor }) => editor);
        for (const { away, doings } of drawn) {
          const round = () => {
            for (const { who, what } of doings) act(everybody[who]!, what);
          };
          if (away) all.hub.away(round);
          else round();
          await settled();
          all.clock.advance(1_500);
          await settled();
        }
        for (const editor of everybody) act(editor, "stop");
        all.clock.advance(0);
        await expectAllSame(all);
      }),
      { numRuns: 300 },
    );
  });
});

function act(editor: TestEditor, what: Action | "undo" | "redo" | "compose" | "stop"): void {
  if (what === "undo") undo(editor.state, () => {});
  else if (what === "redo") redo(editor.state, () => {});
  else if (what === "compose") editor.composing = true;
  else if (what === "stop") {
    editor.composing = false;
    editor.fire("compositionend");
  } else {
    const made = perform(editor.state, what);
    if (made === undefined) return;
    editor.setSelection(made.before.selection);
    editor.dispatch(made.again(editor.state));
  }
}

describe("before the document is there", () => {
  it("an editor is empty and accepts nothing, and what it was made with is never part of the document", async () => {
    const hub = createHub("rich", ["\nShared"]);
    const doc = hub.open("ann");
    const own = schema.node("doc", null, [schema.node("paragraph", null, schema.text("my own"))]);
    const editor = new TestEditor([collab(doc)], own);
    expect(editor.editable).to.equal(false);
    editor.select(1).type("lost?");
    expect(editor.doc.textContent).to.equal("my own");
    await settled();
    expect(editor.doc.textContent).to.equal("Shared");
    expect(editor.editable).to.equal(true);
    expect(JSON.stringify(hub.snapshot)).to.equal('["\\nShared"]');
    expect(editor.transactions.filter((tr) => tr.docChanged)).to.deep.equal([]);
    expect(documentOf(editor.state)).to.equal(doc);
  });
});

describe("somebody else's edit", () => {
  it("leaves the caret where it is when text appears exactly there", async () => {
    const all = await people(["\nab"]);
    all.ann.editor.select(2);
    all.bo.editor.select(2).type("XYZ");
    await settled();
    expect(all.ann.editor.state.selection.head).to.equal(2);
    expect(all.ann.editor.doc.textContent).to.equal("aXYZb");
  });

  it("leaves a selection on the text that it was on", async () => {
    const all = await people(["\none\ntwo\nthree"]);
    all.ann.editor.caret("two");
    const from = all.ann.editor.state.selection.from;
    all.ann.editor.select(from + 3, from);
    all.bo.editor.caret("one").type("zero ").caret("three").run(splitBlock);
    await settled();
    const { selection, doc } = all.ann.editor.state;
    expect(doc.textBetween(selection.from, selection.to)).to.equal("two");
    expect(selection.anchor).to.be.greaterThan(selection.head);
  });

  it("leaves a selected node selected, and the next one where it is when that node is deleted", async () => {
    const all = await people(["\na", { i: { image: { src: "1.png" } } }, "b\nc"]);
    const { editor } = all.ann;
    editor.setSelection(NodeSelection.create(editor.doc, 2));
    all.bo.editor.select(1).type("long ");
    await settled();
    const { selection } = editor.state;
    expect(selection).to.be.instanceOf(NodeSelection);
    expect((selection as NodeSelection).node.type).to.equal(nodes.image);
    all.bo.editor.dispatch(all.bo.editor.state.tr.delete(selection.from, selection.to));
    await settled();
    expect(editor.state.selection).to.be.instanceOf(TextSelection);
    await expectAllSame(all);
  });

  it("keeps the marks chosen for the next letter, unless it is in the same block", async () => {
    const all = await people(["\none\ntwo"]);
    const { editor } = all.ann;
    editor.caret("one", "after").run(toggleMark(marks.strong));
    all.bo.editor.caret("two").type("x");
    await settled();
    expect(editor.state.storedMarks).to.deep.equal([marks.strong.create()]);
    editor.type("!");
    await settled();
    expect(JSON.stringify(all.hub.snapshot)).to.equal('["\\none",{"i":"!","a":{"b":1}},"\\nxtwo"]');
  });

  it("comes as one transaction that says whose it is, does not scroll and is not to be undone", async () => {
    const all = await people(["\none"]);
    all.bo.editor.caret("one").type("x");
    await settled();
    const [tr, ...more] = all.ann.editor.transactions.filter((each) => each.docChanged);
    expect(more).to.deep.equal([]);
    expect(isRemote(tr!)).to.equal(true);
    expect(originOf(tr!)).to.include({ origin: "remote", author: "bo" });
    expect(tr!.scrolledIntoView).to.equal(false);
    expect(tr!.getMeta("addToHistory")).to.equal(false);
    expect(all.bo.editor.transactions.filter(isRemote)).to.deep.equal([]);
  });

  it("may not be answered by a plugin with a change of its own, and nothing loops", async () => {
    const tidies = (tag: string) =>
      new Plugin({
        appendTransaction: (trs, _old, state) =>
          trs.some((tr) => tr.docChanged) ? state.tr.insertText(tag, state.doc.content.size - 1) : null,
      });
    const warned = console.warn;
    const warnings: unknown[] = [];
    console.warn = (text: unknown) => void warnings.push(text);
    try {
      const all = await people(["\none"], [tidies("!")]);
      const other = new TestEditor([collab(all.cy.doc), tidies("?")]);
      await settled();
      all.bo.editor.caret("one").type("x");
      await settled();
      expect(all.ann.editor.doc.textContent).to.equal("xone");
      expect(warnings).to.have.length.greaterThan(0);
      all.ann.editor.caret("one").type("y");
      await settled();
      expect(all.bo.editor.doc.textContent).to.equal("xyone!");
      expect(other.doc.textContent).to.equal("xyone!");
      await expectAllSame(all);
    } finally {
      console.warn = warned;
    }
  });

  it("sets the editor anew when a filter swallows it", async () => {
    let swallow = true;
    const all = await people(
      ["\none"],
      [new Plugin({ filterTransaction: (tr) => !(swallow && isRemote(tr)) })],
    );
    all.bo.editor.caret("one").type("x");
    await settled();
    expect(all.ann.editor.doc.textContent).to.equal("xone");
    swallow = false;
    all.ann.editor.caret("one").type("y");
    await expectAllSame(all);
  });
});

describe("an editor", () => {
  it("turns a state that somebody swapped in into the op that leads there", async () => {
    const all = await people(["\none\ntwo\nthree"]);
    const { editor } = all.ann;
    const foreign = editor.state.apply(editor.state.tr.insertText("2", 6, 9));
    editor.updateState(foreign);
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("one2three");
    await expectAllSame(all);
  });

  it("leaves its document as it is when it is given a state that shows something else", async () => {
    const all = await people(["\none\ntwo"]);
    const { editor, doc } = all.ann;
    const other = createHub("rich", ["\nother"]).open("ann");
    const [own, another] = [editor.state.plugins, [collab(other)]];
    const states = {
      "another document's": EditorState.create({ schema, plugins: another }),
      "nobody's": EditorState.create({ schema }),
      "the same plugins', begun anew": EditorState.create({ schema, plugins: [...own] }),
      "another document's, with what this one shows": editor.state.reconfigure({ plugins: another }),
      "read from JSON": EditorState.fromJSON(
        { schema, plugins: [...own] },
        EditorState.create({ schema }).toJSON(),
      ),
    };
    for (const [what, state] of Object.entries(states)) {
      editor.select(1).type("x");
      editor.updateState(state);
      await settled();
      expect(doc.text, what).to.match(/^\nx+one\ntwo$/);
      editor.updateState(EditorState.create({ schema, plugins: [...own] }));
      await settled();
      expect(editor.doc.textContent, what).to.equal(doc.text.replaceAll("\n", ""));
    }
    expect(other.text).to.equal("\nother");
    expect(documentOf(editor.state)).to.equal(doc);
    await expectAllSame(all);
  });

  it("sends what was held back of a word before it shows something else", async () => {
    const all = await people(["\none"]);
    const { editor } = all.ann;
    editor.composing = true;
    editor.select(1).type("k");
    editor.updateState(EditorState.create({ schema }));
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("kone");
  });

  it("says whose document it shows as soon as its plugin has taken another's place", async () => {
    const all = await people(["\none"]);
    const { editor } = all.ann;
    editor.select(1).type("x");
    const other = createHub("rich", ["\nother"]).open("ann");
    editor.updateState(editor.state.reconfigure({ plugins: [collab(other)] }));
    expect(documentOf(editor.state)).to.equal(other);
    undo(editor.state, () => {});
    expect(all.ann.doc.text).to.equal("\nxone");
  });

  it("goes on where it is when plugins come and go", async () => {
    const all = await people(["\none\ntwo"]);
    const { editor } = all.ann;
    editor.caret("two").type("x");
    const counting = new Plugin({ state: { init: () => 0, apply: (_tr, count: number) => count + 1 } });
    editor.updateState(editor.state.reconfigure({ plugins: [...editor.state.plugins, counting] }));
    editor.type("y");
    expect(all.ann.doc.text).to.equal("\none\nxytwo");
    await settled();
    all.bo.editor.select(1).type("z");
    await settled();
    expect(editor.doc.textContent).to.equal("zonexytwo");
    expect(editor.doc.textBetween(0, editor.state.selection.head)).to.equal("zonexy");
    expect(counting.getState(editor.state)).to.be.greaterThan(0);
    await expectAllSame(all);
  });

  it("shows the document anew when plugins come in the middle of a word", async () => {
    const all = await people(["\none"]);
    const { editor } = all.ann;
    editor.composing = true;
    editor.select(1).type("k");
    all.bo.editor.caret("one", "after").type("!");
    await settled();
    editor.updateState(editor.state.reconfigure({ plugins: [...editor.state.plugins, new Plugin({})] }));
    editor.composing = false;
    await settled();
    expect(editor.doc.textContent).to.equal("kone!");
    await expectAllSame(all);
  });

  it("shows what was typed the way the document holds it", async () => {
    const all = await people(["\none\ntwo"]);
    const { editor } = all.ann;
    editor.dispatch(editor.state.tr.insertText("a\nb", 1));
    await settled();
    expect(editor.doc.firstChild!.toString()).to.equal('paragraph("a", hard_break, "bone")');
    const quote = (text: string) =>
      nodes.blockquote.create(null, nodes.paragraph.create(null, schema.text(text)));
    editor.dispatch(editor.state.tr.insert(0, [quote("q1"), quote("q2")]));
    await settled();
    expect(editor.doc.firstChild!.toString()).to.equal('blockquote(paragraph("q1"), paragraph("q2"))');
    await expectAllSame(all);
  });

  it("goes on sending after changes of the others that have no effect any more", async () => {
    const all = await people(["\none", { i: "\n", a: { t: "h1" } }, "two"]);
    all.hub.away(() => {
      for (const { doc } of [all.ann, all.bo]) doc.submit([4, { r: 1, b: { t: null } }]);
    });
    await settled();
    all.ann.editor.caret("one").type("x");
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("xonetwo");
    await expectAllSame(all);
  });

  it("is told at once that its schema is none that documents can be shown in, and that a document is plain", () => {
    const hub = createHub("rich", ["\n"]);
    const own = new Schema({ nodes: { doc: { content: "text*" }, text: {} } });
    expect(() => EditorState.create({ schema: own, plugins: [collab(hub.open("ann"))] })).to.throw(
      "extendSchema",
    );
    expect(() => collab(createHub("plain", "cat").open("bo") as never)).to.throw(TypeError, "is plain");
  });

  it("refuses to share its plugin with a second view", async () => {
    const plugin = collab(createHub("rich").open("ann"));
    new TestEditor([plugin]);
    expect(() => new TestEditor([plugin])).to.throw(/one editor/);
  });

  it("goes on in a new view with the state of the old one", async () => {
    const all = await people(["\none"]);
    const { editor } = all.ann;
    editor.destroy();
    all.bo.editor.select(1).type("x");
    const again = new TestEditor([...editor.state.plugins], editor.doc);
    await settled();
    expect(again.doc.textContent).to.equal("xone");
    again.select(1).type("y");
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("yxone");
  });
});
