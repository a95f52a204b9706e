// The marks of the schema: how each looks in the DOM, and which DOM is read as it.
//
// Typing at the end of a mark goes on in it, but for links, code and comments. Comments overlap: there may be several on
// the same text.

import type { MarkSpec } from "prosemirror-model";
import { cleanUrl, isColor, isSafeUrl } from "../../protocol/index.js";

const shownColor = (color: unknown): string => (isColor(color) ? color : "inherit");

export const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [
      {
        tag: "a[href]",
        getAttrs: (dom: HTMLElement) => {
          const href = cleanUrl(dom.getAttribute("href"));
          return href === null ? false : { href };
        },
      },
    ],
    toDOM: (mark) => [
      "a",
      {
        href: isSafeUrl(mark.attrs.href) ? mark.attrs.href : "",
        rel: "noopener noreferrer nofollow",
        target: "_blank",
      },
      0,
    ],
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
  strike: {
    parseDOM: [{ tag: "s" }, { tag: "del" }, { style: "text-decoration=line-through" }],
    toDOM: () => ["s", 0],
  },
  code: { inclusive: false, code: true, parseDOM: [{ tag: "code" }], toDOM: () => ["code", 0] },
  subscript: { parseDOM: [{ tag: "sub" }], toDOM: () => ["sub", 0] },
  superscript: { parseDOM: [{ tag: "sup" }], toDOM: () => ["sup", 0] },
  color: {
    attrs: { color: {} },
    parseDOM: [
      {
        tag: "span[data-color]",
        getAttrs: (dom: HTMLElement) => isColor(dom.dataset.color) && { color: dom.dataset.color },
      },
    ],
    toDOM: (mark) => [
      "span",
      {
        "data-color": mark.attrs.color,
        style: `color: ${shownColor(mark.attrs.color)}`,
      },
      0,
    ],
  },
  highlight: {
    attrs: { color: {} },
    parseDOM: [
      {
        tag: "mark[data-color]",
        getAttrs: (dom: HTMLElement) => isColor(dom.dataset.color) && { color: dom.dataset.color },
      },
    ],
    toDOM: (mark) => [
      "mark",
      {
        "data-color": mark.attrs.color,
        style: `background-color: ${shownColor(mark.attrs.color)}`,
      },
      0,
    ],
  },
  comment: {
    attrs: { id: {} },
    excludes: "",
    inclusive: false,
    parseDOM: [{ tag: "span[data-comment]", getAttrs: (dom: HTMLElement) => ({ id: dom.dataset.comment }) }],
    toDOM: (mark) => ["span", { class: "comment", "data-comment": mark.attrs.id }, 0],
  },
  // An attribute of text that means nothing here. It shows nothing, and goes where its text goes.
  unknown_mark: {
    attrs: { key: {}, value: {} },
    excludes: "",
    inclusive: false,
    toDOM: () => ["span", 0],
  },
} satisfies Record<string, MarkSpec>;
