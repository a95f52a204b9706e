// Going through a small op cluster by cluster, each beside what it meets in a row of components, for `indexed-op.ts`.
//
// A cluster is what an op does between two long skips. What it meets reaches from the component that holds the atom before it to
// the one that holds the atom after it: the stretch of the row that is looked at. Before the next cluster that is replaced by what
// makes the document that the op was made against as much longer as the cluster does.

import type { ComponentRow } from "./component-row.js";
import type { Measure } from "./component-tree.js";
import type { OpCursor } from "./cursor.js";
import { type AnyOp, baseLengthOf, resultLengthOf } from "./op.js";

export class Clusters {
  readonly #row: ComponentRow;
  #op: AnyOp = [];
  #measure: Measure = 0;
  /** Which of the op's components the cluster is, the last one not included, and how many atoms of the stretch it skips before. */
  #from = 0;
  #to = 0;
  #lead = 0;
  /** How far we are in the document that `op` was made against, and by how much the row has grown up to there. */
  #position = 0;
  #grown = 0;

  constructor(row: ComponentRow) {
    this.#row = row;
  }

  /** Goes before the first cluster of an op, which was made against the document of the row's that `measure` says. */
  begin(op: AnyOp, measure: Measure): void {
    this.#op = op;
    this.#measure = measure;
    this.#to = 0;
    this.#position = 0;
    this.#grown = 0;
  }

  /** Goes on to the next cluster; false if there is none. */
  next(): boolean {
    const row = this.#row;
    const op = this.#op;
    const measure = this.#measure;
    let position = this.#position;
    let at = this.#to;
    const first = op[at];
    if (typeof first === "number") {
      position += first;
      at++;
    }
    if (at >= op.length) return false;
    row.seek(measure, position - 1 + this.#grown);
    const begin = row.before[measure] - this.#grown;
    this.#from = at;
    this.#lead = position - begin;
    for (;;) {
      for (let part = op[at]; part !== undefined && typeof part !== "number"; part = op[++at]) {
        const atoms = baseLengthOf(part);
        position += atoms;
        this.#grown += resultLengthOf(part) - atoms;
      }
      while (begin + row.taken[measure] <= position) row.take();
      const skip = op[at];
      if (typeof skip !== "number" || position + skip > begin + row.taken[measure]) break;
      position += skip;
      at++;
    }
    this.#to = at;
    this.#position = position;
    return true;
  }

  /** Has a cursor walk over the cluster, from where the stretch begins. */
  walk(cursor: OpCursor): OpCursor {
    if (this.#lead === 0) return cursor.over(this.#op, this.#from, this.#to);
    cursor.over(this.#op, this.#from - 1, this.#to);
    cursor.advance(cursor.left - this.#lead);
    return cursor;
  }
}
