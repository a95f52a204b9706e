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
  const saved: Selection[] = [];
  const store = {
    load() {
      ask();
      return kept;
    },
    save: async (place: Selection) => void saved.push(place),
  };
  const keeper = new CaretKeeper(editor as unknown as EditorView, ann, store, systemClock);
  const restored = keeper.restore();
  return {
    ...{ bo, editor, asked, keeper, saved },
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

  it("is kept where the page goes before it has been looked up, and not before that", async () => {
    const { editor, asked, keeper, saved, found } = comesBack();
    await asked;
    editor.select(4);
    const gone = keeper.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(saved).to.deep.equal([]);
    await found();
    await gone;
    expect(saved).to.deep.equal([{ anchor: 4, head: 4 }]);
  });
});
