// What the server says of a document, taken into its session: committed ops, in whatever order and however often they
// arrive, and replies to submissions.
//
// History is walked op by op, without holes. What arrives early waits, what arrives twice is dropped, and our own op is
// known by its name `(src, seq)`, whether it comes from the room, from a page of history after a reconnect, or is only
// spoken of by a reply. Pure, like the session itself (`session.ts`).

import type { Snapshot, TextType } from "../ot/index.js";
import type { ToldOp, Version } from "../protocol/index.js";
import { acknowledged, refused, remote, remotes, type Step, send } from "./session.js";
import { forgetEarly, inflightOf, pendingOf, type Session, withCommittedAt } from "./session-state.js";
import type { Op } from "./types.js";

/** One committed op that the session has taken in, or a run of others' that it took in at once. */
export interface Applied<S, O> {
  /** As committed, oldest first: each against the document that the one before it made. */
  readonly ops: readonly ToldOp[];
  /** What they did to the visible document, and that document before and after. */
  readonly change: O;
  readonly before: S;
  readonly after: S;
  /** Our own inflight op: this is its acknowledgement. */
  readonly own: boolean;
}

/** From so many of others' ops on that come in a row, they are taken in as one: whoever shows them shows them once. */
export const RUN = 16;

/** More early ops than these are let go; the hole is asked for anyway, and they come with it. */
const MAX_EARLY = 512;

/** Takes in committed ops, in whatever order and however often they arrive. */
export function receive<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  arrived: readonly ToldOp[],
): { readonly session: Session<S, O>; readonly applied: readonly Applied<S, O>[] } {
  const applied: Applied<S, O>[] = [];
  const take = (op: ToldOp) => {
    const before = session.visible;
    const { session: after, change, own } = takeNext(type, session, op);
    session = after;
    applied.push({ ops: [op], change, before, after: after.visible, own });
  };
  for (let at = 0; at < arrived.length; ) {
    const op = arrived[at]!;
    const run = arrived.length - at < RUN ? 0 : runOfOthers(session, arrived, at);
    if (run >= RUN) {
      const ops = arrived.slice(at, at + run);
      const before = session.visible;
      const done = remotes(
        type,
        session,
        ops.map((one) => one.op as O),
      );
      session = done.session;
      applied.push({ ops, change: done.change, before, after: session.visible, own: false });
      at += run;
      continue;
    }
    if (op.version > session.version + 1) session = keepEarly(session, op);
    else if (op.version === session.version + 1) take(op);
    at++;
  }
  for (;;) {
    const version = session.version + 1;
    const next = session.early.get(version);
    const inflight = inflightOf(session);
    if (next !== undefined) take(next);
    // Known by the reply alone: who we are, nobody needs to be told.
    else if (inflight?.committedAt === version) take({ ...inflight, version, author: "" });
    else return { session: forgetEarly(session), applied };
  }
}

/**
 * Takes in the server's reply to our submission: it made `version`, and is durable. {@link receive} acknowledges it as
 * soon as everything before it is here. If `version` is one we have already, the op is in `confirmed` under a name we
 * did not recognise: undefined is returned, and the caller takes ours back.
 */
export function replied<S, O>(session: Session<S, O>, version: Version): Session<S, O> | undefined {
  return version > session.version ? withCommittedAt(session, version) : undefined;
}

/** How many of the ops from `at` on come next in history, one after the other, none of them with a name that we have given. */
function runOfOthers<S, O>(session: Session<S, O>, arrived: readonly ToldOp[], at: number): number {
  const names = [inflightOf(session), ...pendingOf(session).map(({ reserved }) => reserved)];
  let run = 0;
  for (let op = arrived[at]; op !== undefined; op = arrived[at + ++run]) {
    const { version, src, seq } = op;
    if (version !== session.version + 1 + run) return run;
    if (names.some((name) => name?.src === src && name.seq === seq)) return run;
  }
  return run;
}

/** The committed op that comes next, ours or somebody else's. */
function takeNext<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  next: ToldOp,
): Step<S, O> & { readonly own: boolean } {
  const op = next.op as O;
  session = promoted(session, next);
  const inflight = inflightOf(session);
  const own = inflight !== undefined && inflight.src === next.src && inflight.seq === next.seq;
  if (!own) return { ...remote(type, session, op), own };
  if (same(inflight.op, op)) return { ...acknowledged(type, session), own };
  // A server that committed another form of our op than TP1 leads to is believed: ours goes, its comes.
  const undone = refused(type, session, 0);
  const done = remote(type, undone.session, op);
  return { session: done.session, change: type.compose(undone.change, done.change), own };
}

/** The session with its first pending op in flight, if it turns out that the page before had sent it under its name. */
function promoted<S, O extends Op>(session: Session<S, O>, { src, seq }: ToldOp): Session<S, O> {
  const reserved = pendingOf(session).find(({ op }) => op.length > 0)?.reserved;
  return reserved?.src === src && reserved.seq === seq ? send(session, src, seq) : session;
}

function same(a: Op, b: Op): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function keepEarly<S, O>(session: Session<S, O>, op: ToldOp): Session<S, O> {
  if (session.early.has(op.version) || session.early.size >= MAX_EARLY) return session;
  return { ...session, early: new Map(session.early).set(op.version, op) };
}
