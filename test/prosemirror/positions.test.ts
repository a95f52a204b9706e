// Positions, there and back: code points here, ProseMirror's UTF-16 and tokens there.

import { expect } from "chai";
import fc from "fast-check";
import { atomFromPM, pmFromAtom } from "../../client/prosemirror/positions.js";
import { project } from "../../client/prosemirror/projection.js";
import { RichSnapshot } from "../../ot/index.js";
import { anySnapshot } from "./documents.js";

const shown = (wire: unknown) => project(RichSnapshot.from(wire));

describe("positions", () => {
  it("count an emoji as one atom and two units", () => {
    const doc = shown(["\na👻b"]);
    expect([1, 2, 4, 5].map((pos) => atomFromPM(doc, pos))).to.deep.equal([1, 2, 3, 4]);
    expect([1, 2, 3, 4].map((atom) => pmFromAtom(doc, atom))).to.deep.equal([1, 2, 4, 5]);
  });

  it("in the middle of an emoji go to the side that is asked for", () => {
    const doc = shown(["\na👻b"]);
    expect([atomFromPM(doc, 3, -1), atomFromPM(doc, 3, 1)]).to.deep.equal([2, 3]);
  });

  it("before a marker are the end of one block or the start of the next", () => {
    const doc = shown(["\nab\ncd"]);
    expect([pmFromAtom(doc, 3, -1), pmFromAtom(doc, 3, 1)]).to.deep.equal([3, 5]);
    expect([3, 4].map((pos) => atomFromPM(doc, pos))).to.deep.equal([3, 3]);
    expect(atomFromPM(doc, 5)).to.equal(4);
  });

  it("beside a rule are beside that block", () => {
    const doc = shown(["\na", { i: { hr: 1, blk: true } }, "\nb"]);
    expect([atomFromPM(doc, 3), atomFromPM(doc, 4)]).to.deep.equal([2, 3]);
    expect([pmFromAtom(doc, 2, 1), pmFromAtom(doc, 3, -1)]).to.deep.equal([3, 4]);
  });

  it("are the same after there and back, wherever there is text", () => {
    fc.assert(
      fc.property(anySnapshot(20), (snapshot) => {
        const doc = project(snapshot);
        for (let pos = 0; pos <= doc.content.size; pos++) {
          const $pos = doc.resolve(pos);
          if (!$pos.parent.isTextblock || /[\ud800-\udbff]$/.test($pos.nodeBefore?.text ?? "")) continue;
          expect(pmFromAtom(doc, atomFromPM(doc, pos), -1)).to.equal(pos);
        }
        for (let atom = 0; atom <= snapshot.length; atom++) {
          for (const assoc of [-1, 1] as const) {
            const back = atomFromPM(doc, pmFromAtom(doc, atom, assoc));
            // Before a marker, the start of the text behind it is one further on.
            expect(back).to.be.within(atom, atom + 1);
            if (assoc === -1 && atom > 0) expect(back).to.equal(atom);
          }
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it("never fall when the others rise, and stay inside the document", () => {
    fc.assert(
      fc.property(anySnapshot(20), (snapshot) => {
        const doc = project(snapshot);
        let last = 0;
        for (let pos = -2; pos <= doc.content.size + 2; pos++) {
          const atom = atomFromPM(doc, pos);
          expect(atom).to.be.within(last, snapshot.length);
          last = atom;
        }
        for (const far of [-1, snapshot.length + 5])
          expect(pmFromAtom(doc, far)).to.be.within(0, doc.content.size);
      }),
      { numRuns: 500 },
    );
  });
});
