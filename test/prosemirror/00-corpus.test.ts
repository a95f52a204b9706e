// Every bug that a property has found, as the smallest case. They run first.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { EditorState } from "prosemirror-state";
import { project, reproject } from "../../client/prosemirror/projection.js";
import { remoteTransaction } from "../../client/prosemirror/remote.js";
import { type RichOp, RichSnapshot, richText } from "../../ot/index.js";
import { expectExactMap } from "./maps.js";

interface Case {
  readonly what: string;
  readonly before: unknown;
  readonly op: RichOp;
}

const folder = fileURLToPath(new URL("../../../test/corpus/prosemirror/", import.meta.url));

describe("what once went wrong between atoms and editor", () => {
  for (const file of readdirSync(folder)) {
    const { what, before, op } = JSON.parse(readFileSync(folder + file, "utf8")) as Case;
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
