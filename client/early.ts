// Ops that the room told before it was known to what they belong: the document is on its way, or may be another. Those
// of the life that it turns out to be in are taken in then, once; any more than are kept here are asked for again.

import type { Epoch, ToldOp } from "../protocol/index.js";

const MOST = 1_000;

export class EarlyOps {
  #kept: { readonly epoch: Epoch | undefined; readonly op: ToldOp }[] = [];

  /** @param epoch  the life of the document that they belong to; undefined: the server does not say */
  keep(ops: readonly ToldOp[], epoch: Epoch | undefined): void {
    if (this.#kept.length < MOST) this.#kept.push(...ops.map((op) => ({ epoch, op })));
  }

  /** Those that may be of this life. None is kept any more. */
  take(mine: Epoch): ToldOp[] {
    return this.#kept
      .splice(0)
      .flatMap(({ epoch, op }) => (epoch === undefined || epoch === mine ? [op] : []));
  }

  forget(): void {
    this.#kept = [];
  }
}
