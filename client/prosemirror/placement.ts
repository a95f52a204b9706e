// Where a line belongs: the one rule from which every container of the ProseMirror document comes.
//
// Lines are read in order. What is open when a line comes is a stack of containers, always of the shape
//
//     doc · blockquote × q · (list · item) × levels · item_quote?
//
// and the line's attributes say how many of them stay open, which new ones open, and that is where the line goes. The
// stack's node types are all the parser knows; it can stop after any line and go on from there. No attributes can bring
// it into a state that the schema does not allow: depths are clamped, levels are never skipped, and what contradicts
// itself falls back to less structure.

import type { NodeType } from "prosemirror-model";
import type { Attributes } from "../../ot/index.js";
import { type NodeName, schemaOf } from "./kinds.js";
import { isSet } from "./vocabulary-values.js";

/** How deep quotes and lists may nest. */
export const maxDepth = 8;

/** A container to be opened. */
export interface Opening {
  readonly type: NodeType;
  readonly attrs: { readonly [name: string]: unknown } | null;
}

export interface Placement {
  /** How many of the open containers stay open, the document counted. */
  readonly keep: number;
  readonly open: readonly Opening[];
}

export const listKinds = {
  b: "bullet_list",
  o: "ordered_list",
  t: "task_list",
} as const satisfies { readonly [li: string]: NodeName };
export type ListKind = keyof typeof listKinds;

const isListKind = (li: unknown): li is ListKind => typeof li === "string" && Object.hasOwn(listKinds, li);

const depth = (value: unknown): number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? Math.min(value, maxDepth) : 0;

/** The number an ordered list may start with. */
export const isStart = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 999_999_999;

/** Where a line with these attributes goes, when containers of the types `open` are open, the document first. */
export function placeLine(open: readonly NodeType[], attributes: Attributes): Placement {
  const { nodes } = schemaOf(open[0]!);
  const quotes = depth(attributes.q);
  const wereQuotes = open.filter((type) => type === nodes.blockquote).length;
  /** The document and the quotes. Lists do not reach from one quote into another. */
  const outer = 1 + quotes;
  const opening: Opening[] = [];
  for (let q = wereQuotes; q < quotes; q++) opening.push({ type: nodes.blockquote, attrs: null });
  const lists = quotes === wereQuotes ? Math.floor((open.length - outer) / 2) : 0;
  const keepOuter = 1 + Math.min(quotes, wereQuotes);

  if (isListKind(attributes.li)) {
    const type = nodes[listKinds[attributes.li]];
    const level = Math.min(depth(attributes.in), lists);
    const list = outer + 2 * level;
    const goesOn = level < lists && open[list] === type && !isSet(attributes.new);
    if (!goesOn) opening.push({ type, attrs: type === nodes.ordered_list ? startOf(attributes) : null });
    opening.push({
      type: type === nodes.task_list ? nodes.task_item : nodes.list_item,
      attrs: type === nodes.task_list ? { checked: isSet(attributes.ck) } : null,
    });
    if (isSet(attributes.iq)) opening.push({ type: nodes.item_quote, attrs: null });
    return { keep: lists === 0 ? keepOuter : goesOn ? list + 1 : list, open: opening };
  }
  if (attributes.li === "c" && lists > 0) {
    const behindItem = outer + 2 * (Math.min(depth(attributes.in), lists - 1) + 1);
    if (!isSet(attributes.iq)) return { keep: behindItem, open: opening };
    if (open[behindItem] === nodes.item_quote) return { keep: behindItem + 1, open: opening };
    return { keep: behindItem, open: [{ type: nodes.item_quote, attrs: null }] };
  }
  return { keep: keepOuter, open: opening };
}

const startOf = ({ start }: Attributes) => ({ start: isStart(start) ? start : 1 });
