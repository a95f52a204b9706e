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
import { Clusters } from "./clusters.js";
import { ComponentRow } from "./component-row.js";
import { BASE, RESULT } from "./component-tree.js";
import { composed, composeInto } from "./compose.js";
import { OpCursor } from "./cursor.js";
import { type AnyOp, asRichOp, isQuoting, normalized, RichOpBuilder } from "./op.js";
import { cross, type Ties } from "./transform.js";
import type { IndexedOp, Side } from "./types.js";

/** So many ops are gathered at most, and only ones that begin so near the one before, in atoms. */
const MOST_GATHERED = 256;
const NEAR = 64;

const algebra = { compose: composed, normalize: normalized };
const beginOf = ([first]: AnyOp): number => (typeof first === "number" ? first : 0);
const areNear = (x: AnyOp, y: AnyOp): boolean => Math.abs(beginOf(x) - beginOf(y)) <= NEAR;

/** An op, indexed. Costs as much as it is long. */
export const indexed = (op: AnyOp, ties: Ties): IndexedOp<AnyOp> => new Indexed(op, ties);

class Indexed implements IndexedOp<AnyOp> {
  #row: ComponentRow;
  #clusters: Clusters;
  readonly #ties: Ties;
  #mayQuote: boolean;
  /** Ops that are not composed into the row yet, in the order in which they came. */
  #gathered: AnyOp[] = [];
  /** Where a small op that was moved, and what becomes of the held one, are written down; and what walks over both. */
  readonly #moved = new RichOpBuilder();
  readonly #made = new RichOpBuilder();
  readonly #heldCursor = new OpCursor();
  readonly #smallCursor = new OpCursor();

  constructor(op: AnyOp, ties: Ties) {
    this.#mayQuote = op.some(isQuoting);
    this.#row = new ComponentRow(op);
    this.#clusters = new Clusters(this.#row);
    this.#ties = ties;
  }

  get op(): AnyOp {
    this.#composeGathered();
    const op = new RichOpBuilder();
    this.#row.each((component) => op.put(component));
    return op.done();
  }

  pass(small: AnyOp, side: Side): AnyOp {
    this.#composeGathered();
    const row = this.#row;
    const cluster = this.#clusters;
    const moved = this.#moved;
    /** How far `moved` has come in the document after the held op, and by how much that one has grown up to there. */
    let written = 0;
    let grown = 0;
    for (cluster.begin(small, BASE); cluster.next(); ) {
      const before = row.before[RESULT] - grown;
      const taken = row.taken[RESULT];
      moved.skip(before - written);
      const held = row.walk(this.#heldCursor);
      cross(held, cluster.walk(this.#smallCursor), side, this.#ties, this.#made, moved);
      grown += row.replace(this.#made);
      written = before + taken;
    }
    return moved.taken();
  }

  compose(small: AnyOp): void {
    const gathered = this.#gathered;
    const many = gathered.length;
    if (many > 0 && many < MOST_GATHERED && areNear(gathered[many - 1]!, small)) gathered.push(small);
    else {
      this.#composeGathered();
      this.#gathered = [small];
    }
  }

  #composeGathered(): void {
    if (this.#gathered.length === 0) return;
    const small = composeAll(algebra, this.#gathered);
    // From here on, the row is all there is.
    this.#gathered = [];
    if (this.#mayQuote) {
      // As any composing does, it forgets what all of the deletes quote.
      this.#row = new ComponentRow(asRichOp(this.op));
      this.#clusters = new Clusters(this.#row);
      this.#mayQuote = false;
    }
    const cluster = this.#clusters;
    for (cluster.begin(small, RESULT); cluster.next(); ) {
      composeInto(this.#made, this.#row.walk(this.#heldCursor), cluster.walk(this.#smallCursor));
      this.#row.replace(this.#made);
    }
  }
}
