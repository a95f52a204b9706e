// One document's optimistic state on one client: a pure state machine. Values in, values out.
//
//             local                send                local
//   synced ─────────▶ waiting ──────────▶ inflight ───────────▶ buffered ◀─┐ local
//      ▲                 ▲                   │  │                │  │  └────┘
//      └─────────────────┼────acknowledged───┘  └──── send ◀─────┼──┘
//                        └───────────────acknowledged────────────┘
//
// What the user sees (`visible`) is always: the document at `version` (`confirmed`), then inflight, then every pending
// op in turn. At most one op is in flight. From the moment an op has a seq, what was sent of it (`sent`, made against
// `base`) never changes, so that sending it again is harmless; only its shown form `op` is carried past the others'.
//
// Ops that arrive early wait in `early`, those that arrive twice are dropped: the document's history is walked op by
// op, without holes. No sockets, timers, editors or storage in here: `sync.ts` carries the messages.

import { diamond, type Snapshot, type TextType } from "../ot/index.js";
import type { Epoch, ToldOp, Version } from "../protocol/index.js";
import { opBytes } from "./op.js";
import type { Op } from "./types.js";

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

interface Shared<S> {
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

/** A session after something happened, and what that did to the visible document (an empty op: nothing). */
export interface Step<S, O> {
  readonly session: Session<S, O>;
  readonly change: O;
}

/** How large a pending op may grow before the next change starts another one. */
export interface ComposeLimit {
  readonly bytes: number;
  readonly components: number;
}

export function start<S, O>(epoch: Epoch, version: Version, snapshot: S): Session<S, O> {
  return { kind: "synced", epoch, version, confirmed: snapshot, visible: snapshot, early: new Map() };
}

/** What another document left behind: see `outbox.ts`. */
export interface Left<S, O> {
  readonly epoch: Epoch;
  readonly version: Version;
  readonly confirmed: S;
  readonly inflight?: Omit<Inflight<O>, "bytes" | "committedAt"> | undefined;
  readonly pending: readonly Omit<Pending<O>, "bytes">[];
}

/** Goes on where another document ended. @throws OtError when what was left does not fit together */
export function restore<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  { epoch, version, confirmed, inflight, pending }: Left<S, O>,
): Session<S, O> {
  const ours = inflight === undefined ? pending : [inflight, ...pending];
  const visible = ours.reduce((doc, { op }) => type.apply(doc, op), confirmed);
  const base = { epoch, version, confirmed, visible, early: new Map() };
  const measured = pending.map((entry) => ({ ...entry, bytes: opBytes(entry.op) }));
  return build(base, inflight && { ...inflight, bytes: opBytes(inflight.op) }, measured);
}

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

/**
 * Takes in a local op, made against the visible document, as change number `change`.
 *
 * @throws OtError when the op does not fit
 */
export function local<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  op: O,
  change: number,
  limit: ComposeLimit,
): Session<S, O> {
  const visible = type.apply(session.visible, op);
  const pending = pendingOf(session);
  const last = pending.at(-1);
  const bytes = opBytes(op);
  const grown = last && grow(type, last, op, change, bytes, limit);
  const next = grown
    ? [...pending.slice(0, -1), grown]
    : [...pending, { op, first: change, last: change, bytes }];
  return build({ ...shared(session), visible }, inflightOf(session), next);
}

/**
 * Gives the oldest pending op its name and freezes it. Pending ops that others' ops have emptied are let go: there is
 * nothing left of them to save. Unchanged when an op is in flight already, or none is pending.
 */
export function send<S, O extends Op>(session: Session<S, O>, src: string, seq: number): Session<S, O> {
  if (inflightOf(session) !== undefined) return session;
  const [next, ...rest] = pendingOf(session).filter(({ op }) => op.length > 0);
  const inflight = next && { ...unnamed(next), src, seq, base: session.version, sent: next.op };
  return build(shared(session), inflight, rest);
}

/**
 * What to send after a reconnect: the inflight op exactly as it went out. Under another client id than before it is a
 * new op to the server, so it takes its shown form and a new seq; only right once the whole history since `base` has
 * been looked through for the old name, and nothing sent under it is still on its way inside the server: then it would
 * be committed twice. A server that knows its tickets takes the op under its old name.
 */
export function resubmit<S, O>(session: Session<S, O>, src: string, seq: number): Session<S, O> {
  const inflight = inflightOf(session);
  if (inflight === undefined || inflight.src === src) return session;
  const renamed = { ...unnamed(inflight), src, seq, base: session.version, sent: inflight.op };
  return build(shared(session), renamed, pendingOf(session).map(unnamed));
}

/**
 * Takes back exactly one unsent or refused op: `which` 0 is inflight if there is one, then come the pending ones. Its
 * inverse is carried past everything typed after it, which stays; and `again` is what would do it once more after that.
 */
export function refused<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  which: number,
): Step<S, O> & { readonly again: O } {
  const inflight = inflightOf(session);
  const ours = unsentOf(session);
  const taken = ours[which];
  if (taken === undefined) throw new RangeError(`no op ${which} to take back, there are ${ours.length}`);
  const before = ours.slice(0, which).reduce((doc, { op }) => type.apply(doc, op), session.confirmed);
  const { theirs, ours: rest } = carry(
    type,
    type.invertWithDoc(taken.op, before),
    ours.slice(which + 1).map(({ op }) => op),
  );
  const kept = [
    ...ours.slice(0, which),
    ...ours.slice(which + 1).map((entry, i) => ({ ...entry, op: rest[i]! })),
  ];
  const visible = type.apply(session.visible, theirs);
  const stillInflight = inflight !== undefined && which > 0 ? inflight : undefined;
  const stillPending = stillInflight === undefined ? kept : kept.slice(1);
  const again = rest.reduce((op, later) => diamond(type, op, later)[0], taken.op);
  return {
    session: build({ ...shared(session), visible }, stillInflight, stillPending),
    change: theirs,
    again,
  };
}

/** One pending op as several that do the same in turn: see `pieces.ts`. `which` counts as in {@link refused}. */
export function split<S, O extends Op>(
  session: Session<S, O>,
  which: number,
  pieces: readonly O[],
): Session<S, O> {
  const inflight = inflightOf(session);
  const at = inflight === undefined ? which : which - 1;
  const pending = pendingOf(session).flatMap((entry, i) => {
    if (i !== at) return [entry];
    return pieces.map((op) => ({ op, first: entry.first, last: entry.last, bytes: opBytes(op) }));
  });
  return build(shared(session), inflight, pending);
}

/**
 * Moves everything unsent onto a document fetched anew, of which only the difference to `confirmed` is known. The
 * inflight op becomes pending again, to be sent as a new one: right only if the server has not committed it. If it has,
 * `contained` says so, and its effect is in `snapshot` already. In another life of the document, names given in the
 * former one say nothing, so none stays reserved.
 */
export function rebase<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  fetched: {
    readonly epoch: Epoch;
    readonly version: Version;
    readonly snapshot: S;
    readonly contained: boolean;
  },
  difference: (from: S, to: S) => O,
): Step<S, O> {
  const inflight = inflightOf(session);
  const drop = fetched.contained && inflight !== undefined;
  const from = drop ? type.apply(session.confirmed, inflight.op) : session.confirmed;
  const again: readonly Pending<O>[] = inflight === undefined || drop ? [] : [unnamed(inflight)];
  const unsent = [...again, ...pendingOf(session)];
  const { theirs, ours } = carry(
    type,
    difference(from, fetched.snapshot),
    unsent.map(({ op }) => op),
  );
  const { epoch, version, snapshot } = fetched;
  const sameLife = epoch === session.epoch;
  const visible = ours.reduce((doc, op) => type.apply(doc, op), snapshot);
  const early = sameLife ? session.early : new Map();
  const base = { epoch, version, confirmed: snapshot, visible, early };
  const pending = unsent.map((entry, i) => ({ ...(sameLife ? entry : unnamed(entry)), op: ours[i]! }));
  return { session: forgetEarly(build(base, undefined, pending)), change: theirs };
}

/**
 * The diamond. `theirs` and the first of `ours` were made against one document; both ways around lead to one document.
 *
 *     confirmed ──inflight──▶ · ──pending──▶ visible
 *         │                   │                 │
 *       theirs              theirs'          theirs''
 *         ▼                   ▼                 ▼
 *     confirmed' ─inflight'─▶ · ──pending'─▶ visible'
 *
 * Ours is uncommitted, so ours is left: what the server will do with it too.
 */
function carry<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  theirs: O,
  ours: readonly O[],
): { theirs: O; ours: O[] } {
  const moved = ours.map((our) => {
    const [ourNext, theirsNext] = diamond(type, our, theirs);
    theirs = theirsNext;
    return ourNext;
  });
  return { theirs, ours: moved };
}

/** Somebody else's op, next in history. */
export function remote<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  op: O,
): Step<S, O> {
  const moved = carry(
    type,
    op,
    unsentOf(session).map((entry) => entry.op),
  );
  const confirmed = type.apply(session.confirmed, op);
  const visible = moved.ours.length === 0 ? confirmed : type.apply(session.visible, moved.theirs);
  return { session: passed(session, 1, confirmed, visible, moved.ours), change: moved.theirs };
}

/** What one op of a run did to the visible document, and that document before and after. */
export interface Shown<S, O> {
  readonly change: O;
  readonly before: S;
  readonly after: S;
}

/**
 * Somebody else's ops, next in history: {@link remote} for each in turn, with the same outcome. What is unsent is indexed
 * once, so that after a long absence each op missed costs what it is itself, however much was typed meanwhile.
 */
export function remotes<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  ops: readonly O[],
): { readonly session: Session<S, O>; readonly shown: readonly Shown<S, O>[] } {
  const ours = unsentOf(session).map(({ op }) => type.index(op));
  let { confirmed, visible } = session;
  const shown = ops.map((op) => {
    const before = visible;
    const change = ours.reduce((theirs, our) => our.pass(theirs, "left"), op);
    confirmed = type.apply(confirmed, op);
    visible = ours.length === 0 ? confirmed : type.apply(visible, change);
    return { change, before, after: visible };
  });
  const moved = ours.map(({ op }) => op);
  return { session: passed(session, ops.length, confirmed, visible, moved), shown };
}

/** The session after so many ops of others: its unsent ops have become `ours`. */
function passed<S, O>(
  session: Session<S, O>,
  count: number,
  confirmed: S,
  visible: S,
  ours: readonly O[],
): Session<S, O> {
  const { epoch, early } = session;
  const base = { epoch, version: session.version + count, confirmed, visible, early };
  const inflight = inflightOf(session);
  const entries = unsentOf(session).map((entry, i) => ({ ...entry, op: ours[i]! }));
  return inflight === undefined
    ? build(base, undefined, entries)
    : build(base, { ...inflight, op: ours[0]! }, entries.slice(1));
}

/**
 * Our own inflight op has its place in history: it is confirmed as we show it.
 *
 * @throws RangeError if none is in flight
 */
export function acknowledged<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
): Step<S, O> {
  const inflight = inflightOf(session);
  if (inflight === undefined) throw new RangeError(`nothing is in flight at version ${session.version}`);
  const pending = pendingOf(session);
  const { epoch, visible, early } = session;
  const version = session.version + 1;
  // Without pending ops, what the user sees is just that document.
  const confirmed = pending.length === 0 ? visible : type.apply(session.confirmed, inflight.op);
  return {
    session: build({ epoch, version, confirmed, visible, early }, undefined, pending),
    change: nothing(),
  };
}

/** The inflight op has made `version`; what came before it is still missing here. */
export function withCommittedAt<S, O>(session: Session<S, O>, version: Version): Session<S, O> {
  const inflight = inflightOf(session);
  if (inflight === undefined) return session;
  return build(shared(session), { ...inflight, committedAt: version }, pendingOf(session));
}

/** The op that does nothing, which is the same in both types. */
const nothing = <O>() => [] as unknown as O;

/** Lets go of early ops that have had their turn. */
export function forgetEarly<S, O>(session: Session<S, O>): Session<S, O> {
  if (session.early.size === 0) return session;
  const early = new Map([...session.early].filter(([version]) => version > session.version));
  return { ...session, early };
}

/** `last` with `op` composed in, if the outcome stays within the limit. Measures only when the bound says it must. */
function grow<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  last: Pending<O>,
  op: O,
  change: number,
  opSize: number,
  limit: ComposeLimit,
): Pending<O> | undefined {
  if (last.reserved !== undefined) return undefined;
  const composed = type.compose(last.op, op);
  if (composed.length > limit.components) return undefined;
  // Composing can break one component in two around the new one, so some bytes are added for the pieces.
  const bound = last.bytes + opSize + 64;
  const bytes = bound <= limit.bytes ? bound : opBytes(composed);
  return bytes <= limit.bytes ? { op: composed, first: last.first, last: change, bytes } : undefined;
}

function unnamed<O>({ op, first, last, bytes }: Pending<O>): Pending<O> {
  return { op, first, last, bytes };
}

function shared<S, O>({ epoch, version, confirmed, visible, early }: Session<S, O>): Shared<S> {
  return { epoch, version, confirmed, visible, early };
}

function build<S, O>(
  base: Shared<S>,
  inflight: Inflight<O> | undefined,
  pending: readonly Pending<O>[],
): Session<S, O> {
  const [first, ...rest] = pending;
  if (inflight === undefined) {
    if (first === undefined) return { ...base, kind: "synced" };
    return { ...base, kind: "waiting", pending: [first, ...rest] };
  }
  if (first === undefined) return { ...base, kind: "inflight", inflight };
  return { ...base, kind: "buffered", inflight, pending: [first, ...rest] };
}
