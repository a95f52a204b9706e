// The tokens that a change of structure replaces: what two rows of them have in common is not replaced, so that whatever
// stands on it lives on.
//
//     old   text </p> <p>          the letters are gone and a list begins: two ranges, and </p> is what it was,
//     now        </p> <ul> <li> <p>          so a decoration on that paragraph stays
//
// Text never is the same here: which letters stay, the op has said already.

import type { Node } from "prosemirror-model";
import { type Token as Aligned, alignExactly, type Pair } from "./align.js";

/** Positions `from` to `to` of the old document are replaced by `newFrom` to `newTo` of the new one. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
  /** Whether it is only text and inline nodes of one textblock that are replaced. */
  readonly textual: boolean;
}

/** A token of a document, or some of the text of a leaf block. */
export interface Part {
  readonly kind: "open" | "close" | "text";
  readonly node: Node;
  readonly size: number;
}

/** A range without the tokens that both sides have: at either end, and between; nothing if there are no others. */
export function* narrowed(
  range: StepRange,
  old: readonly Part[],
  now: readonly Part[],
): Generator<StepRange> {
  const most = Math.min(old.length, now.length);
  let [prefix, before] = [0, 0];
  while (prefix < most && isSame(old[prefix]!, now[prefix]!)) before += old[prefix++]!.size;
  let [suffix, behind] = [0, 0];
  while (suffix < most - prefix && isSame(old[old.length - 1 - suffix]!, now[now.length - 1 - suffix]!)) {
    behind += old[old.length - 1 - suffix++]!.size;
  }
  const inner = { ...range, from: range.from + before, newFrom: range.newFrom + before };
  const whole = { ...inner, to: range.to - behind, newTo: range.newTo - behind };
  const [a, b] = [old.slice(prefix, old.length - suffix), now.slice(prefix, now.length - suffix)];
  if (a.length === 0 && b.length === 0) return;
  const pairs = a.length * b.length > maxPairs ? [] : common(a, b);
  let [done, newDone] = [0, 0];
  for (const [x, y] of [...pairs, [a.length, b.length] as const]) {
    const [gone, come] = [a.slice(done, x), b.slice(newDone, y)];
    const [to, newTo] = [whole.from + sizeOf(gone), whole.newFrom + sizeOf(come)];
    const textual = [...gone, ...come].every(({ kind }) => kind === "text");
    if (gone.length + come.length > 0) yield { ...whole, to, newTo, textual };
    const stays = a[x]?.size ?? 0;
    [whole.from, whole.newFrom, done, newDone] = [to + stays, newTo + stays, x + 1, y + 1];
  }
}

/** Rows of tokens longer than this, multiplied, are not looked through for what they have in common. */
const maxPairs = 2_500;

const sizeOf = (parts: readonly Part[]): number => parts.reduce((sum, { size }) => sum + size, 0);

/** Tokens that both rows have between their ends: above all the end of a block whose text and containers change at once. */
function common(old: readonly Part[], now: readonly Part[]): readonly Pair[] {
  const [a, b] = [old, now].map((row) => row.map((_part, nth) => ({ from: nth, to: nth + 1, key: "" }))) as [
    Aligned[],
    Aligned[],
  ];
  return alignExactly(a, b, (x, y) => (isSame(old[x.from]!, now[y.from]!) ? weightOf(old[x.from]!) : 0));
}

const weightOf = ({ kind, node }: Part): number => (kind === "close" && node.isTextblock ? 3 : 1);

function isSame(x: Part, y: Part): boolean {
  if (x.kind !== y.kind || x.kind === "text") return false;
  if (x.kind === "open") return x.node.sameMarkup(y.node);
  return x.node.type === y.node.type || (x.node.isTextblock && y.node.isTextblock);
}
