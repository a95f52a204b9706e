// What this server demands of ops and snapshots beyond their grammar: URLs and colours that may stand in a page, that a
// rich document keeps its first block marker, and that nobody does more than they may, or learns what is not theirs to know.
// The type's `checkOp` or `create` has run before; nothing here looks at the document.

import { type DocumentType, Fault, isColor, isCommentOp, isSafeUrl, type Op } from "../protocol/index.js";
import type { Identity } from "./ports.js";

/** Demands an op that may be committed to a document of this type. @throws Fault `op_malformed` | `bad_url` */
export function allowOp(type: DocumentType, op: Op): void {
  if (type === "plain") return;
  const first = op[0];
  // Atom 0 is a marker from the first version on and stays one: nothing is inserted before it, and it is not deleted.
  if (first !== undefined && typeof first !== "number" && !(isObject(first) && "r" in first)) {
    throw new Fault("op_malformed", "An op on a rich document begins with a skip or a retain.");
  }
  op.forEach(allowComponent);
}

/**
 * Demands an op that this user may do to the document: any, if they may write; comments, if they may comment. Holds for
 * the op moved past others, too, and for several put one behind the other. Whether they may read the document is not asked.
 *
 * @param op  absent: not known yet, and no comment
 * @throws Fault `readonly` | `comment_only`
 */
export async function demandMay({ may }: Pick<Identity, "may">, doc: string, op?: Op): Promise<void> {
  if (await may("write", doc)) return;
  if (!(await may("comment", doc))) throw new Fault("readonly", "This document is not yours to write.");
  if (op === undefined || !isCommentOp(op))
    throw new Fault("comment_only", "This document is yours to comment on, not to edit.");
}

/** Demands a wire form that a document of this type may begin with. @throws Fault `op_malformed` | `bad_url` */
export function allowSnapshot(type: DocumentType, wire: unknown): void {
  if (type === "plain") return;
  const inserts = Array.isArray(wire) ? wire : [];
  const first: unknown = isObject(inserts[0]) ? inserts[0].i : inserts[0];
  if (typeof first !== "string" || !first.startsWith("\n")) {
    throw new Fault("op_malformed", "A rich document begins with a block marker.");
  }
  inserts.forEach(allowComponent);
}

/** One fault for what does not exist and for what is not theirs, so that nobody can tell which it is. */
export const forbidden = () => new Fault("forbidden", "This document is not to be had here.");

function allowComponent(component: unknown): void {
  if (!isObject(component)) return;
  allowAttributes(component.a);
  allowAttributes(component.b);
  const image = isObject(component.i) ? component.i.image : undefined;
  if (image !== undefined && !(isObject(image) && isSafeUrl(image.src))) {
    throw new Fault("bad_url", "An image's source must be an http, https or relative URL.");
  }
}

/** Null takes a key away, which is always allowed. */
function allowAttributes(attributes: unknown): void {
  if (!isObject(attributes)) return;
  const { l, fg, bg } = attributes;
  if (l !== undefined && l !== null && !isSafeUrl(l)) {
    throw new Fault("bad_url", "A link must be an http, https, mailto, tel or relative URL.");
  }
  for (const color of [fg, bg]) {
    if (color !== undefined && color !== null && !isColor(color)) {
      throw new Fault("op_malformed", "A colour is #rgb or #rrggbb.");
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
