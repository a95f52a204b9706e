// What the editor and the document have not told each other yet. Nearly always that is nothing.
//
//                   base                     the document both last agreed on
//            local ╱    ╲ remote             local: typed in the editor, not submitted yet
//               view    document             remote: changed in the document, not shown yet
//
// The editor is one more replica: ops of both sides are carried past each other by the document type's own transform,
// and the typed one is the left one, since nobody has committed it. While an input method composes a word, the browser
// owns that block's DOM, and a change of it would break the word; then `remote` is split, and only the part in that block
// waits. Everything here is a value.

import { lengthChange, type RichOp, richOp, richText, transformPosition } from "../../ot/index.js";

export interface Apart {
  /** Both against the base. */
  readonly local: RichOp;
  readonly remote: RichOp;
}

/** A stretch of atoms that is left alone. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

export const together: Apart = { local: [], remote: [] };

/** The editor has made `op`, against what it shows. */
export const edited = ({ local, remote }: Apart, op: RichOp): Apart => ({
  local: local.length === 0 ? op : richText.compose(local, op),
  remote,
});

/** The document has taken `op`, against what it is. */
export const received = ({ local, remote }: Apart, op: RichOp): Apart => ({
  local,
  remote: remote.length === 0 ? op : richText.compose(remote, op),
});

/** What is to be submitted; the base is then what the view shows now. */
export function sent({ local, remote }: Apart): { readonly op: RichOp; readonly apart: Apart } {
  const [op, rest] = cross(local, remote);
  return { op, apart: { local: [], remote: rest } };
}

/**
 * What the view is to show, against what it shows now.
 *
 * @param except  a stretch of the base: what happens in there stays unseen
 */
export function shown(
  { local, remote }: Apart,
  except?: Extent,
): { readonly op: RichOp; readonly apart: Apart; readonly except: Extent | undefined } {
  if (except === undefined) {
    const [rest, op] = cross(local, remote);
    return { op, apart: { local: rest, remote: [] }, except };
  }
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

/** Each past the other; `local` is the left one. */
const cross = (local: RichOp, remote: RichOp): readonly [RichOp, RichOp] =>
  local.length === 0 || remote.length === 0
    ? [local, remote]
    : [richText.transform(local, remote, "left"), richText.transform(remote, local, "right")];

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
