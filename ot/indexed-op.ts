// A large op that is moved past small ones, or has small ones composed into it, at the price of the small ones.
//
//     held   ── 5 ─┬─ "x" ─┬─ {d:2} ─┬───── 40 ─────┬─ "y" ─┬─ …      a row of components (`component-row.ts`)
//     small        ·       └─ 1, "z" ┘              ·               meets only what lies about its own places
//
// An op is cut into clusters: what it does between two long skips. A cluster and the components of the held op about it are
// met as two small ops are, by `transform.ts` and `compose.ts`, so there is one truth for the rules. The components taken
// reach from the one that holds the atom before the cluster to the one that holds the atom after it. At both ends, then, the
// small op skips an atom that the held op keeps its hold of, so that nothing further out has a say: no tie, no
// inheritance and nothing to be joined.
//
// So the outcome is that of the plain walk, component by component, always. What it costs: one search of the row for each cluster,
// the components of the held op under it, and the text that the held op inserts right beside it.

import { BASE, type Measure, RESULT } from "./component-groups.js";
import { ComponentRow } from "./component-row.js";
import { composeInto } from "./compose.js";
import { OpCursor } from "./cursor.js";
import { type AnyOp, asRichOp, baseLengthOf, isQuoting, RichOpBuilder, resultLengthOf } from "./op.js";
import { cross, type Ties } from "./transform.js";
import type { IndexedOp, Side } from "./types.js";

/** An op, indexed. Costs as much as it is long. */
export const indexed = (op: AnyOp, ties: Ties): IndexedOp<AnyOp> => new Indexed(op, ties);

class Indexed implements IndexedOp<AnyOp> {
  #row: ComponentRow;
  readonly #ties: Ties;
  #mayQuote: boolean;

  constructor(op: AnyOp, ties: Ties) {
    this.#mayQuote = op.some(isQuoting);
    this.#row = new ComponentRow(op);
    this.#ties = ties;
  }

  get op(): AnyOp {
    const op = new RichOpBuilder();
    for (const component of this.#row) op.put(component);
    return op.done();
  }

  pass(small: AnyOp, side: Side): AnyOp {
    const row = this.#row;
    const moved = new RichOpBuilder();
    /** How far `moved` has come in the document after the held op, and by how much that one has grown up to there. */
    let written = 0;
    let grown = 0;
    this.#clusters(small, BASE, (cluster, atoms, growth) => {
      const before = row.before[RESULT] - grown;
      const taken = row.taken[RESULT];
      moved.skip(before - written);
      const { only } = row;
      if (typeof only === "number") {
        // Where the held op only skips, nothing meets.
        for (; !cluster.done; cluster.pass()) moved.put(cluster.rest);
        moved.skip(only - atoms);
        row.replace([only + growth]);
      } else {
        const heldMoved = new RichOpBuilder();
        cross(row.walk(), cluster, side, this.#ties, heldMoved, moved);
        row.replace(heldMoved.components());
      }
      written = before + taken;
      grown += row.taken[RESULT] - taken;
    });
    return moved.done();
  }

  compose(small: AnyOp): void {
    if (this.#mayQuote) {
      // As any composing does, it forgets what all of the deletes quote.
      this.#row = new ComponentRow(asRichOp(this.op));
      this.#mayQuote = false;
    }
    this.#clusters(small, RESULT, (cluster) => {
      const composed = new RichOpBuilder();
      composeInto(composed, this.#row.walk(), cluster);
      this.#row.replace(composed.components());
    });
  }

  /**
   * Goes through an op made against one of the held op's documents, cluster by cluster. `meet` finds the components of the
   * held op about a cluster as the stretch of the row that is looked at, and replaces them. It is given the cluster as an
   * op on those, over how many atoms that walks, and by how many it makes the document longer.
   */
  #clusters(
    op: AnyOp,
    measure: Measure,
    meet: (cluster: OpCursor, atoms: number, growth: number) => void,
  ): void {
    const row = this.#row;
    /** How far we are in the document that `op` was made against, and by how much the row has grown up to there. */
    let position = 0;
    let grown = 0;
    for (let at = 0; at < op.length; ) {
      const component = op[at]!;
      if (typeof component === "number") {
        position += component;
        at++;
        continue;
      }
      if (position === 0) row.rewind();
      else row.seek(measure, position - 1 + grown);
      const begin = row.before[measure] - grown;
      const lead = position - begin;
      const from = lead > 0 ? at - 1 : at;
      let growth = 0;
      for (;;) {
        for (let part = op[at]; part !== undefined && typeof part !== "number"; part = op[++at]) {
          position += baseLengthOf(part);
          growth += resultLengthOf(part) - baseLengthOf(part);
        }
        while (begin + row.taken[measure] <= position) row.take();
        const skip = op[at];
        if (typeof skip !== "number" || position + skip > begin + row.taken[measure]) break;
        position += skip;
        at++;
      }
      const cluster = new OpCursor(op, from, at);
      // Of the skip before the cluster, only what lies over the stretch.
      if (lead > 0) cluster.advance(cluster.left - lead);
      const taken = row.taken[measure];
      meet(cluster, position - begin, growth);
      grown += row.taken[measure] - taken;
    }
  }
}
