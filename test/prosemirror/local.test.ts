// Whatever is done in the editor becomes an op that does the same to the atoms, and nothing else.

import { expect } from "chai";
import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { diffStrips } from "../../client/prosemirror/diff.js";
import { firstLeaf, leafAt, leavesOf } from "../../client/prosemirror/leaves.js";
import { atomsOfLeaf, linearise } from "../../client/prosemirror/linearise.js";
import { editedPositions, localChange } from "../../client/prosemirror/local.js";
import { hasHead } from "../../client/prosemirror/measure.js";
import { project, type View } from "../../client/prosemirror/projection.js";
import { Strip } from "../../client/prosemirror/strip.js";
import { vocabularyOf } from "../../client/prosemirror/vocabulary.js";
import { unknownAttributes } from "../../client/prosemirror/vocabulary-nodes.js";
import { sameAttributes } from "../../ot/attributes.js";
import {
  type Attributes,
  isBlockEmbed,
  type RichOp,
  RichSnapshot,
  richOp,
  richText,
  transformPosition,
} from "../../ot/index.js";
import { type Action, action, actionNames, perform } from "./commands.js";
import { anyRichDocument } from "./documents.js";
import { looksLike } from "./known.js";

interface Edit {
  readonly action: Action;
  /** What the editor showed, and what it shows then. */
  readonly view: View;
  readonly doc: Node;
  readonly op: RichOp;
  readonly after: View;
}

/** Does random things to random documents, and has each edit checked. Gives how many there were of each kind. */
function everyEdit(numRuns: number, check: (edit: Edit) => void): Map<string, number> {
  const done = new Map<string, number>();
  fc.assert(
    fc.property(
      anyRichDocument(),
      fc.array(action, { minLength: 10, maxLength: 25 }),
      (snapshot, actions) => {
        let view: View = { snapshot, doc: project(snapshot) };
        for (const each of actions) {
          const made = perform(EditorState.create({ doc: view.doc }), each);
          if (made === undefined) continue;
          const { op, view: after } = localChange(view, made.tr.doc, editedPositions(made.tr.mapping.maps));
          check({ action: each, view, doc: made.tr.doc, op, after });
          done.set(each.name, (done.get(each.name) ?? 0) + 1);
          view = after;
        }
      },
    ),
    { numRuns },
  );
  return done;
}

const isNormal = (doc: Node) => project(RichSnapshot.from(linearise(doc))).eq(doc);

/** Whether the atom at a position is a marker or a block embed. */
const isHead = (snapshot: RichSnapshot, at: number): boolean =>
  [...snapshot.pieces(at, at + 1)].some(
    ({ content }) => content === "\n" || (typeof content !== "string" && isBlockEmbed(content)),
  );

/** The atoms that an editor's document is seen to have. */
const seen = (doc: Node) => RichSnapshot.from(linearise(doc));

describe("a local transaction", () => {
  it("becomes an op after which the atoms show what the editor shows", () => {
    const done = everyEdit(2_200, ({ action, view, doc, op, after }) => {
      richText.checkOp(op);
      expect(after.snapshot.equals(richText.apply(view.snapshot, op))).to.equal(true);
      expect(project(after.snapshot).eq(after.doc)).to.equal(true);
      if (looksLike(after.doc, doc)) return;
      // Only what no atoms stand for is shown otherwise: above all a document that does not begin with a marker.
      const first = firstLeaf(doc).node;
      if (isNormal(doc) && first.isTextblock && hasHead(first)) {
        throw Error(`${action.name}: ${doc} became ${after.doc} by ${JSON.stringify(op)}`);
      }
    });
    expect([...done.values()].reduce((sum, count) => sum + count)).to.be.at.least(15_000);
    expect([...done.keys()]).to.have.members(actionNames);
  });

  it("becomes an op that leaves the first marker where it is", () => {
    everyEdit(200, ({ op }) => {
      const first = op[0];
      expect(
        first === undefined || typeof first === "number" || (typeof first === "object" && "r" in first),
      ).to.equal(true);
    });
  });

  it("becomes, from the blocks it touched, an op as good as one from the whole document", () => {
    const touched = { fast: 0, slow: 0 };
    everyEdit(300, ({ view, doc, op, after }) => {
      const slow = wholeDiff(view.doc, doc);
      for (const each of [op, slow]) {
        expect(looksLike(project(richText.apply(seen(view.doc), each)), after.doc)).to.equal(true);
      }
      touched.fast += atomsTouched(op);
      touched.slow += atomsTouched(slow);
    });
    // Ten draws of this size lay between 1.01 and 1.03; an op from the wrong blocks costs several times as much.
    expect(touched.fast).to.be.at.most(touched.slow * 1.05);
  });

  it("takes what the editor does not know from no block that stays, unless it gets or gives it", () => {
    // A kind of block that is not known is, of course, replaced by one that is.
    const unknownAt = (doc: Node, at: number) => unknownAttributes(leafAt(doc, at).node);
    const countOf = (unknown: Attributes, doc: Node) =>
      [...leavesOf(doc)].filter(({ node }) => sameAttributes(unknownAttributes(node) ?? {}, unknown)).length;
    const isKept = (key: string) => key !== "t";
    everyEdit(300, ({ view: { snapshot, doc }, op, after }) => {
      for (let old = 0; old < snapshot.length; old++) {
        const now = transformPosition(old, op, "after");
        if (transformPosition(old + 1, op, "before") !== now + 1 || !isHead(snapshot, old)) continue;
        const unknown = unknownAt(doc, old) ?? {};
        if (!Object.keys(unknown).some(isKept) || unknownAt(after.doc, now) !== undefined) continue;
        // The upper half of a block that is split may be a new paragraph, and the lower half what it was.
        expect(countOf(unknown, after.doc)).to.be.at.least(countOf(unknown, doc));
      }
    });
  });
});

/** The slow answer: all of one document laid beside all of the other. */
function wholeDiff(old: Node, now: Node): RichOp {
  const strip = (doc: Node) => {
    const atoms = [...leavesOf(doc)].map(atomsOfLeaf);
    if (atoms[0]!.head?.content !== "\n")
      atoms.unshift({ head: { content: "\n", attributes: {} }, text: [] });
    return new Strip(atoms);
  };
  const op = richOp();
  diffStrips(op, strip(old), strip(now), {
    keepsFirst: true,
    singleKeys: vocabularyOf(old.type.schema).singleKeys,
  });
  return op.done();
}

/** How many atoms an op inserts and deletes. */
const atomsTouched = (op: RichOp): number =>
  op.reduce<number>((sum, component) => {
    if (typeof component === "number" || (typeof component === "object" && "r" in component)) return sum;
    if (typeof component === "object" && "d" in component) return sum + component.d;
    const content = typeof component === "string" ? component : component.i;
    return sum + (typeof content === "string" ? [...content].length : 1);
  }, 0);
