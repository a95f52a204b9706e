// Quotes: around blocks, or inside one item around its blocks.

import type { Command } from "prosemirror-state";
import type { Line } from "../lines.js";
import { maxDepth } from "../placement.js";
import { openersOf, relining } from "./lists.js";

/** Quotes the selected blocks, or takes one quote off them if all are quoted. */
export const toggleQuote: Command = relining(({ lines, from, to }) => {
  const openers = openersOf(lines);
  const touched = new Set(openers.slice(from, to));
  const isSelected = (at: number) => at >= from && at < to;
  if (touched.size === 1 && !touched.has(-1)) {
    const itemQuote = !lines.slice(from, to).every((line) => line.itemQuote);
    return lines.map((line, at) => (isSelected(at) ? { ...line, itemQuote } : line));
  }
  // Items are quoted whole: a quote that ended inside one would tear it apart.
  const isQuoted = (at: number) => isSelected(at) || (openers[at] !== -1 && touched.has(openers[at]!));
  const off = lines.slice(from, to).every((line) => line.quote > 0);
  const quote = (line: Line) => (off ? line.quote - 1 : Math.min(maxDepth, line.quote + 1));
  return lines.map((line, at) => (isQuoted(at) ? { ...line, quote: quote(line) } : line));
});
