// Marks and links on the selection, and which of them are on.

import { toggleMark as toggle } from "prosemirror-commands";
import type { Attrs, Mark, MarkType } from "prosemirror-model";
import { type Command, type EditorState, TextSelection } from "prosemirror-state";
import { cleanUrl } from "../../../protocol/index.js";
import { schemaOf } from "../kinds.js";

/** Marks that a key or a button switches on and off. */
export const markNames = [
  "strong",
  "em",
  "underline",
  "strike",
  "code",
  "subscript",
  "superscript",
  "highlight",
] as const;
export type MarkName = (typeof markNames)[number];

/** The name of a mark that an extension has added. */
export type ExtensionName = string & {};

export const DEFAULT_HIGHLIGHT = "#ffe58a";

/** Switches a mark on for the selection (or what is typed next), or off where all of it has it. */
export const toggleMark =
  (name: MarkName | ExtensionName, attrs: Attrs | null = null): Command =>
  (state, dispatch, view) => {
    const type = state.schema.marks[name];
    if (type === undefined) throw new RangeError(`The editor's schema has no mark "${name}"`);
    const given = attrs ?? (name === "highlight" ? { color: DEFAULT_HIGHLIGHT } : null);
    return toggle(type, given, { removeWhenPresent: false })(state, dispatch, view);
  };

/** Whether all of the selection has the mark, or what is typed next would. */
export function isMarkActive(state: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  if (empty) return type.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
  let text = false;
  let all = true;
  state.doc.nodesBetween(from, to, (node) => {
    if (!all) return false;
    if (node.isText) {
      text = true;
      all = type.isInSet(node.marks) !== undefined;
    }
    return true;
  });
  return text && all;
}

/** Takes every mark off the selection that is formatting: links and comments are not, nor what is not known here. */
export const clearFormatting: Command = (state, dispatch) => {
  const { empty, ranges } = state.selection;
  const formatting = Object.values(state.schema.marks).filter(isFormatting);
  if (dispatch) {
    const { tr } = state;
    if (empty) tr.setStoredMarks([]);
    for (const { $from, $to } of ranges) {
      for (const type of formatting) if (!empty) tr.removeMark($from.pos, $to.pos, type);
    }
    dispatch(tr);
  }
  return true;
};

/** Marks that do not go on where one types at their end are not how text looks, but for code. */
const isFormatting = ({ name, spec }: MarkType): boolean => name === "code" || spec.inclusive !== false;

export interface LinkRange {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** The link that the caret or the start of the selection is in, from end to end. */
export function linkAt({ selection: { $from, empty } }: EditorState): LinkRange | null {
  const { parent } = $from;
  const { link } = schemaOf(parent).marks;
  const index = $from.index();
  const near = [
    parent.maybeChild(index),
    empty && $from.textOffset === 0 ? parent.maybeChild(index - 1) : null,
  ];
  const found = near.map((node) => node && link.isInSet(node.marks)).findIndex(Boolean);
  if (found === -1) return null;
  let [first, last] = [index - found, index - found];
  const mark = link.isInSet(parent.child(first).marks) as Mark;
  while (first > 0 && mark.isInSet(parent.child(first - 1).marks)) first--;
  while (last + 1 < parent.childCount && mark.isInSet(parent.child(last + 1).marks)) last++;
  let from = $from.start();
  for (let at = 0; at < first; at++) from += parent.child(at).nodeSize;
  let to = from;
  for (let at = first; at <= last; at++) to += parent.child(at).nodeSize;
  return { from, to, href: mark.attrs.href };
}

/**
 * Links the selection, or the link around the caret, to `url`; with nothing to link, inserts `text` (or the address).
 * False where the address may not stand in a document.
 */
export const setLink =
  (url: string, text = ""): Command =>
  (state, dispatch) => {
    const href = cleanUrl(url);
    const { schema } = state;
    const { link } = schemaOf(state).marks;
    const { from, to, empty, $from } = state.selection;
    if (href === null || !$from.parent.type.allowsMarkType(link)) return false;
    if (!dispatch) return true;
    const { tr } = state;
    const mark = link.create({ href });
    const around = linkAt(state);
    const label = text || href;
    if (around) {
      const old = state.doc.textBetween(around.from, around.to);
      tr.addMark(around.from, around.to, mark);
      if (text !== "" && text !== old)
        tr.replaceWith(around.from, around.to, schema.text(text, mark.addToSet($from.marks())));
    } else if (empty) tr.insert(from, schema.text(label, mark.addToSet(state.storedMarks ?? $from.marks())));
    else tr.addMark(from, to, mark);
    if (!around && !empty) tr.setSelection(TextSelection.create(tr.doc, to));
    if (!around) tr.removeStoredMark(link);
    dispatch(tr.scrollIntoView());
    return true;
  };

/** Takes the link off, and leaves its text. */
export const removeLink: Command = (state, dispatch) => {
  const around = linkAt(state);
  const { link } = schemaOf(state).marks;
  const { from, to, empty } = state.selection;
  if (!around && (empty || !state.doc.rangeHasMark(from, to, link))) return false;
  const { tr } = state;
  tr.removeMark(Math.min(from, around?.from ?? from), Math.max(to, around?.to ?? to), link);
  dispatch?.(tr);
  return true;
};
