// Kinds of block, rules and images.

import type { Attrs, Node } from "prosemirror-model";
import {
  type Command,
  type EditorState,
  NodeSelection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import { cleanUrl } from "../../../protocol/index.js";
import { cleanLine } from "../clean.js";
import { isA, type NodeName, schemaOf } from "../kinds.js";
import { keptAttrs } from "../vocabulary-nodes.js";

export const blockKinds = ["paragraph", "h1", "h2", "h3", "h4", "h5", "h6", "code"] as const;
export type BlockKind = (typeof blockKinds)[number];

const levelOf = (kind: BlockKind): number | null => (/^h[1-6]$/.test(kind) ? Number(kind.slice(1)) : null);

/** Makes the selected blocks of this kind; containers and text stay. */
export const setBlock =
  (kind: BlockKind): Command =>
  (state, dispatch) => {
    const level = levelOf(kind);
    const name = level !== null ? "heading" : kind === "code" ? "code_block" : "paragraph";
    return setKind(state, dispatch, name, level === null ? {} : { level });
  };

/** ProseMirror's `setBlockType`, but that it keeps what a block is besides its kind: its alignment, its name, … */
function setKind(
  state: EditorState,
  dispatch: ((tr: Transaction) => void) | undefined,
  name: NodeName,
  own: Attrs,
): boolean {
  const type = schemaOf(state).nodes[name];
  const { tr } = state;
  for (const { $from, $to } of state.selection.ranges)
    tr.setBlockType($from.pos, $to.pos, type, (node: Node) => ({ ...keptAttrs(node), ...own }));
  if (!tr.docChanged) return false;
  dispatch?.(tr.scrollIntoView());
  return true;
}

/** As {@link setBlock}, and back to a paragraph where all selected blocks are of this kind already. */
export const toggleBlock =
  (kind: BlockKind): Command =>
  (state, dispatch) =>
    setBlock(activeBlock(state) === kind ? "paragraph" : kind)(state, dispatch);

/** The kind that all selected textblocks have. */
export function activeBlock(state: EditorState): BlockKind | null {
  const kinds = new Set<BlockKind>();
  state.doc.nodesBetween(state.selection.from, state.selection.to, (node) => {
    if (!node.isTextblock || kinds.size > 1) return kinds.size < 2;
    if (isA(node, "heading")) kinds.add(`h${node.attrs.level}` as BlockKind);
    else kinds.add(isA(node, "code_block") ? "code" : "paragraph");
    return false;
  });
  return kinds.size === 1 ? [...kinds][0]! : null;
}

/** Puts a rule behind the block the selection ends in (in its place, if it is empty), and the caret behind the rule. */
export const insertRule: Command = (state, dispatch) => {
  const { nodes } = schemaOf(state);
  const { $from, $to, to } = state.selection;
  const isEmpty = isA($from.parent, "paragraph") && $from.parent.content.size === 0;
  const [start, end] = isEmpty ? [$from.before(), $from.after()] : [to, to];
  const at = isEmpty || $to.depth === 0 ? start : $to.after();
  if (!dispatch) return true;
  const tr = state.tr.replaceWith(at, isEmpty ? end : at, nodes.horizontal_rule.create());
  const behind = at + 1;
  if (!tr.doc.resolve(behind).nodeAfter?.isTextblock) tr.insert(behind, nodes.paragraph.create());
  dispatch(tr.setSelection(TextSelection.create(tr.doc, behind + 1)).scrollIntoView());
  return true;
};

export interface ImageAttributes {
  readonly src: string;
  readonly alt?: string;
  readonly title?: string;
}

/** Puts an image, by its address, in the place of the selection. False where the address may not stand. */
export const insertImage =
  ({ src, alt = "", title = "" }: ImageAttributes): Command =>
  (state, dispatch) => {
    const url = cleanUrl(src);
    const { $from } = state.selection;
    if (url === null || !$from.parent.inlineContent) return false;
    const image = schemaOf(state).nodes.image.create({
      src: url,
      alt: cleanLine(alt),
      title: cleanLine(title),
    });
    dispatch?.(state.tr.replaceSelectionWith(image, false).scrollIntoView());
    return true;
  };

/** The image that is selected. */
export const selectedImage = ({ selection }: EditorState) =>
  selection instanceof NodeSelection && isA(selection.node, "image") ? selection.node : null;
