// Whatever is done in the editor becomes an op that does the same to the atoms.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { firstLeaf } from "../../client/prosemirror/leaves.js";
import { linearise } from "../../client/prosemirror/linearise.js";
import { editedPositions, localChange } from "../../client/prosemirror/local.js";
import { hasHead } from "../../client/prosemirror/measure.js";
import { project, type View } from "../../client/prosemirror/projection.js";
import { RichSnapshot, richText } from "../../ot/index.js";
import { action, perform } from "./commands.js";
import { anyRichDocument } from "./documents.js";

const isNormal = (doc: Node) => project(RichSnapshot.from(linearise(doc))).eq(doc);

describe("a local transaction", () => {
  it("becomes an op after which the atoms show what the editor shows", () => {
    const done = new Map<string, number>();
    let abnormal = 0;
    fc.assert(
      fc.property(
        anyRichDocument(),
        fc.array(action, { minLength: 10, maxLength: 25 }),
        (snapshot, actions) => {
          let view: View = { snapshot, doc: project(snapshot) };
          let state = EditorState.create({ doc: view.doc });
          for (const each of actions) {
            const made = perform(state, each);
            if (made === undefined) continue;
            const { op, view: after } = localChange(view, made.tr.doc, editedPositions(made.tr.mapping.maps));
            richText.checkOp(op);
            expect(op[0]).to.satisfy(
              (first: unknown) =>
                first === undefined ||
                typeof first === "number" ||
                (typeof first === "object" && "r" in first!),
            );
            expect(after.snapshot.equals(richText.apply(view.snapshot, op))).to.equal(true);
            expect(project(after.snapshot).eq(after.doc)).to.equal(true);
            if (after.doc !== made.tr.doc) {
              abnormal++;
              const first = firstLeaf(made.tr.doc).node;
              if (isNormal(made.tr.doc) && first.isTextblock && hasHead(first))
                throw Error(`${each.name}: ${made.tr.doc} became ${after.doc} by ${JSON.stringify(op)}`);
            }
            done.set(each.name, (done.get(each.name) ?? 0) + 1);
            view = after;
            state = EditorState.create({ doc: view.doc });
          }
        },
      ),
      { numRuns: 1_500 },
    );
    if (process.env.SHOW)
      console.log(
        [...done.values()].reduce((a, b) => a + b),
        abnormal,
        done,
      );
  });
});
