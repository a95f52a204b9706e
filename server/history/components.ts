// The components of an op of either type, as history reads them.

import { type AttributeChange, type Attributes, type Content, codePointLength } from "../../ot/index.js";
import type { Op } from "../../protocol/index.js";

export type Component =
  | number
  | string
  | { readonly d: number | string }
  | { readonly i: Content; readonly a?: Attributes }
  | { readonly r: number; readonly a?: AttributeChange; readonly b?: AttributeChange };

/** The components of an op that was committed, and so is one. */
export const componentsOf = (op: Op): readonly Component[] => op as readonly Component[];

/** How many atoms a delete takes; in a plain op it may quote them. */
export const deletedAtoms = ({ d }: { readonly d: number | string }): number =>
  typeof d === "string" ? codePointLength(d) : d;

/** How many atoms an op inserts, deletes, and gives other attributes. */
export function countsOf(op: Op): {
  readonly inserted: number;
  readonly deleted: number;
  readonly reformatted: number;
} {
  const counts = { inserted: 0, deleted: 0, reformatted: 0 };
  for (const component of componentsOf(op)) {
    if (typeof component === "string") counts.inserted += codePointLength(component);
    else if (typeof component === "number") continue;
    else if ("i" in component)
      counts.inserted += typeof component.i === "string" ? codePointLength(component.i) : 1;
    else if ("d" in component) counts.deleted += deletedAtoms(component);
    else counts.reformatted += component.r;
  }
  return counts;
}
