// The ProseMirror schema that is the exact image of the rich document: every sequence of atoms projects to a document
// of this schema, and every document of this schema comes from a sequence of atoms (`projection.ts`).
//
// A leaf block (paragraph, heading, code block, rule, unknown block) is one marker or block embed with the text after it.
// Containers (quotes, lists, items) have no atoms of their own; they are read off the attributes of the markers inside.
// `paragraph.implicit` says that this paragraph has no marker: it is text that follows a block embed directly, or a
// document without a first marker.

import { Schema, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec } from "prosemirror-model";

const leafAttrs = { align: { default: null }, dir: { default: null } };

function leafDOM(tag: string, node: Node, extra: Record<string, string> = {}): DOMOutputSpec {
  const attrs: Record<string, string> = { dir: node.attrs.dir ?? "auto", ...extra };
  if (node.attrs.align) attrs["data-align"] = node.attrs.align;
  return [tag, attrs, 0];
}

const aligns = new Set(["left", "center", "right", "justify"]);
const dirs = new Set(["ltr", "rtl"]);

function parseLeafAttrs(dom: HTMLElement): { align: string | null; dir: string | null } {
  const align = dom.dataset.align ?? dom.style.textAlign;
  const dir = dom.getAttribute("dir") ?? "";
  return { align: aligns.has(align) ? align : null, dir: dirs.has(dir) ? dir : null };
}

const blocks = "(leaf | list | blockquote)+";
const itemBlocks = "(leaf | item_quote) (leaf | item_quote | list)*";

/** Only these reach an `href` or `src`; anything else is shown as text. */
export function safeUrl(url: unknown): string | null {
  if (typeof url !== "string") return null;
  // Browsers skip control characters and spaces when they look for a scheme, so do we.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  const bare = url.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202f\ufeff]/g, "");
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(bare)?.[1]?.toLowerCase();
  return scheme === undefined || scheme === "http" || scheme === "https" || scheme === "mailto" || scheme === "tel" ? url : null;
}

/** `#rgb` or `#rrggbb`; anything else could carry CSS. */
export const isColor = (value: unknown): value is string =>
  typeof value === "string" && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value);

export const nodes = {
  doc: { content: blocks },
  paragraph: {
    group: "leaf",
    content: "inline*",
    attrs: { ...leafAttrs, implicit: { default: false } },
    parseDOM: [{ tag: "p", getAttrs: parseLeafAttrs }],
    toDOM: (node) => leafDOM("p", node),
  },
  heading: {
    group: "leaf",
    content: "inline*",
    defining: true,
    attrs: { ...leafAttrs, level: { default: 1 } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
      tag: `h${level}`,
      getAttrs: (dom: HTMLElement) => ({ ...parseLeafAttrs(dom), level }),
    })),
    toDOM: (node) => leafDOM(`h${node.attrs.level}`, node),
  },
  code_block: {
    group: "leaf",
    content: "(text | atom_inline)*",
    marks: "",
    code: true,
    defining: true,
    whitespace: "pre",
    attrs: { ...leafAttrs, lang: { default: null } },
    parseDOM: [
      {
        tag: "pre",
        preserveWhitespace: "full",
        getAttrs: (dom: HTMLElement) => ({ ...parseLeafAttrs(dom), lang: dom.dataset.lang ?? null }),
      },
    ],
    toDOM: (node) => [
      "pre",
      { dir: node.attrs.dir ?? "ltr", ...(node.attrs.lang ? { "data-lang": node.attrs.lang } : {}) },
      ["code", 0],
    ],
  },
  horizontal_rule: { group: "leaf", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
  unknown_block: {
    group: "leaf",
    atom: true,
    attrs: { embed: { default: "{}" } },
    parseDOM: [{ tag: "div[data-unknown]", getAttrs: (dom: HTMLElement) => ({ embed: dom.dataset.unknown }) }],
    toDOM: (node) => ["div", { class: "unknown-block", "data-unknown": node.attrs.embed }, "Content this version cannot show"],
  },
  blockquote: {
    group: "blockquote",
    content: blocks,
    defining: true,
    parseDOM: [{ tag: "blockquote" }],
    toDOM: () => ["blockquote", 0],
  },
  item_quote: {
    content: "leaf+",
    defining: true,
    parseDOM: [{ tag: "blockquote", context: "list_item/|task_item/", priority: 60 }],
    toDOM: () => ["blockquote", { class: "item-quote" }, 0],
  },
  bullet_list: { group: "list", content: "list_item+", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
  ordered_list: {
    group: "list",
    content: "list_item+",
    attrs: { start: { default: 1 } },
    parseDOM: [
      {
        tag: "ol",
        getAttrs: (dom: HTMLElement) => ({ start: dom.hasAttribute("start") ? Number(dom.getAttribute("start")) || 1 : 1 }),
      },
    ],
    toDOM: (node) => (node.attrs.start === 1 ? ["ol", 0] : ["ol", { start: node.attrs.start }, 0]),
  },
  task_list: {
    group: "list",
    content: "task_item+",
    parseDOM: [{ tag: "ul[data-task-list]", priority: 60 }],
    toDOM: () => ["ul", { "data-task-list": "", class: "task-list" }, 0],
  },
  list_item: { content: itemBlocks, defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  task_item: {
    content: itemBlocks,
    defining: true,
    attrs: { checked: { default: false } },
    parseDOM: [
      {
        tag: "li[data-checked]",
        priority: 60,
        getAttrs: (dom: HTMLElement) => ({ checked: dom.dataset.checked === "true" }),
      },
    ],
    toDOM: (node) => ["li", { "data-checked": String(node.attrs.checked) }, 0],
  },
  text: { group: "inline" },
  hard_break: {
    group: "inline",
    inline: true,
    selectable: false,
    linebreakReplacement: true,
    parseDOM: [{ tag: "br" }],
    toDOM: () => ["br"],
  },
  image: {
    group: "inline atom_inline",
    inline: true,
    draggable: true,
    attrs: { src: { default: "" }, alt: { default: "" }, title: { default: "" } },
    parseDOM: [
      {
        tag: "img[src]",
        getAttrs: (dom: HTMLElement) => {
          const src = safeUrl(dom.getAttribute("src"));
          return src === null ? false : { src, alt: dom.getAttribute("alt") ?? "", title: dom.getAttribute("title") ?? "" };
        },
      },
    ],
    toDOM: (node) => [
      "img",
      { src: safeUrl(node.attrs.src) ?? "", alt: node.attrs.alt, ...(node.attrs.title ? { title: node.attrs.title } : {}) },
    ],
  },
  mention: {
    group: "inline atom_inline",
    inline: true,
    attrs: { id: { default: "" }, label: { default: "" } },
    parseDOM: [
      {
        tag: "span[data-mention]",
        getAttrs: (dom: HTMLElement) => ({ id: dom.dataset.mention, label: dom.dataset.label ?? "" }),
      },
    ],
    toDOM: (node) => [
      "span",
      { class: "mention", "data-mention": node.attrs.id, "data-label": node.attrs.label },
      `@${node.attrs.label || node.attrs.id}`,
    ],
  },
  unknown_inline: {
    group: "inline atom_inline",
    inline: true,
    atom: true,
    attrs: { embed: { default: "{}" } },
    parseDOM: [{ tag: "span[data-unknown]", getAttrs: (dom: HTMLElement) => ({ embed: dom.dataset.unknown }) }],
    toDOM: (node) => ["span", { class: "unknown-inline", "data-unknown": node.attrs.embed }, "\u25a1"],
  },
} satisfies Record<string, NodeSpec>;

export const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (dom: HTMLElement) => {
          const href = safeUrl(dom.getAttribute("href"));
          return href === null ? false : { href };
        },
      },
    ],
    toDOM: (mark) => ["a", { href: safeUrl(mark.attrs.href) ?? "", rel: "noopener noreferrer nofollow", target: "_blank" }, 0],
  },
  strong: {
    parseDOM: [
      { tag: "strong" },
      { tag: "b", getAttrs: (dom: HTMLElement) => dom.style.fontWeight !== "normal" && null },
      { style: "font-weight", getAttrs: (value: string) => /^(bold(er)?|[6-9]\d{2})$/.test(value) && null },
    ],
    toDOM: () => ["strong", 0],
  },
  em: { parseDOM: [{ tag: "em" }, { tag: "i" }, { style: "font-style=italic" }], toDOM: () => ["em", 0] },
  underline: { parseDOM: [{ tag: "u" }, { style: "text-decoration=underline" }], toDOM: () => ["u", 0] },
  strike: { parseDOM: [{ tag: "s" }, { tag: "del" }, { style: "text-decoration=line-through" }], toDOM: () => ["s", 0] },
  code: { inclusive: false, code: true, parseDOM: [{ tag: "code" }], toDOM: () => ["code", 0] },
  subscript: { parseDOM: [{ tag: "sub" }], toDOM: () => ["sub", 0] },
  superscript: { parseDOM: [{ tag: "sup" }], toDOM: () => ["sup", 0] },
  color: {
    attrs: { color: {} },
    parseDOM: [{ tag: "span[data-color]", getAttrs: (dom: HTMLElement) => isColor(dom.dataset.color) && { color: dom.dataset.color } }],
    toDOM: (mark) => ["span", { "data-color": mark.attrs.color, style: `color: ${isColor(mark.attrs.color) ? mark.attrs.color : "inherit"}` }, 0],
  },
  highlight: {
    attrs: { color: {} },
    parseDOM: [{ tag: "mark[data-color]", getAttrs: (dom: HTMLElement) => isColor(dom.dataset.color) && { color: dom.dataset.color } }],
    toDOM: (mark) => ["mark", { "data-color": mark.attrs.color, style: `background-color: ${isColor(mark.attrs.color) ? mark.attrs.color : "inherit"}` }, 0],
  },
  comment: {
    attrs: { id: {} },
    excludes: "",
    inclusive: false,
    parseDOM: [{ tag: "span[data-comment]", getAttrs: (dom: HTMLElement) => ({ id: dom.dataset.comment }) }],
    toDOM: (mark) => ["span", { class: "comment", "data-comment": mark.attrs.id }, 0],
  },
} satisfies Record<string, MarkSpec>;

export const schema = new Schema({ nodes, marks } as { nodes: Record<string, NodeSpec>; marks: Record<string, MarkSpec> });
