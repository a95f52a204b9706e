// What an editor shows, as an outline in the words of the slow model (`test/oracle/projection.ts`).

import type { Node } from "prosemirror-model";
import type { Outline } from "../oracle/projection.js";

/** A document in the words of the slow model. */
export function outlineOfNode(node: Node): Outline {
  const { name } = node.type;
  const { level, start, checked, implicit } = node.attrs;
  if (!node.isTextblock) {
    if (node.isLeaf) return { name: "block embed" };
    const number = name === "ordered_list" ? ` from ${start}` : "";
    return { name: `${checked ? "done " : ""}${name}${number}`, inside: node.children.map(outlineOfNode) };
  }
  const text = node.children.flatMap((child) => {
    const marks = ["strong", "em"].map((mark) =>
      child.marks.some(({ type }) => type.name === mark) ? mark : "",
    );
    const said = marks.join("").replace("strong", "b").replace("em", "i");
    if (child.isText) return [...child.text!].map((character) => character + said);
    return [(child.type.name === "hard_break" ? "\u2028" : "\ufffc") + said];
  });
  return { name: name === "heading" ? `heading ${level}` : `${implicit ? "implicit " : ""}${name}`, text };
}
