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
//
// Small ops that are typed in one place are gathered, and composed with each other before they meet the row: a word costs one
// search, not one for each letter.

import { composeAll } from "./algebra.js";
import { BASE, type Measure, RESULT } from "./component-groups.js";
import { ComponentRow } from "./component-row.js";
import { composed, composeInto } from "./compose.js";
import { OpCursor } from "./cursor.js";
import {
  type AnyOp,
  asRichOp,
  baseLengthOf,
  isQuoting,
  normalized,
  RichOpBuilder,
  resultLengthOf,
} from "./op.js";
import { cross, type Ties } from "./transform.js";
import type { IndexedOp, Side } from "./types.js";

/** So many ops are gathered at most, and only ones that begin so near the one before, in atoms. */
const MOST_GATHERED = 256;
const NEAR = 64;

const algebra = { compose: composed, normalize: normalized };
const beginOf = ([first]: AnyOp): number => (typeof first === "number" ? first : 0);
const areNear = (x: AnyOp, y: AnyOp): boolean => Math.abs(beginOf(x) - beginOf(y)) <= NEAR;

/** Walks over some components of an op, and as many atoms of the skip before them. */
function part(op: AnyOp, from: number, to: number, lead: number): OpCursor {
  if (lead === 0) return new OpCursor(op, from, to);
  const cursor = new OpCursor(op, from - 1, to);
  cursor.advance(cursor.left - lead);
  return cursor;
}

/** An op, indexed. Costs as much as it is long. */
export const indexed = (op: AnyOp, ties: Ties): IndexedOp<AnyOp> => new Indexed(op, ties);

class Indexed implements IndexedOp<AnyOp> {
  #row: ComponentRow;
  readonly #ties: Ties;
  #mayQuote: boolean;
  /** Ops that are not composed into the row yet, in the order in which they came. */
  readonly #gathered: AnyOp[] = [];

  constructor(op: AnyOp, ties: Ties) {
    this.#mayQuote = op.some(isQuoting);
    this.#row = new ComponentRow(op);
    this.#ties = ties;
  }

  get op(): AnyOp {
    this.#composeGathered();
    const op = new RichOpBuilder();
    for (const component of this.#row) op.put(component);
    return op.done();
  }

  pass(small: AnyOp, side: Side): AnyOp {
    this.#composeGathered();
    const row = this.#row;
    const moved = new RichOpBuilder();
    /** How far `moved` has come in the document after the held op, and by how much that one has grown up to there. */
    let written = 0;
    let grown = 0;
    this.#clusters(small, BASE, (from, to, lead, atoms, growth) => {
      const before = row.before[RESULT] - grown;
      const taken = row.taken[RESULT];
      moved.skip(before - written);
      const { only } = row;
      if (typeof only === "number") {
        // Where the held op only skips, nothing meets.
        moved.skip(lead);
        for (let at = from; at < to; at++) moved.put(small[at]!);
        moved.skip(only - atoms);
        row.replace([only + growth]);
      } else {
        const heldMoved = new RichOpBuilder();
        cross(row.walk(), part(small, from, to, lead), side, this.#ties, heldMoved, moved);
        row.replace(heldMoved.components());
      }
      written = before + taken;
      grown += row.taken[RESULT] - taken;
    });
    // Whoever catches up keeps many of these, and an array that has grown has room for seventeen components.
    return moved.done().slice();
  }

  compose(small: AnyOp): void {
    const gathered = this.#gathered;
    const many = gathered.length;
    if (many === MOST_GATHERED || (many > 0 && !areNear(gathered[many - 1]!, small))) this.#composeGathered();
    gathered.push(small);
  }

  #composeGathered(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    const small = gathered.length === 1 ? gathered[0]! : composeAll(algebra, gathered);
    // From here on, the row is all there is.
    gathered.length = 0;
    if (this.#mayQuote) {
      // As any composing does, it forgets what all of the deletes quote.
      this.#row = new ComponentRow(asRichOp(this.op));
      this.#mayQuote = false;
    }
    this.#clusters(small, RESULT, (from, to, lead) => {
      const made = new RichOpBuilder();
      composeInto(made, this.#row.walk(), part(small, from, to, lead));
      this.#row.replace(made.components());
    });
  }

  /**
   * Goes through an op made against one of the held op's documents, cluster by cluster. `meet` finds the components of the
   * held op about a cluster as the stretch of the row that is looked at, and replaces them. It is told which of the op's
   * components the cluster is, and on the stretch: how many atoms it skips before them, over how many it walks with those,
   * and by how many it makes the document longer.
   */
  #clusters(
    op: AnyOp,
    measure: Measure,
    meet: (from: number, to: number, lead: number, atoms: number, growth: number) => void,
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
      const from = at;
      const lead = position - begin;
      let growth = 0;
      for (;;) {
        for (let part = op[at]; part !== undefined && typeof part !== "number"; part = op[++at]) {
          const atoms = baseLengthOf(part);
          position += atoms;
          growth += resultLengthOf(part) - atoms;
        }
        while (begin + row.taken[measure] <= position) row.take();
        const skip = op[at];
        if (typeof skip !== "number" || position + skip > begin + row.taken[measure]) break;
        position += skip;
        at++;
      }
      const taken = row.taken[measure];
      meet(from, at, lead, position - begin, growth);
      grown += row.taken[measure] - taken;
    }
  }
}
