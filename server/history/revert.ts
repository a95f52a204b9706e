// The op that takes some ops back, read off a strand that began before the first of them and was folded to the head.
//
// The rule, for each atom and each key of its attributes: it becomes what it would be without those ops.
//   - What they brought first is deleted if it is still there.
//   - What was there before is there again exactly if the last of the other ops that deleted or brought it back left it so.
//   - A key whose last value they set gets the last value that somebody else gave it; any other key stays.
// So what others wrote, deleted or formatted stays as they left it, also in the middle of what is taken back; and taking
// back all ops since a version is the document at that version.

import { type Attributes, richOp } from "../../ot/index.js";
import type { Op } from "../../protocol/index.js";
import type { Steps } from "../documents/steps.js";
import { READ } from "./chunks.js";
import { changeBetween, isAlive, type Run, type Stamp } from "./runs.js";
import type { Strand } from "./strand.js";

/** @param taken  whether the op with that stamp is to be taken back */
export function* revertOp(strand: Strand, taken: (stamp: Stamp) => boolean): Steps<Op> {
  const op = richOp();
  let looked = 0;
  for (const run of strand.runs()) {
    if (++looked % READ === 0) yield;
    const now = isAlive(run);
    const then = aliveWithout(run, taken);
    if (now && !then) op.delete(run.atoms);
    if (!then) continue;
    const attributes = attributesWithout(run, taken);
    if (!now) op.insert(run.content, attributes);
    else {
      const change = changeBetween(run.attributes, attributes);
      op.retain(run.atoms, run.block ? undefined : change, run.block ? change : undefined);
    }
  }
  // Without attributes, a rich op is a plain one.
  return op.done() as Op;
}

/** Whether it would be in the document without those ops. */
export function aliveWithout({ born, flips }: Run, taken: (stamp: Stamp) => boolean): boolean {
  if (born !== undefined && taken(born)) return false;
  let flip = flips;
  while (flip !== undefined && taken(flip.stamp)) flip = flip.before;
  return flip?.alive ?? born === undefined;
}

function attributesWithout(run: Run, taken: (stamp: Stamp) => boolean): Attributes {
  const attributes = new Map(Object.entries(run.attributes));
  const settled = new Set<string>();
  const open = new Set<string>();
  for (let set = run.sets; set !== undefined; set = set.before) {
    const { key, value, stamp } = set;
    if (settled.has(key)) continue;
    if (taken(stamp)) {
      open.add(key);
      continue;
    }
    settled.add(key);
    if (!open.has(key)) continue;
    if (value === null) attributes.delete(key);
    else attributes.set(key, value);
  }
  for (const key of open) {
    if (settled.has(key)) continue;
    if (Object.hasOwn(run.first, key)) attributes.set(key, run.first[key]!);
    else attributes.delete(key);
  }
  return Object.fromEntries(attributes);
}
