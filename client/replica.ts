// One document's session with its dealings: whatever happens to it is told to the document at once, in order.
//
// Holds the one mutable reference to the pure session (`session.ts`), so that those who act on it (`sync.ts`,
// `sender.ts`, `reopening.ts`) cannot see different ones. When the host is told, the session is already what it is after.

import { diamond, type Snapshot, type TextType } from "../ot/index.js";
import type { Fault, OpenReply, ToldOp, Version } from "../protocol/index.js";
import { lostIn } from "./lost.js";
import { type ComposeLimit, local, rebase, refused, resubmit, send, split, start } from "./session.js";
import { type Inflight, inflightOf, type Session, unsentOf } from "./session-state.js";
import { type Applied, receive, replied } from "./stream.js";
import type { Op } from "./types.js";

/** An unsent op that was taken back from the document. */
export interface TakenBack<S, O> {
  /** The local changes that it held, by number. */
  readonly first: number;
  readonly last: number;
  readonly lost: O;
  /** What would do it again, in the document after. */
  readonly again: O;
  /** What taking it back did to the visible document, and that document before and after. */
  readonly op: O;
  readonly before: S;
  readonly after: S;
  /** Absent: nothing was refused; the op is in history under another name. */
  readonly fault?: Fault;
}

/** The document was fetched anew, because the history that led there is gone. */
export interface Replaced<S, O> {
  /** What that did to the visible document. */
  readonly op: O;
  readonly before: Session<S, O>;
  readonly after: Session<S, O>;
  /**
   * All that the server had: what was confirmed here, and the inflight op, if it says that it made that. It may have done so in
   * the life before, so that the document fetched has it not.
   */
  readonly had: S;
  /** What would put back all of it that is not in the document fetched: against the visible one now. */
  readonly lost: O;
  readonly why: Fault;
}

export interface ReplicaHost<S, O> {
  /** The document is here for the first time. */
  loaded(): void;
  /** Committed ops were taken in, in this order. */
  applied(applied: readonly Applied<S, O>[]): void;
  tookBack(back: TakenBack<S, O>): void;
  replaced(replaced: Replaced<S, O>): void;
  /** Status, version, or what is unsent may have changed. */
  changed(): void;
}

export class Replica<S extends Snapshot, O extends Op> {
  #session: Session<S, O> | undefined;

  constructor(
    readonly type: TextType<S, O>,
    private readonly difference: (from: S, to: S) => O,
    private readonly host: ReplicaHost<S, O>,
    found: Session<S, O> | undefined,
  ) {
    this.#session = found;
  }

  get loaded(): boolean {
    return this.#session !== undefined;
  }

  /** @throws Error before the document is loaded */
  get session(): Session<S, O> {
    if (this.#session === undefined) throw new Error("the document is not loaded yet");
    return this.#session;
  }

  get inflight(): Inflight<O> | undefined {
    return inflightOf(this.session);
  }

  load(reply: OpenReply): void {
    this.#session = start(reply.epoch, reply.head, this.#document(reply));
    this.host.loaded();
  }

  /** @throws OtError when the op does not fit */
  local(op: O, change: number, limit: ComposeLimit, reverses: boolean): void {
    this.#session = local(this.type, this.session, op, change, limit, reverses);
  }

  /** Freezes the oldest pending op under this name; if others' ops left nothing of any, all is saved. */
  send(src: string, seq: number): void {
    this.#session = send(this.session, src, seq);
    if (this.#session.kind === "synced") this.host.changed();
  }

  rename(src: string, seq: number): void {
    this.#session = resubmit(this.session, src, seq);
  }

  takeIn(ops: readonly ToldOp[]): void {
    const { session, applied } = receive(this.type, this.session, ops);
    this.#session = session;
    if (applied.length === 0) return;
    this.host.applied(applied);
    this.host.changed();
  }

  /** The server has answered that the inflight op made `version`. */
  replied(version: Version): void {
    const session = replied(this.session, version);
    if (session === undefined) this.takeBack(0);
    else this.#session = session;
    this.takeIn([]);
  }

  /** Makes several pending ops of one, which do the same in turn. */
  split(which: number, pieces: readonly O[]): void {
    this.#session = split(this.session, which, pieces);
  }

  /** Takes back one unsent op: the inflight one, if there is one, is the first. */
  takeBack(which: number, fault?: Fault): void {
    const before = this.session;
    const { first, last, op: lost } = unsentOf(before)[which]!;
    const { session, change: op, again } = refused(this.type, before, which);
    this.#session = session;
    const back = { first, last, lost, again, op, before: before.visible, after: session.visible };
    this.host.tookBack(fault === undefined ? back : { ...back, fault });
    this.host.changed();
  }

  /**
   * Goes on from the document as fetched anew, with what is unsent carried over. `contained`: the inflight op is in it.
   */
  replace(reply: OpenReply, contained: boolean, why: Fault): void {
    const before = this.session;
    const { epoch, head: version } = reply;
    const snapshot = this.#document(reply);
    const inflight = contained ? inflightOf(before) : undefined;
    const had = inflight === undefined ? before.confirmed : this.type.apply(before.confirmed, inflight.op);
    const fetched = { epoch, version, snapshot, contained };
    const { session, change } = rebase(this.type, before, fetched, this.difference);
    this.#session = session;
    const missing = lostIn(this.type, snapshot, had, this.difference(snapshot, had));
    const lost = unsentOf(session).reduce((op, { op: ours }) => diamond(this.type, op, ours)[0], missing);
    this.host.replaced({ op: change, before, after: session, had, lost, why });
    this.host.changed();
  }

  /** The document at the reply's head: it may come as an older one, with the ops after it. */
  #document({ snapshot, ops = [] }: OpenReply): S {
    return this.type.applyAll(
      this.type.create(snapshot),
      ops.map(({ op }) => op as O),
    );
  }
}
