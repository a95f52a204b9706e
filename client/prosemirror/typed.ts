// What is known of a local edit besides its op: where in the editor it was, which selection to come back to when it is
// undone, and what is undone together with it.

import type { EditorState } from "prosemirror-state";
import { type RichOp, type Selection, transformSelection } from "../../ot/index.js";
import type { SubmitOptions } from "../types.js";
import { editedPositions } from "./local.js";
import type { View } from "./projection.js";
import { atomsOfSelection } from "./remote.js";
import type { Log } from "./transaction-log.js";

interface Edit {
  readonly op: RichOp;
  readonly before: View;
  readonly after: View;
}

interface Waiting {
  /** In the document both sides last agreed on. */
  readonly before: Selection;
  /** In what the editor shows. */
  readonly after: Selection;
  readonly group: string | undefined;
  readonly undoable: boolean;
}

/** Gathers it for edits that have been taken and not been sent. */
export class Typed {
  #waiting: Waiting | undefined;
  #steps = 0;

  /** The positions where these transactions changed something; without any, the caret is the best guess. */
  places(entries: Log, { selection }: EditorState): readonly number[] {
    return entries.length === 0 ? [selection.head] : editedPositions(entries.flatMap(({ maps }) => maps));
  }

  add(entries: Log, { doc, selection }: EditorState, edit: Edit): void {
    const after = within(atomsOfSelection(doc, selection), edit.after);
    const first = entries[0];
    const before =
      first === undefined ? within(after, edit.before) : atomsOfSelection(first.before, first.selection);
    const undoable = entries.length === 0 || entries.some((entry) => entry.undoable);
    const was = this.#waiting;
    this.#waiting = {
      before: was?.before ?? before,
      after,
      group: was?.group ?? this.#group(entries, edit),
      undoable: (was?.undoable ?? false) || undoable,
    };
  }

  /**
   * What to submit the edits with; then it is forgotten.
   *
   * @param remote  what the document has beyond the document both sides last agreed on
   * @param ahead   what it will have beyond what the editor shows
   */
  take(remote: RichOp, ahead: RichOp): SubmitOptions {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return {};
    const { before, after, group, undoable } = waiting;
    return {
      selectionBefore: transformSelection(before, remote, false),
      selectionAfter: transformSelection(after, ahead, false),
      undoable,
      ...(group === undefined ? {} : { group }),
    };
  }

  clear(): void {
    this.#waiting = undefined;
  }

  /** One composition is one step; a paste or a change of structure is a step of its own; typing is left to the history. */
  #group(entries: Log, edit: Edit): string | undefined {
    const composition = entries.find((entry) => entry.composition !== undefined)?.composition;
    if (composition !== undefined) return `composition ${String(composition)}`;
    const alone = entries.length === 0 || entries.some((entry) => entry.apart) || !isTyping(edit);
    return alone ? `step ${++this.#steps}` : undefined;
  }
}

/** Whether an op only inserts and deletes text. */
function isTyping({ op, before, after }: Edit): boolean {
  const changesAttributes = op.some((component) => typeof component === "object" && "r" in component);
  return !changesAttributes && before.snapshot.markers === after.snapshot.markers;
}

/** A selection with both ends inside a document. */
function within({ anchor, head }: Selection, { snapshot }: View): Selection {
  return { anchor: Math.min(anchor, snapshot.length), head: Math.min(head, snapshot.length) };
}
