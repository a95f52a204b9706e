// What comes in from elsewhere: pasted from this document, from another, from HTML, or dragged.

import { DOMParser, Fragment, type Node, Slice } from "prosemirror-model";
import { NodeSelection } from "prosemirror-state";
import { dropPoint } from "prosemirror-transform";
import { openSlice } from "../../../client/prosemirror/clipboard/plain.js";
import { fromMarkdown } from "../../../client/prosemirror/markdown.js";
import { schema } from "../../../client/prosemirror/schema.js";
import { type Doings, gapsOf } from "./doing.js";
import { h } from "./elements.js";

const { nodes } = schema;

/** Other documents to paste from. */
const others: readonly Node[] = [
  "# head\n\nbody **bold** 👻\n\n- one\n  - inner\n\n    more\n- two\n\nend",
  "> quoted\n>\n> - in quote\n>   1. deep\n\n```js\ncode\nhere\n```\n\n- [x] done\n- [ ] not\n\n---\n\n![](1.png)",
  "1. a\n\n   > said\n\n   b\n2. c\n\naaaa",
  "just text",
].map((text) => fromMarkdown(text));

/** Fragments of HTML as other programs write them: items without lists, text without blocks, blocks in lines. */
const html: readonly Slice[] = [
  [h("p", "one ", h("b", "bold"), h("br"), "two")],
  ["loose", h("p", "inside"), "loose again"],
  [h("ul", h("li", "a"), h("li", h("p", "b"), h("ul", h("li", "c"))), h("li", h("blockquote", h("p", "d"))))],
  [h("li", "stray item"), h("h2", "head"), h("hr"), h("pre", "x\ny")],
  [h("ol", h("li", h("p", "😀"), h("p", "second")))],
  [h("blockquote", h("p", "q1"), h("blockquote", h("p", h("i", "q2"))), h("ul", h("li", "in quote")))],
  [
    h("img", { src: "https://x.example/a.png" }),
    h("a", { href: "https://x.example/" }, "link"),
    h("span", "tail"),
  ],
].map((parts) => {
  // As much of a DOM node as the parser asks for.
  const body = h("body", ...parts) as unknown as globalThis.Node;
  return DOMParser.fromSchema(schema).parseSlice(body, { preserveWhitespace: true });
});

/** Part of a document, open on both sides as deep as the ends lie in it. */
function partOf(doc: Node, n: number, m: number): Slice {
  const size = doc.content.size + 1;
  const [from, to] = [n % size, m % size];
  return doc.slice(Math.min(from, to), Math.max(from, to));
}

/** The same content, closed as far as `n` says. */
function closed({ content, openStart, openEnd }: Slice, n: number): Slice {
  return new Slice(content, Math.min(openStart, n % 4), Math.min(openEnd, (n >> 2) % 4));
}

export const pastingDoings: Doings = {
  paste: (state, { n, m }) => state.tr.replaceSelection(partOf(state.doc, n, m)),
  pasteClosed: (state, { n, m }) => state.tr.replaceSelection(closed(partOf(state.doc, n, m), n)),
  pasteOther: ({ tr }, { from, n, m }) => tr.replaceSelection(partOf(others[from % others.length]!, n, m)),
  pasteHtml: ({ tr }, { n }) => tr.replaceSelection(html[n % html.length]!),
  pasteMarkdown: ({ tr }, { n }) => tr.replaceSelection(openSlice(others[n % others.length]!.content)),
  pasteOver: ({ tr, selection: { from, to } }, { n, m }) =>
    tr.replaceRange(from, to, partOf(others[n % others.length]!, m, n)),
  insertAtGap: ({ tr, doc }, { n, m }) => {
    const gaps = gapsOf(doc);
    const node = [nodes.paragraph.create(), nodes.horizontal_rule.create(), others[2]!.child(0)][m % 3]!;
    const pos = gaps[n % gaps.length]!;
    return doc
      .resolve(pos)
      .parent.canReplaceWith(doc.resolve(pos).index(), doc.resolve(pos).index(), node.type)
      ? tr.insert(pos, Fragment.from(node))
      : tr.replaceRangeWith(pos, pos, node);
  },
  drag: ({ tr, doc, selection: { from, to } }, { n }) => {
    tr.deleteSelection();
    return tr.replace(tr.mapping.map(n % (doc.content.size + 1)), undefined, doc.slice(from, to));
  },
  /** As ProseMirror's view does it. */
  drop: ({ tr, doc, selection }, { n, m }) => {
    const slice = selection.content();
    const dropped = n % (doc.content.size + 1);
    const at = dropPoint(doc, dropped, slice) ?? dropped;
    // Copied where the key for that is held.
    if (m % 4 > 0) {
      if (selection instanceof NodeSelection) selection.replace(tr);
      else tr.deleteSelection();
    }
    const pos = tr.mapping.map(at);
    const isNode = slice.openStart === 0 && slice.openEnd === 0 && slice.content.childCount === 1;
    return (
      isNode ? tr.replaceRangeWith(pos, pos, slice.content.child(0)) : tr.replaceRange(pos, pos, slice)
    ).setMeta("uiEvent", "drop");
  },
};
