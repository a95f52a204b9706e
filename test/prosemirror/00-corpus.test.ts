// Every bug that a property has found, as the smallest case. They run first.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Fragment } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { linearise } from "../../client/prosemirror/linearise.js";
import { localChange } from "../../client/prosemirror/local.js";
import { project, reproject } from "../../client/prosemirror/projection.js";
import { remoteTransaction } from "../../client/prosemirror/remote.js";
import { type RichOp, RichSnapshot, richText } from "../../ot/index.js";
import { expectExactMap } from "./maps.js";

interface Case {
  readonly what: string;
  readonly before: unknown;
}

/** An op of somebody else's. */
interface Remote extends Case {
  readonly op: RichOp;
}

/** Blocks that are moved with all that is in them: the indices that they had, in their new order. */
interface Move extends Case {
  readonly order: readonly number[];
}

const folder = fileURLToPath(new URL("../../../test/corpus/prosemirror/", import.meta.url));
const cases = readdirSync(folder).map((file) => ({
  file,
  each: JSON.parse(readFileSync(folder + file, "utf8")) as Remote | Move,
}));

describe("what once went wrong between atoms and editor", () => {
  for (const { file, each } of cases) {
    if (!("op" in each)) continue;
    const { what, before, op } = each;
    it(`${file}: ${what}`, () => {
      const snapshot = RichSnapshot.from(before);
      const after = richText.apply(snapshot, op);
      const view = { snapshot, doc: project(snapshot) };
      const doc = reproject(view, op, after);
      expect(doc.toJSON()).to.deep.equal(project(after).toJSON());
      const tr = remoteTransaction(EditorState.create({ doc: view.doc }), op, doc);
      expect(tr.doc.toJSON()).to.deep.equal(doc.toJSON());
      expectExactMap(op, tr);
    });
  }
});

describe("what once went wrong when blocks were moved", () => {
  for (const { file, each } of cases) {
    if (!("order" in each)) continue;
    const { what, before, order } = each;
    it(`${file}: ${what}`, () => {
      const snapshot = RichSnapshot.from(before);
      const doc = project(snapshot);
      const moved = doc.copy(Fragment.fromArray(order.map((index) => doc.child(index))));
      const { view } = localChange({ snapshot, doc }, moved);
      expect(linearise(view.doc)).to.deep.equal(linearise(moved));
    });
  }
});
