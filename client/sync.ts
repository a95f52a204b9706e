// Keeps one document in step with the server, over lines that come and go.
//
//   down ──line up──▶ opening ──reply──▶ catching ──everything missed is here──▶ live
//    ▲                   │ history is gone                                        │ history is gone
//    │                   └────────────▶ reopening ◀───────────────────────────────┘
//    └── line gone ──────────────────────── │ fetched, fate of inflight known, rebased ──▶ live
//
// The duties that nothing below provides are here: a hole in what arrives is waited for briefly and then asked for, a
// head ahead of us is a lost last op, and missed ops are walked page by page before anything is sent again.
// What is merged how is the session's (`session.ts`); sending is the sender's (`sender.ts`); fetching the document where
// history is gone is `reopening.ts`; asking again until there is an answer is the line's (`line.ts`).

import type { Snapshot, TextType } from "../ot/index.js";
import {
  type Clock,
  type DocumentType,
  type Epoch,
  Fault,
  type OpenReply,
  type Random,
  type Requests,
  type Role,
  type ToldOp,
  type Version,
} from "../protocol/index.js";
import { EarlyOps } from "./early.js";
import type { Ask, Line } from "./line.js";
import type { Names } from "./names.js";
import { Reopening } from "./reopening.js";
import { Replica, type ReplicaHost } from "./replica.js";
import { Sender } from "./sender.js";
import type { Session } from "./session-state.js";
import type { Op } from "./types.js";

/** What the server says that we may do. */
type Rights = Pick<OpenReply, "writable"> & { readonly role?: Role | undefined };

/** How long an op that is missing may take to arrive by itself before it is asked for. */
export const GAP_MS = 50;
/** How long to wait after a page of history that brought nothing. */
const EMPTY_PAGE_MS = 1_000;

/** moving: like opening, but from one live line straight to another, so that nobody was away */
type Phase = "down" | "opening" | "moving" | "catching" | "live" | "reopening" | "closed";

/** What the sync tells the document of. */
export interface SyncHost<S, O> extends ReplicaHost<S, O> {
  /** Stores what is unsent; absent if that is done already. */
  store(): Promise<void> | undefined;
  /** Who is in the document: told at every opening. */
  people(people: OpenReply["people"]): void;
  /** This document is closed to us. */
  failed(fault: Fault): void;
}

export interface SyncOptions<S extends Snapshot, O extends Op> {
  readonly id: string;
  readonly kind: DocumentType;
  readonly type: TextType<S, O>;
  readonly difference: (from: S, to: S) => O;
  readonly create: boolean;
  readonly names: Names;
  readonly clock: Clock;
  readonly random: Random;
  readonly host: SyncHost<S, O>;
  /** What another document left unsent. */
  readonly found: Session<S, O> | undefined;
}

export class Sync<S extends Snapshot, O extends Op> {
  readonly replica: Replica<S, O>;
  readonly #sender: Sender<S, O>;
  #phase: Phase = "down";
  #line: Line | undefined;
  /** False once the server has said so. */
  #writable = true;
  #role: Role | undefined;
  /** The highest version known to exist. */
  #head: Version = 0;
  /** While catching: at this version everything missed is here. */
  #target: Version = 0;
  /** The `open` or `ops` on its way. */
  #asking: Ask | undefined;
  #stopGap: (() => void) | undefined;
  #stopPark: (() => void) | undefined;
  readonly #reopening: Reopening<S, O>;
  readonly #early = new EarlyOps();

  constructor(private readonly options: SyncOptions<S, O>) {
    const { type, difference, host, found, id, names } = options;
    this.replica = new Replica(type, difference, host, found);
    this.#sender = new Sender(
      id,
      this.replica,
      names,
      {
        refused: (fault) => this.#refused(fault, true),
        noticed: (version) => this.noticed(version),
        demoted: (role) => this.#allow({ writable: false, role }),
        sent: () => host.changed(),
        store: () => host.store(),
      },
      options.clock,
    );
    this.#reopening = new Reopening({
      ...options,
      replica: this.replica,
      host: {
        people: (people) => host.people(people),
        fetched: (reply, contained, why, met) => this.#replace(reply, contained, why, met),
        again: (why) => this.#reopen(why),
        refused: (fault) => this.#refused(fault),
      },
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Whether the inflight op is on its way to the server. */
  get sending(): boolean {
    return this.#sender.sending;
  }

  get writable(): boolean {
    return this.#writable;
  }

  /** What we are to the document, where the server says. */
  get role(): Role | undefined {
    return this.#phase === "closed" ? undefined : this.#role;
  }

  get line(): Line | undefined {
    return this.#line;
  }

  /** A local op, as change number `change`, perhaps of undo and redo. @throws OtError when it does not fit the visible document */
  submit(op: O, change: number, reverses: boolean): void {
    this.replica.local(op, change, this.#sender.limits, reverses);
    this.#sender.edited();
  }

  /** Sends what can be sent; called after {@link submit}, when everybody has seen the change. */
  flush(): void {
    if (this.#sender.mustPark) {
      // Not at once: whoever has just submitted it is still in the middle of showing it.
      this.#stopPark ??= this.options.clock.after(0, () => {
        this.#stopPark = undefined;
        this.#sender.park();
        this.#sender.pump();
      });
    } else this.#sender.pump();
  }

  up(line: Line): void {
    // It stays as it is on show, and what was unsent of it has been given back: that is not to be sent as well.
    if (this.#phase === "closed") return;
    const moving = this.#phase === "live" || this.#phase === "catching" || this.#phase === "moving";
    if (this.#phase !== "down") this.#rest("down");
    this.#line = line;
    this.options.names.up(line.welcome.client);
    this.#sender.learn(line.welcome.limits);
    this.#phase = moving ? "moving" : "opening";
    this.#early.forget();
    const body = this.#body();
    const { since } = body;
    this.#ask("open", body, (reply) => {
      if (since === undefined) this.#load(reply);
      else this.#caught(reply, since);
    });
    this.options.host.changed();
  }

  /** What {@link up} asks first; undefined where it will not come to that. */
  opening(): Requests["open"]["body"] | undefined {
    return this.#phase === "down" ? this.#body() : undefined;
  }

  #body(): Requests["open"]["body"] {
    const { id: doc, kind: type, create } = this.options;
    if (!this.replica.loaded) return { doc, type, create };
    // A document that was here once and is gone was deleted; it is not for us to make it anew.
    const { version: since, epoch } = this.replica.session;
    return { doc, type, create: false, since, epoch };
  }

  down(): void {
    if (this.#phase === "closed") return;
    this.#rest("down");
    this.options.host.changed();
  }

  close(): void {
    this.#rest("closed");
  }

  #rest(phase: "down" | "closed" | "reopening"): void {
    this.#phase = phase;
    if (phase !== "reopening") this.#line = undefined;
    this.#asking?.cancel();
    this.#reopening.stop();
    this.#sender.stop();
    for (const stop of [this.#stopGap, this.#stopPark]) stop?.();
    this.#stopGap = this.#stopPark = undefined;
  }

  /** The room's ops. @param epoch  the life of the document that they belong to; undefined: the server does not say */
  ops(ops: readonly ToldOp[], epoch?: Epoch): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "live" || this.#phase === "catching") {
      // Late ones of a life that has ended, or first ones of the next: of that, the head tells.
      if (epoch !== undefined && epoch !== this.replica.session.epoch) return;
      this.#takeIn(ops);
      this.#gap();
    } else this.#early.keep(ops, epoch);
  }

  /** What the room told early, of the life that the document is in. */
  #heard(): ToldOp[] {
    return this.#early.take(this.replica.session.epoch);
  }

  /** A version that the server says exists. */
  noticed(version: Version): void {
    this.#head = Math.max(this.#head, version);
    this.#gap();
  }

  /** What the server says of the head. */
  head(epoch: Epoch, version: Version): void {
    if (this.#phase === "closed" || !this.replica.loaded) return;
    if (epoch === this.replica.session.epoch) this.noticed(version);
    else if (this.#phase === "live" || this.#phase === "catching") {
      this.#reopen(new Fault("epoch_changed", "The document has begun another life."));
    }
  }

  /** A fault that no request of ours was answered with. */
  fault(fault: Fault): void {
    if (this.#phase === "closed") return;
    if (fault.code === "readonly") {
      this.#allow({ writable: false, role: "viewer" });
      this.options.host.changed();
    } else if (fault.action !== "drop" && fault.action !== "retry") this.#refused(fault);
  }

  /** What one may do has changed. */
  access(rights: Rights): void {
    if (this.#phase === "closed") return;
    this.#allow(rights);
    this.options.host.changed();
  }

  #allow({ writable, role }: Rights): void {
    this.#writable = writable;
    this.#role = role;
  }

  #ask<K extends "open" | "ops">(
    name: K,
    body: Requests[K]["body"],
    ok: (reply: Requests[K]["reply"]) => void,
  ): void {
    this.#asking?.cancel();
    this.#asking = this.#line!.ask(name, body, { ok, fault: (fault) => this.#refused(fault) });
    this.#asking.start();
  }

  #load(reply: OpenReply): void {
    this.#allow(reply);
    this.replica.load(reply);
    this.options.host.people(reply.people);
    // What the room said before may be of another life, heard in the room by the document before this one: it says no
    // more than that there is something to ask for.
    const heard = this.#heard().map(({ version }) => version);
    this.noticed(Math.max(reply.head, ...heard));
    this.#live();
  }

  #caught(reply: OpenReply, since: Version): void {
    // Compared with what was asked for: the room may have brought us further than the reply, which was read before.
    if (reply.head < since) {
      this.#reopen(new Fault("version_ahead", `We have version ${since}, the server only ${reply.head}.`));
      return;
    }
    this.#allow(reply);
    this.#phase = "catching";
    this.#target = reply.head;
    this.#head = Math.max(this.#head, reply.head);
    this.options.host.people(reply.people);
    this.#takeIn(reply.ops ?? []);
    this.#takeIn(this.#heard());
    this.#fetchMissing();
  }

  #live(): void {
    // Whoever was told something on the way here may have closed the document.
    if (this.#line === undefined || this.#phase === "closed") return;
    this.#phase = "live";
    this.#reopening.live();
    this.options.host.changed();
    this.#sender.start(this.#line);
    this.#gap();
  }

  #takeIn(ops: readonly ToldOp[]): void {
    // Whoever was told something just before may have closed the document.
    if (this.#phase === "closed") return;
    for (const { version } of ops) this.#head = Math.max(this.#head, version);
    this.replica.takeIn(ops);
    this.#sender.pump();
  }

  /** Waits for a hole to close by itself, then asks for what is missing. */
  #gap(afterMs = GAP_MS): void {
    if (this.#phase !== "live" && this.#phase !== "catching") return;
    if (this.#head <= this.replica.session.version) return;
    this.#stopGap ??= this.options.clock.after(afterMs, () => {
      this.#stopGap = undefined;
      this.#fetchMissing();
    });
  }

  #fetchMissing(): void {
    const since = this.replica.session.version;
    if (this.#phase === "catching" && since >= this.#target) this.#live();
    if (this.#phase !== "catching" && this.#phase !== "live") return;
    if (since >= this.#head || this.#asking?.done === false) return;
    this.#ask("ops", { doc: this.options.id, since }, (reply) => {
      this.#head = Math.max(this.#head, reply.head);
      this.#takeIn(reply.ops);
      // A page that brought nothing is not asked for again in the same instant.
      if (this.replica.session.version > since) this.#fetchMissing();
      else this.#gap(EMPTY_PAGE_MS);
    });
  }

  /** @param unsent  the fault answered our submission: the inflight op is not in the history */
  #refused(fault: Fault, unsent = false): void {
    if (fault.action === "reopen" && this.replica.loaded) this.#reopen(fault, unsent);
    else if (fault.action === "authenticate" || fault.action === "close") this.#line?.fail(fault.code, fault);
    else {
      this.#rest("closed");
      this.options.host.failed(fault);
    }
  }

  #reopen(why: Fault, unsent = false): void {
    this.#rest("reopening");
    this.#early.forget();
    this.#reopening.start(this.#line!, why, unsent);
    this.options.host.changed();
  }

  #replace(reply: OpenReply, contained: boolean, why: Fault, met: boolean): void {
    // Whoever was told that an op has been taken back may have closed the document.
    if (this.#phase === "closed") return;
    this.#allow(reply);
    this.#head = reply.head;
    this.replica.replace(reply, contained, why);
    if (!met) this.options.host.people(reply.people);
    this.#takeIn(this.#heard());
    this.#live();
  }
}
