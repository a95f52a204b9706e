// What somebody may do in an editor who may comment and not write: the same as in the document (`protocol/roles.ts`), said
// of transactions, so that nothing is shown which would not be sent.

import type { Transaction } from "prosemirror-state";
import { AddMarkStep, RemoveMarkStep } from "prosemirror-transform";
import { COMMENT_PREFIX } from "../../protocol/index.js";
import { keyOf } from "./vocabulary-marks.js";

/** Whether a transaction does nothing to the document but set and remove comments. */
export function isCommenting(tr: Transaction): boolean {
  return tr.steps.every((step) => {
    if (!(step instanceof AddMarkStep || step instanceof RemoveMarkStep)) return false;
    return keyOf(step.mark)?.startsWith(COMMENT_PREFIX) === true;
  });
}
