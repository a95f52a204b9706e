// Whatever a person can do in an editor, drawn at random: ProseMirror's own commands and steps at any selection, and our
// commands. What each of them does stands in `commands/`.

import fc from "fast-check";
import type { Node } from "prosemirror-model";
import {
  AllSelection,
  type EditorState,
  NodeSelection,
  type Selection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import { type Action, type Doings, placesOf } from "./commands/doing.js";
import { pastingDoings } from "./commands/pasting.js";
import { structureDoings } from "./commands/structure.js";
import { textDoings } from "./commands/text.js";

export type { Action } from "./commands/doing.js";

const doings: Doings = { ...structureDoings, ...textDoings, ...pastingDoings };

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
