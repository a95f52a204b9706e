// What a session is: the four states of one document on one client, and how they are read and put together.
//
// What is unsent is at most one op in flight, then the pending ones, oldest first; which of the four states a session is in
// follows from that alone, and `build` is the one place that says so. How a session goes from state to state is in `session.ts`.

import type { Epoch, ToldOp, Version } from "../protocol/index.js";

/** Local changes not sent yet, composed into one op. Changes are numbered 1, 2, 3 … as they are made. */
export interface Pending<O> {
  readonly op: O;
  readonly first: number;
  readonly last: number;
  /** Its size on the wire as reckoned from its parts; measured again before it is sent. */
  readonly bytes: number;
  /**
   * The name it will be sent under, because the page that is gone may have done so already. It takes no more changes in,
   * so that sent twice it is the same op.
   */
  readonly reserved?: { readonly src: string; readonly seq: number };
}

/** The op that was sent and is not acknowledged yet. `op` is its form against `confirmed`. */
export interface Inflight<O> extends Pending<O> {
  readonly src: string;
  readonly seq: number;
  readonly base: Version;
  readonly sent: O;
  /** The server's reply said that it made this version; ops before that are still missing here. */
  readonly committedAt?: Version;
}

type Some<T> = readonly [T, ...T[]];

export interface Shared<S> {
  /** The life of the document that `version` belongs to. */
  readonly epoch: Epoch;
  readonly version: Version;
  /** The document at `version`. */
  readonly confirmed: S;
  readonly visible: S;
  /** Committed ops that cannot be applied before others arrive, by the version they make. */
  readonly early: ReadonlyMap<Version, ToldOp>;
}

export type Session<S, O> =
  | (Shared<S> & { readonly kind: "synced" })
  | (Shared<S> & { readonly kind: "waiting"; readonly pending: Some<Pending<O>> })
  | (Shared<S> & { readonly kind: "inflight"; readonly inflight: Inflight<O> })
  | (Shared<S> & {
      readonly kind: "buffered";
      readonly inflight: Inflight<O>;
      readonly pending: Some<Pending<O>>;
    });

export function inflightOf<S, O>(session: Session<S, O>): Inflight<O> | undefined {
  return session.kind === "inflight" || session.kind === "buffered" ? session.inflight : undefined;
}

/** Everything unsent or unanswered, oldest first. */
export function unsentOf<S, O>(session: Session<S, O>): readonly Pending<O>[] {
  const inflight = inflightOf(session);
  return inflight === undefined ? pendingOf(session) : [inflight, ...pendingOf(session)];
}

export function pendingOf<S, O>(session: Session<S, O>): readonly Pending<O>[] {
  return session.kind === "waiting" || session.kind === "buffered" ? session.pending : [];
}

/** How many local changes the server has not confirmed, or not the whole of. */
export function unsaved<S, O>(session: Session<S, O>): number {
  let count = 0;
  let counted = 0;
  for (const { first, last } of unsentOf(session)) {
    count += Math.max(0, last - Math.max(first - 1, counted));
    counted = last;
  }
  return count;
}

/** The inflight op has made `version`; what came before it is still missing here. */
export function withCommittedAt<S, O>(session: Session<S, O>, version: Version): Session<S, O> {
  const inflight = inflightOf(session);
  if (inflight === undefined) return session;
  return build(session, { ...inflight, committedAt: version }, pendingOf(session));
}

/** Lets go of early ops that have had their turn. */
export function forgetEarly<S, O>(session: Session<S, O>): Session<S, O> {
  if (session.early.size === 0) return session;
  const early = new Map([...session.early].filter(([version]) => version > session.version));
  return { ...session, early };
}

/** Frozen as it is, under the name it is sent by. Written out, as in {@link build}. */
export function named<O>(
  { op, first, last, bytes }: Pending<O>,
  src: string,
  seq: number,
  base: Version,
): Inflight<O> {
  return { op, first, last, bytes, src, seq, base, sent: op };
}

/** As it was before it had a name, to be sent as a new op. */
export function unnamed<O>({ op, first, last, bytes }: Pending<O>): Pending<O> {
  return { op, first, last, bytes };
}

/** The session with so much unsent: its kind follows from that. Written out, since every op and every key comes by here. */
export function build<S, O>(
  { epoch, version, confirmed, visible, early }: Shared<S>,
  inflight: Inflight<O> | undefined,
  pending: readonly Pending<O>[],
): Session<S, O> {
  if (!isSome(pending)) {
    return inflight === undefined
      ? { kind: "synced", epoch, version, confirmed, visible, early }
      : { kind: "inflight", epoch, version, confirmed, visible, early, inflight };
  }
  return inflight === undefined
    ? { kind: "waiting", epoch, version, confirmed, visible, early, pending }
    : { kind: "buffered", epoch, version, confirmed, visible, early, inflight, pending };
}

const isSome = <T>(list: readonly T[]): list is Some<T> => list.length > 0;
