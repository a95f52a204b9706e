// A place in a document that is being looked up, in whatever keeps it, while others go on writing: what was kept is true of the
// document as it was when the looking up began, and is carried past all that has happened to it since.

import { type Selection, transformSelection } from "../ot/index.js";
import type { Change, SharedDocument } from "./types.js";

export interface Carrying {
  /** Where it is by now, of a selection in the document as it was at the beginning. */
  now(selection: Selection): Selection;
  /** Looks on no longer. */
  stop(): void;
}

/** Begins to look on. */
export function carrying(doc: Pick<SharedDocument, "on">): Carrying {
  const changes: Change[] = [];
  const stop = doc.on("change", (change) => void changes.push(change));
  return {
    now: (selection) =>
      changes.reduce((place, { op, local }) => transformSelection(place, op, local), selection),
    stop,
  };
}
