// The slow answer to what an edit changed: all of one document laid beside all of the other, again and again until what
// the atoms show is what the editor shows. Nothing in here knows which blocks were touched.

import type { Node } from "prosemirror-model";
import { diffStrips } from "../../client/prosemirror/diff.js";
import { leavesOf } from "../../client/prosemirror/leaves.js";
import { atomsOfLeaf } from "../../client/prosemirror/linearise.js";
import { project, type View } from "../../client/prosemirror/projection.js";
import { Strip } from "../../client/prosemirror/strip.js";
import { vocabularyOf } from "../../client/prosemirror/vocabulary.js";
import { type RichOp, richOp, richText } from "../../ot/index.js";

function stripOf(doc: Node): Strip {
  const atoms = [...leavesOf(doc)].map(atomsOfLeaf);
  if (atoms[0]!.head?.content !== "\n") atoms.unshift({ head: { content: "\n", attributes: {} }, text: [] });
  return new Strip(atoms);
}

/** The op that makes `doc` of what a view shows, or of what is nearest to it. */
export function wholeChange(view: View, doc: Node): View & { readonly op: RichOp } {
  const { singleKeys } = vocabularyOf(doc.type.schema);
  let op: RichOp = [];
  let now = view;
  for (let round = 0; round < 3 && !now.doc.eq(doc); round++) {
    const more = richOp();
    diffStrips(more, stripOf(now.doc), stripOf(doc), { keepsFirst: true, singleKeys });
    const snapshot = richText.apply(now.snapshot, more.done());
    op = richText.compose(op, more.done());
    now = { snapshot, doc: project(snapshot) };
  }
  return { ...now, op };
}
