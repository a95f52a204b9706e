// What happens to a document when its own user changes it: each change goes to the session, the undo history, the carets, the
// recovered edits and the store, only then to the listeners, and at last on its way to the server.
//
// Changes are numbered 1, 2, 3 … as they are made, and go on counting where an earlier document of this place ended.
// Not here: whether an op may be made at all (`document.ts`), and what the server does to a document (`merging.ts`).

import type { Snapshot } from "../ot/index.js";
import { fixed } from "../protocol/index.js";
import type { Parts } from "./merging.js";
import type { Sync } from "./sync.js";
import type { Op, SubmitOptions } from "./types.js";

export interface MakingParts<S extends Snapshot, O extends Op>
  extends Pick<
    Parts<S, O>,
    "clock" | "events" | "history" | "presence" | "recovered" | "storing" | "me" | "changed"
  > {
  /** There from before the first change. */
  readonly sync: () => Sync<S, O>;
  /** Whether the server would take this op from us. */
  readonly allowed: (op: O) => boolean;
}

export class Making<S extends Snapshot, O extends Op> {
  #last = 0;

  constructor(private readonly parts: MakingParts<S, O>) {}

  /** Number of the last change. */
  get last(): number {
    return this.#last;
  }

  /** So many were made by the document that ended where this one goes on. */
  adopt(changes: number): void {
    this.#last = changes;
  }

  /** A local op, whoever made it: the caller, or undo and redo. @throws OtError when it does not fit the visible document */
  make(given: O, origin: "submit" | "undo" | "redo", options: SubmitOptions): void {
    const { clock, events, history, presence, recovered, storing, me, changed } = this.parts;
    const sync = this.parts.sync();
    const [op, before, time] = [fixed(given), this.#visible, clock.now()];
    const change = this.#last + 1;
    sync.submit(op, change, origin !== "submit");
    this.#last = change;
    const { group, selectionBefore, selectionAfter, source, undoable = true } = options;
    const own = { change, op, doc: before, time, group, selectionBefore, selectionAfter };
    if (origin === "undo") history.undone(own);
    else if (origin === "redo") history.redone(own);
    else if (undoable) history.record(own);
    else history.carry(op);
    presence.moved(op, true);
    recovered.carry(op);
    storing.store();
    const selection = origin === "submit" ? undefined : selectionAfter;
    events.emit("change", {
      ...{ op, before, after: this.#visible, local: true, origin, ...me() },
      ...(source === undefined ? {} : { source }),
      ...(selection === undefined ? {} : { selection }),
    });
    changed();
    sync.flush();
  }

  /** Undo or redo. @returns whether there was anything to it */
  reverse(origin: "undo" | "redo"): boolean {
    const { history, allowed, changed } = this.parts;
    const reversal = history[origin](this.#visible, allowed);
    if (reversal === undefined) {
      changed();
      return false;
    }
    const { op, selection, from } = reversal;
    this.make(op, origin, {
      ...(from === undefined ? {} : { selectionBefore: from }),
      ...(selection === undefined ? {} : { selectionAfter: selection }),
    });
    return true;
  }

  get #visible(): S {
    return this.parts.sync().replica.session.visible;
  }
}
