// The caret that a page comes back with, while what keeps it is asked for it and others write.

import { expect } from "chai";
import type { EditorView } from "prosemirror-view";
import { collab } from "../../client/prosemirror/collab.js";
import { CaretKeeper } from "../../client/prosemirror/embed/caret-place.js";
import { atomsOfSelection } from "../../client/prosemirror/remote.js";
import type { Selection } from "../../ot/index.js";
import { systemClock } from "../../protocol/index.js";
import { createHub } from "../client/hub.js";
import { TestEditor } from "./editor.js";

/** Ann's page has come back to "harbour lights", in which her caret was behind "harbour"; Bo has it open. */
function comesBack() {
  const hub = createHub("rich", ["\nharbour lights"]);
  const [ann, bo] = [hub.open("ann"), hub.open("bo")];
  const editor = new TestEditor([collab(ann)]);
  let ask = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  let answer = (_: Selection) => {};
  const kept = new Promise<Selection>((resolve) => {
    answer = resolve;
  });
  const store = {
    load() {
      ask();
      return kept;
    },
    save: async () => {},
  };
  const restored = new CaretKeeper(editor as unknown as EditorView, ann, store, systemClock).restore();
  return {
    ...{ bo, editor, asked },
    caret: () => atomsOfSelection(editor.doc, editor.state.selection).head,
    found() {
      answer({ anchor: 8, head: 8 });
      return restored;
    },
  };
}

describe("a caret that comes back", () => {
  it("is on the text that it was on, also past what others write before it is looked up, and while it is", async () => {
    const { bo, asked, caret, found } = comesBack();
    bo.submit([1, "old "]);
    await asked;
    bo.submit([5, "grey "]);
    await found();
    expect(caret()).to.equal(8 + "old grey ".length);
  });

  it("is not put back where its owner has put it elsewhere meanwhile", async () => {
    const { bo, editor, asked, caret, found } = comesBack();
    await asked;
    editor.select(4);
    bo.submit([1, "old "]);
    await found();
    expect(caret()).to.equal(4 + "old ".length);
  });
});
