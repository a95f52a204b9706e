// While an input method composes a word in an editor: the others go on, its block is left alone, and nothing is lost.

import { expect } from "chai";
import { splitBlock, toggleMark } from "prosemirror-commands";
import { lookMs, maxHoldMs, maxIdleMs } from "../../client/prosemirror/composition.js";
import { undo } from "../../client/prosemirror/history.js";
import { schema } from "../../client/prosemirror/schema.js";
import { settled, type TestEditor } from "./editor.js";
import { expectAllSame, type People, people } from "./people.js";

const wire = ["\nfirst\nsecond\nthird"];

/** Ann begins to compose at the end of "second" and has "ni" so far. */
async function composing(): Promise<People & { readonly editor: TestEditor }> {
  const all = await people(wire);
  const { editor } = all.ann;
  editor.caret("second", "after");
  editor.composing = true;
  compose(editor, "ni");
  await settled();
  return { ...all, editor };
}

/** What ProseMirror dispatches for a change of the text being composed. */
function compose(editor: TestEditor, text: string, replaced = 0): void {
  const { head } = editor.state.selection;
  editor.dispatch(editor.state.tr.insertText(text, head - replaced, head).setMeta("composition", 1));
}

async function end({ editor, clock }: { editor: TestEditor; clock: People["clock"] }): Promise<void> {
  editor.fire("compositionend");
  editor.composing = false;
  clock.advance(0);
  await settled();
}

/** The transactions that changed the document and were not Ann's own. */
const shownTo = (editor: TestEditor) =>
  editor.transactions.filter((tr) => tr.docChanged && tr.getMeta("composition") === undefined);

describe("a composition", () => {
  it("is not disturbed in its block, while other blocks change at once", async () => {
    const all = await composing();
    const { editor, bo } = all;
    bo.editor.caret("second").type("THE ");
    bo.editor.caret("first").type("VERY ");
    bo.editor.caret("third").type("AND ");
    await settled();
    expect(editor.doc.toString()).to.equal(
      'doc(paragraph("VERY first"), paragraph("secondni"), paragraph("AND third"))',
    );
    expect(bo.editor.doc.textContent).to.equal("VERY firstTHE secondAND third");
    compose(editor, "你好", 2);
    await end(all);
    expect(editor.doc.toString()).to.equal(
      'doc(paragraph("VERY first"), paragraph("THE second你好"), paragraph("AND third"))',
    );
    await expectAllSame(all);
  });

  for (const [name, disturb] of [
    ["text typed before it", (other: TestEditor) => other.caret("second").type("x")],
    ["text typed behind it", (other: TestEditor) => other.caret("second", "after").type("x")],
    ["text around it deleted", (other: TestEditor) => other.dispatch(other.state.tr.delete(9, 11))],
    ["its block split", (other: TestEditor) => other.caret("cond").run(splitBlock)],
    [
      "its block made a heading",
      (other: TestEditor) =>
        other.dispatch(other.state.tr.setNodeMarkup(7, schema.nodes.heading, { level: 2 })),
    ],
    ["its block joined with the one before", (other: TestEditor) => other.dispatch(other.state.tr.join(7))],
    [
      "all blocks put in a quote",
      (other: TestEditor) => {
        const range = other.doc.resolve(1).blockRange(other.doc.resolve(other.doc.content.size - 1))!;
        other.dispatch(other.state.tr.wrap(range, [{ type: schema.nodes.blockquote }]));
      },
    ],
    ["its block made bold", (other: TestEditor) => other.select(8, 14).run(toggleMark(schema.marks.strong))],
  ] as const) {
    it(`keeps its block as it is under ${name}, and shows that afterwards`, async () => {
      const all = await composing();
      const block = all.editor.state.selection.$head.parent;
      disturb(all.bo.editor);
      await settled();
      expect(all.editor.state.selection.$head.parent).to.equal(block);
      compose(all.editor, "你", 2);
      await end(all);
      expect(all.editor.doc.textContent).to.include("你");
      await expectAllSame(all);
    });
  }

  it("keeps the list around its block, though the others take that apart", async () => {
    const all = await people([{ i: "\n", a: { li: "b" } }, "one", { i: "\n", a: { li: "c" } }, "two\nthree"]);
    const { editor } = all.ann;
    editor.caret("two", "after");
    editor.composing = true;
    compose(editor, "ni");
    const around = () => [0, 1, 2].map((depth) => editor.state.selection.$head.node(depth).type.name);
    const before = around();
    all.bo.doc.submit([{ r: 8, b: { li: null } }, 1, "x"]);
    await settled();
    expect(around()).to.deep.equal(before);
    await end({ editor, clock: all.clock });
    expect(editor.doc.toString()).to.equal('doc(paragraph("one"), paragraph("twoni"), paragraph("xthree"))');
    await expectAllSame(all);
  });

  it("is sent to the others when it is over, not in between", async () => {
    const all = await composing();
    compose(all.editor, "nih", 2);
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("firstsecondthird");
    compose(all.editor, "你", 3);
    await end(all);
    expect(all.bo.editor.doc.textContent).to.equal("firstsecond你third");
    expect(all.ann.doc.version).to.equal(2);
  });

  it("is sent all the same if it takes longer than two seconds, wherever the others have typed", async () => {
    const all = await composing();
    all.bo.editor.caret("second").type("THE ");
    await settled();
    all.clock.advance(maxHoldMs);
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("firstTHE secondnithird");
    expect(all.editor.doc.textContent).to.equal("firstsecondnithird");
    compose(all.editor, "ni hao", 2);
    all.bo.editor.caret("third").type("A ");
    await settled();
    expect(all.editor.doc.textContent).to.equal("firstsecondni haoA third");
    await end(all);
    await expectAllSame(all);
  });

  it("is undone in one step, although it took so long that a part of it was sent before the rest", async () => {
    const all = await composing();
    for (const [text, replaced] of [
      ["nih", 2],
      ["你", 3],
    ] as const) {
      all.clock.advance(maxHoldMs);
      all.hub.advance(maxHoldMs);
      await settled();
      compose(all.editor, text, replaced);
    }
    await end(all);
    expect(all.editor.doc.textContent).to.equal("firstsecond你third");
    all.editor.run(undo);
    expect(all.editor.doc.textContent).to.equal("firstsecondthird");
    await expectAllSame(all);
  });

  /** Ann composes, and Bo has typed something in her block that she does not see yet. */
  async function waiting() {
    const all = await composing();
    all.bo.editor.caret("second").type("THE ");
    await settled();
    expect(shownTo(all.editor)).to.deep.equal([]);
    return all;
  }

  it("gives way as soon as the caret leaves the block", async () => {
    const all = await waiting();
    all.editor.caret("first");
    await settled();
    expect(all.editor.doc.textContent).to.equal("firstTHE secondnithird");
    await expectAllSame(all);
  });

  it("gives way when ProseMirror has given it up, which it tells nobody", async () => {
    const all = await waiting();
    all.editor.composing = false;
    all.clock.advance(lookMs);
    await settled();
    expect(all.editor.doc.textContent).to.equal("firstTHE secondnithird");
    await expectAllSame(all);
  });

  it("does not give way while something is composed, and does half a minute after that", async () => {
    const all = await waiting();
    all.clock.advance(maxIdleMs - lookMs);
    compose(all.editor, "nih", 2);
    await settled();
    all.clock.advance(maxIdleMs - lookMs);
    await settled();
    expect(all.editor.doc.textContent).to.equal("firstsecondnihthird");
    all.clock.advance(lookMs);
    await settled();
    expect(all.editor.doc.textContent).to.equal("firstTHE secondnihthird");
    await expectAllSame(all);
  });

  it("is not sent because somebody looked whether it is still there", async () => {
    const all = await waiting();
    all.clock.advance(lookMs - 1);
    await settled();
    compose(all.editor, "nih", 2);
    all.clock.advance(1);
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("firstTHE secondnithird");
    await end(all);
    await expectAllSame(all);
  });

  it("loses nothing when the editor is closed in the middle of it", async () => {
    const all = await composing();
    all.editor.destroy();
    await settled();
    expect(all.bo.editor.doc.textContent).to.equal("firstsecondnithird");
  });
});
