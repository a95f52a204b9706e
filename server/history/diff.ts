// What became different between two versions, read off a strand that began at the first and was folded to the second.
//
// The law: what is kept, deleted and, as it was before, reformatted is the document at `from`; what is kept, inserted and
// reformatted is the document at `to`; both in order. What came and went in between does not show, and what was deleted and
// brought back is kept.

import { type RichOpBuilder, richOp } from "../../ot/index.js";
import type { DiffPart } from "../../protocol/index.js";
import type { Steps } from "../documents/steps.js";
import { READ } from "./chunks.js";
import { changeBetween, isAlive, type Run, type Stamp } from "./runs.js";
import type { Strand } from "./strand.js";

interface Gathered {
  readonly kind: DiffPart["kind"];
  readonly stamp: Stamp | undefined;
  readonly content: RichOpBuilder;
  /** Of what was reformatted. */
  readonly before: RichOpBuilder | undefined;
}

/** The parts in the order of the document at the head of the strand; neighbours to which one op did one thing are one. */
export function* diffParts(strand: Strand): Steps<DiffPart[]> {
  const parts: Gathered[] = [];
  let looked = 0;
  for (const run of strand.runs()) {
    if (++looked % READ === 0) yield;
    const [kind, stamp] = fateOf(run);
    if (kind === undefined) continue;
    let part = parts.at(-1);
    if (part?.kind !== kind || part.stamp !== stamp) {
      part = { kind, stamp, content: richOp(), before: kind === "reformatted" ? richOp() : undefined };
      parts.push(part);
    }
    part.content.insert(run.content, kind === "deleted" ? run.first : run.attributes);
    part.before?.insert(run.content, run.first);
  }
  const done: DiffPart[] = [];
  for (const { kind, stamp, content, before } of parts) {
    if (++looked % READ === 0) yield;
    done.push({ kind, content: content.done(), ...(before && { before: before.done() }), ...stamp });
  }
  return done;
}

function fateOf(run: Run): [DiffPart["kind"] | undefined, Stamp | undefined] {
  const { born, flips, first, attributes } = run;
  if (born !== undefined) return isAlive(run) ? ["inserted", born] : [undefined, undefined];
  if (!isAlive(run)) return ["deleted", flips!.stamp];
  const change = changeBetween(first, attributes);
  if (change === undefined) return ["kept", undefined];
  let set = run.sets;
  while (set !== undefined && !Object.hasOwn(change, set.key)) set = set.before;
  return ["reformatted", set!.stamp];
}
