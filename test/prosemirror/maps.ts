// Whether a transaction maps every character that an op keeps to where it is now.

import { expect } from "chai";
import type { Node } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { pmFromAtom } from "../../client/prosemirror/positions.js";
import { type RichOp, type RichSnapshot, transformPosition } from "../../ot/index.js";

export function expectExactMap(snapshot: RichSnapshot, doc: Node, op: RichOp, tr: Transaction): void {
  for (const { old, now } of keptAtoms(snapshot, op)) {
    const [was, is] = [sidesOf(doc, old), sidesOf(tr.doc, now)];
    if (!was.inText || !is.inText) continue;
    expect(tr.mapping.map(was.before, 1), `before ${old}`).to.equal(is.before);
    expect(tr.mapping.map(was.behind, -1), `behind ${old}`).to.equal(is.behind);
    expect(tr.mapping.mapResult(was.before, 1).deletedAfter, `at ${old}`).to.equal(false);
  }
}

/** Text and inline embeds that an op keeps, by their positions before and after it. */
function keptAtoms(snapshot: RichSnapshot, op: RichOp): { readonly old: number; readonly now: number }[] {
  const kept: { readonly old: number; readonly now: number }[] = [];
  for (let old = 0; old < snapshot.length; old++) {
    const [before, behind] = [transformPosition(old, op, "after"), transformPosition(old + 1, op, "before")];
    const atom = snapshot.atomAt(old);
    const isText = typeof atom === "string" ? atom !== "\n" : atom?.blk !== true;
    if (isText && behind === before + 1) kept.push({ old, now: before });
  }
  return kept;
}

/** The ProseMirror positions before and behind an atom of text. */
function sidesOf(doc: Node, atom: number) {
  const before = pmFromAtom(doc, atom, 1);
  return { before, behind: pmFromAtom(doc, atom + 1, -1), inText: doc.resolve(before).parent.isTextblock };
}
