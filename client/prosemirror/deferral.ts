// What an editor of rich text and the document have not told each other yet (`apart.ts`), while an input method composes a
// word. The browser owns that block's DOM then, and a change of it would break the word: what happens in the block waits,
// and everything else is shown. Everything here is a value.

import { lengthChange, type RichOp, richOp, richText, transformPosition } from "../../ot/index.js";
import { type Apart as ApartOf, partingOf, type Told } from "../apart.js";

export type Apart = ApartOf<RichOp>;

/** A stretch of atoms that is left alone. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

const parting = partingOf(richText);
const { cross } = parting;
export const { together, edited, received, sent } = parting;

/**
 * What the view is to show, against what it shows now.
 *
 * @param except  a stretch of the base: what happens in there stays unseen
 */
export function shown(apart: Apart, except?: Extent): Told<RichOp> & { readonly except: Extent | undefined } {
  if (except === undefined) return { ...parting.shown(apart), except };
  const { local, remote } = apart;
  const { outside, inside } = split(remote, except);
  const [rest, op] = cross(local, outside);
  const kept = richText.transform(inside, outside, "right");
  const from = transformPosition(except.from, outside, "after");
  const to = transformPosition(except.to, outside, "before");
  return { op, apart: { local: rest, remote: kept }, except: { from, to } };
}

/** Where a position of the document is in what the view shows. */
export function inView({ local, remote }: Apart, position: number): number {
  const [typed, unseen] = cross(local, remote);
  return positionBefore(transformPosition(position, typed, "before"), unseen);
}

/** Where a position in what the view shows is in the document. */
export function inDocument({ local, remote }: Apart, position: number): number {
  const [typed, unseen] = cross(local, remote);
  return positionBefore(transformPosition(position, unseen, "before"), typed);
}

/** The position that an op has brought to this one; of what it has inserted, the position where it did. */
function positionBefore(position: number, op: RichOp): number {
  let [old, now] = [0, 0];
  for (const component of op) {
    const kept =
      typeof component === "number"
        ? component
        : typeof component === "object" && "r" in component
          ? component.r
          : 0;
    const grown = lengthChange([component]);
    if (position <= now + Math.max(kept, grown)) return kept > 0 ? old + position - now : old;
    old += kept + Math.max(0, -grown);
    now += kept + Math.max(0, grown);
  }
  return old + position - now;
}

/**
 * An op in two, both against the same document: what it does to a stretch of it, and the rest. One and then the other,
 * moved past it, come to the op itself. What is inserted at the start of the stretch is outside, at its end inside: there
 * the text of a block goes on.
 */
export function split(
  op: RichOp,
  { from, to }: Extent,
): { readonly outside: RichOp; readonly inside: RichOp } {
  const [outside, inside] = [richOp(), richOp()];
  let at = 0;
  for (const component of op) {
    if (typeof component === "number") {
      outside.skip(component);
      inside.skip(component);
      at += component;
    } else if (typeof component === "string" || "i" in component) {
      (at > from && at <= to ? inside : outside).add(component);
    } else {
      let left = "d" in component ? component.d : component.r;
      while (left > 0) {
        const within = at >= from && at < to;
        const until = at < from ? from : within ? to : Number.POSITIVE_INFINITY;
        const size = Math.min(left, until - at);
        const [acts, skips] = within ? [inside, outside] : [outside, inside];
        acts.add("d" in component ? { d: size } : { ...component, r: size });
        skips.skip(size);
        at += size;
        left -= size;
      }
    }
  }
  return { outside: outside.done(), inside: inside.done() };
}
