// What things done in an editor are made of: a command run for the transaction it makes, a change of some node.

import type { Node } from "prosemirror-model";
import type { Command, EditorState, Transaction } from "prosemirror-state";

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

/** What an action does to a state; undefined where it does not apply. */
export type Doing = (state: EditorState, action: Action) => Transaction | undefined;

export interface Doings {
  readonly [name: string]: Doing;
}

export const command =
  (run: Command): Doing =>
  (state) => {
    let made: Transaction | undefined;
    run(state, (tr) => {
      made = tr;
    });
    return made;
  };

/** A command that depends on the action's numbers. */
export const commandOf =
  (make: (action: Action) => Command): Doing =>
  (state, action) =>
    command(make(action))(state, action);

export const inline =
  (make: (action: Action) => Node): Doing =>
  (state, action) =>
    state.selection.$from.parent.inlineContent ? state.tr.replaceSelectionWith(make(action)) : undefined;

export const texts = [
  "x",
  "yy",
  "😀",
  "a b",
  "שלום",
  "a",
  "\ud83d",
  "l1\nl2",
  "aaaa",
  "👩‍👩‍👧",
  "word",
  " ",
] as const;

/** The positions before all nodes of a document that `test` holds for. */
export function placesOf(doc: Node, test: (node: Node) => boolean): number[] {
  const places: number[] = [];
  doc.descendants((node, pos) => {
    if (test(node)) places.push(pos);
  });
  return places;
}

/** A change of the `n`th of the nodes that `test` holds for. */
export const onNode =
  (
    test: (node: Node) => boolean,
    change: (tr: Transaction, pos: number, node: Node, action: Action) => Transaction,
  ): Doing =>
  (state, action) => {
    const places = placesOf(state.doc, test);
    const pos = places[action.n % places.length];
    return pos === undefined ? undefined : change(state.tr, pos, state.doc.nodeAt(pos)!, action);
  };

/** Every position of a document at which no text stands: between blocks, and before and behind containers. */
export function gapsOf(doc: Node): number[] {
  const gaps: number[] = [];
  for (let pos = 0; pos <= doc.content.size; pos++)
    if (!doc.resolve(pos).parent.inlineContent) gaps.push(pos);
  return gaps;
}
