// A document as HTML in a string, without a DOM: the schema's own `toDOM` descriptions, written out and escaped. So it
// is the markup that the editor shows and that pasting reads back. Addresses and colours are checked by the schema.

import type { DOMOutputSpec, Fragment, Mark, Node } from "prosemirror-model";
import { isA } from "./kinds.js";
import { leafText } from "./text.js";

/** A page of its own around the document, for a file. */
export interface Page {
  readonly title: string;
}

/** The document (or one of its nodes with its content) as HTML; with `page`, as a complete HTML file. */
export function toHtml(node: Node, page?: Page): string {
  const body = isA(node, "doc") ? blocksHtml(node.content) : nodeHtml(node);
  if (!page) return body;
  return [
    "<!doctype html>",
    '<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(page.title)}</title>`,
    `<style>${pageStyle}</style></head><body>`,
    body,
    "</body></html>",
    "",
  ].join("\n");
}

const pageStyle =
  "body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:1.05rem/1.6 Georgia,serif}" +
  "pre{padding:1rem;background:#f4f2ee;overflow:auto}blockquote{margin:1rem 0;padding-left:1rem;border-left:3px solid #ccc}" +
  "img{max-width:100%}[data-task-list]{list-style:none;padding-left:1.2rem}" +
  '[data-checked]::before{content:"\\2610";margin-left:-1.2rem;float:left}[data-checked=true]::before{content:"\\2611"}';

const entities: { readonly [char: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => entities[char]!);

/** Elements without content or closing tag. */
const empty: ReadonlySet<string> = new Set(["br", "hr", "img", "input", "embed", "source", "track", "wbr"]);

const blocksHtml = (blocks: Fragment): string => {
  const out: string[] = [];
  blocks.forEach((block) => {
    out.push(nodeHtml(block));
  });
  return out.join("\n");
};

function nodeHtml(node: Node): string {
  if (node.isText) return escapeHtml(node.text!);
  const content = node.inlineContent ? inlineHtml(node.content) : blocksHtml(node.content);
  return specHtml(
    described(node.type.spec.toDOM!(node)) ?? [node.isBlock ? "div" : "span", leafText(node)],
    content,
  );
}

/** An extension may make its elements itself, which are no good without a DOM: such an embed is its text, a mark nothing. */
const described = (spec: DOMOutputSpec): DOMOutputSpec | undefined =>
  typeof spec === "string" || Array.isArray(spec) ? spec : undefined;

/** Inline nodes, each mark opened as late and closed as early as the order of marks allows. */
function inlineHtml(content: Fragment): string {
  let out = "";
  const open: { readonly mark: Mark; readonly close: string }[] = [];
  const closeTo = (depth: number) => {
    while (open.length > depth) out += open.pop()!.close;
  };
  content.forEach((node) => {
    let same = 0;
    while (same < open.length && node.marks[same]?.eq(open[same]!.mark)) same++;
    closeTo(same);
    for (const mark of node.marks.slice(same)) {
      const [start, close] = specHtml(
        described(mark.type.spec.toDOM!(mark, true)) ?? ["span", 0],
        hole,
      ).split(hole);
      out += start;
      open.push({ mark, close: close ?? "" });
    }
    out += nodeHtml(node);
  });
  closeTo(0);
  return out;
}

/** Stands where a mark's content goes; cannot occur in escaped output of its own. */
const hole = "<>";

/** One element described as `["tag" or "namespace tag", { attribute: value }, …children]`, where the child 0 is `content`. */
function specHtml(spec: DOMOutputSpec, content: string): string {
  if (typeof spec === "string") return escapeHtml(spec);
  if (!Array.isArray(spec)) throw new TypeError("The schema describes its nodes in arrays only");
  const [tag, ...parts] = spec as [string, ...unknown[]];
  const attributes = isAttributes(parts[0]) ? Object.entries(parts.shift() as object) : [];
  const start = attributes
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join("");
  const name = tag.slice(tag.indexOf(" ") + 1);
  if (empty.has(name)) return `<${name}${start}>`;
  const inside = parts
    .map((part) => (part === 0 ? content : specHtml(part as DOMOutputSpec, content)))
    .join("");
  return `<${name}${start}>${name === "pre" && inside.startsWith("\n") ? "\n" : ""}${inside}</${name}>`;
}

const isAttributes = (part: unknown): boolean =>
  typeof part === "object" && part !== null && !Array.isArray(part);
