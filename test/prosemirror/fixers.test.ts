// Plugins that tidy up, three people with one each: a last paragraph that must be there (`prosemirror-trailing-node`, as it
// comes), and blocks that must have ids of their own, written as its authors write such plugins, without a thought of
// others. They stop, everybody has the same, nothing gathers and nothing is lost.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection } from "prosemirror-state";
import { trailingNode } from "prosemirror-trailing-node";
import type { SharedDocument } from "../../client/index.js";
import { collab } from "../../client/prosemirror/collab.js";
import { backspace, enter, setBlock } from "../../client/prosemirror/commands.js";
import { project } from "../../client/prosemirror/projection.js";
import { extendSchema } from "../../client/prosemirror/schema.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import { createHub, type Hub } from "../client/hub.js";
import { settled, TestEditor } from "./editor.js";

const schema = extendSchema({ attributes: { bid: { onSplit: "clear" } } });

/** Gives each block without an id, or with one that an earlier block has, a new one. */
const uniqueIds = (name: string): Plugin => {
  let made = 0;
  return new Plugin({
    key: new PluginKey("unique-id"),
    appendTransaction(trs, _old, state) {
      if (!trs.some((tr) => tr.docChanged)) return null;
      const seen = new Set<unknown>();
      const { tr } = state;
      state.doc.descendants((node, pos) => {
        if (!("bid" in node.attrs)) return;
        const isNew = node.attrs.bid !== null && !seen.has(node.attrs.bid);
        const id = isNew ? node.attrs.bid : `${name}${++made}`;
        if (!isNew) tr.setNodeAttribute(pos, "bid", id);
        seen.add(id);
      });
      return tr.docChanged ? tr : null;
    },
  });
};

interface Writer {
  readonly doc: SharedDocument<RichSnapshot, RichOp>;
  readonly editor: TestEditor;
  readonly warnings: string[];
}

interface Room {
  readonly hub: Hub<RichSnapshot, RichOp>;
  readonly writers: readonly Writer[];
}

async function room(wire: readonly unknown[], fixers = allFixers): Promise<Room> {
  const hub = createHub("rich", wire);
  const writers = ["a", "b", "c"].map((name) => {
    const doc = hub.open(name);
    const warnings: string[] = [];
    const plugins = [...fixers(name), collab(doc, { warn: (message) => warnings.push(message) })];
    return { doc, warnings, editor: new TestEditor(plugins, undefined, schema) };
  });
  await quiet();
  return { hub, writers };
}

const allFixers = (name: string) => [trailingNode(), uniqueIds(name)];

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await settled();
}

function expectAllSame({ hub, writers }: Room): Node {
  const shown = project(hub.snapshot as RichSnapshot, schema);
  for (const { editor } of writers)
    if (!editor.doc.eq(shown)) expect(editor.doc.toJSON()).to.deep.equal(shown.toJSON());
  return shown;
}

/** Ids of the blocks in order. */
const idsOf = (doc: Node): unknown[] => doc.children.map(({ attrs }) => attrs.bid);
const letters = (doc: Node): string => [...doc.textContent].sort().join("");

/** What one person does in one turn, somewhere in the document. */
const deed = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom("type", "type", "split", "join", "heading", "click"),
  block: fc.nat(20),
  offset: fc.nat(6),
});
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

/** Does it; gives the letter that is typed, if one is. */
function does({ what, block, offset }: Deed, { editor }: Writer, letter: string): string {
  const { doc } = editor;
  const index = block % doc.childCount;
  let pos = 1;
  for (const child of doc.children.slice(0, index)) pos += child.nodeSize;
  const at = what === "join" ? 0 : offset % (doc.child(index).content.size + 1);
  editor.dispatch(editor.state.tr.setSelection(TextSelection.create(doc, pos + at)));
  const dispatch = editor.dispatch.bind(editor);
  if (what === "type") editor.type(letter);
  if (what === "split") enter(editor.state, dispatch);
  if (what === "join") backspace(editor.state, dispatch);
  if (what === "heading") setBlock("h2")(editor.state, dispatch);
  return what === "type" ? letter : "";
}

describe("plugins that tidy up", () => {
  it("do not have the word replaced in which somebody types as well", async () => {
    const { hub, writers } = await room([{ i: "\n", a: { t: "h2" } }, "harbour"], () => [trailingNode()]);
    hub.away(() => {
      for (const { editor } of writers.slice(0, 2)) editor.select(1).type("x");
    });
    await quiet();
    expect(letters(project(hub.snapshot as RichSnapshot, schema))).to.equal([..."harbourxx"].sort().join(""));
  });

  it("do not have the last word there twice that two people join to the heading before, however short it is", async () => {
    for (const word of ["x", "!", "…", "👍", "字", "two words"]) {
      const { hub, writers } = await room([{ i: "\n", a: { t: "h2" } }, `one\n${word}`]);
      hub.away(() => {
        for (const { editor } of writers.slice(0, 2)) editor.select(6).run(backspace);
      });
      await quiet();
      expect(letters(project(hub.snapshot as RichSnapshot, schema)), word).to.equal(
        [...`one${word}`].sort().join(""),
      );
    }
  });

  it("stop, leave everybody with the same document, and lose nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(deed, { maxLength: 5 }), { maxLength: 5 }), async (turns) => {
        const all = await room(["\none\ntwo\nthree"]);
        const { hub, writers } = all;
        let [letter, typed, deeds] = [0x4e00, "onetwothree", 0];
        for (const turn of turns) {
          hub.away(() => {
            for (const each of turn) typed += does(each, writers[each.who]!, String.fromCharCode(letter++));
          });
          deeds += turn.length;
          await quiet();
          expectAllSame(all);
        }
        const { version } = hub;
        await quiet();
        expect(hub.version).to.equal(version);
        expect(letters(expectAllSame(all))).to.equal([...typed].sort().join(""));
        // A block for each Enter, and at most one last paragraph with each thing that somebody did.
        expect(expectAllSame(all).childCount).to.be.at.most(3 + 2 * deeds);

        // Now everybody has everything, and one thing done puts in order what several had left between them.
        writers[0]!.editor.select(1).type("!");
        await quiet();
        const doc = expectAllSame(all);
        expect(doc.lastChild!.type.name).to.equal("paragraph");
        expect(new Set(idsOf(doc)).size).to.equal(doc.childCount);
        expect(idsOf(doc)).not.to.include(null);
      }),
      { numRuns: 80 },
    );
  });

  it("do not write when a document is opened, nor when somebody only clicks", async () => {
    const all = await room([{ i: "\n", a: { t: "h1" } }, "Title"]);
    expect(all.hub.version).to.equal(1);
    for (const { editor } of all.writers) editor.select(2).select(3);
    await quiet();
    expect(all.hub.version).to.equal(1);
    expect(expectAllSame(all).childCount).to.equal(1);
    expect(all.writers[1]!.warnings[0]).to.match(/plugin "trailingNode\$\d*", |the plugin "trailing/);
  });

  it("keep both halves of a block that two people split at once, each with an id of its own", async () => {
    const all = await room([{ i: "\n", a: { bid: "x" } }, "left right"]);
    const [ann, bo] = all.writers;
    all.hub.away(() => {
      ann!.editor.select(5).run(enter);
      bo!.editor.select(6).run(enter);
    });
    await quiet();
    const doc = expectAllSame(all);
    expect(doc.textContent).to.equal("left right");
    expect(idsOf(doc)[0]).to.equal("x");
    expect(new Set(idsOf(doc)).size).to.equal(doc.childCount);
  });

  it("do not give one id to both halves when a block gets its id while somebody splits it", async () => {
    const all = await room(["\nleft right"], (name) => (name === "a" ? [uniqueIds(name)] : []));
    const [ann, bo] = all.writers;
    all.hub.away(() => {
      ann!.editor.select(1).type("!");
      bo!.editor.select(6).run(enter);
    });
    await quiet();
    expect(idsOf(expectAllSame(all))).to.deep.equal(["a1", null]);
  });
});

describe("a warning about a plugin that answers others", () => {
  const answering = (name: string, isGood = false): Plugin =>
    new Plugin({
      key: new PluginKey(name),
      appendTransaction: (trs, _old, state) =>
        !isGood && trs.some((tr) => tr.docChanged) ? state.tr.insertText("!", 1) : null,
    });

  it("names the plugin, says what to do, and comes once", async () => {
    const all = await room(["\none"], () => [answering("good", true), answering("eager"), uniqueIds("x")]);
    const [ann, bo] = all.writers;
    for (let time = 0; time < 5; time++) {
      bo!.editor.select(2).type("x");
      await quiet();
    }
    const named = ann!.warnings.map((warning) => /"(\w+(?:-\w+)?)\$/.exec(warning)?.[1]);
    expect(named).to.deep.equal(["eager"]);
    expect(ann!.warnings[0]).to.include("isRemote()").and.to.include("docs/extend.md");
    expectAllSame(all);
  });

  it("comes also of a plugin whose view dispatches while a change is shown, and of one that does at the start", async () => {
    const tag = (editor: TestEditor) => editor.dispatch(editor.state.tr.insertText("!", 1));
    const tagging = new Plugin({
      view(view) {
        const editor = view as unknown as TestEditor;
        tag(editor);
        return { update: (_view, before) => void (before.doc !== editor.doc && tag(editor)) };
      },
    });
    const all = await room(["\none"], (name) => (name === "a" ? [tagging] : []));
    const [ann, bo] = all.writers;
    expect(all.hub.version).to.equal(1);
    expect(ann!.warnings.join()).to.include("while it is being loaded");
    ann!.warnings.length = 0;
    bo!.editor.select(2).type("x");
    await quiet();
    expect(ann!.warnings.join()).to.include("come from elsewhere");
    expectAllSame(all);
  });

  it("is not given where NODE_ENV says production", async () => {
    const { NODE_ENV } = process.env;
    const { warn } = console;
    const warnings: unknown[] = [];
    console.warn = (message: unknown) => warnings.push(message);
    try {
      for (const env of ["production", "development"]) {
        process.env.NODE_ENV = env;
        const hub = createHub("rich", ["\none"]);
        const [mine, other] = [hub.open("ann"), hub.open("bo")];
        const editor = new TestEditor([collab(mine), answering("eager")]);
        await quiet();
        other.submit([1, "x"]);
        await quiet();
        expect(editor.doc.textContent).to.equal("xone");
        expect(warnings).to.have.length(env === "production" ? 0 : 1);
      }
    } finally {
      console.warn = warn;
      if (NODE_ENV === undefined) delete process.env.NODE_ENV;
      else process.env.NODE_ENV = NODE_ENV;
    }
  });
});
