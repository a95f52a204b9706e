// Two documents of an editor compared by what it knows of them. What becomes of what it does not know stands in `local.test.ts`.

import { Fragment, type Node } from "prosemirror-model";

/** Whether they are the same but for what the editor does not know of their blocks; most that are, are the same in all. */
export const looksLike = (one: Node, other: Node): boolean => one.eq(other) || known(one).eq(known(other));

function known(node: Node): Node {
  if (node.isInline) return node;
  const attrs = "unknown" in node.attrs ? { ...node.attrs, unknown: null } : node.attrs;
  return node.type.create(attrs, Fragment.fromArray(node.children.map(known)));
}
