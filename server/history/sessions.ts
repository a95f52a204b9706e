// Sessions of edits: consecutive ops by one author without a longer pause.

import type { Committed, Session } from "../../protocol/index.js";
import { countsOf } from "./components.js";

/** Whoever has not written for so long begins another session. */
export const SESSION_PAUSE_MS = 5 * 60_000;

/** The session of one op. */
export function sessionOf({ version, op, author, time }: Committed): Session {
  const from = version - 1;
  return { from, to: version, author, startedAt: time, endedAt: time, ops: 1, ...countsOf(op) };
}

/** `session` with the op before its first one; undefined if that op belongs to another session. */
export function withEarlier(session: Session, earlier: Committed): Session | undefined {
  if (earlier.author !== session.author) return undefined;
  if (session.startedAt - earlier.time >= SESSION_PAUSE_MS) return undefined;
  const more = countsOf(earlier.op);
  return {
    ...session,
    from: earlier.version - 1,
    startedAt: earlier.time,
    ops: session.ops + 1,
    inserted: session.inserted + more.inserted,
    deleted: session.deleted + more.deleted,
    reformatted: session.reformatted + more.reformatted,
  };
}
