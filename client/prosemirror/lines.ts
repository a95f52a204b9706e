// A document as its leaf blocks in a row, each with what its containers say, in words:
//
//   blockquote(p "a") ul(li(p "b", p "c"))   ⇄   a quote 1 · b item bullet · c item more
//
// Commands and the Markdown reader work on lines, because there every change of structure is a change of a few fields,
// and any lines build a valid document. It is the same reading as that of atoms: fields are block attributes
// (`blockAttributes`), and where a line goes is decided in `placement.ts`.

import type { Fragment, Node, NodeType } from "prosemirror-model";
import type { Attributes } from "../../ot/index.js";
import { schemaOf } from "./kinds.js";
import { leavesOf } from "./leaves.js";
import { blockAttributes } from "./linearise.js";
import { Builder } from "./projection-builder.js";

export type ListKind = "bullet" | "ordered" | "task";

export interface Line {
  readonly leaf: Node;
  /** How many quotes lie around the outermost list (or around the leaf). */
  readonly quote: number;
  /** Which kind of list item this line opens; "more": another block of the item that is open. */
  readonly item: ListKind | "more" | null;
  /** How many lists lie around that item's list. */
  readonly level: number;
  /** In a quote inside the item. */
  readonly itemQuote: boolean;
  readonly checked: boolean;
  /** The first number, where this line opens an ordered list. */
  readonly start: number;
  /** Opens a new list although the one before it has the same kind and level. */
  readonly fresh: boolean;
}

/** A leaf block in no container. */
export const plainLine = {
  quote: 0,
  item: null,
  level: 0,
  itemQuote: false,
  checked: false,
  start: 1,
  fresh: false,
} as const;

const kindOfName: { readonly [name: string]: ListKind | undefined } = {
  bullet_list: "bullet",
  ordered_list: "ordered",
  task_list: "task",
};

/** The kind of list that `type` is, if it is one. */
export const listKind = (type: NodeType): ListKind | undefined => kindOfName[type.name];

/** Whether a line begins an item. */
export const isOpener = (line: Line): boolean => line.item !== null && line.item !== "more";

const itemOfAttribute: { readonly [li: string]: Line["item"] } = {
  b: "bullet",
  o: "ordered",
  t: "task",
  c: "more",
};
const attributeOfItem = { bullet: "b", ordered: "o", task: "t", more: "c" } as const;

/** The lines of a document, in order. */
export const toLines = (doc: Node): Line[] =>
  Array.from(leavesOf(doc), (leaf) => {
    const { q, li, in: level, iq, ck, start, new: fresh } = blockAttributes(leaf);
    return {
      leaf: leaf.node,
      quote: Number(q ?? 0),
      item: li === undefined ? null : itemOfAttribute[String(li)]!,
      level: Number(level ?? 0),
      itemQuote: iq === 1,
      checked: ck === 1,
      start: Number(start ?? 1),
      fresh: fresh === 1,
    };
  });

/** The lines of some blocks: a document's content, or part of it. */
export const linesOf = (blocks: Fragment): Line[] =>
  blocks.firstChild === null ? [] : toLines(schemaOf(blocks.firstChild).nodes.doc.create(null, blocks));

function attributesOf({ quote, item, level, itemQuote, checked, start, fresh }: Line): Attributes {
  if (item === null) return { q: quote };
  return {
    q: quote,
    li: attributeOfItem[item],
    in: level,
    ...(itemQuote ? { iq: 1 } : {}),
    ...(checked ? { ck: 1 } : {}),
    ...(fresh ? { new: 1 } : {}),
    start,
  };
}

/** The document that lines make, whatever they say, if there is at least one. */
export function fromLines(lines: readonly Line[]): Node {
  const builder = new Builder(schemaOf(lines[0]!.leaf));
  for (const line of lines) builder.add(attributesOf(line), line.leaf);
  return builder.done();
}
