// Editors of people who may not write: what they show is what the document is, and nothing that was typed is lost.

import { expect } from "chai";
import { toggleMark } from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { collab } from "../../client/prosemirror/collab.js";
import { redo, undo } from "../../client/prosemirror/history.js";
import { schema } from "../../client/prosemirror/schema.js";
import type { Role } from "../../protocol/index.js";
import { createHub } from "../client/hub.js";
import { settled, TestEditor } from "./editor.js";

/** Ann, in her role, and Bo, who owns the document. */
async function annAs(first: Role) {
  let role = first;
  const hub = createHub("rich", ["\none two"], { role: ({ id }) => (id === "ann" ? role : "owner") });
  const enter = (name: string) => {
    const doc = hub.open(name);
    return { doc, editor: new TestEditor([collab(doc)]) };
  };
  const [ann, bo] = [enter("ann"), enter("bo")];
  await settled();
  return {
    ...{ hub, ann, bo },
    become(next: Role) {
      role = next;
    },
  };
}

const comment = (editor: TestEditor, id: string, from = 1, to = 4) =>
  editor.state.tr.addMark(from, to, schema.marks.comment!.create({ id }));

/** The texts with the ids of the comments on them. */
function commented(doc: Node): string[] {
  const found: string[] = [];
  doc.descendants((node) => {
    const ids = node.marks.filter(({ type }) => type.name === "comment").map(({ attrs }) => attrs.id);
    if (node.isText) found.push(`${node.text}${ids.length === 0 ? "" : ` [${ids.join(" ")}]`}`);
  });
  return found;
}

describe("the editor of a viewer", () => {
  it("is read-only, takes nothing, and shows what the others write", async () => {
    const { hub, ann, bo } = await annAs("viewer");
    expect([ann.editor.editable, bo.editor.editable]).to.deep.equal([false, true]);
    ann.editor.select(1).type("x");
    ann.editor.dispatch(comment(ann.editor, "7"));
    bo.editor.select(1).type("y");
    await settled();
    expect(commented(ann.editor.doc)).to.deep.equal(["yone two"]);
    expect([hub.version, ann.doc.recovered, ann.doc.unsaved]).to.deep.equal([2, [], 0]);
  });
});

describe("the editor of a commenter", () => {
  it("is read-only, and takes comments and nothing else", async () => {
    const { hub, ann, bo } = await annAs("commenter");
    expect(ann.editor.editable).to.equal(false);
    ann.editor.select(1).type("x");
    ann.editor.select(1, 4);
    toggleMark(schema.marks.strong!)(ann.editor.state, (tr) => ann.editor.dispatch(tr));
    ann.editor.dispatch(comment(ann.editor, "7").insertText("x", 1));
    await settled();
    expect([hub.version, commented(ann.editor.doc)]).to.deep.equal([1, ["one two"]]);

    ann.editor.dispatch(comment(ann.editor, "7"));
    await settled();
    expect(commented(bo.editor.doc)).to.deep.equal(["one [7]", " two"]);
    ann.editor.dispatch(ann.editor.state.tr.removeMark(1, 3, schema.marks.comment!.create({ id: "7" })));
    await settled();
    expect(commented(bo.editor.doc)).to.deep.equal(["on", "e [7]", " two"]);
    expect([ann.doc.recovered, ann.doc.status]).to.deep.equal([[], "saved"]);
  });

  it("undoes and redoes comments, and not what was written before", async () => {
    const { ann, bo, become } = await annAs("editor");
    ann.editor.select(8).type("!");
    become("commenter");
    ann.editor.select(1).type("x");
    await settled();
    expect([ann.doc.role, ann.doc.recovered.map(({ text }) => text)]).to.deep.equal(["commenter", ["x"]]);
    ann.editor.dispatch(comment(ann.editor, "7"));
    const shownAfter = async (run: typeof undo) => {
      run(ann.editor.state, (tr) => ann.editor.dispatch(tr));
      await settled();
      return commented(bo.editor.doc);
    };
    expect(await shownAfter(undo)).to.deep.equal(["one two!"]);
    expect(await shownAfter(redo)).to.deep.equal(["one [7]", " two!"]);
    expect(await shownAfter(undo)).to.deep.equal(["one two!"]);
    expect(await shownAfter(undo)).to.deep.equal(["one two!"]);
  });

  for (const role of ["commenter", "viewer"] as const) {
    it(`gives back the word that was being composed when its author became a ${role}`, async () => {
      const { hub, ann, become } = await annAs("editor");
      const error = console.error;
      console.error = () => {};
      try {
        ann.editor.select(4);
        ann.editor.composing = true;
        ann.editor.dispatch(ann.editor.state.tr.insertText("ni").setMeta("composition", 1));
        become(role);
        ann.doc.submit([8, "!"]);
        expect(ann.doc.role).to.equal(role);
        ann.editor.composing = false;
        ann.editor.fire("compositionend");
        ann.editor.select(1);
        await settled();
      } finally {
        console.error = error;
      }
      expect(commented(ann.editor.doc)).to.deep.equal(["one two"]);
      expect(ann.doc.recovered.map(({ reason, text }) => [reason, text])).to.deep.equal([
        ["refused", "!"],
        ["refused", "ni"],
      ]);
      expect(hub.version).to.equal(1);
    });
  }
});
