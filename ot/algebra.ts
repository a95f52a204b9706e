// What follows from the four functions of a type, for either of them.

import type { Snapshot, TextType } from "./types.js";

type Algebra<Op> = Pick<TextType<Snapshot, Op>, "transform" | "compose" | "normalize">;

/**
 * Closes the diamond of two ops made against one document: `[left past right, right past left]`.
 *
 *        d ── right ──▶ ·
 *        │              │
 *       left        diamond[0]
 *        ▼              ▼
 *        · ─diamond[1]▶ ·
 */
export function diamond<Op>(type: Algebra<Op>, left: Op, right: Op): readonly [Op, Op] {
  return [type.transform(left, right, "left"), type.transform(right, left, "right")];
}

/** One op for many that follow each other, composed as a tree, so that the cost is O(n log n). Of none: the empty op. */
export function composeAll<Op extends readonly unknown[]>(type: Algebra<Op>, ops: readonly Op[]): Op {
  let level = ops;
  while (level.length > 1) {
    const next: Op[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [first, second] = [level[at]!, level[at + 1]];
      next.push(second === undefined ? first : type.compose(first, second));
    }
    level = next;
  }
  return level[0] ?? type.normalize([] as readonly unknown[] as Op);
}
