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

import { composeAll, diamond, type Snapshot, type TextType } from "../ot/index.js";
import type { Epoch, Version } from "../protocol/index.js";
import { withoutEcho } from "./echo.js";
import { opBytes } from "./op.js";
import {
  build,
  forgetEarly,
  type Inflight,
  inflightOf,
  named,
  type Pending,
  pendingOf,
  type Session,
  type Shared,
  unnamed,
  unsentOf,
} from "./session-state.js";
import type { Op } from "./types.js";

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

/**
 * Takes in a local op, made against the visible document, as change number `change`. One that `reverses` what is not sent yet
 * leaves nothing of it: it never was.
 *
 * @throws OtError when the op does not fit
 */
export function local<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  op: O,
  change: number,
  limit: ComposeLimit,
  reverses = false,
): Session<S, O> {
  const visible = type.apply(session.visible, op);
  const pending = pendingOf(session);
  const last = pending.at(-1);
  const bytes = opBytes(op);
  const settle = (composed: O) => {
    if (!reverses) return composed;
    const before = unsentOf(session).slice(0, -1);
    return withoutEcho(
      type,
      composed,
      before.reduce((doc, entry) => type.apply(doc, entry.op), session.confirmed),
    );
  };
  const grown = last && grow(type, last, op, change, bytes, limit, settle);
  const next = grown
    ? [...pending.slice(0, -1), grown]
    : [...pending, { op, first: change, last: change, bytes }];
  return build(showing(session, visible), inflightOf(session), next);
}

/**
 * Gives the oldest pending op its name and freezes it. Pending ops that others' ops have emptied are let go: there is
 * nothing left of them to save. Unchanged when an op is in flight already, or none is pending.
 */
export function send<S, O extends Op>(session: Session<S, O>, src: string, seq: number): Session<S, O> {
  if (inflightOf(session) !== undefined) return session;
  const left = pendingOf(session).filter(({ op }) => op.length > 0);
  const next = left[0];
  return build(session, next && named(next, src, seq, session.version), left.slice(1));
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
  const renamed = named(inflight, src, seq, session.version);
  return build(session, renamed, pendingOf(session).map(unnamed));
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
    session: build(showing(session, visible), stillInflight, stillPending),
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
  return build(session, inflight, pending);
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
  const confirmed = type.apply(session.confirmed, op);
  if (session.kind === "synced") return { session: passed(session, 1, confirmed, confirmed, []), change: op };
  const moved = carry(
    type,
    op,
    unsentOf(session).map((entry) => entry.op),
  );
  const visible = type.apply(session.visible, moved.theirs);
  return { session: passed(session, 1, confirmed, visible, moved.ours), change: moved.theirs };
}

/**
 * Somebody else's ops, next in history: {@link remote} for each in turn, with the same outcome, told as one change. What is
 * unsent is indexed once and walks past them one by one, so that after a long absence each op missed costs what it is
 * itself, however much was typed meanwhile. Composed is only what they did to the visible document, which nothing of
 * history is ever moved past.
 */
export function remotes<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  ops: readonly O[],
): Step<S, O> {
  const ours = unsentOf(session).map(({ op }) => type.index(op));
  const changes = ops.map((op) => ours.reduce((theirs, our) => our.pass(theirs, "left"), op));
  const change = composeAll(type, changes);
  const confirmed = type.applyAll(session.confirmed, ops);
  const moved = ours.map(({ op }) => op);
  // Both ways round the diamond lead to one document; the shorter one is taken.
  const steps = moved.reduce((sum, op) => sum + op.length, 0);
  const visible =
    steps < changes.length
      ? moved.reduce((doc, op) => type.apply(doc, op), confirmed)
      : type.applyAll(session.visible, changes);
  return { session: passed(session, ops.length, confirmed, visible, moved), change };
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
  if (session.kind === "synced") return build(base, undefined, []);
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

/** What a session is, with another visible document. */
const showing = <S, O>({ epoch, version, confirmed, early }: Session<S, O>, visible: S): Shared<S> => ({
  epoch,
  version,
  confirmed,
  visible,
  early,
});

/** The op that does nothing, which is the same in both types. */
const nothing = <O>() => [] as unknown as O;

/** `last` with `op` composed in, if the outcome stays within the limit. Measures only when the bound says it must. */
function grow<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  last: Pending<O>,
  op: O,
  change: number,
  opSize: number,
  limit: ComposeLimit,
  settle: (composed: O) => O,
): Pending<O> | undefined {
  if (last.reserved !== undefined) return undefined;
  const composed = settle(type.compose(last.op, op));
  if (composed.length > limit.components) return undefined;
  // Composing can break one component in two around the new one, so some bytes are added for the pieces. Long attributes can be
  // more, each piece having them: before an op is sent, it is measured.
  const bound = last.bytes + opSize + 64;
  const bytes = bound <= limit.bytes ? bound : opBytes(composed);
  return bytes <= limit.bytes ? { op: composed, first: last.first, last: change, bytes } : undefined;
}
