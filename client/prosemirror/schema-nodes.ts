// The nodes of the schema: how each looks in the DOM, and which DOM is read as it. What they are for stands in `schema.ts`.
//
// Embeds and leaf blocks are completed in `schema-dom.ts`, by what goes along with every one of them.
//
// Nothing of a document reaches the DOM as markup: attributes are set as attributes, URLs only if they are safe.

import type { DOMOutputSpec, Node, NodeSpec } from "prosemirror-model";
import { cleanUrl, isSafeUrl } from "../../protocol/index.js";

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

const shownUrl = (url: unknown): string => (isSafeUrl(url) ? url : "");

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
  horizontal_rule: { parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
  unknown_block: {
    atom: true,
    attrs: { embed: { default: "{}" } },
    toDOM: () => ["div", { class: "unknown-block" }, "Content this version cannot show"],
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
        getAttrs: (dom: HTMLElement) => ({
          start: dom.hasAttribute("start") ? Number(dom.getAttribute("start")) || 1 : 1,
        }),
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
    draggable: true,
    attrs: { src: { default: "" }, alt: { default: "" }, title: { default: "" } },
    parseDOM: [
      {
        tag: "img[src]",
        getAttrs: (dom: HTMLElement) => {
          const src = cleanUrl(dom.getAttribute("src"));
          return src === null
            ? false
            : { src, alt: dom.getAttribute("alt") ?? "", title: dom.getAttribute("title") ?? "" };
        },
      },
    ],
    toDOM: (node) => [
      "img",
      {
        src: shownUrl(node.attrs.src),
        alt: node.attrs.alt,
        ...(node.attrs.title ? { title: node.attrs.title } : {}),
      },
    ],
  },
  mention: {
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
    atom: true,
    attrs: { embed: { default: "{}" } },
    toDOM: () => ["span", { class: "unknown-inline", title: "Content this version cannot show" }, "\u25a1"],
  },
} satisfies Record<string, NodeSpec>;
