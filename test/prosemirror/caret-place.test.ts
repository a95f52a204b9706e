// The caret that a page comes back with, while what keeps it is asked for it and others write.

import { expect } from "chai";
import type { EditorView } from "prosemirror-view";
import { collab } from "../../client/prosemirror/collab.js";
import { CaretKeeper, type KeptCaret } from "../../client/prosemirror/embed/caret-place.js";
import { atomsOfSelection } from "../../client/prosemirror/remote.js";
import { systemClock } from "../../protocol/index.js";
import { createHub } from "../client/hub.js";
import { TestEditor } from "./editor.js";

/**
 * Ann's page has come back to "harbour lights", in which her caret was behind "harbour"; Bo has it open.
 *
 * @param isOnDevice  settles when what she has written is; at once by default
 */
function comesBack(isOnDevice = () => Promise.resolve()) {
  const hub = createHub("rich", ["\nharbour lights"]);
  const [ann, bo] = [hub.open("ann"), hub.open("bo")];
  const editor = new TestEditor([collab(ann)]);
  let ask = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  let answer = (_: KeptCaret) => {};
  const kept = new Promise<KeptCaret>((resolve) => {
    answer = resolve;
  });
  const saved: KeptCaret[] = [];
  const fail = { next: false };
  const store = {
    load() {
      ask();
      return kept;
    },
    async save(place: KeptCaret) {
      if (fail.next) {
        fail.next = false;
        throw new Error("no room");
      }
      saved.push(place);
    },
  };
  const doc = {
    on: ann.on.bind(ann),
    get version() {
      return ann.version;
    },
    stored: isOnDevice,
  };
  const keeper = new CaretKeeper(editor as unknown as EditorView, doc, store, systemClock);
  const restored = keeper.restore();
  return {
    ...{ bo, editor, asked, keeper, saved, fail },
    caret: () => atomsOfSelection(editor.doc, editor.state.selection).head,
    version: () => ann.version,
    found(caret: KeptCaret = { anchor: 8, head: 8 }) {
      answer(caret);
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
    const { editor, asked, keeper, saved, found, version } = comesBack();
    await asked;
    editor.select(4);
    const gone = keeper.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(saved).to.deep.equal([]);
    await found();
    await gone;
    expect(saved).to.deep.equal([{ anchor: 4, head: 4, version: version() }]);
  });

  it("is where it was also if the text that it stood in is not on this device, once the server has sent it", async () => {
    const { bo, caret, found, version, keeper, saved } = comesBack();
    // She had written ", far out", of which this device has nothing, and put her caret behind "far".
    await found({ anchor: 20, head: 20, version: version() + 2 });
    expect(caret()).to.equal(1 + "harbour lights".length);
    await keeper.flush();
    expect(saved, "nothing is written over it").to.deep.equal([]);
    bo.submit([15, ", far out"]);
    bo.submit([1, "old "]);
    expect(caret()).to.equal(20);
    bo.submit([1, "very "]);
    expect(caret()).to.equal(25);
    await keeper.flush();
    expect(saved).to.deep.equal([{ anchor: 25, head: 25, version: version() }]);
  });

  it("is not put back later where its owner has put it elsewhere meanwhile", async () => {
    const { bo, caret, editor, found, version, keeper, saved } = comesBack();
    await found({ anchor: 20, head: 20, version: version() + 1 });
    editor.select(4);
    await keeper.flush();
    expect(saved).to.deep.equal([{ anchor: 4, head: 4, version: version() }]);
    bo.submit([15, ", far out"]);
    expect(caret()).to.equal(4);
  });

  it("is not kept before the text that it stands in is on the device", async () => {
    let stored = () => {};
    const isStored = new Promise<void>((resolve) => {
      stored = resolve;
    });
    const { editor, keeper, saved, found, version } = comesBack(() => isStored);
    await found();
    editor.select(4);
    const first = keeper.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(saved).to.deep.equal([]);
    editor.select(6);
    const second = keeper.flush();
    stored();
    await Promise.all([first, second]);
    expect(saved).to.deep.equal([{ anchor: 6, head: 6, version: version() }]);
  });

  it("is written again when it could not be written", async () => {
    const { editor, keeper, saved, found, fail } = comesBack();
    await found();
    editor.select(4);
    fail.next = true;
    await keeper.flush();
    expect(saved).to.deep.equal([]);
    await keeper.flush();
    expect(saved).to.have.length(1);
  });
});
