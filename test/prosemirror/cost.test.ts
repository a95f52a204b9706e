// What an edit costs in a long document, counted and not timed: how many of its blocks are looked into, and how many of
// its characters are read, by all that the binding and its plugins do when a key is pressed or somebody's op comes.
//
// Every block, container and text of the loaded document is wired to say when it is looked into. Its size may be asked
// for freely: ProseMirror itself adds up the sizes of all blocks, which are numbers that it keeps.

import { expect } from "chai";
import { splitBlock } from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { activeState } from "../../client/prosemirror/commands.js";
import { leafAt } from "../../client/prosemirror/leaves.js";
import { atomFromPM, pmFromAtom } from "../../client/prosemirror/positions.js";
import type { RichOp } from "../../ot/index.js";
import { figure } from "../figures.js";
import { settled } from "./editor.js";
import { expectAllSame, type People, people } from "./people.js";

const text = "the quick brown fox jumps over a lazy dog";
const size = text.length + 1;

interface Looks {
  readonly nodes: Set<Node>;
  characters: number;
}

/** Wires the nodes below `container` to say when they are looked into. */
function wire(container: Node, looks: Looks): void {
  for (const node of container.children) {
    const { nodeSize } = node;
    Object.defineProperty(node, "nodeSize", { value: nodeSize });
    // A long row is looked up in sums or compared by identity; that its container is opened says nothing.
    if (node.childCount < 100) {
      for (const key of ["content", "attrs", "text"] as const) {
        if (!(key in node)) continue;
        const value: unknown = node[key];
        const get = () => {
          looks.nodes.add(node);
          if (key === "text") looks.characters += node.nodeSize;
          return value;
        };
        Object.defineProperty(node, key, { get });
      }
    }
    wire(node, looks);
  }
}

/** Three people in a document of so many blocks, and what is looked at in the editor of one of them. */
async function long(blocks: number, attributes: object): Promise<People & { readonly looks: Looks }> {
  const lines = Array.from({ length: blocks }, () => [{ i: "\n", a: attributes }, text]);
  const all = await people(lines.flat());
  const looks: Looks = { nodes: new Set(), characters: 0 };
  // Sums are made once, when the first position is looked up.
  atomFromPM(all.ann.editor.doc, 1);
  wire(all.ann.editor.doc, looks);
  looks.nodes.clear();
  looks.characters = 0;
  return { ...all, looks };
}

/** What somebody does in or at the block whose first atom is at `at`. */
type Deed = (people: People, at: number) => void;

const says =
  (op: (at: number) => RichOp): Deed =>
  ({ bo }, at) =>
    bo.doc.submit(op(at));

const deeds: Record<string, Deed> = {
  "a letter is typed": ({ ann: { editor } }, at) => {
    editor.select(pmFromAtom(editor.doc, at + 5)).type("x");
  },
  "Enter is pressed": ({ ann: { editor } }, at) => {
    editor.select(pmFromAtom(editor.doc, at + 5)).run(splitBlock);
  },
  "the caret moves and the toolbar is drawn": ({ ann: { editor } }, at) => {
    editor.select(pmFromAtom(editor.doc, at + 5));
    activeState(editor.state);
  },
  "a letter comes": says((at) => [at + 5, "x"]),
  "a text is deleted": says((at) => [at + 5, { d: 10 }]),
  "a word is made bold": says((at) => [at + 5, { r: 5, a: { b: 1 } }]),
  "two blocks are joined": says((at) => [at, { d: 1 }]),
  "an item is indented": says((at) => [at, { r: size, b: { li: "b", in: 1 } }]),
  "there are two edits far from each other": says((at) => [10, "x", at - 10, { d: 3 }]),
  "a caret comes": ({ ann: { editor } }, at) => {
    pmFromAtom(editor.doc, at + 5, -1);
  },
};

/** These cut a list in two, and all items behind the place go to another list. */
const cuts: Record<string, Deed> = {
  "a block is split": says((at) => [at + 5, "\n"]),
  "a block becomes a heading": says((at) => [at, { r: size, b: { t: "h1", li: null } }]),
  "two blocks are put in a quote": says((at) => [at, { r: 2 * size, b: { q: 1, li: null } }]),
};

interface Count {
  readonly nodes: number;
  readonly characters: number;
}

/** What each deed looks at in a document of so many blocks, each at a place of its own. */
async function counts(blocks: number, attributes: object): Promise<Record<string, Count>> {
  const all = await long(blocks, attributes);
  const { looks } = all;
  const { editor } = all.ann;
  const found: Record<string, Count> = {};
  for (const [nth, [what, deed]] of Object.entries({ ...deeds, ...cuts }).entries()) {
    const { at } = leafAt(editor.doc, (blocks / 2 + 20 * nth) * size);
    looks.nodes.clear();
    looks.characters = 0;
    deed(all, at);
    await settled();
    found[what] = { nodes: looks.nodes.size, characters: looks.characters };
  }
  await expectAllSame(all);
  return found;
}

describe("an edit in a document of 10,000 blocks", () => {
  const most = { nodes: 0, characters: 0 };

  for (const [shape, attributes] of [
    ["paragraphs", {}],
    ["items of one list", { li: "b" }],
  ] as const) {
    describe(`that are ${shape}`, () => {
      let short: Record<string, Count>;
      let there: Record<string, Count>;
      before(async () => {
        short = await counts(1_000, attributes);
        there = await counts(10_000, attributes);
      });

      const inList = shape !== "paragraphs";
      for (const what of Object.keys(inList ? deeds : { ...deeds, ...cuts })) {
        it(`looks into as few of them as in one of 1,000 when ${what}`, () => {
          const { nodes, characters } = there[what]!;
          expect(there[what]).to.deep.equal(short[what]);
          expect(nodes, "blocks, items and texts looked into").to.be.at.most(60);
          expect(characters, "characters read").to.be.at.most(30 * size);
          most.nodes = Math.max(most.nodes, nodes);
          most.characters = Math.max(most.characters, characters);
        });
      }
      for (const what of inList ? Object.keys(cuts) : [])
        it(`moves the items behind it, and reads none of their characters, when ${what}`, () => {
          const { characters } = there[what]!;
          expect(characters).to.equal(short[what]!.characters);
          expect(characters, "characters read").to.be.at.most(30 * size);
        });
    });
  }

  after(() => {
    figure("binding-cost", "blocks, items and texts looked into at most, of 10,000 blocks", most.nodes);
    figure("binding-cost", "characters read at most, of 410,000", most.characters);
  });
});
