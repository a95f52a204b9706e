// What led from one document of an editor to the next: a short, immutable record of its transactions, kept in the
// collab plugin's state.
//
// Making it has no side effects: whoever applies a transaction to see what would happen sends nothing. Only when a view
// shows a state does the binding look up what led there (`leadingTo`). Where the record does not reach (somebody swapped
// in another state), there is none, and nothing depends on it but the finer points: where in "aaaa" the new letter is,
// and what is undone together.

import type { Node } from "prosemirror-model";
import type { Selection, Transaction } from "prosemirror-state";
import type { StepMap } from "prosemirror-transform";

export interface LogEntry {
  readonly before: Node;
  readonly doc: Node;
  /** The selection before. */
  readonly selection: Selection;
  readonly maps: readonly StepMap[];
  readonly undoable: boolean;
  /** Pasted, cut, dropped or the like: undone on its own. */
  readonly apart: boolean;
  /** It answers a transaction that changed nothing: nobody has done anything that it could belong to. */
  readonly unasked: boolean;
  /** The composition it belongs to, if any. */
  readonly composition: unknown;
}

export type Log = readonly LogEntry[];

/** Transactions nobody has looked at beyond this many are forgotten. */
const maxEntries = 32;

/**
 * The log after a transaction.
 *
 * @param settled  the document up to which nobody needs the log any more
 */
export function logged(log: Log, tr: Transaction, selection: Selection, settled: Node | undefined): Log {
  if (!tr.docChanged) return log;
  const event: unknown = tr.getMeta("uiEvent");
  const root = tr.getMeta("appendedTransaction") as Transaction | undefined;
  const entry: LogEntry = {
    before: tr.before,
    doc: tr.doc,
    selection,
    maps: tr.mapping.maps,
    undoable: tr.getMeta("addToHistory") !== false,
    apart: event === "paste" || event === "cut" || event === "drop",
    unasked: root !== undefined && !root.docChanged,
    composition: tr.getMeta("composition"),
  };
  return tr.before === settled ? [entry] : [...log.slice(1 - maxEntries), entry];
}

/** The transactions that led from one document to another; none if the log does not say. */
export function leadingTo(log: Log, from: Node, to: Node): Log {
  const start = log.findLastIndex(({ before }) => before === from);
  if (start === -1 || log[log.length - 1]!.doc !== to) return [];
  const entries = log.slice(start);
  return entries.every(({ doc }, at) => at === entries.length - 1 || doc === entries[at + 1]!.before)
    ? entries
    : [];
}
