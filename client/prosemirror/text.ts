// A document as plain text for reading: one blank line between blocks, lists with their bullets and numbers, quotes
// with "> ", code as it stands. Nothing is escaped, so it does not read back; that is what Markdown is for.

import { Fragment, type Node } from "prosemirror-model";
import { isA } from "./kinds.js";
import { listKind } from "./lines.js";

/** The document (or some of it) as text. */
export function toText(node: Node): string {
  if (node.inlineContent) return inlineText(node);
  return blockLines(isA(node, "doc") ? node.content : Fragment.from(node)).join("\n");
}

/** The text of one textblock: a line for each soft break, a word for each embed. */
export const inlineText = (block: Node): string => block.textBetween(0, block.content.size, null, embedText);

function embedText(node: Node): string {
  if (isA(node, "hard_break")) return "\n";
  if (isA(node, "mention")) return `@${node.attrs.label || node.attrs.id}`;
  return isA(node, "image") ? node.attrs.alt || node.attrs.src : leafText(node);
}

/** What an extension says that its embed is in words. */
export const leafText = (node: Node): string => node.type.spec.leafText?.(node) ?? "";

function blockLines(blocks: Fragment, inItem = false): string[] {
  const out: string[] = [];
  blocks.forEach((block, _, index) => {
    // An item's own list follows its text directly; everything else has air around it.
    const nested = inItem && listKind(block.type) && blocks.maybeChild(index - 1)?.isTextblock;
    if (index > 0 && !nested) out.push("");
    for (const line of linesOf(block)) out.push(line);
  });
  return out;
}

function linesOf(block: Node): string[] {
  if (listKind(block.type)) return listLines(block);
  if (isA(block, "blockquote") || isA(block, "item_quote"))
    return blockLines(block.content).map((line) => (line === "" ? ">" : `> ${line}`));
  if (isA(block, "horizontal_rule")) return ["* * *"];
  const text = block.inlineContent ? inlineText(block) : leafText(block);
  return block.inlineContent || text !== "" ? text.split("\n") : [];
}

function listLines(list: Node): string[] {
  const out: string[] = [];
  list.forEach((item, _, index) => {
    const number = `${list.attrs.start + index}.`;
    const box = isA(item, "task_item") ? (item.attrs.checked ? "[x]" : "[ ]") : "•";
    const sign = `${listKind(list.type) === "ordered" ? number : box} `;
    const [first, ...rest] = blockLines(item.content, true);
    out.push(sign + (first ?? ""));
    for (const line of rest) out.push(line === "" ? "" : " ".repeat(sign.length) + line);
  });
  return out;
}
