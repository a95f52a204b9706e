// One client's way to the server: one live channel at a time, opened again for as long as the client lives.
//
//   connecting ──welcome──▶ online ──channel gone──▶ waiting ──backoff──▶ connecting
//       └───────no welcome, refused──────────────────▲ │
//                                    closed ◀──fault that no waiting mends, close()
//
// The server mints the client id; we keep it with its ticket and show both again, so that our ops keep their names over
// reconnects. Documents outlive channels: each hears `up` with a fresh line, and `down` when it is gone.
// Not here: what travels (`sync.ts`), how one request is answered (`line.ts`), sockets (`transport.ts`).

import {
  type Clock,
  type EventName,
  type Events,
  Fault,
  type Hello,
  PROTOCOL_VERSION,
  type Random,
  type User,
  type Welcome,
} from "../protocol/index.js";
import { backoffMs } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { Line, type Seqs } from "./line.js";
import { renewToken } from "./renewal.js";
import type { Channel, ChannelListener, Transport } from "./transport.js";

/** connecting: on the way · online · waiting: no server in reach, we try again · closed: for good */
export type ConnectionStatus = "connecting" | "online" | "waiting" | "closed";

/**
 * A token, or where to get a fresh one for every connection, and before the one of a living connection ends. A source that fails is asked again later; one that throws a
 * {@link Fault} of the action `authenticate` says that there is none to be had, and closes the connection.
 */
export type TokenSource = string | (() => string | Promise<string>);

export interface ConnectionOptions {
  readonly transport: Transport;
  /** Shared by all connections of one page: a name is the same on each. */
  readonly seqs: Seqs;
  readonly clock: Clock;
  readonly random: Random;
  readonly token?: TokenSource;
  readonly name?: string;
}

export interface ConnectionEvents {
  status: { readonly status: ConnectionStatus; readonly fault?: Fault };
}

/** A document, as its connection sees it. */
export interface Member {
  readonly id: string;
  up(line: Line): void;
  down(): void;
  event<K extends EventName>(name: K, body: Events[K]): void;
  /** The connection is refused for good. */
  failed(fault: Fault): void;
  /** The connection is being closed by its owner. */
  close(): void;
}

/** How long a channel may take to be welcomed. */
const WELCOME_TIMEOUT_MS = 10_000;
/** A channel that lived so long was a good one: the next attempt is again a first one. */
const STABLE_MS = 10_000;

export class Connection {
  readonly #events = new Emitter<ConnectionEvents>();
  readonly #members = new Map<string, Member>();
  #status: ConnectionStatus = "connecting";
  #channel: Channel | undefined;
  #line: Line | undefined;
  /** Counts channels, so that what an abandoned one still says is not heard. */
  #generation = 0;
  /** Attempts since the last good channel. */
  #attempt = 0;
  #onlineSince = 0;
  #client: Hello["client"];
  #stopTimer = () => {};
  #stopRenewal = () => {};
  readonly seqs: Seqs;
  /** Told by a server that is about to stop: not before this moment. */
  #notBefore = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.seqs = options.seqs;
    this.#connect();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Ourselves, as the server of the live channel named us. */
  get user(): User | undefined {
    return this.#line?.welcome.user;
  }

  on<K extends keyof ConnectionEvents>(name: K, listener: (event: ConnectionEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** @throws Error if a document of this id is open on this connection, or the connection is closed */
  attach(member: Member): void {
    if (this.#status === "closed") throw new Error("this connection is closed");
    if (this.#members.has(member.id)) throw new Error(`document ${member.id} is open already`);
    this.#members.set(member.id, member);
    if (this.#line !== undefined) member.up(this.#line);
  }

  detach(member: Member): void {
    if (this.#members.get(member.id) !== member) return;
    this.#members.delete(member.id);
    this.#line?.leave(member.id);
  }

  /** Tries again now instead of when the wait is over; for when the device says that its network is back. */
  retryNow(): void {
    if (this.#status === "waiting" && this.options.clock.now() >= this.#notBefore) this.#connect();
  }

  close(): void {
    for (const member of [...this.#members.values()]) member.close();
    if (this.#status === "closed") return;
    this.#drop();
    this.#members.clear();
    this.#become("closed");
  }

  #become(status: ConnectionStatus, fault?: Fault): void {
    this.#status = status;
    this.#events.emit("status", fault === undefined ? { status } : { status, fault });
  }

  #connect(): void {
    this.#stopTimer();
    const generation = ++this.#generation;
    if (this.#status !== "connecting") this.#become("connecting");
    const { token } = this.options;
    if (typeof token !== "function") {
      this.#open(generation, token);
      return;
    }
    // Whatever becomes of the token, this attempt ends: a source that never answers must not hold us for ever.
    this.#stopTimer = this.options.clock.after(WELCOME_TIMEOUT_MS, () => this.#lost(generation));
    Promise.resolve()
      .then(token)
      .then(
        (fresh) => this.#open(generation, fresh),
        (error) => this.#lost(generation, error instanceof Fault ? error : undefined, true),
      );
  }

  #open(generation: number, token: string | undefined): void {
    if (generation !== this.#generation) return;
    this.#stopTimer();
    this.#stopTimer = this.options.clock.after(WELCOME_TIMEOUT_MS, () => this.#lost(generation));
    const { name, transport } = this.options;
    const hello: Hello = {
      protocol: PROTOCOL_VERSION,
      ...(token === undefined ? {} : { token }),
      ...(name === undefined ? {} : { name }),
      ...(this.#client === undefined ? {} : { client: this.#client }),
    };
    const listener: ChannelListener = {
      event: (event, body) => {
        if (generation === this.#generation) this.#event(generation, event, body);
      },
      closed: (_reason, fault) => this.#lost(generation, fault && Fault.from(fault)),
    };
    const channel = transport.open(hello, listener);
    if (generation === this.#generation) this.#channel = channel;
    else channel.close();
  }

  #event<K extends EventName>(generation: number, name: K, body: Events[K]): void {
    if (name === "welcome") this.#welcomed(generation, body as Events["welcome"]);
    else if (name === "draining") this.#draining(generation, body as Events["draining"]);
    else if ("doc" in body && body.doc !== undefined) this.#members.get(body.doc)?.event(name, body);
    else if (name === "fault") this.#lost(generation, Fault.from((body as Events["fault"]).fault));
  }

  #welcomed(generation: number, welcome: Welcome): void {
    if (this.#channel === undefined || this.#line !== undefined) return;
    if (welcome.protocol !== PROTOCOL_VERSION) {
      this.#lost(generation, new Fault("protocol_unsupported", `the server speaks ${welcome.protocol}`));
      return;
    }
    this.#stopTimer();
    this.#client = welcome.client;
    this.#onlineSince = this.options.clock.now();
    const { clock, random, token } = this.options;
    const line = new Line(welcome, this.#channel, clock, random, (_reason, fault) =>
      this.#lost(generation, fault),
    );
    this.#line = line;
    if (typeof token === "function") this.#stopRenewal = renewToken({ source: token, line, clock, random });
    this.#become("online");
    for (const member of [...this.#members.values()]) {
      if (this.#line === line && this.#members.get(member.id) === member) member.up(line);
    }
  }

  /** The server is about to stop. Unanswered requests are asked again elsewhere, so there is nothing to wait for. */
  #draining(generation: number, { returnAfterMs }: Events["draining"]): void {
    this.#notBefore = this.options.clock.now() + returnAfterMs;
    this.#lost(generation);
  }

  /** This channel is of no more use. `bySource`: it never came up, because there was no token for it. */
  #lost(generation: number, fault?: Fault, bySource = false): void {
    if (generation !== this.#generation || this.#status === "closed") return;
    const { clock, random, token } = this.options;
    const now = clock.now();
    if (this.#line !== undefined && now - this.#onlineSince >= STABLE_MS) this.#attempt = 0;
    const members = [...this.#members.values()];
    this.#drop();
    const hopeless =
      fault?.action === "close" ||
      (fault?.action === "authenticate" && (bySource || typeof token !== "function"));
    if (fault !== undefined && hopeless) {
      this.#become("closed", fault);
      for (const member of members) member.failed(fault);
      return;
    }
    const asked = Math.max(this.#notBefore - now, fault?.extra.retryAfterMs ?? 0);
    const wait = asked + backoffMs(this.#attempt++, random);
    this.#stopTimer = clock.after(wait, () => this.#connect());
    this.#become("waiting", fault);
  }

  /** Lets go of the channel, if there is one, and of every timer. */
  #drop(): void {
    this.#generation++;
    this.#stopTimer();
    this.#stopRenewal();
    const [channel, line] = [this.#channel, this.#line];
    this.#channel = undefined;
    this.#line = undefined;
    line?.die();
    channel?.close();
    if (line !== undefined) for (const member of [...this.#members.values()]) member.down();
  }
}
