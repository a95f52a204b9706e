// What follows from the four functions of a type, for either of them.

import type { Snapshot, TextType } from "./types.js";

type Functions<Op, Names extends keyof TextType<Snapshot, Op>> = Pick<TextType<Snapshot, Op>, Names>;

/**
 * Closes the diamond of two ops made against one document: `[left past right, right past left]`. Both ways round lead to one
 * document (TP1, `TextType.transform`).
 *
 *        d ── right ──▶ ·
 *        │              │
 *       left        diamond[0]
 *        ▼              ▼
 *        · ─diamond[1]▶ ·
 */
export function diamond<Op>(type: Functions<Op, "transform">, left: Op, right: Op): readonly [Op, Op] {
  return [type.transform(left, right, "left"), type.transform(right, left, "right")];
}

/**
 * One op for many that follow each other; of none, the empty op. Which are composed first makes no difference to what comes
 * out, so it is done as a tree, at a cost of O(n log n) and not O(n²) for ops of one component.
 */
export function composeAll<Op extends readonly unknown[]>(
  type: Functions<Op, "compose" | "normalize">,
  ops: readonly Op[],
): Op {
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
