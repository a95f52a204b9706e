// Which lines an op touches: what the incremental projection must build anew.
//
// An op is read as a row of edits at positions of the old document. An edit touches the leaf it is in; one that inserts
// or deletes just before a marker touches the leaf before, whose text may go on there. Text without a marker goes with
// the block embed before it, whose containers it stays in. Edits that touch the same leaf are one change.

import type { Node } from "prosemirror-model";
import { lengthChange, type RichComponent, type RichOp } from "../../ot/index.js";
import { type Leaf, leafAt, leafEnd, nextLeaf } from "./leaves.js";
import { hasHead } from "./measure.js";

/** A stretch of the old document, from its first to its last leaf, and the atoms that take its place in the new one. */
export interface LineChange {
  readonly first: Leaf;
  readonly last: Leaf;
  /** Position behind the last leaf, in the old document. */
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
  /** The leaves of the stretch that may still be what they were, by their position in the new document. */
  readonly oldLeaves: ReadonlyMap<number, Node>;
}

/** Old atoms that an edit touches; `from` equals `to` where it only inserts. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly component: RichComponent;
}

function editsOf(op: RichOp): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") at += component;
    else if (typeof component === "string" || "i" in component) edits.push({ from: at, to: at, component });
    else {
      const size = "d" in component ? component.d : component.r;
      edits.push({ from: at, to: at + size, component });
      at += size;
    }
  }
  return edits;
}

const isRetain = (component: RichComponent) => typeof component === "object" && "r" in component;

/** The stretches of leaves that an op touches, in order. */
export function* changedLines(doc: Node, op: RichOp): Generator<LineChange> {
  const edits = editsOf(op);
  let shift = 0;
  for (let next = 0; next < edits.length; ) {
    const first = leafAt(doc, firstTouched(edits[next]!));
    let last = first;
    const inside: Edit[] = [];
    for (; next < edits.length; next++) {
      const edit = edits[next]!;
      // A document without atoms is one leaf, which every edit touches.
      if (inside.length > 0 && firstTouched(edit) >= Math.max(1, leafEnd(last))) break;
      while (leafEnd(last) < edit.to) last = nextLeaf(last)!;
      for (let more = nextLeaf(last); more !== undefined && !hasHead(more.node); more = nextLeaf(more))
        last = more;
      inside.push(edit);
    }
    const grown = lengthChange(inside.map(({ component }) => component));
    const oldTo = leafEnd(last);
    const oldLeaves = survivors(first, last, inside, shift);
    yield { first, last, oldTo, newFrom: first.at + shift, newTo: oldTo + shift + grown, oldLeaves };
    shift += grown;
  }
}

/** An insert or a delete may carry on the text before it. */
const firstTouched = ({ from, component }: Edit): number =>
  isRetain(component) ? from : Math.max(0, from - 1);

/** The leaves from `first` to `last` into which nothing is inserted or deleted, by where each is in the new document. */
function survivors(first: Leaf, last: Leaf, edits: readonly Edit[], shift: number): Map<number, Node> {
  const found = new Map<number, Node>();
  let leaf: Leaf | undefined = first;
  let open: Leaf | undefined;
  let moved = shift;
  const keep = (from: number, to: number) => {
    for (; leaf !== undefined && leaf.at < to; leaf = nextLeaf(leaf)) {
      if (leaf.at < from) continue;
      found.set(leaf.at + moved, leaf.node);
      open = leaf;
    }
  };
  let at = first.at;
  for (const { from, to, component } of edits) {
    keep(at, isRetain(component) ? to : from);
    if (!isRetain(component) && open !== undefined && from < leafEnd(open)) found.delete(open.at + moved);
    moved += lengthChange([component]);
    at = to;
  }
  keep(at, leafEnd(last));
  return found;
}
