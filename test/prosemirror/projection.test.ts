// The projection's laws, on documents full of junk: always valid, idempotent, and the same whether built at once or op by op.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { leafAt, leavesOf } from "../../client/prosemirror/leaves.js";
import { linearise } from "../../client/prosemirror/linearise.js";
import { atomsOf } from "../../client/prosemirror/measure.js";
import { project, reproject } from "../../client/prosemirror/projection.js";
import { RichSnapshot, richText } from "../../ot/index.js";
import { anySnapshot, snapshotAndOp } from "./documents.js";

function expectSame(is: Node, should: Node): void {
  if (!is.eq(should)) expect(is.toJSON()).to.deep.equal(should.toJSON());
}

describe("the projection", () => {
  it("shows every sequence of atoms as a valid document", () => {
    fc.assert(
      fc.property(anySnapshot(), (snapshot) => project(snapshot).check()),
      { numRuns: 20_000 },
    );
  });

  it("shows what is read off a document as that document", () => {
    fc.assert(
      fc.property(anySnapshot(), (snapshot) => {
        const doc = project(snapshot);
        const again = project(RichSnapshot.from(linearise(doc)));
        expectSame(again, doc);
      }),
      { numRuns: 20_000 },
    );
  });

  it("keeps count of the atoms behind each leaf block", () => {
    fc.assert(
      fc.property(anySnapshot(), (snapshot) => {
        const doc = project(snapshot);
        expect(atomsOf(doc)).to.equal(snapshot.length);
        for (const leaf of leavesOf(doc)) {
          expect(doc.nodeAt(leaf.pos)).to.equal(leaf.node);
          expect(leafAt(doc, leaf.at)).to.include({ pos: leaf.pos, at: leaf.at });
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it("builds after an op what it would have built from the start", () => {
    fc.assert(
      fc.property(snapshotAndOp(), ([snapshot, op]) => {
        const after = richText.apply(snapshot, op);
        const doc = reproject({ snapshot, doc: project(snapshot) }, op, after);
        expectSame(doc, project(after));
      }),
      { numRuns: 20_000 },
    );
  });
});
