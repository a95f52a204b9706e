// Every bug that was found in the editor kit, first of all.

import { expect } from "chai";
import { EditorState, TextSelection } from "prosemirror-state";
import { enter } from "../../client/prosemirror/commands.js";
import { fromMarkdown, toMarkdown } from "../../client/prosemirror/markdown.js";
import { schema } from "../../client/prosemirror/schema.js";
import { changes } from "../corpus/editor/commands.js";
import { documents } from "../corpus/editor/markdown.js";
import { outcome, run } from "./write.js";

describe("bugs of the editor kit that must not come back", () => {
  for (const { bug, doc } of documents) {
    it(bug, () => {
      const once = toMarkdown(doc);
      expect(fromMarkdown(once).toJSON()).to.deep.equal(doc.toJSON());
      expect(toMarkdown(fromMarkdown(once))).to.equal(once);
    });
  }

  for (const { bug, before, command, after: expected } of changes) {
    it(bug, () => {
      expect(outcome(before, command)).to.equal(expected);
    });
  }

  it("Enter over all text beside a block without text threw, since nothing was left to split.", () => {
    const { doc, unknown_block, blockquote, paragraph, hard_break } = schema.nodes;
    const quoted = blockquote.create(null, paragraph.create(null, hard_break.create()));
    const whole = doc.create(null, [
      unknown_block.create(),
      blockquote.create(null, [paragraph.create(), quoted]),
    ]);
    const selection = TextSelection.create(whole, 3, 7);
    const now = run(EditorState.create({ doc: whole, selection }), enter);
    expect(now.doc.firstChild?.type).to.equal(unknown_block);
  });
});
