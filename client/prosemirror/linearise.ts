// The way back from the projection: which atoms a ProseMirror document stands for.
//
// Block attributes are read off the containers around a leaf, so they are the ones in effect: clamped, and without the
// keys that ProseMirror does not know. (Edits are made by comparing such readings of two documents; what the atoms hold
// beyond them is never touched.) A document that is not in normal form, which only somebody's own code can make, still
// has atoms; they project to the nearest document that is.
//
// What a leaf block's text stands for is kept as long as the leaf, which never changes.

import type { Node } from "prosemirror-model";
import { sameAttributes } from "../../ot/attributes.js";
import {
  type Attributes,
  cleanUnits,
  type Embed,
  type RichWire,
  richOp,
  type Value,
} from "../../ot/index.js";
import { isA } from "./kinds.js";
import { type Frame, type Leaf, leavesOf, previousLeaf } from "./leaves.js";
import { isStart, type ListKind, listKinds } from "./placement.js";
import { softBreak } from "./projection-leaf.js";
import { embedOf } from "./vocabulary-embeds.js";
import { attributesOf } from "./vocabulary-marks.js";
import { textblockAttributes, unknownAttributes } from "./vocabulary-nodes.js";

/** A stretch of atoms that share one attribute set: text, or one embed. */
export interface Stretch {
  readonly content: string | Embed;
  readonly attributes: Attributes;
}

/** What stands at the head of a leaf block. */
export interface Head extends Stretch {
  /** Those of its attributes that mean nothing here. */
  readonly unknown?: Attributes | undefined;
}

/** A leaf block in atoms: its head (nothing, if it is implicit) and its text. */
export interface LeafAtoms {
  readonly head: Head | undefined;
  readonly text: readonly Stretch[];
}

/** What stands for an inline node that may not stand in a document. */
const objectReplacement = "\ufffc";

/** The atoms of a document, in wire form. */
export function linearise(doc: Node): RichWire {
  const wire = richOp();
  for (const leaf of leavesOf(doc)) {
    const { head, text } = atomsOfLeaf(leaf);
    if (head !== undefined) wire.insert(head.content, head.attributes);
    for (const { content, attributes } of text) wire.insert(content, attributes);
  }
  // A builder that was given only inserts has made a wire form.
  return wire.done() as RichWire;
}

export function atomsOfLeaf(leaf: Leaf): LeafAtoms {
  const { node } = leaf;
  const text = textOf(node);
  if (isImplicit(leaf)) return { head: undefined, text };
  const own = blockAttributes(leaf);
  const unknown = unknownAttributes(node);
  const attributes = unknown === undefined ? own : { ...unknown, ...own };
  const embed = node.isTextblock ? undefined : embedOf(node);
  return { head: { content: embed ?? "\n", attributes, unknown }, text };
}

/** The block attributes in effect: the leaf's own and those that its containers stand for. */
export function blockAttributes(leaf: Leaf): Attributes {
  const attributes: { [key: string]: Value } = { ...textblockAttributes(leaf.node) };
  let quotes = 0;
  let level = -1;
  let list: Frame | undefined;
  let item: Frame | undefined;
  for (let frame: Frame | undefined = leaf.frame; frame !== undefined; frame = frame.parent) {
    if (isA(frame.node, "blockquote")) quotes++;
    else if (isA(frame.node, "item_quote")) attributes.iq = 1;
    else if (kindOf(frame.node) !== undefined) {
      level++;
      list ??= frame;
    } else if (frame.parent !== undefined) item ??= frame;
  }
  if (quotes > 0) attributes.q = quotes;
  if (list === undefined || item === undefined) return attributes;
  if (level > 0) attributes.in = level;
  const opensItem = leaf.index === 0 && (leaf.frame === item || leaf.frame.index === 0);
  if (!opensItem) return { ...attributes, li: "c" };
  attributes.li = kindOf(list.node)!;
  if (item.node.attrs.checked === true) attributes.ck = 1;
  if (item.index > 0) return attributes;
  const { start } = list.node.attrs;
  if (attributes.li === "o" && isStart(start) && start !== 1) attributes.start = start;
  // Two lists of one kind beside each other would be one without this.
  const before = list.index > 0 ? list.parent!.node.child(list.index - 1) : undefined;
  if (before?.type === list.node.type) attributes.new = 1;
  return attributes;
}

const kinds = new Map<string, ListKind>(
  Object.entries(listKinds).map(([kind, name]) => [name, kind as ListKind]),
);
const kindOf = (node: Node): ListKind | undefined => kinds.get(node.type.name);

/** Whether a leaf really has no marker: it says so, and it stands where text without a marker would be. */
export function isImplicit(leaf: Leaf): boolean {
  const { node } = leaf;
  if (node.attrs.implicit !== true || node.attrs.align !== null || node.attrs.dir !== null) return false;
  if (node.attrs.unknown !== null) return false;
  const attributes = blockAttributes(leaf);
  const before = previousLeaf(leaf);
  if (before === undefined) return sameAttributes(attributes, {}) && (node.content.size > 0 || isAlone(leaf));
  if (before.node.isTextblock || node.content.size === 0) return false;
  const { q, iq, li, in: level } = blockAttributes(before);
  const inherited = { q, iq, li: li === undefined ? undefined : "c", in: level };
  const present = Object.entries(inherited).filter(
    (entry): entry is [string, Value] => entry[1] !== undefined,
  );
  return sameAttributes(attributes, Object.fromEntries(present));
}

const isAlone = (leaf: Leaf): boolean => leaf.frame.parent === undefined && leaf.frame.node.childCount === 1;

const texts = new WeakMap<Node, readonly Stretch[]>();

/** The text of a leaf block, one UTF-16 unit or one embed for each of its ProseMirror positions. */
function textOf(leaf: Node): readonly Stretch[] {
  let found = texts.get(leaf);
  if (found === undefined) {
    found = leaf.children.map((inline) => ({
      content: contentOf(inline),
      attributes: attributesOf(inline.marks),
    }));
    texts.set(leaf, found);
  }
  return found;
}

function contentOf(inline: Node): string | Embed {
  if (inline.isText) return clean(inline.text!);
  if (isA(inline, "hard_break")) return softBreak;
  return embedOf(inline) ?? objectReplacement;
}

/** Text as it may stand in a line: line feeds as soft breaks, whatever the document type refuses as U+FFFD. */
const clean = (text: string): string => cleanUnits(text).replaceAll("\n", softBreak);
