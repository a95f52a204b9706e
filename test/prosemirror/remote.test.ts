// Somebody else's op as one transaction: exactly the projection, with a map that loses nothing that is still there.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { leavesOf } from "../../client/prosemirror/leaves.js";
import { project, reproject, type View } from "../../client/prosemirror/projection.js";
import { remoteTransaction } from "../../client/prosemirror/remote.js";
import { type RichOp, type RichSnapshot, richText } from "../../ot/index.js";
import { tries } from "../seed.js";
import { action, selectionFor } from "./commands.js";
import { documentOf, snapshotAndOp } from "./documents.js";
import { expectExactMap } from "./maps.js";

const viewOf = (snapshot: RichSnapshot): View => ({ snapshot, doc: project(snapshot) });

/** The document after an op, as the binding makes it, and the transaction that leads there. */
function received(view: View, op: RichOp, state = EditorState.create({ doc: view.doc })) {
  const snapshot = richText.apply(view.snapshot, op);
  const doc = reproject(view, op, snapshot);
  return { snapshot, doc, tr: remoteTransaction(state, op, doc) };
}

describe("a remote op", () => {
  it("becomes a transaction to exactly what the atoms show, whatever is selected", () => {
    fc.assert(
      fc.property(snapshotAndOp(24), action, ([snapshot, op], where) => {
        const view = viewOf(snapshot);
        const plain = EditorState.create({ doc: view.doc });
        const state = plain.apply(plain.tr.setSelection(selectionFor(view.doc, where)));
        const { tr, snapshot: after } = received(view, op, state);
        const shown = project(after);
        if (!tr.doc.eq(shown)) expect(tr.doc.toJSON()).to.deep.equal(shown.toJSON());
        const next = state.apply(tr);
        next.doc.check();
        next.selection.$from.node();
      }),
      { numRuns: tries(7_000, 20_000) },
    );
  });

  it("maps the place of every character that stays to where it is now", () => {
    fc.assert(
      fc.property(snapshotAndOp(24), ([snapshot, op]) => {
        const view = viewOf(snapshot);
        const { tr } = received(view, op);
        expectExactMap(op, tr);
      }),
      { numRuns: tries(2_000, 6_000) },
    );
  });
});

describe("decorations under a remote op", () => {
  const base = documentOf(
    [{}, "alpha"],
    [{ li: "b" }, "one"],
    [{ li: "b" }, "two"],
    [{ li: "c" }, "more"],
    [{ li: "b", in: 1 }, "nested"],
    [{}, "omega"],
    [{ t: "h1" }, "head"],
    [{}, "tail"],
  );
  const at = (text: string) => [...base.toString()].join("").indexOf(`\n${text}`);
  /** How many of the 24 live on at the text they were on, at least. */
  const rows: readonly (readonly [name: string, op: RichOp, kept: number])[] = [
    ["wrapping four list lines in a quote", [at("one"), { r: at("nested") - at("one"), b: { q: 1 } }], 24],
    [
      "indenting an item with its continuation",
      [at("two"), { r: at("nested") - at("two"), b: { in: 1 } }],
      24,
    ],
    ["lifting an item out of the list", [at("one"), { r: 1, b: { li: null } }], 24],
    ["making the list an ordered one", [at("one"), { r: at("omega") - at("one"), b: { li: "o" } }], 24],
    ["splitting a paragraph", [3, { i: "\n" }], 23],
    ["joining two blocks", [at("head"), { d: 1 }], 22],
    ["making a heading a paragraph", [at("head"), { r: 1, b: { t: null } }], 23],
    ["deleting an item", [at("two"), { d: 4 }], 21],
    ["inserting text", [at("nested") + 3, "ZZ"], 24],
    ["setting text bold", [at("omega") + 1, { r: 5, a: { b: 1 } }], 24],
    ["two edits far apart", [2, "X", at("tail"), "Y"], 24],
  ];
  for (const [name, op, kept] of rows) {
    it(`keeps ${kept} of 24 when it is ${name}`, () => {
      const view = viewOf(base);
      const { tr } = received(view, op);
      const made = decorationsOf(view.doc);
      const living = DecorationSet.create(view.doc, [...made])
        .map(tr.mapping, tr.doc)
        .find();
      const right = living.filter((each) => {
        const origin = made.find(({ spec }) => spec.id === each.spec.id)!;
        return (
          origin.spec.id.startsWith("node") || charAt(tr.doc, each.from) === charAt(view.doc, origin.from)
        );
      });
      expect(right.length).to.be.at.least(kept);
    });
  }
});

const charAt = (doc: Node, pos: number) => doc.textBetween(pos, Math.min(pos + 1, doc.content.size), "|");

/** A widget, an inline and a node decoration for each leaf block. */
function decorationsOf(doc: Node): Decoration[] {
  return [...leavesOf(doc)].flatMap(({ pos, node }, nth) => [
    Decoration.inline(pos + 2, pos + 3, {}, { id: `inline ${nth}` }),
    Decoration.widget(pos + 2, () => ({}) as HTMLElement, { id: `widget ${nth}` }),
    Decoration.node(pos, pos + node.nodeSize, {}, { id: `node ${nth}` }),
  ]);
}
