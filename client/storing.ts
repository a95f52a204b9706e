// A document's dealings with the device's store: what is written and when, how far it has come, who waits for it.
//
// What is stored is always one moment of the document: session, undo, recovered edits and names together. Once what is
// unsent has been given back to its author as a recovered edit, the session is stored without it, so that it is in one
// place only.

import type { Snapshot, TextType } from "../ot/index.js";
import type { Clock, DocumentType } from "../protocol/index.js";
import { Keeper } from "./keeper.js";
import type { Kept } from "./kept.js";
import type { FoundRecord, Outbox, OutboxPlace, StorageState } from "./outbox.js";
import { start } from "./session.js";
import type { Session } from "./session-state.js";
import type { Op, RecoveredEdit } from "./types.js";
import { Waiters } from "./waiters.js";

export interface StoringOptions<S, O> {
  readonly kind: DocumentType;
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** All of the document as it is now; undefined: nothing is here yet. */
  readonly now: () => Kept<S, O> | undefined;
  /** How far the storing is has changed. */
  readonly changed: () => void;
}

export class Storing<S extends Snapshot, O extends Op> {
  #keeper: Keeper<S, O> | undefined;
  readonly #waiters = new Waiters();
  /** What is unsent is among the recovered edits now. */
  #givenBack = false;
  /** The session without what is unsent, and the one it was made of. */
  #bare: { readonly of: Session<S, O>; readonly session: Session<S, O> } | undefined;
  readonly #stopListening: readonly (() => void)[];

  constructor(private readonly options: StoringOptions<S, O>) {
    const { outbox } = options;
    const onFlush = outbox.onFlush?.(() => {
      this.store();
      this.#keeper?.flush();
    });
    this.#stopListening = [outbox.onState(() => this.#moved()), onFlush ?? (() => {})];
  }

  get state(): StorageState {
    return this.#keeper?.state ?? this.options.outbox.state;
  }

  /** The document has its place. @returns what an earlier one left in it */
  begin(
    place: OutboxPlace,
    type: TextType<S, O>,
  ): { readonly session: Session<S, O>; readonly record: FoundRecord } | undefined {
    const { kind, outbox, clock } = this.options;
    this.#keeper = new Keeper({ kind, place, outbox, clock, changed: () => this.#moved() });
    return this.#keeper.adopt(type);
  }

  /** Writes what is here now, if it has changed. @returns when that is done, if it is not at once */
  store(): Promise<void> | undefined {
    const now = this.options.now();
    if (now === undefined) return undefined;
    if (!this.#givenBack) return this.#keeper?.store(now);
    return this.#keeper?.store({ ...now, session: this.#withoutUnsent(now.session), undo: undefined });
  }

  /** The confirmed document has moved on by this op. */
  confirmed(op: O): void {
    this.#keeper?.moved(op);
  }

  /** It has become another, not by ops. */
  replaced(): void {
    this.#keeper?.replaced();
  }

  get isGivenBack(): boolean {
    return this.#givenBack;
  }

  /** What is unsent is among the recovered edits from here on. */
  giveBack(): void {
    this.#givenBack = true;
  }

  /** Whether what was recovered is written, as well as this store can. */
  keeps(edits: readonly RecoveredEdit[]): boolean {
    return this.#keeper?.keeps(edits) ?? true;
  }

  /** Where the last change is, with something unsaved. `sending`: what is in flight is on its way. */
  stage(session: Session<S, O>, sending: boolean, last: number): "typed" | "device" | "sent" {
    if (sending && session.kind === "inflight" && session.inflight.last === last) return "sent";
    return this.#holds(last) ? "device" : "typed";
  }

  /** Resolves when this local change is written, as well as this store can, or when nothing is unsaved any more. */
  until(change: number): Promise<void> {
    return this.#isDone(change) ? Promise.resolve() : this.#waiters.until(change);
  }

  /** Nothing is unsaved. */
  saved(): void {
    this.#waiters.confirmed(undefined);
  }

  /**
   * The document has been closed; with `keep`, what is unsaved waits for the next. `gone`: it is not ours to read any more.
   *
   * @returns when its place is given back, if that is not at once
   */
  leave(keep: boolean, gone: boolean): Promise<void> | undefined {
    for (const stop of this.#stopListening) stop();
    const recovered = this.options.now()?.recovered ?? [];
    this.#waiters.failed(0, new Error("the document was closed"));
    return this.#keeper?.leave((keep && !this.#givenBack) || recovered.length > 0, gone);
  }

  #isDone(change: number): boolean {
    return this.#keeper !== undefined && (this.state === "memory" || this.#holds(change));
  }

  /** Whether this local change would outlive the page. */
  #holds(change: number): boolean {
    return this.#keeper?.holds(change) ?? false;
  }

  /** A write has ended, well or not, or the store is in another state. */
  #moved(): void {
    if (this.#isDone(this.options.now()?.changes ?? 0)) this.#waiters.confirmed(undefined);
    this.options.changed();
  }

  #withoutUnsent(session: Session<S, O>): Session<S, O> {
    const { epoch, version, confirmed } = session;
    if (this.#bare?.of !== session) this.#bare = { of: session, session: start(epoch, version, confirmed) };
    return this.#bare.session;
  }
}
