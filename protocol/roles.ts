// What somebody is to a document, and which ops are comments. The server decides by it (`server/roles.ts`); a client is
// told, and offers what it may do.

import type { FaultCode } from "./faults.js";
import type { Op } from "./messages.js";

/** viewer: reads · commenter: comments, too · editor: writes, too · owner: deletes and manages, too. */
export type Role = "viewer" | "commenter" | "editor" | "owner";

/** What a refusal of their op says that somebody is; undefined: nothing. */
export function roleAfter(refusal: FaultCode): Role | undefined {
  if (refusal === "readonly") return "viewer";
  return refusal === "comment_only" ? "commenter" : undefined;
}

/** The key of a mark that is a comment begins so. */
export const COMMENT_PREFIX = "c:";

/**
 * Whether an op does nothing but set and remove comments: it skips, or changes marks whose keys begin with `c:`. Moved past
 * other ops it is still one. No op that changes a plain text is.
 *
 * @param op  canonical for its type
 */
export function isCommentOp(op: Op): boolean {
  return op.every((component) => {
    if (typeof component === "number") return true;
    if (typeof component !== "object" || component === null || !("r" in component) || "b" in component)
      return false;
    const marks: unknown = "a" in component ? component.a : undefined;
    return (
      typeof marks === "object" &&
      marks !== null &&
      Object.keys(marks).every((key) => key.startsWith(COMMENT_PREFIX))
    );
  });
}
