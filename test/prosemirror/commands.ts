// Whatever a person can do in an editor, drawn at random: ProseMirror's own commands and steps at any selection.

import fc from "fast-check";
import * as basic from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import {
  AllSelection,
  type Command,
  type EditorState,
  NodeSelection,
  type Selection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import { schema } from "../../client/prosemirror/schema.js";

const { nodes, marks } = schema;

/** One thing done: which command, with the selection where, and three numbers for whatever the command needs. */
export interface Action {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly caret: boolean;
  readonly select: "text" | "node" | "all";
  readonly n: number;
  readonly m: number;
}

type Doing = (state: EditorState, action: Action) => Transaction | undefined;

const command =
  (run: Command): Doing =>
  (state) => {
    let made: Transaction | undefined;
    run(state, (tr) => {
      made = tr;
    });
    return made;
  };

const inline =
  (make: (action: Action) => Node): Doing =>
  (state, action) =>
    state.selection.$from.parent.inlineContent ? state.tr.replaceSelectionWith(make(action)) : undefined;

const texts = ["x", "yy", "😀", "a b", "שלום", "a", "\ud83d", "l1\nl2"];

/** The positions before all nodes of a document that `test` holds for. */
function placesOf(doc: Node, test: (node: Node) => boolean): number[] {
  const places: number[] = [];
  doc.descendants((node, pos) => {
    if (test(node)) places.push(pos);
  });
  return places;
}

const onNode =
  (
    test: (node: Node) => boolean,
    change: (tr: Transaction, pos: number, node: Node, action: Action) => Transaction,
  ): Doing =>
  (state, action) => {
    const places = placesOf(state.doc, test);
    const pos = places[action.n % places.length];
    return pos === undefined ? undefined : change(state.tr, pos, state.doc.nodeAt(pos)!, action);
  };

const list = (node: Node) => node.type.isInGroup("list");

const doings: { readonly [name: string]: Doing } = {
  split: command(basic.splitBlock),
  splitKeepMarks: command(basic.splitBlockKeepMarks),
  joinBackward: command(basic.joinBackward),
  joinForward: command(basic.joinForward),
  deleteSelection: command(basic.deleteSelection),
  newlineInCode: command(basic.newlineInCode),
  exitCode: command(basic.exitCode),
  createParagraphNear: command(basic.createParagraphNear),
  liftEmptyBlock: command(basic.liftEmptyBlock),
  lift: command(basic.lift),
  joinUp: command(basic.joinUp),
  joinDown: command(basic.joinDown),
  joinTextblockBackward: command(basic.joinTextblockBackward),
  joinTextblockForward: command(basic.joinTextblockForward),
  strong: command(basic.toggleMark(marks.strong)),
  em: command(basic.toggleMark(marks.em)),
  link: command(basic.toggleMark(marks.link, { href: "https://example.org" })),
  comment: (state, { n }) =>
    command(basic.toggleMark(marks.comment, { id: String(n % 3) }))(state, {} as Action),
  heading: (state, { n }) =>
    command(basic.setBlockType(nodes.heading, { level: 1 + (n % 3) }))(state, {} as Action),
  paragraph: command(basic.setBlockType(nodes.paragraph)),
  code: command(basic.setBlockType(nodes.code_block)),
  quote: command(basic.wrapIn(nodes.blockquote)),
  itemQuote: command(basic.wrapIn(nodes.item_quote)),
  bullets: command(wrapInList(nodes.bullet_list)),
  numbers: (state, { n }) => command(wrapInList(nodes.ordered_list, { start: n % 4 }))(state, {} as Action),
  tasks: command(wrapInList(nodes.task_list)),
  splitItem: command(splitListItem(nodes.list_item)),
  liftItem: command(liftListItem(nodes.list_item)),
  sinkItem: command(sinkListItem(nodes.list_item)),
  splitTask: command(splitListItem(nodes.task_item)),
  liftTask: command(liftListItem(nodes.task_item)),
  sinkTask: command(sinkListItem(nodes.task_item)),
  type: (state, { n }) => state.tr.insertText(texts[n % texts.length]!),
  typeAt: (state, { from, n }) => {
    const pos = Math.min(from, state.doc.content.size);
    return state.doc.resolve(pos).parent.inlineContent
      ? state.tr.insertText(texts[n % texts.length]!, pos)
      : undefined;
  },
  softBreak: inline(() => nodes.hard_break.create()),
  image: inline(({ n }) => nodes.image.create({ src: n % 5 === 0 ? "javascript:x" : `${n % 2}.png` })),
  mention: inline(({ n }) => nodes.mention.create({ id: `u${n % 2}`, label: "Ann" })),
  unknown: inline(({ n }) => nodes.unknown_inline.create({ embed: n % 3 ? '{"chart":1}' : "junk" })),
  rule: (state) => state.tr.replaceSelectionWith(nodes.horizontal_rule.create()),
  unknownBlock: (state) =>
    state.tr.replaceSelectionWith(nodes.unknown_block.create({ embed: '{"blk":true,"v":1}' })),
  paste: (state, { n, m }) => {
    const size = state.doc.content.size + 1;
    const [from, to] = [n % size, m % size];
    return state.tr.replaceSelection(state.doc.slice(Math.min(from, to), Math.max(from, to)));
  },
  drag: (state, { n }) => {
    const { from, to } = state.selection;
    const tr = state.tr.deleteSelection();
    return tr.replace(tr.mapping.map(n % (state.doc.content.size + 1)), undefined, state.doc.slice(from, to));
  },
  retypeList: onNode(list, (tr, pos, node, { m }) => {
    const type = [nodes.bullet_list, nodes.ordered_list][m % 2]!;
    return node.type === nodes.task_list ? tr : tr.setNodeMarkup(pos, type);
  }),
  check: onNode(
    (node) => node.type === nodes.task_item,
    (tr, pos, node) => tr.setNodeAttribute(pos, "checked", !node.attrs.checked),
  ),
  start: onNode(
    (node) => node.type === nodes.ordered_list,
    (tr, pos, _node, { m }) => tr.setNodeAttribute(pos, "start", m % 5),
  ),
  align: onNode(
    (node) => node.isTextblock,
    (tr, pos, _node, { m }) => tr.setNodeAttribute(pos, "align", [null, "center", "junk"][m % 3]),
  ),
  remove: onNode(
    (node) => node.isBlock,
    (tr, pos, node) => tr.delete(pos, pos + node.nodeSize),
  ),
  replaceAll: (state, { n }) => {
    const tr = state.tr;
    for (const pos of placesOf(state.doc, (node) => node.isText).reverse())
      tr.insertText(texts[n % 5]!, pos, pos + 1);
    return tr;
  },
  swap: (state, { n }) => {
    const nth = n % Math.max(1, state.doc.childCount - 1);
    if (state.doc.childCount < 2) return undefined;
    let pos = 0;
    for (let at = 0; at < nth; at++) pos += state.doc.child(at).nodeSize;
    const [first, second] = [state.doc.child(nth), state.doc.child(nth + 1)];
    return state.tr.replaceWith(pos, pos + first.nodeSize + second.nodeSize, [second, first]);
  },
};

/** The names of all that can be done. */
export const actionNames = Object.keys(doings);

export const action: fc.Arbitrary<Action> = fc.record({
  name: fc.constantFrom(...actionNames),
  from: fc.nat(200),
  to: fc.nat(200),
  caret: fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, { arbitrary: fc.constant(false), weight: 2 }),
  select: fc.oneof(
    { arbitrary: fc.constant("text" as const), weight: 18 },
    { arbitrary: fc.constant("node" as const), weight: 3 },
    { arbitrary: fc.constant("all" as const), weight: 1 },
  ),
  n: fc.nat(1000),
  m: fc.nat(1000),
});

/** Some selection in a document. */
export function selectionFor(doc: Node, { from, to, caret, select }: Action): Selection {
  if (select === "all") return new AllSelection(doc);
  const size = doc.content.size + 1;
  if (select === "node") {
    const places = placesOf(doc, (node) => NodeSelection.isSelectable(node));
    const pos = places[from % Math.max(1, places.length)];
    if (pos !== undefined) return NodeSelection.create(doc, pos);
  }
  return TextSelection.between(doc.resolve(from % size), doc.resolve((caret ? from : to) % size));
}

export interface Performed {
  /** The state with the action's selection. */
  readonly before: EditorState;
  readonly tr: Transaction;
  /** The same transaction on another state of the same document with that selection. */
  readonly again: (state: EditorState) => Transaction;
}

/**
 * What an action does; undefined where it does nothing, or where ProseMirror itself refuses it or would make a document
 * that its schema does not allow.
 */
export function perform(state: EditorState, action: Action): Performed | undefined {
  const before = state.apply(state.tr.setSelection(selectionFor(state.doc, action)));
  try {
    const again = (other: EditorState) => doings[action.name]!(other, action)!;
    const tr = again(before);
    if (tr === undefined || !tr.docChanged) return undefined;
    tr.doc.check();
    return { before, tr, again };
  } catch {
    return undefined;
  }
}
