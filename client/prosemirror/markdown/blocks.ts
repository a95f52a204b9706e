// Blocks as lines of Markdown. prosemirror-markdown's own serializer is not used: its output grows by looking at its
// own end, which costs the square of the length (12 s for 1.7 MB), and it does not escape all that it must.
//
// Two lists that meet are told apart by their signs ("-" and "*", "1." and "1)"). Empty paragraphs are left out,
// except where an item needs one. What is written reads back as what was written; see `writeInline`.

import { Fragment, type Node } from "prosemirror-model";
import { cleanLine, cleanText } from "../clean.js";
import { isA, schemaOf } from "../kinds.js";
import { fromLines, isOpener, type Line, linesOf, listKind, plainLine } from "../lines.js";
import { leafText } from "../text.js";
import { writeInline } from "./inline.js";
import { parseLines } from "./parse.js";
import { isExtension, markdownOf } from "./raw.js";
import { TABLE_LANGUAGE } from "./tables.js";
import { tidyInline, withRaw } from "./tidy.js";

/** Writes a document (or any of its blocks with their content) as Markdown, with a line feed at its end. */
export function toMarkdown(node: Node): string {
  if (node.isTextblock) return `${leafLines(node).join("\n")}\n`;
  const lines = dropEmpty(linesOf(isA(node, "doc") ? node.content : Fragment.from(node)));
  return lines.length === 0 ? "" : `${writeBlocks(fromLines(lines).content, null).join("\n")}\n`;
}

/** The lines without those that Markdown cannot show, arranged so that items still open and lists stay apart. */
function dropEmpty(lines: readonly Line[]): Line[] {
  const kept: Line[] = [];
  /** The item whose first block was dropped; the next line opens it instead. */
  let heir: Line | null = null;
  /** The outermost line dropped since the last one kept. */
  let gap: Line | null = null;
  const keep = (line: Line): void => {
    kept.push(gap && separates(gap, line) ? { ...line, fresh: true } : line);
    gap = null;
  };
  lines.forEach((line, at) => {
    const opener: Line | null = heir ?? (isOpener(line) ? line : null);
    heir = null;
    if (!isGone(line)) {
      if (opener && opener.item === "task" && !canHoldBox(line)) {
        keep({ ...opener, leaf: emptyParagraph(line), itemQuote: false });
        keep({
          ...plainLine,
          leaf: line.leaf,
          quote: line.quote,
          level: line.level,
          item: "more",
          itemQuote: line.itemQuote,
        });
      } else keep(opener ? { ...opener, leaf: line.leaf, itemQuote: line.itemQuote } : line);
      return;
    }
    const next = lines[at + 1];
    const goesOn = next?.item === "more" && next.level === line.level && next.quote === line.quote;
    if (opener && goesOn && (opener.item !== "task" || isGone(next) || canHoldBox(next))) heir = opener;
    else if (opener) keep({ ...opener, leaf: emptyParagraph(line), itemQuote: false });
    else if (!gap || depth(line) < depth(gap)) gap = line;
  });
  return kept;
}

const emptyParagraph = ({ leaf }: Line): Node => schemaOf(leaf).nodes.paragraph.create();
const canHoldBox = (line: Line): boolean => isA(line.leaf, "paragraph") && !line.itemQuote;
const isGone = ({ leaf }: Line): boolean =>
  isA(leaf, "unknown_block") ||
  (isExtension(leaf) && extensionLines(leaf).length === 0) ||
  (isA(leaf, "paragraph") && !/\S/.test(leaf.firstChild?.text ?? "") && tidyInline(leaf).size === 0);

const depth = (line: Line): number => (line.item === null ? -1 : line.level);

/** Whether two lists of one kind, one before and one from `line` on, were told apart by `gap` between them. */
const separates = (gap: Line, line: Line): boolean => depth(gap) < line.level || gap.quote !== line.quote;

/** @param item the item these blocks stand in, if they do */
function writeBlocks(blocks: Fragment, item: Node | null): string[] {
  const out: string[] = [];
  let before: Node | null = null;
  let alternate = false;
  blocks.forEach((block) => {
    const kind = listKind(block.type);
    const met = before && kind && family(before) === family(block);
    alternate = met ? !alternate : false;
    const lines = kind ? listLines(block, alternate) : blockLines(block, item);
    if (before && !(item && isTight(before, block, item))) out.push("");
    for (const line of lines) out.push(line);
    before = block;
  });
  return out;
}

/** Bullet and task lists are written with the same signs. */
const family = (node: Node): string => {
  const kind = listKind(node.type);
  return kind === "task" ? "bullet" : (kind ?? "none");
};

/** A list may follow an item's paragraph without a blank line, unless it could be taken for something else there. */
function isTight(before: Node, list: Node, item: Node): boolean {
  if (!isA(before, "paragraph") || !listKind(list.type)) return false;
  if (before.content.size === 0 && !isA(item, "task_item")) return true;
  const first = list.firstChild!;
  const empty = isA(first.firstChild, "paragraph") && first.firstChild!.content.size === 0;
  return !empty && (list.attrs.start ?? 1) === 1;
}

function blockLines(block: Node, item: Node | null): string[] {
  if (!isA(block, "blockquote") && !isA(block, "item_quote")) return leafLines(block, item !== null);
  return writeBlocks(block.content, item).map((line) => (line === "" ? ">" : `> ${line}`));
}

function listLines(list: Node, alternate: boolean): string[] {
  const out: string[] = [];
  const kind = listKind(list.type);
  // Items of several blocks are set apart, for the eye.
  const loose = list.children.some(
    (item) => item.children.filter((block) => !listKind(block.type)).length > 1,
  );
  list.forEach((item, _, index) => {
    const number = Math.min(list.attrs.start + index, 999_999_999);
    const sign = kind === "ordered" ? `${number}${alternate ? ")" : "."}` : alternate ? "*" : "-";
    const indent = " ".repeat(sign.length + 1);
    const [first, ...rest] = writeBlocks(item.content, item);
    const box = isA(item, "task_item") ? (item.attrs.checked ? " [x]" : " [ ]") : "";
    if (loose && index > 0) out.push("");
    out.push(`${sign}${box}${first === "" ? "" : ` ${first}`}`);
    for (const line of rest) out.push(line === "" ? "" : indent + line);
  });
  return out;
}

function leafLines(leaf: Node, inItem = false): string[] {
  if (isA(leaf, "horizontal_rule")) return [inItem ? "___" : "---"];
  if (isA(leaf, "code_block")) return codeLines(leaf);
  if (isExtension(leaf)) return extensionLines(leaf);
  const prefix = isA(leaf, "heading") ? `${"#".repeat(leaf.attrs.level)} ` : "";
  const raw: string[] = [];
  const content = tidyInline(leaf, raw);
  if (content.size === 0) return [prefix.trimEnd()];
  return withRaw(writeInline(leaf, content, prefix), raw).split("\n");
}

/** A block that an extension has added: as it writes it itself, else its text as a paragraph. */
function extensionLines(leaf: Node): string[] {
  const own = markdownOf(leaf)?.trim();
  if (own !== undefined) return own === "" ? [] : own.split("\n");
  const { paragraph } = schemaOf(leaf).nodes;
  const text = cleanLine(leafText(leaf)).trim();
  return text === "" ? [] : leafLines(paragraph.create(null, schemaOf(leaf).text(text)));
}

function codeLines(block: Node): string[] {
  const text = cleanText(block.textBetween(0, block.content.size, null, codeEmbed));
  const lang = cleanText(String(block.attrs.lang ?? ""))
    .replace(/\s+/g, " ")
    .trim();
  if (lang === TABLE_LANGUAGE && isTable(text, block)) return text.split("\n");
  const sign = lang.includes("`") ? "~" : "`";
  const runs = text.match(sign === "`" ? /`{3,}/g : /~{3,}/g) ?? [];
  const fence = sign.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [fence + lang.replace(/[\\&]/g, "\\$&"), ...text.split("\n"), fence];
}

const codeEmbed = (node: Node): string =>
  isA(node, "image")
    ? `![${node.attrs.alt}](${node.attrs.src})`
    : isA(node, "mention")
      ? `@${node.attrs.label || node.attrs.id}`
      : cleanText(leafText(node));

/** Whether `text` is one table, exactly as tables are written here. */
function isTable(text: string, block: Node): boolean {
  const [line, ...more] = parseLines(text, schemaOf(block));
  return (
    more.length === 0 &&
    line!.leaf.attrs.lang === TABLE_LANGUAGE &&
    line!.leaf.textContent === text &&
    !text.startsWith("`")
  );
}
