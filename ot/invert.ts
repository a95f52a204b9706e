// The op that takes a rich op back.
//
// The inverse of a change is written over the whole range that was changed, the atoms without effect included: text in
// a range whose blocks changed, blocks in a range whose text changed. They are part of the inverse because atoms that
// somebody inserts between them at the same time shall be taken back with them (gap inheritance), exactly as they were
// drawn in by the change itself.

import { revertChange } from "./attributes.js";
import { contentLength, contentOf, isInsert, RichOpBuilder } from "./op.js";
import { type Rope, type Run, scopes } from "./rope.js";
import type { AttributeChange, Attributes, Retain, RichOp } from "./types.js";
import { codePointLength } from "./unicode.js";

/**
 * The op that undoes `op`, which was made against `rope`:
 *
 *     apply(apply(d, op), invert(op, d)) = d
 *
 * Canonical. Costs O(log n) for each component, and what is deleted or changed.
 */
export function invertRich(op: RichOp, rope: Rope): RichOp {
  const result = new RichOpBuilder();
  const reader = rope.reader();
  let position = 0;
  for (const component of op) {
    if (typeof component === "number") {
      result.skip(component);
      position += component;
    } else if (isInsert(component)) {
      result.delete(contentLength(contentOf(component)));
    } else if ("d" in component) {
      for (const run of reader.runs(position, position + component.d))
        result.insert(run.content, run.attributes);
      position += component.d;
    } else {
      revert(result, component, reader.runs(position, position + component.r));
      position += component.r;
    }
  }
  return result.done();
}

/** Takes back one retain; atoms that a scope does not touch go with those before them (the first with those after). */
function revert(result: RichOpBuilder, retain: Retain, runs: Iterable<Run>): void {
  const all = [...parts(runs)];
  const back = (change: AttributeChange | undefined, part: Part | undefined) =>
    part && revertChange(change, part.attributes);
  let a = back(
    retain.a,
    all.find((part) => !part.block),
  );
  let b = back(
    retain.b,
    all.find((part) => part.block),
  );
  for (const part of all) {
    if (part.block) b = back(retain.b, part);
    else a = back(retain.a, part);
    result.retain(part.atoms, a, b);
  }
}

interface Part {
  readonly atoms: number;
  readonly block: boolean;
  readonly attributes: Attributes;
}

function* parts(runs: Iterable<Run>): Generator<Part> {
  for (const { content, attributes, atoms, blocks } of runs) {
    if (blocks === 0 || blocks === atoms) yield { atoms, block: blocks > 0, attributes };
    else {
      for (const { text, block } of scopes(content as string)) {
        yield { atoms: codePointLength(text), block, attributes };
      }
    }
  }
}
