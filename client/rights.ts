// What we may do to a document, as the server has said: everything, comments only, or look.

import { Fault, isCommentOp, type Role } from "../protocol/index.js";
import type { Op } from "./types.js";

interface Rights {
  readonly writable: boolean;
  readonly role: Role | undefined;
}

/** Whether the server would take this op from us: who may not write may yet comment. */
export const mayMake = ({ writable, role }: Rights, op: Op): boolean =>
  writable || (role === "commenter" && isCommentOp(op));

/** Why the server would not take this op from us: `readonly` or `comment_only`; undefined: it would. */
export function refusalOf(rights: Rights, op: Op): Fault | undefined {
  if (mayMake(rights, op)) return undefined;
  if (rights.role !== "commenter") return new Fault("readonly", "This document is not ours to write.");
  return new Fault("comment_only", "This document is ours to comment on, not to edit.");
}
