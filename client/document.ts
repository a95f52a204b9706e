// A shared document as those who show it see it (`types.ts`): what the session, the history, the presence and the
// outbox do together.
//
// Whatever happens is done in one order: first everything here is up to date (visible document, undo stacks, recovered
// edits, carets), then it is written to the outbox, then the listeners hear of it, then messages go out. So a listener
// may submit, undo or close in the middle of any event. "saved" means that the server has confirmed every change made
// here. What was typed is in the document, among the unsent, or among the recovered edits, at every moment.

import type { Snapshot } from "../ot/index.js";
import {
  type DocumentType,
  type EventName,
  type Events,
  Fault,
  type Requests,
  type Version,
} from "../protocol/index.js";
import type { Member } from "./connection.js";
import { Emitter } from "./emitter.js";
import { faultOf, readable } from "./given.js";
import { History } from "./history.js";
import type { KeptHistory } from "./history-level.js";
import type { Kept } from "./kept.js";
import type { Line } from "./line.js";
import { Making } from "./making.js";
import { Merging } from "./merging.js";
import { Names } from "./names.js";
import type { DocumentOptions } from "./opening.js";
import type { OutboxPlace } from "./outbox.js";
import { PresenceTracker } from "./presence.js";
import { Recovered } from "./recovered.js";
import { mayMake, refusalOf } from "./rights.js";
import { type Session, unsaved, unsentOf } from "./session-state.js";
import { Stay } from "./stay.js";
import { Storing } from "./storing.js";
import { Sync } from "./sync.js";
import { Told } from "./told.js";
import type {
  Change,
  DocumentEvents,
  Op,
  Presence,
  RecoveredEdit,
  SaveState,
  SharedDocument,
  Status,
  SubmitOptions,
} from "./types.js";
import { Waiters } from "./waiters.js";

/**
 * Faults that say that this document will not take from us what is unsent: its author is given it back. One of another kind has
 * taken the name of ours, which is gone.
 */
const barred: ReadonlySet<Fault["code"]> = new Set(["forbidden", "document_deleted", "type_mismatch"]);

export class ClientDocument<S extends Snapshot, O extends Op> implements SharedDocument<S, O>, Member {
  readonly id: string;
  readonly type: DocumentType;
  /** Resolves when this document has its place in the outbox, or is closed without. */
  readonly placed: Promise<void>;
  readonly stay = new Stay();
  readonly ready = this.stay.ready;
  readonly #events = new Emitter<DocumentEvents>();
  readonly #history: History<S, O>;
  readonly #presence: PresenceTracker<S, O>;
  readonly #recovered: Recovered<S, O>;
  readonly #names: Names;
  readonly #storing: Storing<S, O>;
  readonly #merging: Merging<S, O>;
  readonly #making: Making<S, O>;
  /** There as soon as the outbox has said what an earlier document left. */
  #sync: Sync<S, O> | undefined;
  /** The line that came up before that. */
  #earlyLine: Line | undefined;
  /** Who waits until a change is on the server. */
  readonly #waiters = new Waiters();
  #fault: Fault | undefined;
  #closed = false;
  readonly #told = new Told(this.#events, {
    status: () => ({ status: this.status, unsaved: this.unsaved, version: this.version, role: this.role }),
    save: () => this.save,
    history: () => ({ canUndo: this.canUndo, canRedo: this.canRedo }),
  });
  readonly #allowed = (op: O): boolean => mayMake(this, op);

  constructor(private readonly options: DocumentOptions<S, O>) {
    this.id = options.id;
    this.type = options.kind;
    this.#history = new History(options.type);
    this.#names = new Names(options.connection.seqs, options.id);
    this.#recovered = new Recovered(options);
    const changed = () => this.#changed();
    this.#storing = new Storing({ ...options, now: () => this.#kept(), changed });
    this.#presence = new PresenceTracker({
      ...options,
      session: () => this.#session,
      src: () => this.#sync?.line?.src,
      tell: (update) => {
        const line = this.#sync?.phase === "live" ? this.#sync.line : undefined;
        line?.notify("presence", { doc: this.id, ...update });
        return line !== undefined;
      },
    });
    const parts = {
      ...options,
      events: this.#events,
      history: this.#history,
      presence: this.#presence,
      recovered: this.#recovered,
      storing: this.#storing,
      me: () => this.#me(),
      changed,
    };
    this.#making = new Making({ ...parts, sync: () => this.#sync!, allowed: this.#allowed });
    this.#merging = new Merging({
      ...parts,
      waiters: this.#waiters,
      live: () => this.#sync?.phase === "live",
      loaded: () => this.stay.there(),
      failed: (fault) => this.failed(fault),
    });
    options.connection.attach(this);
    const open = () => options.outbox.open(this.id, this.type);
    const place = options.after?.()?.then(open) ?? open();
    this.placed = "then" in place ? place.then((later) => this.#begin(later)) : Promise.resolve();
    if (!("then" in place)) this.#begin(place);
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
    return this.#session === undefined || this.#storing.isGivenBack ? 0 : unsaved(this.#session);
  }

  get writable(): boolean {
    return this.#fault === undefined && !this.#closed && (this.#sync?.writable ?? true);
  }

  get role(): SharedDocument["role"] {
    return this.#sync?.role;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  get presence(): Presence {
    return this.#presence;
  }

  get canUndo(): boolean {
    return this.#session !== undefined && this.#history.canUndo(this.snapshot, this.#allowed);
  }

  get canRedo(): boolean {
    return this.#session !== undefined && this.#history.canRedo(this.snapshot, this.#allowed);
  }

  get status(): Status {
    if (this.#fault !== undefined) return "fault";
    if (this.#session === undefined) return "loading";
    const phase = this.#sync?.phase;
    if (phase === "down" || phase === "opening" || phase === "closed") return "offline";
    // While it is fetched anew, nobody knows whether the server still has what it said was saved.
    if (this.unsaved > 0 || phase === "reopening") return "saving";
    return mayMake(this, []) ? "saved" : "readonly";
  }

  on<K extends keyof DocumentEvents>(name: K, listener: (event: DocumentEvents[K]) => void): () => void {
    this.#told.expect(name);
    return this.#events.on(name, listener);
  }

  submit(op: O, options: SubmitOptions = {}): void {
    const clean = readable(this.options.type, op);
    const lost = this.#fault;
    if (lost !== undefined) throw this.#session ? this.#merging.unmade(clean, "closed", lost, options) : lost;
    if (this.#closed) throw new Error(`document ${this.id} is closed`);
    if (this.#session === undefined) throw new Error(`document ${this.id} is not loaded yet`);
    const refusal = faultOf(this.options.type, clean) ?? refusalOf(this, clean);
    if (refusal !== undefined) throw this.#merging.unmade(clean, "refused", refusal, options);
    if (clean.length > 0) this.#making.make(clean, "submit", options);
  }

  undo(): boolean {
    return this.#session !== undefined && this.#making.reverse("undo");
  }

  redo(): boolean {
    return this.#session !== undefined && this.#making.reverse("redo");
  }

  settled(): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (this.unsaved === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new Error(`document ${this.id} was closed before it was saved`));
    return this.#waiters.until(this.#making.last);
  }

  get save(): SaveState {
    const { unsaved, version } = this;
    const sending = this.#sync?.sending ?? false;
    const { state: storage } = this.#storing;
    // What was given back is not saved by that: as long as it is only in the page, that is what is said.
    const safe = this.#storing.keeps(this.recovered) ? "saved" : "typed";
    const stage = unsaved === 0 ? safe : this.#storing.stage(this.#session!, sending, this.#making.last);
    return { stage, version, unsaved, storage };
  }

  stored(): Promise<void> {
    if (this.unsaved === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new Error(`document ${this.id} was closed`));
    return this.#storing.until(this.#making.last);
  }

  get recovered(): readonly RecoveredEdit[] {
    return this.#recovered.edits;
  }

  restore(id: string): boolean {
    const op = this.#recovered.find(id)?.op as O | undefined;
    if (op === undefined || op.length === 0 || this.#session === undefined || !mayMake(this, op))
      return false;
    this.#recovered.drop(id);
    this.#making.make(op, "submit", { group: `restore ${id}` });
    return true;
  }

  discard(id: string): boolean {
    const dropped = this.#recovered.drop(id);
    if (dropped) this.#changed();
    return dropped;
  }

  /** Takes over edits that another document of this id recovered when it was at this version, with nothing unsent. */
  inherit(edits: readonly RecoveredEdit[], version: Version): boolean {
    const session = this.#session;
    if (session?.kind !== "synced" || session.version !== version || this.#fault !== undefined) return false;
    this.#recovered.adopt(edits);
    this.#changed();
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#presence.stop();
    this.#sync?.close();
    this.options.connection.detach(this);
    if (this.unsaved > 0 || this.recovered.length > 0) this.#names.leave();
    // A place that is still on its way is given back when it comes.
    const gone = this.#fault !== undefined && barred.has(this.#fault.code);
    if (this.#sync !== undefined) this.stay.ends(() => this.#storing.leave(this.unsaved > 0, gone));
    const closed = new Error(`document ${this.id} was closed`);
    this.stay.failed(closed);
    this.#waiters.failed(0, closed);
  }

  // ---- what the connection tells

  opening(): Requests["open"]["body"] | undefined {
    return this.#sync?.opening();
  }

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
    if (name === "ops") this.#sync?.ops(body.ops, body.epoch);
    else if (name === "head") this.#sync?.head(body.epoch, body.version);
    else if (name === "joined") this.#presence.joined(body.person);
    else if (name === "left") this.#presence.left(body.src);
    else if (name === "presence") this.#presence.presence(body.src, body);
    else if (name === "access") this.#sync?.access(body);
    else if (name === "fault") this.#sync?.fault(Fault.from(body.fault));
  }

  failed(fault: Fault): void {
    if (this.#fault !== undefined || this.#closed) return;
    this.#fault = fault;
    this.#sync?.close();
    this.#presence.stop();
    // The document stays on show as it is. Where others will never see what is unsent of it, that is given back; else it
    // stays unsent, for whoever opens the document with a better token.
    if (barred.has(fault.code) && this.#session !== undefined) this.#merging.giveBack(this.#session, fault);
    this.stay.failed(fault);
    this.#waiters.failed(0, fault);
    this.#changed();
  }

  // ---- inside

  #changed(): void {
    this.#storing.store();
    this.#waiters.confirmed(this.#session && unsentOf(this.#session)[0]?.first);
    if (this.unsaved === 0) this.#storing.saved();
    this.#told.tell();
    if (this.#recovered.isNews()) this.#events.emit("recovered", this.recovered);
  }

  #begin(place: OutboxPlace): void {
    if (this.#closed || this.#fault !== undefined) return void this.stay.ends(() => place.leave(true));
    const left = this.#storing.begin(place, this.options.type);
    if (left !== undefined) {
      const { client, nextSeq, pending, changes, undo, recovered } = left.record;
      // Where nothing is unsent there is no name to keep, and what its page sent without writing it is not ours.
      const unnamed = pending.filter(({ seq }) => seq === undefined).length;
      if (left.record.unsaved > 0) this.#names.adopt(client, nextSeq, unnamed);
      this.#making.adopt(changes);
      if (undo !== undefined) this.#history.adopt(undo as KeptHistory<O>);
      this.#recovered.adopt(recovered);
    }
    const found = left?.session;
    this.#sync = new Sync({ ...this.options, names: this.#names, host: this.#merging, found });
    if (found !== undefined) this.stay.there();
    this.#changed();
    const line = this.#earlyLine;
    this.#earlyLine = undefined;
    if (line !== undefined) this.#sync.up(line);
  }

  #me(): Pick<Change, "author" | "src" | "version"> {
    const line = this.#sync?.line;
    return { author: line?.welcome.user.id ?? "", src: line?.src ?? "", version: this.version };
  }

  /** All of it at this moment, for the store. */
  #kept(): Kept<S, O> | undefined {
    const [session, recovered, changes] = [this.#session, this.recovered, this.#making.last];
    return session && { session, undo: this.#history.kept, recovered, changes, names: this.#names };
  }
}
