// Text and what stands in it: typing in all its forms, marks, embeds.

import * as basic from "prosemirror-commands";
import type { Mark, Node } from "prosemirror-model";
import * as ours from "../../../client/prosemirror/commands.js";
import { schema } from "../../../client/prosemirror/schema.js";
import { type Action, command, commandOf, type Doings, inline, onNode, placesOf, texts } from "./doing.js";

const { nodes, marks } = schema;

const textFor = ({ n }: Action): string => texts[n % texts.length]!;

const marksToSet: readonly Mark[] = [
  marks.strong.create(),
  marks.em.create(),
  marks.code.create(),
  marks.link.create({ href: "https://example.org" }),
  marks.comment.create({ id: "7" }),
  marks.comment.create({ id: "8" }),
];

const isAtom = (node: Node) => node.isInline && node.isLeaf && !node.isText;

export const textDoings: Doings = {
  strong: command(basic.toggleMark(marks.strong)),
  em: command(basic.toggleMark(marks.em)),
  link: command(basic.toggleMark(marks.link, { href: "https://example.org" })),
  comment: commandOf(({ n }) => basic.toggleMark(marks.comment, { id: String(n % 3) })),
  clearFormatting: command(ours.clearFormatting),
  addMark: ({ tr, selection: { from, to } }, { n }) =>
    tr.addMark(from, to, marksToSet[n % marksToSet.length]!),
  removeMark: ({ tr, selection: { from, to } }, { n }) =>
    n % 4 === 0 ? tr.removeMark(from, to) : tr.removeMark(from, to, marksToSet[n % marksToSet.length]!),
  nodeMark: onNode(isAtom, (tr, pos, node, { m }) => {
    const mark = marksToSet[m % marksToSet.length]!;
    return mark.isInSet(node.marks) ? tr.removeNodeMark(pos, mark) : tr.addNodeMark(pos, mark);
  }),
  type: (state, action) => state.tr.insertText(textFor(action)),
  typeAt: ({ tr, doc }, action) => {
    const pos = Math.min(action.from, doc.content.size);
    return doc.resolve(pos).parent.inlineContent ? tr.insertText(textFor(action), pos) : undefined;
  },
  /** A word is put in place of one that shares letters with it, as autocorrection and swipe keyboards do. */
  correct: ({ tr, doc }, { n, m }) => {
    const places = placesOf(doc, (node) => node.isText);
    const pos = places[n % places.length];
    if (pos === undefined) return undefined;
    const text = doc.nodeAt(pos)!.text!;
    const letters = [...text];
    const nth = m % letters.length;
    letters[nth] = m % 2 ? letters[nth]! + letters[nth]! : "";
    return tr.insertText(letters.join("") || "a", pos, pos + text.length);
  },
  /** All of a block's text is set anew, as it is read from a browser that has changed more than a letter. */
  rewrite: onNode(
    (node) => node.isTextblock,
    (tr, pos, node, { m }) => {
      const text = node.textContent;
      const at = m % (text.length + 1);
      return tr.insertText(
        text.slice(0, at) + texts[m % 6]! + text.slice(at),
        pos + 1,
        pos + 1 + node.content.size,
      );
    },
  ),
  deleteLetter: ({ tr, doc }, { n }) => {
    const places = placesOf(doc, (node) => node.isText);
    const pos = places[n % places.length];
    if (pos === undefined) return undefined;
    const at = pos + (n % doc.nodeAt(pos)!.nodeSize);
    return tr.delete(at, at + 1);
  },
  softBreak: inline(() => nodes.hard_break.create()),
  ourSoftBreak: command(ours.softBreak),
  image: inline(({ n }) => nodes.image.create({ src: n % 5 === 0 ? "javascript:x" : `${n % 2}.png` })),
  mention: inline(({ n }) => nodes.mention.create({ id: `u${n % 2}`, label: "Ann" })),
  unknown: inline(({ n }) => nodes.unknown_inline.create({ embed: n % 3 ? '{"chart":1}' : "junk" })),
  alt: onNode(
    (node) => node.type === nodes.image,
    (tr, pos, _node, { m }) => tr.setNodeAttribute(pos, "alt", `picture ${m % 3}`),
  ),
  rule: (state) => state.tr.replaceSelectionWith(nodes.horizontal_rule.create()),
  unknownBlock: (state) =>
    state.tr.replaceSelectionWith(nodes.unknown_block.create({ embed: '{"blk":true,"v":1}' })),
  replaceAll: ({ tr, doc }, { n }) => {
    for (const pos of placesOf(doc, (node) => node.isText).reverse())
      tr.insertText(texts[n % 5]!, pos, pos + 1);
    return tr;
  },
};
