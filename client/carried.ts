// A place in a document that is being looked up, in whatever keeps it, while others go on writing: what was kept is true of the
// document as it was when the looking up began, and is carried past all that has happened to it since.
//
// It may have been kept of a later version: what an earlier page left of the document on the device can be older than the
// place, for the server had more. Then it is true of the document as soon as that has come so far.

import { type Selection, transformSelection } from "../ot/index.js";
import type { Version } from "../protocol/index.js";
import type { Change, Op, SharedDocument } from "./types.js";

export interface Carrying {
  /**
   * Where it is by now, of a selection in the document as it was at the beginning.
   *
   * @param version  or when it came to this version, if that was later
   */
  now(selection: Selection, version?: Version): Selection;
  /** Looks on no longer. */
  stop(): void;
}

/** Begins to look on. */
export function carrying(doc: Pick<SharedDocument, "on">): Carrying {
  const changes: Change[] = [];
  const stop = doc.on("change", (change) => void changes.push(change));
  return {
    now: (selection, version = 0) =>
      changes
        .flatMap((change) => opsAfter(version, change))
        .reduce((place, { op, local }) => transformSelection(place, op, local), selection),
    stop,
  };
}

/** What of a change is later than this version: what is not the server's always is. */
function opsAfter(version: Version, { op, local, origin, version: made, run = [] }: Change) {
  const ops: readonly { readonly version: Version; readonly op: readonly unknown[] }[] =
    origin !== "remote" || run.every((one) => one.version > version) ? [{ op, version: made }] : run;
  return ops
    .filter((one) => origin !== "remote" || one.version > version)
    .map((one) => ({ op: one.op as Op, local }));
}

/** What is selected in whatever shows the document. */
export interface Selected {
  selected(): Selection;
  select(selection: Selection): void;
}

/** Whether what is selected is still what it has been left as, carried past what others write. */
export interface Watch {
  isThere(): boolean;
  stop(): void;
}

/** Begins to look on at what is selected now. */
export function watch(doc: Pick<SharedDocument, "on">, { selected }: Pick<Selected, "selected">): Watch {
  const [since, left] = [carrying(doc), selected()];
  const isThere = () => {
    const [now, { anchor, head }] = [selected(), since.now(left)];
    return now.anchor === anchor && now.head === head;
  };
  return { isThere, stop: since.stop };
}

/**
 * Selects what was kept. If the document has not come to that version yet, as near as can be, and again when it has, unless
 * something else is selected by then.
 *
 * @param since  from when on what was kept is carried; is stopped here
 * @returns whether what was kept is still waited for. It looks at what is selected, and waits no longer if that is another.
 */
export function putBack(
  doc: Pick<SharedDocument, "on" | "version">,
  editor: Selected,
  since: Carrying,
  { selection, version = 0 }: { readonly selection: Selection; readonly version?: Version | undefined },
): { isWaiting(): boolean; stop(): void } {
  const put = () => editor.select(since.now(selection, version));
  put();
  let left: Watch | undefined = watch(doc, editor);
  const stop = () => {
    left?.stop();
    left = undefined;
    since.stop();
    stopWaiting();
  };
  const arrived = () => {
    if (doc.version < version || left === undefined) return;
    if (left.isThere()) put();
    stop();
  };
  const stopWaiting = doc.on("status", arrived);
  if (doc.version >= version) stop();
  const isWaiting = () => {
    if (left?.isThere() === false) stop();
    return left !== undefined;
  };
  return { isWaiting, stop };
}
