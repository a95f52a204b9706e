// Structure: ProseMirror's own commands on blocks and lists, those of our keymap, and the steps below both.

import * as basic from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { canJoin, canSplit, findWrapping, liftTarget } from "prosemirror-transform";
import * as ours from "../../../client/prosemirror/commands.js";
import { schema } from "../../../client/prosemirror/schema.js";
import { command, commandOf, type Doings, gapsOf, onNode } from "./doing.js";

const { nodes } = schema;

const isList = (node: Node) => node.type.isInGroup("list");

const blockTypes = [nodes.paragraph, nodes.heading, nodes.code_block] as const;
const containers = [
  nodes.blockquote,
  nodes.item_quote,
  nodes.bullet_list,
  nodes.ordered_list,
  nodes.task_list,
] as const;
const kinds = ["bullet", "ordered", "task"] as const;

/** ProseMirror's commands. */
const theirs: Doings = {
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
  heading: commandOf(({ n }) => basic.setBlockType(nodes.heading, { level: 1 + (n % 3) })),
  paragraph: command(basic.setBlockType(nodes.paragraph)),
  code: command(basic.setBlockType(nodes.code_block)),
  quote: command(basic.wrapIn(nodes.blockquote)),
  itemQuote: command(basic.wrapIn(nodes.item_quote)),
  bullets: command(wrapInList(nodes.bullet_list)),
  numbers: commandOf(({ n }) => wrapInList(nodes.ordered_list, { start: n % 4 })),
  tasks: command(wrapInList(nodes.task_list)),
  splitItem: command(splitListItem(nodes.list_item)),
  liftItem: command(liftListItem(nodes.list_item)),
  sinkItem: command(sinkListItem(nodes.list_item)),
  splitTask: command(splitListItem(nodes.task_item)),
  liftTask: command(liftListItem(nodes.task_item)),
  sinkTask: command(sinkListItem(nodes.task_item)),
};

/** The commands of our own keymap and toolbar. */
const own: Doings = {
  enter: command(ours.enter),
  backspace: command(ours.backspace),
  forwardDelete: command(ours.forwardDelete),
  indent: command(ours.indent),
  outdent: command(ours.outdent),
  toggleList: commandOf(({ n }) => ours.toggleList(kinds[n % 3]!)),
  toggleQuote: command(ours.toggleQuote),
  toggleBlock: commandOf(({ n }) => ours.toggleBlock((["h1", "h2", "code"] as const)[n % 3]!)),
  toggleChecked: command(ours.toggleChecked),
  insertRule: command(ours.insertRule),
};

/** Steps that replace around what stays, in places that no command would take, and attributes. */
const below: Doings = {
  splitDeep: ({ tr, doc }, { from, n, m }) => {
    const pos = from % (doc.content.size + 1);
    const depth = 1 + (n % 3);
    const types = m % 3 === 0 ? [{ type: blockTypes[n % 3]! }] : undefined;
    return canSplit(doc, pos, depth, types) ? tr.split(pos, depth, types) : undefined;
  },
  joinAt: ({ tr, doc }, { n }) => {
    const gaps = gapsOf(doc).filter((pos) => canJoin(doc, pos));
    return gaps.length === 0 ? undefined : tr.join(gaps[n % gaps.length]!);
  },
  liftRange: ({ tr, selection: { $from, $to } }) => {
    const range = $from.blockRange($to);
    const target = range && liftTarget(range);
    return typeof target === "number" ? tr.lift(range!, target) : undefined;
  },
  wrapRange: ({ tr, selection: { $from, $to } }, { n }) => {
    const range = $from.blockRange($to);
    const wrapping = range && findWrapping(range, containers[n % containers.length]!);
    return wrapping ? tr.wrap(range!, wrapping) : undefined;
  },
  setType: ({ tr, selection: { from, to } }, { n, m }) =>
    tr.setBlockType(from, to, blockTypes[n % 3]!, n % 3 === 1 ? { level: 1 + (m % 6) } : undefined),
  retypeList: onNode(isList, (tr, pos, node, { m }) => {
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
  language: onNode(
    (node) => node.type === nodes.code_block,
    (tr, pos, _node, { m }) => tr.setNodeAttribute(pos, "lang", [null, "js", "py"][m % 3]),
  ),
  /** The document itself has no attributes; whoever sets one makes another document that is the same. */
  documentAttribute: ({ tr }, { n }) => tr.setDocAttribute("theme", n),
  remove: onNode(
    (node) => node.isBlock,
    (tr, pos, node) => tr.delete(pos, pos + node.nodeSize),
  ),
  deleteRange: ({ tr, selection: { from, to } }) => tr.deleteRange(from, to),
  swap: ({ tr, doc }, { n }) => {
    if (doc.childCount < 2) return undefined;
    const nth = n % (doc.childCount - 1);
    let pos = 0;
    for (let at = 0; at < nth; at++) pos += doc.child(at).nodeSize;
    const [first, second] = [doc.child(nth), doc.child(nth + 1)];
    return tr.replaceWith(pos, pos + first.nodeSize + second.nodeSize, [second, first]);
  },
};

export const structureDoings: Doings = { ...theirs, ...own, ...below };
