// A shared document as those who show it see it (`types.ts`): what the session, the history, the presence and the
// outbox do together.
//
// Whatever happens is done in one order: first everything here is up to date (visible document, undo stacks, carets),
// then it is written to the outbox, then the listeners hear of it, then messages go out. So a listener may submit, undo
// or close in the middle of any event. "saved" means that the server has confirmed every change made here.

import { insertedText, type Snapshot, type TextType } from "../ot/index.js";
import {
  type Clock,
  type DocumentType,
  type EventName,
  type Events,
  Fault,
  type OpenReply,
  type Random,
  type Version,
} from "../protocol/index.js";
import type { Connection, Member } from "./connection.js";
import { Emitter } from "./emitter.js";
import { History, type Reversal } from "./history.js";
import { Keeper } from "./keeper.js";
import type { Line } from "./line.js";
import type { Outbox, OutboxPlace } from "./outbox.js";
import { PresenceTracker } from "./presence.js";
import type { TakenBack } from "./replica.js";
import { type Session, unsaved, unsentOf } from "./session.js";
import type { Applied } from "./stream.js";
import { Sync, type SyncHost } from "./sync.js";
import type {
  Change,
  DocumentEvents,
  Op,
  Presence,
  RecoveredEdit,
  Refusal,
  SaveState,
  SharedDocument,
  Status,
  SubmitOptions,
} from "./types.js";
import { Waiters } from "./waiters.js";

export interface DocumentOptions<S extends Snapshot, O extends Op> {
  readonly id: string;
  readonly kind: DocumentType;
  readonly type: TextType<S, O>;
  /** The op between two snapshots, for when their history is gone. */
  readonly difference: (from: S, to: S) => O;
  /** Make the document, if there is none. */
  readonly create: boolean;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: Random;
}

export class ClientDocument<S extends Snapshot, O extends Op>
  implements SharedDocument<S, O>, Member, SyncHost<S, O>
{
  readonly id: string;
  readonly type: DocumentType;
  readonly ready: Promise<void>;
  readonly #events = new Emitter<DocumentEvents>();
  readonly #history: History<S, O>;
  readonly #presence: PresenceTracker<S, O>;
  /** There as soon as the outbox has said what an earlier document left. */
  #sync: Sync<S, O> | undefined;
  #keeper: Keeper<S, O> | undefined;
  /** The line that came up before that. */
  #earlyLine: Line | undefined;
  /** Number of the last local change. */
  #change = 0;
  readonly #waiters = new Waiters();
  #settleReady!: { resolve(): void; reject(error: unknown): void };
  #fault: Fault | undefined;
  #closed = false;
  /** As last told. */
  #told = { status: "loading" as Status, unsaved: 0, version: 0 };
  #toldHistory = { canUndo: false, canRedo: false };

  constructor(private readonly options: DocumentOptions<S, O>) {
    this.id = options.id;
    this.type = options.kind;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Who does not wait for it hears of a fault by the status.
    this.ready.catch(() => {});
    this.#history = new History(options.type);
    this.#presence = new PresenceTracker({
      type: options.type,
      clock: options.clock,
      session: () => this.#session,
      src: () => this.#sync?.line?.src,
      tell: (update) => {
        const line = this.#sync?.phase === "live" ? this.#sync.line : undefined;
        line?.notify("presence", { doc: this.id, ...update });
        return line !== undefined;
      },
    });
    options.connection.attach(this);
    const place = options.outbox.open(this.id);
    if ("then" in place) place.then((later) => this.#begin(later));
    else this.#begin(place);
  }

  get #session(): Session<S, O> | undefined {
    return this.#sync?.replica.loaded ? this.#sync.replica.session : undefined;
  }

  get snapshot(): S {
    if (this.#session === undefined) throw new Error(`document ${this.id} is not loaded yet`);
    return this.#session.visible;
  }

  get text(): string {
    return this.snapshot.toString();
  }

  get version(): Version {
    return this.#session?.version ?? 0;
  }

  get unsaved(): number {
    return this.#session === undefined ? 0 : unsaved(this.#session);
  }

  get writable(): boolean {
    return this.#fault === undefined && !this.#closed && (this.#sync?.writable ?? true);
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  get presence(): Presence {
    return this.#presence;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  get status(): Status {
    if (this.#fault !== undefined) return "fault";
    if (this.#session === undefined) return "loading";
    const phase = this.#sync?.phase;
    if (phase === "down" || phase === "opening" || phase === "closed") return "offline";
    if (this.unsaved > 0) return "saving";
    return this.writable ? "saved" : "readonly";
  }

  on<K extends keyof DocumentEvents>(name: K, listener: (event: DocumentEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  submit(op: O, options: SubmitOptions = {}): void {
    this.#demandWritable();
    const clean = this.options.type.normalize(op);
    this.options.type.checkOp(clean);
    if (clean.length > 0) this.#local(clean, "submit", options);
  }

  undo(): boolean {
    return this.#reverse("undo", () => this.#history.undo());
  }

  redo(): boolean {
    return this.#reverse("redo", () => this.#history.redo());
  }

  settled(): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (this.unsaved === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new Error(`document ${this.id} was closed before it was saved`));
    return this.#waiters.until(this.#change);
  }

  get save(): SaveState {
    const { unsaved, version } = this;
    return { stage: unsaved === 0 ? "saved" : "sent", version, unsaved, storage: "memory" };
  }

  stored(): Promise<void> {
    return this.store() ?? Promise.resolve();
  }

  readonly recovered: readonly RecoveredEdit[] = [];

  restore(): boolean {
    return false;
  }

  discard(): boolean {
    return false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#presence.stop();
    this.#sync?.close();
    this.options.connection.detach(this);
    this.#keeper?.leave(this.unsaved > 0);
    const closed = new Error(`document ${this.id} was closed`);
    this.#settleReady.reject(closed);
    this.#waiters.failed(0, closed);
  }

  // ---- what the connection tells

  up(line: Line): void {
    if (this.#sync === undefined) this.#earlyLine = line;
    else this.#sync.up(line);
  }

  down(): void {
    this.#earlyLine = undefined;
    this.#presence.stop();
    this.#sync?.down();
  }

  event<K extends EventName>(name: K, body: Events[K]): void;
  event(...[name, body]: { [K in EventName]: [K, Events[K]] }[EventName]): void {
    if (name === "ops") this.#sync?.ops(body.ops);
    else if (name === "head") this.#sync?.noticed(body.version);
    else if (name === "joined") this.#presence.joined(body.person);
    else if (name === "left") this.#presence.left(body.src);
    else if (name === "presence") this.#presence.presence(body.src, body);
    else if (name === "fault") this.#sync?.fault(Fault.from(body.fault));
  }

  // ---- what the sync tells

  loaded(): void {
    this.#settleReady.resolve();
  }

  applied(applied: readonly Applied<S, O>[]): void {
    const live = this.#sync?.phase === "live";
    for (const one of applied) {
      this.#history.carry(one.change);
      this.#presence.moved(one.change, false);
      this.#presence.applied(one, live);
    }
    this.store();
    for (const { change, before, after, author, src, version } of applied) {
      if (change.length === 0) continue;
      this.#emit({ op: change, before, after, local: false, origin: "remote", author, src, version });
    }
  }

  tookBack({ first, last, lost, op, before, after, fault }: TakenBack<S, O>): void {
    this.#history.takenBack(first, last, op, before);
    this.#presence.moved(op, false);
    this.store();
    this.#emit({ op, before, after, local: false, origin: "rollback", ...this.#me() });
    if (fault === undefined) return;
    this.#refuse(lost, fault);
    this.#waiters.failed(first, fault);
  }

  replaced(op: O, before: S, after: S): void {
    this.#history.carry(op);
    this.#presence.moved(op, false);
    this.#presence.replaced();
    this.store();
    if (op.length > 0) this.#emit({ op, before, after, local: false, origin: "replace", ...this.#me() });
  }

  vanished(lost: O, fault: Fault): void {
    this.#refuse(lost, fault);
  }

  people(people: OpenReply["people"]): void {
    this.#presence.roster(people);
  }

  failed(fault: Fault): void {
    if (this.#fault !== undefined || this.#closed) return;
    this.#fault = fault;
    this.#sync?.close();
    this.#presence.stop();
    this.#settleReady.reject(fault);
    this.#waiters.failed(0, fault);
    // The document stays on show as it is; what of it nobody else will ever see is told.
    if (this.#session !== undefined) for (const { op } of unsentOf(this.#session)) this.#refuse(op, fault);
    this.changed();
  }

  changed(): void {
    this.store();
    this.#waiters.confirmed(this.#session && unsentOf(this.#session)[0]?.first);
    const now = { status: this.status, unsaved: this.unsaved, version: this.version };
    const { status, unsaved, version } = this.#told;
    if (now.status !== status || now.unsaved !== unsaved || now.version !== version) {
      this.#told = now;
      this.#events.emit("status", now);
    }
    const { canUndo, canRedo } = this.#history;
    if (canUndo !== this.#toldHistory.canUndo || canRedo !== this.#toldHistory.canRedo) {
      this.#toldHistory = { canUndo, canRedo };
      this.#events.emit("history", this.#toldHistory);
    }
  }

  // ---- inside

  #begin(place: OutboxPlace): void {
    if (this.#closed || this.#fault !== undefined) {
      place.leave(true);
      return;
    }
    const { id, kind, type, difference, create, clock, random, connection } = this.options;
    this.#keeper = new Keeper(kind, place, (src) => connection.seqs.next(src, id));
    // What an earlier document left unsent is ours now.
    const left = this.#keeper.adopt(type);
    if (left !== undefined) {
      connection.seqs.atLeast(left.record.client?.id ?? "", id, left.record.nextSeq);
      this.#change = unsentOf(left.session).at(-1)?.last ?? 0;
    }
    const found = left?.session;
    this.#sync = new Sync({ id, kind, type, difference, create, clock, random, host: this, found });
    if (found !== undefined) this.loaded();
    this.changed();
    const line = this.#earlyLine;
    this.#earlyLine = undefined;
    if (line !== undefined) this.#sync.up(line);
  }

  #demandWritable(): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#closed) throw new Error(`document ${this.id} is closed`);
    if (this.#session === undefined) throw new Error(`document ${this.id} is not loaded yet`);
    if (!this.writable) throw new Fault("readonly", "This document is not ours to write.");
  }

  /** A local op, whoever made it: the caller, or undo and redo. */
  #local(op: O, origin: "submit" | "undo" | "redo", options: SubmitOptions): void {
    const before = this.snapshot;
    const change = this.#change + 1;
    this.#sync!.submit(op, change);
    this.#change = change;
    const { group, selectionBefore, selectionAfter, source, undoable = true } = options;
    const time = this.options.clock.now();
    const own = { change, op, doc: before, time, group, selectionBefore, selectionAfter };
    if (origin === "undo") this.#history.undone(own);
    else if (origin === "redo") this.#history.redone(own);
    else if (undoable) this.#history.record(own);
    else this.#history.carry(op);
    this.#presence.moved(op, true);
    this.store();
    const selection = origin === "submit" ? undefined : selectionAfter;
    this.#emit({
      ...{ op, before, after: this.snapshot, local: true, origin, ...this.#me() },
      ...(source === undefined ? {} : { source }),
      ...(selection === undefined ? {} : { selection }),
    });
    this.changed();
    this.#sync!.flush();
  }

  #reverse(origin: "undo" | "redo", take: () => Reversal<O> | undefined): boolean {
    if (this.#session === undefined || !this.writable) return false;
    const reversal = take();
    if (reversal === undefined) {
      this.changed();
      return false;
    }
    const { op, selection, from } = reversal;
    this.#local(op, origin, {
      ...(from === undefined ? {} : { selectionBefore: from }),
      ...(selection === undefined ? {} : { selectionAfter: selection }),
    });
    return true;
  }

  #me(): Pick<Change, "author" | "src" | "version"> {
    const line = this.#sync?.line;
    return { author: line?.welcome.user.id ?? "", src: line?.src ?? "", version: this.version };
  }

  #emit(change: Change): void {
    this.#events.emit("change", change);
  }

  #refuse(op: O, fault: Fault): void {
    const refusal: Refusal = { op, text: insertedText(op), fault, time: this.options.clock.now() };
    this.#events.emit("refused", refusal);
  }

  /** Writes the session to the outbox, if it has changed. @returns when that is done, if it is not at once */
  store(): Promise<void> | undefined {
    return this.#session && this.#keeper?.store(this.#session, this.#sync?.line?.src);
  }
}
