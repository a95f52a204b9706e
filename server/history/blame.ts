// Who wrote what, read off a strand that was folded from the document's beginning.
//
// Text keeps the author, time and version that first brought it, also when it is deleted and comes back by an undo, a redo,
// a restore or a revert, as far as `graves.ts` recognises it. Formatting makes nobody an author.

import type { BlameRun, Version } from "../../protocol/index.js";
import type { Steps } from "../documents/steps.js";
import { READ } from "./chunks.js";
import { wasAlive } from "./runs.js";
import type { Strand } from "./strand.js";

/**
 * The runs that cover the document at a version, in order; neighbours of one op are one. What was there when the strand
 * began has the author "", at version `began`.
 *
 * @param version  one that the strand has passed
 */
export function* blameRuns(strand: Strand, version: Version, began: Version = 0): Steps<BlameRun[]> {
  const runs: BlameRun[] = [];
  const unknown = { author: "", time: 0, version: began };
  let at = 0;
  let looked = 0;
  for (const run of strand.runs()) {
    if (++looked % READ === 0) yield;
    if (!wasAlive(run, version)) continue;
    const { author, time, version: brought } = run.born ?? unknown;
    const last = runs.at(-1);
    if (last !== undefined && last.version === brought)
      runs[runs.length - 1] = { ...last, length: last.length + run.atoms };
    else runs.push({ at, length: run.atoms, author, time, version: brought });
    at += run.atoms;
  }
  return runs;
}
