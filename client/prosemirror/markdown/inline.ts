// The content of one textblock as Markdown. Several ways of writing it are tried, the most readable first, and the
// first that reads back as exactly the same content is taken:
//
//   signs    a \*literal\* star, **bold**       only what could be taken for a sign is escaped
//   tags     foo<strong>bar!</strong>baz        where signs would not do: CommonMark forbids `**bar!**baz`
//   literal  every mark of punctuation escaped, every mark a tag, one line: always right
//
// Reading it back is what makes this exact; the rules by which signs pair up are not repeated here.

import type { Fragment, Mark, Node } from "prosemirror-model";
import { isA, isMark, schemaOf } from "../kinds.js";
import { MENTION_SCHEME, parseLines } from "./parse.js";
import { DEFAULT_HIGHLIGHT } from "./tags.js";

type Way = "signs" | "tags" | "literal";

/** `content` (tidied) as Markdown that makes a block like `block` after `prefix` ("" or "## "). */
export function writeInline(block: Node, content: Fragment, prefix: string): string {
  if (isPlain(content)) return prefix + content.firstChild!.text!;
  const heading = prefix !== "";
  for (const way of ["signs", "tags"] as const) {
    const text = prefix + write(content, way, heading);
    const [line, more] = parseLines(text, schemaOf(block));
    const same = line!.item === null && line!.quote === 0 && line!.leaf.type === block.type && !more;
    if (same && line!.leaf.content.eq(content) && line!.leaf.attrs.level === block.attrs.level) return text;
  }
  return prefix + write(content, "literal", heading);
}

/** One text without marks and without anything that could be a sign, where most of a document is. */
function isPlain(content: Fragment): boolean {
  const node = content.childCount === 1 ? content.firstChild! : null;
  if (!node?.isText || node.marks.length > 0) return false;
  return /^(?!\d+[.)])[\p{L}\p{N}][^\\`*_[\]<>&~#]*$/u.test(node.text!);
}

function write(content: Fragment, way: Way, heading: boolean): string {
  const last = content.childCount - 1;
  let out = "";
  let open: Mark[] = [];
  let lineStart = true;
  const put = (text: string, isText = false) => {
    out += text;
    if (text !== "") lineStart = !isText && text.endsWith("\n");
  };
  const reaches = extents(content);
  content.forEach((node, _, at) => {
    const address = way === "signs" ? autolink(content, at) : null;
    const marks = node.marks.filter(
      (mark) => !isMark(mark, "code") && (address === null || !isMark(mark, "link")),
    );
    let keep = 0;
    while (keep < open.length && marks.some((mark) => mark.eq(open[keep]!))) keep++;
    for (const mark of open.slice(keep).reverse()) put(closing(mark, way), true);
    open = open.slice(0, keep);
    // Leading space is written before a mark opens, so that the mark starts at a visible character where it can.
    const opened = marks
      .filter((mark) => !open.some((other) => other.eq(mark)))
      .sort((a, b) => reaches(b, at) - reaches(a, at));
    for (const mark of opened) {
      put(opening(mark, way), true);
      open.push(mark);
    }
    if (address !== null) put(`<${address}>`, true);
    else if (node.isText && node.marks.some((mark) => isMark(mark, "code")))
      put(writeCode(node.text!, way), true);
    else if (node.isText) put(escapeText(node.text!, way, lineStart), true);
    else if (isA(node, "hard_break"))
      put(way === "literal" || heading || at === 0 || at === last ? "<br>" : "\\\n");
    else if (isA(node, "image")) put(writeImage(node), true);
    else put(writeMention(node), true);
  });
  for (const mark of open.reverse()) put(closing(mark, way), true);
  return out;
}

/** The address, where a link's whole text is its address. */
function autolink(content: Fragment, at: number): string | null {
  const { text, marks } = content.child(at);
  const mark = marks.find((each) => isMark(each, "link"));
  if (text === undefined || !mark || marks.some((each) => isMark(each, "code")) || /[\s<>]/.test(text))
    return null;
  const isWhole = ![content.maybeChild(at - 1), content.maybeChild(at + 1)].some(
    (near) => near && mark.isInSet(near.marks),
  );
  return isWhole && (mark.attrs.href === text || mark.attrs.href === `mailto:${text}`) ? text : null;
}

/** How far right of `at` each mark goes on: the longest is opened first. */
function extents(content: Fragment): (mark: Mark, at: number) => number {
  const ends: Map<string, number>[] = [];
  let next = new Map<string, number>();
  for (let at = content.childCount - 1; at >= 0; at--) {
    const here = new Map<string, number>();
    for (const mark of content.child(at).marks) {
      const key = markKey(mark);
      here.set(key, next.get(key) ?? at);
    }
    ends[at] = here;
    next = here;
  }
  return (mark, at) => ends[at]?.get(markKey(mark)) ?? at;
}

const markKey = (mark: Mark): string => `${mark.type.name} ${JSON.stringify(mark.attrs)}`;

const signs: { readonly [mark: string]: string } = { strong: "**", em: "*", strike: "~~" };
const tagNames: { readonly [mark: string]: string } = {
  strong: "strong",
  em: "em",
  strike: "s",
  underline: "u",
  subscript: "sub",
  superscript: "sup",
  color: "span",
  highlight: "mark",
};

function opening(mark: Mark, way: Way): string {
  const { name } = mark.type;
  if (isMark(mark, "link")) return "[";
  if (way === "signs" && signs[name]) return signs[name];
  const color = name === "color" || (name === "highlight" && mark.attrs.color !== DEFAULT_HIGHLIGHT);
  return color ? `<${tagNames[name]} data-color="${mark.attrs.color}">` : `<${tagNames[name]}>`;
}

function closing(mark: Mark, way: Way): string {
  const { name } = mark.type;
  if (isMark(mark, "link")) return `](${destination(mark.attrs.href)})`;
  return way === "signs" && signs[name] ? signs[name] : `</${tagNames[name]}>`;
}

/** An address as it stands behind a link's text. */
function destination(url: string): string {
  // Anything odd goes in angle brackets, where only these four need a backslash.
  return /^[\w.~:/?#@!$+,;=%-]+$/.test(url) ? url : `<${url.replace(/[\\<>&]/g, "\\$&")}>`;
}

function writeImage(node: Node): string {
  const { src, alt, title } = node.attrs as { src: string; alt: string; title: string };
  const titled = title === "" ? "" : ` "${title.replace(/[\\"&]/g, "\\$&")}"`;
  return `![${literal(alt)}](${destination(src)}${titled})`;
}

const writeMention = ({ attrs: { id, label } }: Node): string =>
  `[@${literal(label)}](${MENTION_SCHEME}${encodeURIComponent(id).replace(/[()'*!]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)})`;

function writeCode(text: string, way: Way): string {
  if (way === "literal") return `<code>${escapeText(text, way, true)}</code>`;
  const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
  let size = 1;
  while (runs.has(size)) size++;
  const fence = "`".repeat(size);
  const pad = /^`|`$|^ .* $/s.test(text) ? " " : "";
  return fence + pad + text + pad + fence;
}

const literal = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, "\\$&");

/** Text with its would-be signs escaped; at the start of a line also what could begin a block there. */
function escapeText(text: string, way: Way, lineStart: boolean): string {
  const escaped = way === "literal" ? literal(text) : escapeSigns(text);
  if (!lineStart) return escaped;
  return (way === "literal" ? escaped : escapeStart(escaped)).replace(/^\s+/, entities);
}

const entities = (space: string): string => [...space].map((char) => `&#${char.codePointAt(0)};`).join("");

const escapeSigns = (text: string): string =>
  text
    .replace(/[\\`[\]]|(?<!\s)\*|\*(?!\s)|~~+|<(?=[\w/!?])|&(?=#?\w+;)/g, (sign) =>
      sign.replace(/./g, "\\$&"),
    )
    // Between letters an underscore is never a sign.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_");

const escapeStart = (text: string): string =>
  text
    .replace(/^(?=[-+*](\s|$)|#{1,6}(\s|$)|>|~~~|[-=]+\s*$|(-\s*){3,}$|\|)/, "\\")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
