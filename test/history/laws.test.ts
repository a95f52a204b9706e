// The laws of history, for any history of either type: whatever was done and undone, by whomever.

import { expect } from "chai";
import fc from "fast-check";
import {
  type PlainSnapshot,
  plainText,
  type RichOp,
  type RichWire,
  richOp,
  richText,
} from "../../ot/index.js";
import type { DiffPart, DocumentType } from "../../protocol/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { blameRuns } from "../../server/history/blame.js";
import { diffParts } from "../../server/history/diff.js";
import { revertOp } from "../../server/history/revert.js";
import { tries } from "../seed.js";
import { type AnySnapshot, AUTHORS, apply, fold, type Past, pasts, strandOf } from "./strands.js";

const RUNS = tries(600, 2_000);

/** The document that these parts are one after the other. */
function together(type: DocumentType, parts: readonly (readonly unknown[])[]): unknown {
  const built = richOp();
  for (const component of parts.flat() as RichOp) built.add(component);
  const wire = built.done();
  return type === "plain"
    ? plainText.create(wire.join("")).toJSON()
    : richText.create(wire as RichWire).toJSON();
}

const wireOf = (snapshot: AnySnapshot) => (snapshot as PlainSnapshot).toJSON() as unknown;

/** A past and two versions of it, the first before the second. */
const stretches = (type: DocumentType) =>
  fc.tuple(pasts[type], fc.nat(), fc.nat()).map(([past, x, y]): [Past, number, number] => {
    const [a, b] = [x % (past.ops.length + 1), y % (past.ops.length + 1)];
    return [past, Math.min(a, b), Math.max(a, b)];
  });

for (const type of ["plain", "rich"] as const) {
  describe(`history of a ${type} document`, () => {
    it("differs by parts that are the document before and the document after", () => {
      fc.assert(
        fc.property(stretches(type), ([past, from, to]) => {
          const parts = atOnce(diffParts(strandOf(past, from, to)));
          const of = (kinds: readonly DiffPart["kind"][], before: boolean) =>
            parts
              .filter(({ kind }) => kinds.includes(kind))
              .map((part) => (before ? (part.before ?? part.content) : part.content));
          expect(together(type, of(["kept", "deleted", "reformatted"], true))).to.deep.equal(
            wireOf(past.at[from]!),
          );
          expect(together(type, of(["kept", "inserted", "reformatted"], false))).to.deep.equal(
            wireOf(past.at[to]!),
          );
        }),
        { numRuns: RUNS },
      );
    });

    it("names for every difference an op of that stretch", () => {
      fc.assert(
        fc.property(stretches(type), ([past, from, to]) => {
          for (const { kind, version, author, time } of atOnce(diffParts(strandOf(past, from, to)))) {
            if (kind === "kept")
              expect([version, author, time]).to.deep.equal([undefined, undefined, undefined]);
            else {
              expect(version).to.be.within(from + 1, to);
              expect(past.ops[version! - 1]).to.deep.include({ author, time });
            }
          }
        }),
        { numRuns: RUNS },
      );
    });

    it("says for every atom of every version who wrote it, as if history had ended there", () => {
      fc.assert(
        fc.property(stretches(type), ([past, , to]) => {
          const runs = atOnce(blameRuns(strandOf(past), to));
          expect(runs).to.deep.equal(atOnce(blameRuns(strandOf(past, 0, to), to)));
          let at = 0;
          for (const run of runs) {
            expect(run.at).to.equal(at);
            expect(run.version).to.be.at.most(to);
            at += run.length;
          }
          expect(at).to.equal(past.at[to]!.length);
        }),
        { numRuns: RUNS },
      );
    });

    it("taken back whole is the document before it", () => {
      fc.assert(
        fc.property(stretches(type), ([past, from]) => {
          const op = atOnce(revertOp(strandOf(past, from), () => true));
          const back = apply(type, past.at.at(-1)!, op);
          expect(wireOf(back)).to.deep.equal(wireOf(past.at[from]!));
        }),
        { numRuns: RUNS },
      );
    });

    it("taken back where nobody did anything is left as it is", () => {
      fc.assert(
        fc.property(pasts[type], (past) => {
          expect(atOnce(revertOp(strandOf(past), () => false))).to.deep.equal([]);
        }),
        { numRuns: 200 },
      );
    });

    it("has taken back what was taken back when that is taken back too", () => {
      fc.assert(
        fc.property(stretches(type), fc.constantFrom(...AUTHORS), ([past, from], author) => {
          const head = past.ops.length;
          const strand = strandOf(past, from);
          const op = atOnce(revertOp(strand, (stamp) => stamp.author === author));
          const there = apply(type, past.at[head]!, op);
          fold(strand, { version: head + 1, op, author: "dee", time: 0 });
          const back = atOnce(revertOp(strand, ({ version }) => version === head + 1));
          expect(wireOf(apply(type, there, back))).to.deep.equal(wireOf(past.at[head]!));
        }),
        { numRuns: RUNS },
      );
    });
  });
}
