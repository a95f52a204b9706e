// A change of structure as one ProseMirror step: the document before, the document after, and exactly what lies between.
//
// ProseMirror's own steps replace one range, or two around a gap. An op on a linear document can wrap, lift and retype
// many blocks at once and leave everything in them alone; said with those steps, positions inside would be lost, or the
// document would for a moment be one that its schema does not allow. This step is atomic, and its map has as many
// ranges as there are.
//
// It is good for one document only: nobody can move it past another step. Bindings replace, they do not rebase.

import type { Node } from "prosemirror-model";
import { Step, StepMap, StepResult } from "prosemirror-transform";
import type { StepRange } from "./step-tokens.js";

export class LinearStep extends Step {
  readonly #old: Node;
  readonly #now: Node;
  readonly #map: StepMap;
  /** The stretch of the old document outside which nothing changes, for plugins that look into steps. */
  readonly from: number;
  readonly to: number;

  constructor(old: Node, now: Node, map: StepMap) {
    super();
    this.#old = old;
    this.#now = now;
    this.#map = map;
    let [from, to] = [old.content.size, 0];
    map.forEach((start, end) => {
      from = Math.min(from, start);
      to = Math.max(to, end);
    });
    this.from = Math.min(from, to);
    this.to = to;
  }

  /** The step from one document to the other, in which these ranges are replaced. */
  static between(old: Node, now: Node, ranges: readonly StepRange[]): LinearStep {
    const flat = ranges.flatMap(({ from, to, newFrom, newTo }) => [from, to - from, newTo - newFrom]);
    return new LinearStep(old, now, new StepMap(flat));
  }

  override apply(doc: Node): StepResult {
    if (doc !== this.#old && !doc.eq(this.#old)) return StepResult.fail("This step is for another document");
    return StepResult.ok(this.#now);
  }

  override getMap(): StepMap {
    return this.#map;
  }

  override invert(): LinearStep {
    return new LinearStep(this.#now, this.#old, this.#map.invert());
  }

  /** Null: it stands for one document and cannot be carried to another. */
  override map(): null {
    return null;
  }

  override toJSON(): { readonly stepType: string; readonly from: number; readonly to: number } {
    return { stepType: "interline-linear", from: this.from, to: this.to };
  }
}
