// What became different between two versions, read off a strand that began at the first and was folded to the second.
//
// The law: what is kept, deleted and, as it was before, reformatted is the document at `from`; what is kept, inserted and
// reformatted is the document at `to`; both in order. What came and went in between does not show, and what was deleted and
// brought back is kept.

import { type RichOpBuilder, richOp } from "../../ot/index.js";
import type { DiffPart } from "../../protocol/index.js";
import { changeBetween, isAlive, type Run, type Stamp } from "./runs.js";
import type { Strand } from "./strand.js";

interface Gathered {
  readonly kind: DiffPart["kind"];
  readonly stamp: Stamp | undefined;
  readonly content: RichOpBuilder;
  readonly before: RichOpBuilder;
}

/** The parts in the order of the document at the head of the strand; neighbours to which one op did one thing are one. */
export function diffParts(strand: Strand): DiffPart[] {
  const parts: Gathered[] = [];
  for (const run of strand.runs()) {
    const [kind, stamp] = fateOf(run);
    if (kind === undefined) continue;
    let part = parts.at(-1);
    if (part?.kind !== kind || part.stamp !== stamp) {
      part = { kind, stamp, content: richOp(), before: richOp() };
      parts.push(part);
    }
    part.content.insert(run.content, kind === "deleted" ? run.first : run.attributes);
    if (kind === "reformatted") part.before.insert(run.content, run.first);
  }
  return parts.map(({ kind, stamp, content, before }) => ({
    kind,
    content: content.done(),
    ...(kind === "reformatted" && { before: before.done() }),
    ...stamp,
  }));
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
