// Folds what nobody writes to: documents of a database that is older than pages, and those that came with their history.
// What is written to is folded as snapshots are saved, and needs no sweep.
//
// It goes through the documents once after the file has been opened, a page or a look at some documents at a time with a
// pause after each, so that commits hardly ever wait. Broken off, it begins again when the file is opened next.

import type { Clock } from "../../../protocol/index.js";
import type { Outcome } from "./messages.js";

/** So that a thousand ops are folded in some 70 ms, of which the database is busy for 20. */
const PAUSE_MS = 50;

/** What there is to do: a document that is due, or one up to which none is; undefined behind the last. */
export type Foldable = { readonly key: number; readonly foldable: boolean } | undefined;

/**
 * Begins to sweep.
 *
 * @param look  looks at documents after one
 * @param fold  folds a page of a document, as one transaction
 * @returns ends it
 */
export function sweep(
  look: (after: number) => Outcome<Foldable>,
  fold: (key: number) => Outcome<boolean>,
  clock: Pick<Clock, "after">,
): () => void {
  let cancel = clock.after(PAUSE_MS, () => step(0));

  /** @param after  the document that was done last */
  function step(after: number): void {
    const found = look(after);
    const next = "done" in found ? found.done : undefined;
    if (next === undefined) return;
    const done = next.foldable ? goOn(next.key) : next.key;
    if (done !== undefined) cancel = clock.after(PAUSE_MS, () => step(done));
  }

  /** @returns after which document to look next; undefined if nothing can be written */
  function goOn(key: number): number | undefined {
    const outcome = fold(key);
    if ("done" in outcome) return outcome.done ? key - 1 : key;
    // Whoever reads or verifies it is told.
    return outcome.trouble.code === "corrupt" ? key : undefined;
  }

  return () => cancel();
}
