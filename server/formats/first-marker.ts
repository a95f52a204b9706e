// A rich document begins with a block marker that no op inserts anything before, and that none deletes. An op that would
// is said in other words here: the marker that is there takes the attributes of the one that is to be first.
//
//     ["\nnew"]  on  ¶{t:h1} old     →     [{ r: 1, b: { t: null } }, "new", { i: "\n", a: { t: "h1" } }]

import { type RichOp, type RichSnapshot, richOp, richText } from "../../ot/index.js";

/** An op with the same effect as `op` on `base` that begins with a skip or a retain. Where no marker comes first, one is put there. */
export function keepFirstMarker(base: RichSnapshot, op: RichOp): RichOp {
  const first = op[0];
  if (first === undefined || typeof first === "number" || (typeof first === "object" && "r" in first))
    return op;
  const after = richText.apply(base, op);
  if (after.atomAt(0) !== "\n") return keepFirstMarker(base, richText.normalize(["\n", ...op]));
  const old = base.attributesAt(0);
  const now = after.attributesAt(0);
  const change: { [key: string]: string | number | boolean | null } = {};
  for (const key of Object.keys(old)) if (!Object.hasOwn(now, key)) change[key] = null;
  for (const [key, value] of Object.entries(now)) if (old[key] !== value) change[key] = value;

  const result = richOp().retain(1, undefined, change);
  /** The atoms at the start of `base` that are dealt with, and of what `op` makes. */
  let [read, made] = [0, 0];
  for (const part of op) {
    if (typeof part === "string" || (typeof part === "object" && "i" in part)) {
      const length =
        typeof part === "string" ? [...part].length : typeof part.i === "string" ? [...part.i].length : 1;
      // The first atom that is made is the marker that stays.
      for (const insert of after.slice(Math.max(1, made), made + length)) result.add(insert);
      made += length;
    } else if (typeof part === "object" && "d" in part) {
      result.delete(read === 0 ? part.d - 1 : part.d);
      read += part.d;
    } else {
      let atoms = typeof part === "number" ? part : part.r;
      if (read === 0 || made === 0) {
        // This part begins with the old first marker, which is made anew, or with the new one, which is there already.
        if (made > 0) for (const insert of after.slice(made, made + 1)) result.add(insert);
        else result.delete(1);
        read++;
        made++;
        atoms--;
      }
      if (typeof part === "number") result.skip(atoms);
      else result.retain(atoms, part.a, part.b);
      read += atoms;
      made += atoms;
    }
  }
  return finished(base, read, made, after, result);
}

/** What `op` left unsaid at its end is skipped; of it, too, the first marker may be needed. */
function finished(
  base: RichSnapshot,
  read: number,
  made: number,
  after: RichSnapshot,
  result: ReturnType<typeof richOp>,
): RichOp {
  if (read === base.length) return result.done();
  if (read === 0) for (const insert of after.slice(made, made + 1)) result.add(insert);
  else if (made === 0) result.delete(1);
  return result.done();
}
