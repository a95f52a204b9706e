// Every bug that a law has found in `ot/`, as one small file in `test/corpus/ot/`, run before anything else.
//
// A file says in a sentence what was wrong (`was`), which law found it (`law`), and the case: `inserts`, written `repeat` times,
// build the document; `op` is the op on it, with `over` the one made at the same time and with `next` the one after it.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { diamond, type RichOp, type RichWire, richText } from "../../ot/index.js";
import { applyToAtoms, atomsOf, canonical, wireOf } from "../oracle/atoms.js";
import { checkTree } from "../oracle/tree.js";

interface Case {
  readonly was: string;
  readonly law: string;
  readonly repeat?: number;
  readonly inserts: RichWire;
  readonly op: RichOp;
  readonly over?: RichOp;
  readonly next?: RichOp;
}

const folder = fileURLToPath(new URL("../../../test/corpus/ot/", import.meta.url));

describe("the corpus of ot/", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    it(`${file} stays fixed`, () => {
      const { inserts, repeat = 1, op, over, next }: Case = JSON.parse(readFileSync(folder + file, "utf8"));
      const atoms = Array.from({ length: repeat }, () => atomsOf(inserts)).flat();
      const wire = wireOf(atoms);
      const before = richText.create(wire);
      const after = richText.apply(before, op);
      const same = (x: unknown, y: unknown) => expect(canonical(x)).to.equal(canonical(y));

      checkTree(after.rope.root);
      richText.checkOp(op);
      same(after, wireOf(applyToAtoms(atoms, op)));
      same(richText.apply(after, richText.invertWithDoc(op, before)), wire);
      if (next !== undefined) {
        same(richText.apply(before, richText.compose(op, next)), richText.apply(after, next));
      }
      if (over !== undefined) {
        for (const [left, right] of [
          [op, over],
          [over, op],
        ] as const) {
          const [leftNow, rightNow] = diamond(richText, left, right);
          same(
            richText.apply(richText.apply(before, right), leftNow),
            richText.apply(richText.apply(before, left), rightNow),
          );
        }
      }
    });
  }
});
