// What an editor shows for a row of atoms, as an outline: containers, leaf blocks and what stands in them, atom by atom.
//
// Lines are nested one after the other by what they say about themselves and by what is open from the one before. Nothing is
// shared with the editor's own code, and nothing is said about embeds but where they are. Of marks two stand for all.

import type { Attributes } from "../../ot/types.js";
import { type Atom, isBlock } from "./atoms.js";

export interface Outline {
  /** The name of the editor's node, with what tells it from others of its kind. */
  readonly name: string;
  /** Of containers. */
  readonly inside?: Outline[];
  /** Of blocks with text: each character or embed, with its marks. */
  readonly text?: readonly string[];
}

interface Line {
  readonly head: Atom | undefined;
  readonly attributes: Attributes;
  readonly text: Atom[];
}

const anEmbed = "\ufffc";

function linesOf(atoms: readonly Atom[]): Line[] {
  const lines: Line[] = [];
  /** The line that text goes on in; none at the start and behind a block embed. */
  let open: Line | undefined;
  for (const atom of atoms) {
    if (isBlock(atom.content)) {
      const line = { head: atom, attributes: atom.attributes, text: [] };
      lines.push(line);
      open = atom.content === "\n" ? line : undefined;
      continue;
    }
    if (open === undefined) {
      const { q, in: level, iq, li } = lines.at(-1)?.attributes ?? {};
      const kept = { q, in: level, iq, li: li ? "c" : undefined };
      open = { head: undefined, attributes: kept as Attributes, text: [] };
      lines.push(open);
    }
    open.text.push(atom);
  }
  return lines.length > 0 ? lines : [{ head: undefined, attributes: {}, text: [] }];
}

function leafOf({ head, attributes, text }: Line): Outline {
  if (head !== undefined && head.content !== "\n") return { name: "block embed" };
  const { t } = attributes;
  const isCode = head !== undefined && t === "code";
  const shown = text.map(({ content, attributes: { b, i } }) => {
    const marks = isCode ? "" : `${b === 1 || b === true ? "b" : ""}${i === 1 || i === true ? "i" : ""}`;
    if (typeof content !== "string") return anEmbed + marks;
    return (isCode && content === "\u2028" ? "\n" : content) + marks;
  });
  const heading = typeof t === "string" && /^h[1-6]$/.test(t) ? `heading ${t[1]}` : "paragraph";
  if (head === undefined) return { name: "implicit paragraph", text: shown };
  return { name: isCode ? "code_block" : heading, text: shown };
}

const listNames: { readonly [li: string]: string } = { b: "bullet_list", o: "ordered_list", t: "task_list" };

interface OpenItem {
  readonly kind: string;
  readonly list: Outline[];
  inside: Outline[];
}

/** The outline of the document that atoms show. */
export function outlineOf(atoms: readonly Atom[]): Outline[] {
  const depth = (value: unknown) => (Number.isInteger(value) ? Math.max(0, Math.min(8, value as number)) : 0);
  const isSet = (value: unknown) => value === 1 || value === true;
  const root: Outline[] = [];
  /** The insides of the document and of the quotes that are open, and the items that are open in the last of them. */
  const quotes: Outline[][] = [root];
  let items: OpenItem[] = [];
  /** The quote inside the last item, if the last line was in it. */
  let itemQuote: Outline[] | undefined;

  for (const line of linesOf(atoms)) {
    const { q, li, in: level, iq, new: fresh, start, ck } = line.attributes;
    const leaf = leafOf(line);
    if (depth(q) + 1 !== quotes.length) {
      items = [];
      quotes.length = Math.min(quotes.length, depth(q) + 1);
      while (quotes.length <= depth(q)) {
        const inside: Outline[] = [];
        quotes.at(-1)!.push({ name: "blockquote", inside });
        quotes.push(inside);
      }
    }
    const opens = typeof li === "string" && Object.hasOwn(listNames, li) ? li : undefined;
    if (opens !== undefined) {
      const at = Math.min(depth(level), items.length);
      const last = items[at];
      items.length = at;
      let list = last?.list;
      if (list === undefined || last!.kind !== opens || isSet(fresh)) {
        list = [];
        const number = Number.isInteger(start) && (start as number) >= 0 ? ` from ${start}` : " from 1";
        const name = listNames[opens]! + (opens === "o" ? number : "");
        (items.at(-1)?.inside ?? quotes.at(-1)!).push({ name, inside: list });
      }
      const inside: Outline[] = [];
      list.push({ name: opens !== "t" ? "list_item" : isSet(ck) ? "done task_item" : "task_item", inside });
      items.push({ kind: opens, list, inside });
      itemQuote = undefined;
    } else if (li === "c" && items.length > 0) {
      const at = Math.min(depth(level), items.length - 1);
      if (at + 1 < items.length) itemQuote = undefined;
      items.length = at + 1;
    } else {
      items = [];
    }
    const item = items.at(-1);
    if (item === undefined || !isSet(iq)) itemQuote = undefined;
    else if (itemQuote === undefined) {
      itemQuote = [];
      item.inside.push({ name: "item_quote", inside: itemQuote });
    }
    (itemQuote ?? item?.inside ?? quotes.at(-1)!).push(leaf);
  }
  return root;
}
