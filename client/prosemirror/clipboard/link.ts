// An address pasted over words: it is where they lead from then on, and the words stay. No DOM here.

import type { Slice } from "prosemirror-model";
import { type EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { hrefOf } from "../addresses.js";
import { schemaOf } from "../kinds.js";

/**
 * Where what is pasted leads, if it is one address and nothing else.
 *
 * @param bare  whether text that is no link counts: not where plain text is pasted as it is
 */
export function pastedAddress({ content }: Slice, bare: boolean): string | null {
  const href = hrefOf(content.textBetween(0, content.size, "\n", "\n").trim());
  if (href === null) return null;
  let linked: string | undefined;
  content.descendants((node) => {
    linked ??= node.marks.find(({ type }) => type.name === "link")?.attrs.href;
  });
  return linked ?? (bare ? href : null);
}

/**
 * Makes a link of the selected text of one block; null where it is more, no text, or an address itself, which is replaced.
 */
export function linkSelection({ doc, selection, tr }: EditorState, href: string): Transaction | null {
  const { from, to, $from, $to, empty } = selection;
  if (empty || !(selection instanceof TextSelection) || hrefOf(doc.textBetween(from, to).trim()) !== null)
    return null;
  const { link } = schemaOf(doc).marks;
  if (!$from.sameParent($to) || !$from.parent.type.allowsMarkType(link)) return null;
  let isText = false;
  doc.nodesBetween(from, to, (node) => {
    isText ||= node.isText;
  });
  if (!isText) return null;
  tr.addMark(from, to, link.create({ href }));
  return tr.setSelection(TextSelection.create(tr.doc, to)).removeStoredMark(link);
}
