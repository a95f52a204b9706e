// What an edit writes, as inserts: within a line, or as blocks.

import { type Attributes, RichSnapshot, type RichWire, richOp, type Value } from "../../../ot/index.js";
import { Fault, type Writing } from "../../../protocol/index.js";
import { markdownBlocks } from "../../formats/index.js";

/** What a block that comes beside another one shares with it: where it stands, not what it is. */
const containers = new Set(["q", "iq", "in", "li"]);

/** The attributes that make a block a neighbour of one with these. */
export const besides = (attributes: Attributes): Attributes => only(attributes, (key) => containers.has(key));

/** Without what may be said of one block of a list only. */
export const again = (attributes: Attributes): Attributes =>
  only(attributes, (key) => key !== "start" && key !== "new" && key !== "ck");

/** What Markdown cannot say of text and so leaves as it is. */
export const commented = (attributes: Attributes): Attributes =>
  only(attributes, (key) => key.startsWith("c:"));

function only(attributes: Attributes, keep: (key: string) => boolean): Attributes {
  const kept = Object.entries(attributes).filter(([key]) => keep(key));
  return Object.fromEntries(kept) as { [key: string]: Value };
}

/**
 * Something written within a line.
 *
 * @param text  the attributes of the text around, which plain text takes
 * @param block  those of the block, which the lines after a line feed take
 * @throws Fault `op_malformed` unless Markdown is one paragraph
 */
export function inline(writing: Writing, text: Attributes, block: Attributes): RichWire {
  const op = richOp();
  if ("text" in writing) {
    for (const [nth, line] of lines(writing.text).entries()) {
      if (nth > 0) op.insert("\n", again(block));
      op.insert(line, text);
    }
    return op.done() as RichWire;
  }
  const { markdown } = writing;
  const before = markdown.slice(0, markdown.length - markdown.trimStart().length).replaceAll("\n", "");
  const after = markdown.slice(markdown.trimEnd().length).replaceAll("\n", "");
  const read = RichSnapshot.from(markdownBlocks(markdown));
  const isParagraph =
    read.markers === 1 && read.atomAt(0) === "\n" && Object.keys(read.attributesAt(0)).length === 0;
  if (!isParagraph) throw new Fault("op_malformed", "Markdown within a line is one paragraph.");
  // Markdown drops the white space at its ends, which is meant here.
  op.insert(before, commented(text));
  for (const { content, attributes } of read.pieces(1))
    op.insert(content, { ...attributes, ...commented(text) });
  if (read.length > 1) op.insert(after, commented(text));
  return op.done() as RichWire;
}

/** Something written as blocks of its own. @param beside  the attributes of a block of plain text */
export function blocks(writing: Writing, beside: Attributes): RichWire {
  if ("markdown" in writing) return markdownBlocks(writing.markdown);
  const op = richOp();
  for (const line of lines(writing.text)) op.insert("\n", beside).insert(line);
  return op.done() as RichWire;
}

const lines = (text: string): string[] => text.replace(/\r\n?/g, "\n").split("\n");
