// Undo in an editor takes back one's own last step, whatever the others have done since.

import { expect } from "chai";
import { setBlockType, splitBlock, toggleMark } from "prosemirror-commands";
import { NodeSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { isRemote } from "../../client/prosemirror/collab.js";
import { redo, undo } from "../../client/prosemirror/history.js";
import { editorKeymap } from "../../client/prosemirror/keymap.js";
import { schema } from "../../client/prosemirror/schema.js";
import { settled } from "./editor.js";
import { expectAllSame, people } from "./people.js";

const { nodes, marks } = schema;

describe("undo", () => {
  it("takes back what was typed, and leaves what the others typed in the middle of it", async () => {
    const all = await people(["\nHello"]);
    const { editor } = all.ann;
    editor.caret("Hello", "after").type(" world");
    await settled();
    all.bo.editor.caret("world").type("wide ");
    await settled();
    editor.run(undo);
    expect(editor.doc.textContent).to.equal("Hellowide ");
    editor.run(redo);
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("Hello wide world");
    await expectAllSame(all);
  });

  it("is not what the keys for redo do where there is nothing to redo, caps lock or not", async () => {
    const { editor } = (await people(["\n"])).ann;
    editor.select(1).type("hello");
    await settled();
    const keys = editorKeymap();
    const press = (key: string, shiftKey: boolean) => {
      const event = { key, keyCode: 90, shiftKey, ctrlKey: true, altKey: false, metaKey: false };
      const view = editor as unknown as EditorView;
      return [keys.props.handleKeyDown!.call(keys, view, event as KeyboardEvent), editor.doc.textContent];
    };
    expect(press("z", true)).to.deep.equal([true, "hello"]);
    expect(press("Z", true)).to.deep.equal([true, "hello"]);
    expect(press("Z", false)).to.deep.equal([true, ""]);
    expect(press("z", false)).to.deep.equal([true, ""]);
    expect(press("z", true)).to.deep.equal([true, "hello"]);
  });

  it("brings the caret back to where it was, and into view", async () => {
    const all = await people(["\none\ntwo"]);
    const { editor } = all.ann;
    editor.caret("two").run(setBlockType(nodes.heading));
    editor.caret("one");
    all.bo.editor.caret("one").type("zero and ");
    await settled();
    editor.run(undo);
    const last = editor.transactions.at(-1)!;
    expect(last.scrolledIntoView).to.equal(true);
    expect(isRemote(last)).to.equal(true);
    expect(editor.state.selection.$head.parent.textContent).to.equal("two");
    expect(editor.state.selection.$head.parentOffset).to.equal(0);
    await expectAllSame(all);
  });

  it("brings back a selected node, and selected text the right way round", async () => {
    const all = await people(["\na", "b\n", { i: { hr: 1, blk: true } }, "\nend"]);
    const { editor } = all.ann;
    const at = [...Array(editor.doc.content.size).keys()].find(
      (pos) => editor.doc.nodeAt(pos)?.type === nodes.horizontal_rule,
    )!;
    editor.setSelection(NodeSelection.create(editor.doc, at)).dispatch(editor.state.tr.deleteSelection());
    editor.run(undo);
    expect(editor.state.selection).to.be.instanceOf(NodeSelection);
    expect(editor.doc.nodeAt(editor.state.selection.from)?.type).to.equal(nodes.horizontal_rule);
    editor.select(3, 1).run(toggleMark(marks.strong));
    editor.select(1).run(undo);
    expect([editor.state.selection.anchor, editor.state.selection.head]).to.deep.equal([3, 1]);
    await expectAllSame(all);
  });

  it("takes typing in one go back at once, and structure step by step", async () => {
    const all = await people(["\n"]);
    const { editor } = all.ann;
    for (const letter of "abc") editor.type(letter);
    editor.run(splitBlock);
    for (const letter of "de") editor.type(letter);
    const seen = [0, 1, 2].map(() => editor.run(undo).doc.toString());
    expect(seen).to.deep.equal([
      'doc(paragraph("abc"), paragraph)',
      'doc(paragraph("abc"))',
      "doc(paragraph)",
    ]);
    expect(undo(editor.state)).to.equal(false);
    await expectAllSame(all);
  });

  it("takes a paste back on its own", async () => {
    const all = await people(["\n"]);
    const { editor } = all.ann;
    editor.type("a");
    editor.dispatch(editor.state.tr.insertText("pasted").setMeta("uiEvent", "paste"));
    editor.type("z");
    expect([0, 1, 2].map(() => editor.run(undo).doc.textContent)).to.deep.equal(["apasted", "a", ""]);
  });

  it("leaves alone what was not to be undone", async () => {
    const all = await people(["\n"]);
    const { editor } = all.ann;
    editor.type("mine");
    editor.dispatch(editor.state.tr.insertText("[stamp]", 1).setMeta("addToHistory", false));
    editor.run(undo);
    expect(editor.doc.textContent).to.equal("[stamp]");
    await expectAllSame(all);
  });

  it("says whether there is anything, without doing it", async () => {
    const all = await people(["\n"]);
    expect([undo(all.ann.editor.state), redo(all.ann.editor.state)]).to.deep.equal([false, false]);
    all.ann.editor.type("x");
    expect([undo(all.ann.editor.state), redo(all.ann.editor.state)]).to.deep.equal([true, false]);
    expect(all.ann.editor.doc.textContent).to.equal("x");
  });
});
