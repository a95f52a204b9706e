// From loose steps to ops that fit a document.
//
// A step says what to do next and about how far; `plainOpFrom` and `richOpFrom` cut the steps to the length of a document
// and write them in canonical form. So an op can be drawn before the document it belongs to is known, and shrinks freely.

import type { AttributeChange, Attributes, Embed } from "../../ot/index.js";
import { type PlainOp, plainOp, type RichOp, richOp } from "../../ot/index.js";

export type PlainStep =
  | { readonly do: "skip" | "delete"; readonly atoms: number }
  | { readonly do: "insert"; readonly text: string };

export type RichStep =
  | { readonly do: "skip" | "delete"; readonly atoms: number }
  | { readonly do: "insert"; readonly content: string | Embed; readonly attributes: Attributes }
  | {
      readonly do: "retain";
      readonly atoms: number;
      readonly a: AttributeChange;
      readonly b: AttributeChange;
    };

/** The op that these steps make on a document of `length` atoms. */
export function plainOpFrom(steps: readonly PlainStep[], length: number): PlainOp {
  const op = plainOp();
  let left = length;
  for (const step of steps) {
    if (step.do === "insert") op.insert(step.text);
    else {
      const atoms = Math.min(step.atoms, left);
      if (step.do === "skip") op.skip(atoms);
      else op.delete(atoms);
      left -= atoms;
    }
  }
  return op.done();
}

/** The op that these steps make on a document of `length` atoms. */
export function richOpFrom(steps: readonly RichStep[], length: number): RichOp {
  const op = richOp();
  let left = length;
  for (const step of steps) {
    if (step.do === "insert") op.insert(step.content, step.attributes);
    else {
      const atoms = Math.min(step.atoms, left);
      if (step.do === "retain") op.retain(atoms, step.a, step.b);
      else if (step.do === "delete") op.delete(atoms);
      else op.skip(atoms);
      left -= atoms;
    }
  }
  return op.done();
}
