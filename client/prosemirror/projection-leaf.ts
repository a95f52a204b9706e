// One line of the document as a leaf block. Total: whatever the line holds, the block is one the schema allows.
//
// Inside a code block marks are left out of the view and a soft break is a line feed; in the document nothing changes.
// Characters that may not stand in text (they cannot come in through any door today) are shown as U+FFFD.

import { Mark, type Node } from "prosemirror-model";
import { cleanUnits, type Line } from "../../ot/index.js";
import type { SharedSchema } from "./kinds.js";
import { blockNode, inlineNode } from "./vocabulary-embeds.js";
import { marksOf } from "./vocabulary-marks.js";
import { leafAttrs, textblockOf } from "./vocabulary-nodes.js";

export const softBreak = "\u2028";

/** The leaf block that shows a line. */
export function leafOf(line: Line, schema: SharedSchema): Node {
  const { nodes } = schema;
  if (line.embed !== undefined) {
    return blockNode(schema, line.embed, leafAttrs(schema, line.attributes, "embed"));
  }
  if (!line.marker) return nodes.paragraph.create({ implicit: true }, inlineOf(line, schema));
  const { type, attrs } = textblockOf(schema, line.attributes);
  return type.create(attrs, type === nodes.code_block ? codeOf(line, schema) : inlineOf(line, schema));
}

function inlineOf(line: Line, schema: SharedSchema): Node[] {
  const inline: Node[] = [];
  for (const { content, attributes } of line.pieces()) {
    const set = marksOf(schema, attributes);
    if (typeof content !== "string") {
      inline.push(inlineNode(schema, content, set));
      continue;
    }
    for (const [nth, text] of shown(content).split(softBreak).entries()) {
      if (nth > 0) inline.push(schema.nodes.hard_break.create(null, null, set));
      if (text !== "") inline.push(schema.text(text, set));
    }
  }
  return inline;
}

function codeOf(line: Line, schema: SharedSchema): Node[] {
  const inline: Node[] = [];
  for (const { content } of line.pieces()) {
    if (typeof content !== "string") inline.push(inlineNode(schema, content, Mark.none));
    else inline.push(schema.text(shown(content).replaceAll(softBreak, "\n")));
  }
  return inline;
}

/** Text as it may be shown: each half surrogate pair and each control character but tab as U+FFFD. */
export const shown = (text: string): string => cleanUnits(text).replaceAll("\n", "\ufffd");
