// What the browser test of extended schemas loads into an empty page: two editors on one document, Ann's with a schema that
// knows formulas, videos, spoilers and block ids, and with a view of its own for formulas; Bo's with the plain one.

import { EditorState, type Plugin, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { clipboard } from "../../client/prosemirror/clipboard.js";
import { collab } from "../../client/prosemirror/collab.js";
import { toHtml } from "../../client/prosemirror/markdown.js";
import { extendSchema, schema as plain } from "../../client/prosemirror/schema.js";
import { createHub } from "../client/hub.js";

const extended = extendSchema({
  marks: { spoiler: { key: "x:spoiler", spec: { toDOM: () => ["span", { class: "spoiler" }, 0] } } },
  inline: {
    math: {
      key: "math",
      spec: { attrs: { tex: { default: "" } }, leafText: ({ attrs }) => attrs.tex },
      read: (value) => (typeof value === "string" ? { tex: value } : null),
      write: ({ tex }) => tex,
    },
  },
  blocks: {
    video: {
      key: "video",
      spec: { attrs: { src: {} }, toDOM: ({ attrs }) => ["figure", ["code", attrs.src]] },
    },
  },
  attributes: { bid: { onSplit: "clear" } },
});

let views = 0;

/** A view of formulas that counts how many were ever made; a click doubles the formula. */
const nodeViews: Plugin["props"]["nodeViews"] = {
  math(node, view, getPos) {
    views++;
    const dom = document.createElement("span");
    dom.className = "math";
    dom.textContent = node.attrs.tex;
    dom.addEventListener("click", () => {
      const pos = getPos()!;
      const tex: string = view.state.doc.nodeAt(pos)!.attrs.tex;
      view.dispatch(view.state.tr.setNodeAttribute(pos, "tex", tex + tex));
    });
    return {
      dom,
      update(now) {
        if (now.type !== node.type) return false;
        dom.textContent = now.attrs.tex;
        return true;
      },
    };
  },
};

const wire = [
  "\nTitle",
  { i: "\n", a: { bid: "k1" } },
  "area ",
  { i: { math: "x" } },
  " and ",
  { i: "the end", a: { "x:spoiler": 1 } },
  { i: { video: { src: "v.mp4", loop: true }, blk: true }, a: { bid: "k2", later: 1 } },
  "\nlast",
];

const state = () => {
  const hub = createHub("rich", wire);
  const open = (name: string, own: typeof plain, more: object = {}) =>
    new EditorView(document.body, {
      state: EditorState.create({ schema: own, plugins: [collab(hub.open(name)), clipboard()] }),
      attributes: { "aria-label": name },
      ...more,
    });
  return {
    hub,
    ann: open("ann", extended as unknown as typeof plain, { nodeViews }),
    bo: open("bo", plain),
  };
};
let all = state();

const kit = {
  start(): void {
    all.ann.destroy();
    all.bo.destroy();
    views = 0;
    all = state();
  },
  atoms: (): string => JSON.stringify(all.hub.snapshot),
  views: (): number => views,
  html: (who: "ann" | "bo"): string => all[who].dom.innerHTML,
  exported: (who: "ann" | "bo"): string => toHtml(all[who].state.doc),
  type(who: "ann" | "bo", at: number, text: string): void {
    const { tr, doc } = all[who].state;
    const pos = at < 0 ? doc.content.size + at : at;
    all[who].dispatch(tr.setSelection(TextSelection.create(doc, pos)).insertText(text));
  },
  /** Copies all of one editor over all of the other, through the clipboard's HTML. */
  copyOver(from: "ann" | "bo", to: "ann" | "bo"): void {
    const { doc } = all[from].state;
    const { dom } = all[from].serializeForClipboard(doc.slice(0, doc.content.size));
    const view = all[to];
    // Nothing is left that could stand in for what was copied.
    view.dispatch(view.state.tr.delete(0, view.state.doc.content.size));
    view.pasteHTML(dom.innerHTML);
  },
};

export type ExtensionKit = typeof kit;

Object.assign(globalThis, { extensionKit: kit });
