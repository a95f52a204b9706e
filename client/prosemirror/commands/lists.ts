// Lists: on, off, from one kind into another, deeper and back. All of it is arithmetic on lines (`reline.ts`): an item
// is its opening line, and its subtree the lines behind it that stand deeper or go on with it.

import type { Node } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import { isOpener, type Line, type ListKind, listKind } from "../lines.js";
import { isLeafBlock } from "../measure.js";
import { maxDepth } from "../placement.js";
import { reline, type Stretch } from "./reline.js";

/** A command out of a change of lines. */
export const relining =
  (change: (stretch: Stretch) => readonly Line[] | null): Command =>
  (state, dispatch) => {
    const tr = reline(state, change);
    if (tr && dispatch) dispatch(tr.scrollIntoView());
    return tr !== null;
  };

/** For each line, which line opens the item that it is in; -1 if it is in none. */
export function openersOf(lines: readonly Line[]): number[] {
  const open: number[] = [];
  return lines.map((line, at) => {
    if (line.item === null) open.length = 0;
    else if (isOpener(line)) {
      open.length = line.level;
      open[line.level] = at;
    }
    return line.item === null ? -1 : (open[line.level] ?? -1);
  });
}

/** Where the subtree of the item that line `at` opens ends. */
function subtreeEnd(lines: readonly Line[], at: number): number {
  const { level, quote } = lines[at]!;
  let end = at + 1;
  while (end < lines.length && isWithin(lines[end]!)) end++;
  return end;

  function isWithin(line: Line): boolean {
    if (line.item === null || line.quote !== quote) return false;
    return line.level > level || (line.item === "more" && line.level === level);
  }
}

/** The lines of the list that the item opened by line `at` belongs to, from its first item to behind its last. */
function listAround(lines: readonly Line[], at: number): { from: number; to: number } {
  const { level, quote, item } = lines[at]!;
  const belongs = (line: Line | undefined): boolean =>
    line !== undefined &&
    line.item !== null &&
    line.quote === quote &&
    (line.level > level || (line.level === level && (line.item === "more" || line.item === item)));
  let from = at;
  while (from > 0 && !(isAtLevel(lines[from]!) && lines[from]!.fresh) && belongs(lines[from - 1])) from--;
  let to = at + 1;
  while (belongs(lines[to]) && !(isAtLevel(lines[to]!) && lines[to]!.fresh)) to++;
  return { from, to };

  function isAtLevel(line: Line): boolean {
    return isOpener(line) && line.level === level;
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

/** The opening lines of the items that the selection touches; null if it touches anything outside of lists. */
function selectedOpeners({ lines, from, to }: Stretch): number[] | null {
  const openers = openersOf(lines).slice(from, to);
  return openers.includes(-1) ? null : [...new Set(openers)];
}

/** Out of all lists; a quote in an item becomes a quote. */
const outOfList = (line: Line): Line => ({
  ...line,
  item: null,
  level: 0,
  itemQuote: false,
  checked: false,
  quote: line.quote + (line.itemQuote ? 1 : 0),
});

/**
 * Makes the selected blocks items of a list of this kind. Lists of another kind that the selection touches turn into it
 * as a whole; if all selected items are of this kind already, they are taken out of the list.
 */
export const toggleList = (kind: ListKind): Command =>
  relining((stretch) => {
    const { lines, from, to } = stretch;
    const openers = selectedOpeners(stretch);
    const openerOf = openersOf(lines);
    const changed = [...lines];
    if (openers?.every((at) => lines[at]!.item === kind)) {
      for (const opener of openers) changed[opener] = outOfList(lines[opener]!);
      lines.forEach((line, at) => {
        if (line.item === "more" && openers.includes(openerOf[at]!)) changed[at] = outOfList(line);
      });
      return changed;
    }
    for (const at of range(from, to)) {
      const opener = openerOf[at]!;
      if (opener === -1) changed[at] = { ...lines[at]!, item: kind, level: 0, fresh: false };
      else {
        const list = listAround(lines, opener);
        for (const inside of range(list.from, list.to)) {
          const line = lines[inside]!;
          const turns = isOpener(line) && line.level === lines[opener]!.level;
          if (turns) changed[inside] = { ...line, item: kind, checked: false };
        }
      }
    }
    return changed;
  });

/** The items that the selection touches, without those inside others of them. */
function selectedItems(stretch: Stretch): number[] {
  const touched = openersOf(stretch.lines).slice(stretch.from, stretch.to);
  const items: number[] = [];
  for (const at of new Set(touched)) {
    const inside = items.some((item) => at > item && at < subtreeEnd(stretch.lines, item));
    if (at !== -1 && !inside) items.push(at);
  }
  return items;
}

/** Puts the selected items, with all that is in them, one level deeper: into the item before. */
export const indent: Command = relining((stretch) => {
  const { lines } = stretch;
  const changed = [...lines];
  let any = false;
  for (const opener of selectedItems(stretch)) {
    const { level, quote } = lines[opener]!;
    const end = subtreeEnd(lines, opener);
    const before = changed[opener - 1];
    const hasBefore =
      before !== undefined && before.item !== null && before.quote === quote && before.level >= level;
    if (!hasBefore || lines.slice(opener, end).some((line) => line.level >= maxDepth)) continue;
    for (const at of range(opener, end)) changed[at] = { ...lines[at]!, level: lines[at]!.level + 1 };
    changed[opener] = { ...changed[opener]!, fresh: false };
    any = true;
  }
  return any ? changed : null;
});

/** Takes the selected items one level out; from the outermost list, out of it. */
export const outdent: Command = relining((stretch) => {
  const { lines } = stretch;
  const changed = [...lines];
  const items = selectedItems(stretch);
  for (const opener of items) {
    const { level } = lines[opener]!;
    const end = subtreeEnd(lines, opener);
    const parent = range(0, opener)
      .reverse()
      .map((at) => lines[at]!)
      .find((line) => isOpener(line) && line.level === level - 1);
    for (const at of range(opener, end)) {
      const line = lines[at]!;
      const own = line.level === level && (at === opener || line.item === "more");
      if (level === 0 && own) changed[at] = outOfList(line);
      else changed[at] = { ...line, level: line.level - 1 };
    }
    if (level > 0 && parent) {
      const kind = parent.item as ListKind;
      changed[opener] = {
        ...changed[opener]!,
        item: kind,
        fresh: false,
        checked: kind === "task" && lines[opener]!.checked,
      };
    }
  }
  return items.length > 0 ? changed : null;
});

/** The kind of list that all selected blocks are in, if any. */
export function activeList({ doc, selection: { from, to } }: EditorState): ListKind | null {
  const kinds = new Set<ListKind | null>();
  /** For each item and quote on the way down: the kind of the list that it is in. */
  const kindIn = new Map<Node | null, ListKind>();
  doc.nodesBetween(from, to, (node, _, parent) => {
    if (kinds.size > 1) return false;
    const kind = (parent && listKind(parent.type)) ?? kindIn.get(parent);
    if (isLeafBlock(node)) kinds.add(kind ?? null);
    else if (kind) kindIn.set(node, kind);
    return !isLeafBlock(node);
  });
  return kinds.size === 1 ? [...kinds][0]! : null;
}

/** Whether there is an item before the one the selection begins in, to go into. */
export function canIndent({ selection: { $from } }: EditorState): boolean {
  for (let depth = $from.depth; depth > 0; depth--)
    if (listKind($from.node(depth).type)) return $from.index(depth) > 0;
  return false;
}

/** Ticks the boxes of the selected tasks, or unticks them if all are ticked. */
export const toggleChecked: Command = relining((stretch) => {
  const openers = selectedOpeners(stretch)?.filter((at) => stretch.lines[at]!.item === "task");
  if (!openers?.length) return null;
  const checked = !openers.every((at) => stretch.lines[at]!.checked);
  return stretch.lines.map((line, at) => (openers.includes(at) ? { ...line, checked } : line));
});
