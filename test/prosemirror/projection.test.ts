// The projection's laws, on documents full of junk: always valid, idempotent, and the same whether built at once or op by op.

import { expect } from "chai";
import fc from "fast-check";
import { Node } from "prosemirror-model";
import { leafAt, leafEnd, leavesOf } from "../../client/prosemirror/leaves.js";
import { linearise } from "../../client/prosemirror/linearise.js";
import { atomsOf, hasHead } from "../../client/prosemirror/measure.js";
import { project, reproject } from "../../client/prosemirror/projection.js";
import { schema } from "../../client/prosemirror/schema.js";
import {
  baseLength,
  type RichOp,
  RichSnapshot,
  richOp,
  richText,
  transformPosition,
} from "../../ot/index.js";
import { dice } from "../arbitraries/index.js";
import { outlineOf } from "../oracle/projection.js";
import { tries } from "../seed.js";
import { anyOp, anySnapshot, attributes, documentOf, rollAtoms, snapshotAndOp, wireOf } from "./documents.js";
import { outlineOfNode } from "./outline.js";

function expectSame(is: Node, should: Node): void {
  if (!is.eq(should)) expect(is.toJSON()).to.deep.equal(should.toJSON());
}

describe("the projection", () => {
  it("shows every sequence of atoms as a valid document, which reads back as one that looks the same", () => {
    fc.assert(
      fc.property(anySnapshot(), (snapshot) => {
        const doc = project(snapshot);
        doc.check();
        expectSame(project(RichSnapshot.from(linearise(doc))), doc);
      }),
      { numRuns: tries(2_000, 5_000) },
    );
  });

  it("does so for 100,000 documents of junk more, drawn faster, and nests blocks as the slow model does", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const roll = dice(seed);
        for (let n = 0; n < 10_000; n++) {
          const atoms = rollAtoms(roll, 9);
          const doc = project(RichSnapshot.from(wireOf(atoms)));
          doc.check();
          const again = project(RichSnapshot.from(linearise(doc)));
          if (!again.eq(doc)) expectSame(again, doc);
          const [shown, slowly] = [outlineOfNode(doc).inside, outlineOf(atoms)];
          if (JSON.stringify(shown) !== JSON.stringify(slowly)) expect(shown).to.deep.equal(slowly);
        }
      }),
      { numRuns: 10 },
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
      { numRuns: tries(2_000, 5_000) },
    );
  });

  it("builds after an op what it would have built from the start", () => {
    fc.assert(
      fc.property(snapshotAndOp(), ([snapshot, op]) => {
        const after = richText.apply(snapshot, op);
        const doc = reproject({ snapshot, doc: project(snapshot) }, op, after);
        expectSame(doc, project(after));
      }),
      { numRuns: tries(6_000, 20_000) },
    );
  });

  it("shares with the document before every block that an op does not touch", () => {
    fc.assert(
      fc.property(snapshotAndOp(30), ([snapshot, op]) => {
        const old = project(snapshot);
        const now = reproject({ snapshot, doc: old }, op, richText.apply(snapshot, op));
        const touched = touchedBy(op);
        for (const leaf of leavesOf(old)) {
          const end = leafEnd(leaf);
          // Behind a block embed there may be text that goes with it.
          if (!hasHead(leaf.node) || end === leaf.at) continue;
          if (touched.some(({ from, to }) => from <= end && to >= leaf.at)) continue;
          expect(leafAt(now, transformPosition(leaf.at, op, "after")).node).to.equal(leaf.node);
        }
      }),
      { numRuns: tries(2_000, 5_000) },
    );
  });

  it("shares the containers around blocks that an op does not touch", () => {
    const snapshot = documentOf(
      [{ li: "b" }, "a"],
      [{}, "between"],
      [{ li: "o" }, "b"],
      [{ li: "o" }, "c"],
      [{ li: "o" }, "d"],
    );
    const old = project(snapshot);
    const op: RichOp = [14, "!"];
    const now = reproject({ snapshot, doc: old }, op, richText.apply(snapshot, op));
    expect(now.child(2).child(1).textContent).to.equal("c!");
    expect(now.child(0)).to.equal(old.child(0));
    for (const item of [0, 2]) expect(now.child(2).child(item)).to.equal(old.child(2).child(item));
    const first: RichOp = [1, "!"];
    expect(reproject({ snapshot, doc: old }, first, richText.apply(snapshot, first)).child(2)).to.equal(
      old.child(2),
    );
  });

  it("counts a long document after an op as it would count it anew", () => {
    const lines = fc.array(fc.tuple(attributes, fc.constantFrom("", "a", "b 😀")), {
      minLength: 40,
      maxLength: 90,
    });
    fc.assert(
      fc.property(lines, fc.gen(), (drawn, gen) => {
        const snapshot = documentOf(...drawn);
        const doc = project(snapshot);
        atomsOf(doc);
        const op = gen(anyOp, snapshot.length);
        const now = reproject({ snapshot, doc }, op, richText.apply(snapshot, op));
        const anew = Node.fromJSON(schema, now.toJSON());
        expect([...leavesOf(now)].map(({ at, pos }) => [at, pos])).to.deep.equal(
          [...leavesOf(anew)].map(({ at, pos }) => [at, pos]),
        );
        for (let at = 0; at < atomsOf(anew); at += 3)
          expect(leafAt(now, at).pos).to.equal(leafAt(anew, at).pos);
      }),
      { numRuns: 300 },
    );
  });

  it("gives back the very same document where nothing looks different", () => {
    const snapshot = documentOf([{}, "a"], [{ li: "b" }, "b"], [{ q: 1 }, "c"]);
    const doc = project(snapshot);
    const op: RichOp = [2, { r: 2, a: { b: "x" }, b: { ck: 1 } }];
    expect(reproject({ snapshot, doc }, op, richText.apply(snapshot, op))).to.equal(doc);
  });

  it("makes anew three blocks of 20,000 when three are edited, wherever they are", () => {
    const snapshot = documentOf(
      ...Array.from({ length: 20_000 }, (_, nth) => [{}, `paragraph ${nth}`] as const),
    );
    const doc = project(snapshot);
    const at = (text: string) => snapshot.toString().indexOf(text);
    const op = richOp()
      .skip(at("graph 7\n"))
      .insert("x")
      .skip(at("graph 9000") - at("graph 7\n"))
      .delete(2);
    op.skip(at("graph 19999") - at("graph 9000") - 2).retain(3, { b: 1 });
    const done = op.done();
    const now = reproject({ snapshot, doc }, done, richText.apply(snapshot, done));
    const old = new Set(doc.children);
    expect(now.children.filter((child) => !old.has(child)).length).to.equal(3);
  });
});

/** The stretches of the old document that an op inserts into, deletes or changes. */
function touchedBy(op: RichOp): { readonly from: number; readonly to: number }[] {
  const touched: { readonly from: number; readonly to: number }[] = [];
  let at = 0;
  for (const component of op) {
    const size = typeof component === "number" ? component : baseLength([component]);
    if (typeof component !== "number") touched.push({ from: at, to: at + size });
    at += size;
  }
  return touched;
}
