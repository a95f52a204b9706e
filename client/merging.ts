// What happens to a document when the server speaks of it: each thing goes to the undo history, the recovered edits, the
// carets and the store, and only then to the listeners.
//
// Here it is decided what becomes of an edit that cannot stay: refused, it is taken back and kept; barred, everything
// unsent is given back; carried over by comparing texts, it stays and is kept as it was.

import { diamond, insertedText, type Snapshot, type TextType } from "../ot/index.js";
import { type Clock, type Fault, fixed, type OpenReply } from "../protocol/index.js";
import type { Emitter } from "./emitter.js";
import type { History } from "./history.js";
import { piecesOf } from "./lost.js";
import type { PresenceTracker } from "./presence.js";
import type { Recovered } from "./recovered.js";
import type { Replaced, TakenBack } from "./replica.js";
import { type Session, unsentOf } from "./session-state.js";
import type { Storing } from "./storing.js";
import type { Applied } from "./stream.js";
import type { SyncHost } from "./sync.js";
import type { Change, DocumentEvents, Op, SubmitOptions } from "./types.js";
import type { Waiters } from "./waiters.js";

export interface Parts<S extends Snapshot, O extends Op> {
  readonly type: TextType<S, O>;
  readonly clock: Clock;
  readonly events: Emitter<DocumentEvents>;
  readonly history: History<S, O>;
  readonly presence: PresenceTracker<S, O>;
  readonly recovered: Recovered<S, O>;
  readonly storing: Storing<S, O>;
  /** Who waits until a change is on the server. */
  readonly waiters: Waiters;
  /** Who we are, and the version we are at. */
  readonly me: () => Pick<Change, "author" | "src" | "version">;
  /** Whether ops come as they are made; not, while what was missed is fetched. */
  readonly live: () => boolean;
  readonly loaded: () => void;
  readonly failed: (fault: Fault) => void;
  /** Status, version, or what is unsent may have changed. */
  readonly changed: () => void;
}

export class Merging<S extends Snapshot, O extends Op> implements SyncHost<S, O> {
  /**
   * Once all was given back: as which recovered edit, while nothing was added to that, and what takes it out of the document
   * that is shown. The document is stored without it, and recovered edits are edits of what is stored.
   */
  #given: { readonly id: string | undefined; readonly back: O } | undefined;

  constructor(private readonly parts: Parts<S, O>) {}

  loaded(): void {
    this.parts.loaded();
  }

  failed(fault: Fault): void {
    this.parts.failed(fault);
  }

  changed(): void {
    this.parts.changed();
  }

  store(): Promise<void> | undefined {
    return this.parts.storing.store();
  }

  people(people: OpenReply["people"]): void {
    this.parts.presence.roster(people);
  }

  applied(applied: readonly Applied<S, O>[]): void {
    const { presence, storing } = this.parts;
    const live = this.parts.live();
    for (const one of applied) {
      for (const { op } of one.ops) storing.confirmed(op as O);
      this.#moved(one.change);
      presence.applied(one, live);
    }
    storing.store();
    for (const { ops, change, before, after } of applied) {
      if (change.length === 0) continue;
      const { author, src, version } = ops.at(-1)!;
      const shown = {
        op: change,
        before,
        after,
        local: false,
        origin: "remote",
        author,
        src,
        version,
      } as const;
      this.#emit(ops.length === 1 ? shown : { ...shown, run: fixed(ops) });
    }
  }

  tookBack({ first, last, lost, again, op, before, after, fault }: TakenBack<S, O>): void {
    const { history, presence, recovered, storing, waiters, me } = this.parts;
    history.takenBack(first, last, op, before);
    presence.moved(op, false);
    recovered.carry(op);
    if (fault !== undefined) recovered.add("refused", again, fault, { text: insertedText(lost) });
    storing.store();
    this.#emit({ op, before, after, local: false, origin: "rollback", ...me() });
    if (fault === undefined) return;
    this.#refused(lost, fault);
    waiters.failed(first, fault);
  }

  /** Our op is not made. Where it was shown as done already, it is kept. @returns the fault */
  unmade(op: O, reason: "refused" | "closed", fault: Fault, { keep = false }: SubmitOptions): Fault {
    const { type, changed } = this.parts;
    const clean = type.normalize(op);
    if (keep && clean.length > 0) {
      this.#keep(clean, reason, fault);
      changed();
    }
    return fault;
  }

  /** @param op  against the visible document */
  #keep(op: O, reason: "refused" | "closed", fault: Fault): void {
    const { type, recovered } = this.parts;
    const given = this.#given;
    const before = given?.id === undefined ? undefined : recovered.find(given.id);
    if (given === undefined) recovered.add(reason, op, fault);
    else if (before === undefined) recovered.add(reason, diamond(type, op, given.back)[0], fault);
    else {
      // What was typed last goes on from what was given back.
      recovered.drop(before.id);
      recovered.add(reason, type.compose(before.op as O, op), fault);
      this.#given = { ...given, id: undefined };
    }
  }

  /** The document was fetched anew. */
  replaced({ op, before, after, had, lost, why }: Replaced<S, O>): void {
    const { events, presence, recovered, storing, me } = this.parts;
    storing.replaced();
    this.#moved(op);
    presence.replaced();
    const anotherLife = before.epoch !== after.epoch;
    const isLost = (anotherLife || why.code === "version_ahead") && lost.length > 0;
    const unsent = unsentOf(before);
    // What is unsent was carried over by guessing from two texts, so its author keeps it as it was; not what the server had.
    const ours = had === before.confirmed ? unsent : unsent.slice(1);
    const asItWas = {
      text: ours.map((entry) => insertedText(entry.op)).join(""),
      copy: before.visible.toString(),
    };
    const kept = ours.length === 0 ? undefined : recovered.add("rebased", nothing(), why, asItWas);
    if (isLost) recovered.add("vanished", lost, why, { text: piecesOf(lost), copy: had.toString() });
    storing.store();
    if (op.length > 0) {
      const shown = { before: before.visible, after: after.visible, local: false, ...me() };
      this.#emit({ op, ...shown, origin: "replace" });
    }
    if (isLost) this.#refused(lost, why);
    if (!anotherLife && kept === undefined) return;
    const kind = anotherLife ? "replaced" : "rebased";
    events.emit("notice", kept === undefined ? { kind } : { kind, recovered: kept });
  }

  /** Nobody will ever take what is unsent: all of it becomes one recovered edit of the confirmed document. */
  giveBack(session: Session<S, O>, fault: Fault): void {
    const { type, recovered, storing } = this.parts;
    const [first, ...rest] = unsentOf(session).map(({ op }) => op);
    if (first === undefined) return;
    const all = rest.reduce((op, next) => type.compose(op, next), first);
    const back = type.invertWithDoc(all, session.confirmed);
    storing.giveBack();
    recovered.carry(back);
    this.#given = { id: recovered.add("closed", all, fault).id, back };
    storing.store();
    for (const op of [first, ...rest]) this.#refused(op, fault);
  }

  /** The visible document has changed by an op that is not ours. */
  #moved(op: O): void {
    this.parts.history.carry(op);
    this.parts.presence.moved(op, false);
    this.parts.recovered.carry(op);
  }

  #emit(change: Change): void {
    this.parts.events.emit("change", { ...change, op: fixed(change.op) });
  }

  #refused(op: O, fault: Fault): void {
    const { clock, events } = this.parts;
    events.emit("refused", { op: fixed(op), text: insertedText(op), fault, time: clock.now() });
  }
}

/** The op that does nothing. */
const nothing = <O>() => [] as unknown as O;
