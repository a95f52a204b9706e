// What of a textblock's content Markdown can say: its inline nodes in a normal form that is written and read back
// without a difference.
//
// Dropped: comments and marks of extensions, embeds that are unknown or that nobody says how to write, links and pictures with unsafe addresses (their text stays), white
// space at the end of the block, emphasis on white space at the edges of an emphasised stretch. Kept: everything else.

import { Fragment, type Mark, type MarkType, type Node } from "prosemirror-model";
import { isColor, isSafeUrl } from "../../../protocol/index.js";
import { cleanLine, cleanText } from "../clean.js";
import { isA, isMark, type MarkName, schemaOf } from "../kinds.js";
import { leafText } from "../text.js";
import { isExtension, markdownOf } from "./raw.js";

/** Marks written with signs that must stand next to something visible. */
const delimited: readonly MarkName[] = ["strong", "em", "strike"];

const isClean = (text: string): boolean => !text.includes("\n") && cleanText(text) === text;
const string = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * The inline content of `block` in the form that Markdown can say.
 *
 * @param raw gets what extensions write in Markdown themselves; the content has a sign in the place of each
 */
export function tidyInline(block: Node, raw: string[] = []): Fragment {
  let nodes: Node[] = [];
  block.forEach((node) => {
    nodes.push(...(isExtension(node) ? written(node, raw) : sayable(node)));
  });
  for (const name of delimited) {
    const type = schemaOf(block).marks[name];
    if (nodes.some((node) => type.isInSet(node.marks))) nodes = expelSpace(nodes, type);
  }
  trimEnd(nodes);
  return Fragment.fromArray(markBreaks(nodes));
}

/** Characters for private use, which no writing means: each stands for what an extension has written. */
const firstSign = 0xe000;
const maxSigns = 6_400;

/** Puts what extensions have written in the places of its signs. */
export const withRaw = (text: string, raw: readonly string[]): string =>
  raw.length === 0
    ? text
    : text.replace(/[\ue000-\uf8ff]/g, (sign) => raw[sign.charCodeAt(0) - firstSign] ?? sign);

/** An embed as its extension writes it, in one line; else as its text. */
function written(node: Node, raw: string[]): Node[] {
  const { schema } = node.type;
  const own = markdownOf(node);
  const text = own === undefined ? cleanLine(leafText(node)) : signOf(raw, own.replace(/\n+/g, " "));
  return text === "" ? [] : [schema.text(text, own === undefined ? node.marks.filter(isSayable) : [])];
}

function signOf(raw: string[], markdown: string): string {
  if (raw.length >= maxSigns || markdown === "") return "";
  raw.push(markdown);
  return String.fromCharCode(firstSign + raw.length - 1);
}

function sayable(node: Node): Node[] {
  const marks = node.marks.filter(isSayable);
  const outside = marks.filter((mark) => !isMark(mark, "code"));
  const schema = schemaOf(node);
  const { hard_break: hardBreak, image, mention } = schema.nodes;
  switch (node.type) {
    case schema.nodes.text:
      if (isClean(node.text!)) return [marks.length === node.marks.length ? node : node.mark(marks)];
      return cleanText(node.text!)
        .split("\n")
        .flatMap((line, at) => [
          ...(at > 0 ? [hardBreak.create()] : []),
          ...(line === "" ? [] : [schema.text(line, marks)]),
        ]);
    case hardBreak:
      return [hardBreak.create()];
    case image: {
      const [alt, title] = [cleanLine(string(node.attrs.alt)), cleanLine(string(node.attrs.title))];
      const src = string(node.attrs.src);
      if (isSafeUrl(src)) return [image.create({ src, alt, title }, null, outside)];
      return alt === "" ? [] : [schema.text(alt, marks)];
    }
    case mention: {
      const id = cleanText(string(node.attrs.id));
      const label = cleanLine(string(node.attrs.label)) || cleanLine(id);
      if (id === "") return label === "" ? [] : [schema.text(`@${label}`, marks)];
      return [
        mention.create(
          { id, label },
          null,
          outside.filter((mark) => !isMark(mark, "link")),
        ),
      ];
    }
    default:
      return [];
  }
}

const sayableMarks: ReadonlySet<string> = new Set<MarkName>([
  "link",
  "strong",
  "em",
  "underline",
  "strike",
  "code",
  "subscript",
  "superscript",
  "color",
  "highlight",
]);

function isSayable(mark: Mark): boolean {
  if (!sayableMarks.has(mark.type.name)) return false;
  if (isMark(mark, "link")) return isSafeUrl(mark.attrs.href);
  if (isMark(mark, "color") || isMark(mark, "highlight")) return isColor(mark.attrs.color);
  return true;
}

/** Takes `type` off the white space at both ends of every stretch that carries it. Breaks belong to no stretch. */
function expelSpace(nodes: readonly Node[], type: MarkType): Node[] {
  const there = expelLeading(nodes, type, (text) => [text.length - text.trimStart().length, true]);
  return expelLeading(there.toReversed(), type, (text) => [text.trimEnd().length, false]).toReversed();
}

/** One direction of it: `cut` says where the space at the near end stops, and whether it lies before that. */
function expelLeading(
  nodes: readonly Node[],
  type: MarkType,
  cut: (text: string) => [number, boolean],
): Node[] {
  const result: Node[] = [];
  let inside = false;
  for (const node of nodes) {
    const has = node.marks.some((mark) => mark.type === type);
    if (isA(node, "hard_break") || !has || inside || !node.isText) {
      result.push(node);
      if (!isA(node, "hard_break")) inside = has;
      continue;
    }
    const bare = node.marks.filter((mark) => mark.type !== type);
    const [at, before] = cut(node.text!);
    const [head, tail] = [node.text!.slice(0, at), node.text!.slice(at)];
    const [space, rest] = before ? [head, tail] : [tail, head];
    if (space !== "") result.push(schemaOf(node).text(space, bare));
    if (rest !== "") result.push(schemaOf(node).text(rest, node.marks));
    inside = rest !== "";
  }
  return result;
}

function trimEnd(nodes: Node[]): void {
  for (let last = nodes.at(-1); last?.isText; last = nodes.at(-1)) {
    const text = last.text!.trimEnd();
    nodes.pop();
    if (text === "") continue;
    nodes.push(schemaOf(last).text(text, last.marks));
    return;
  }
}

/** Gives each break the marks that the nodes around it have in common. */
function markBreaks(nodes: readonly Node[]): Node[] {
  const result = [...nodes];
  let after: readonly Mark[] = [];
  const afterMarks = result.map(() => after);
  for (let at = result.length - 1; at >= 0; at--) {
    afterMarks[at] = after;
    if (!isA(result[at], "hard_break")) after = result[at]!.marks;
  }
  let before: readonly Mark[] = [];
  result.forEach((node, at) => {
    if (!isA(node, "hard_break")) before = node.marks;
    else {
      const common = before.filter(
        (mark) => !isMark(mark, "code") && afterMarks[at]!.some((other) => other.eq(mark)),
      );
      result[at] = node.type.create(null, null, common);
    }
  });
  return result;
}
