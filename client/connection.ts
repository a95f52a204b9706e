// One client's way to the server: one live channel at a time, opened again for as long as the client lives.
//
//   connecting ──welcome──▶ online ──channel gone──▶ waiting ──backoff──▶ connecting
//       └───────no welcome, refused──────────────────▲ │
//                                    closed ◀──fault that no waiting mends, close()
//
// A server that is about to stop says so while it still serves: then the next channel is opened beside the one there is,
// and the documents move over when it is welcomed, without having been away.
//
// The server mints the client id; we keep it with its ticket and show both again, so that our ops keep their names over
// reconnects. Documents outlive channels: each hears `up` with a fresh line, and `down` when there is none.
// Not here: what travels (`sync.ts`), how one request is answered (`line.ts`), how one call goes (`call.ts`), how long until
// the next (`attempts.ts`).

import type {
  Clock,
  EventName,
  Events,
  Fault,
  Hello,
  Random,
  Requests,
  User,
  Welcome,
} from "../protocol/index.js";
import { Attempts } from "./attempts.js";
import { Call, Dialect, type TokenSource } from "./call.js";
import { Emitter } from "./emitter.js";
import { Line, type Seqs } from "./line.js";
import { renewToken } from "./renewal.js";
import type { Channel, Transport } from "./transport.js";

export type { TokenSource } from "./call.js";

/** connecting: on the way · online · waiting: no server in reach, we try again · closed: for good */
export type ConnectionStatus = "connecting" | "online" | "waiting" | "closed";

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
  /**
   * The server's operator tells everybody something, for `endsInMs` or until it is taken back, which a `text` of null says.
   * It is told again, with the same `id`, after a reconnect.
   */
  announcement: Events["announcement"];
}

/** A document, as its connection sees it. */
export interface Member {
  readonly id: string;
  /** What it will ask for when there is a line; undefined: that is not known yet. */
  opening(): Requests["open"]["body"] | undefined;
  /** There is a line, or another one than before. */
  up(line: Line): void;
  down(): void;
  event<K extends EventName>(name: K, body: Events[K]): void;
  /** The connection is refused for good. */
  failed(fault: Fault): void;
  /** The connection is being closed by its owner. */
  close(): void;
}

export class Connection {
  readonly #events = new Emitter<ConnectionEvents>();
  readonly #members = new Map<string, Member>();
  #status: ConnectionStatus = "connecting";
  /** What brought the line, or will bring one. */
  #call: Call | undefined;
  #line: Line | undefined;
  /** Beside a line that will end soon: what will bring the next. */
  #next: Call | undefined;
  readonly #dialect = new Dialect();
  /** The display name that the next hello says. */
  #name: string | undefined;
  readonly #attempts: Attempts;
  #client: Hello["client"];
  #stopTimer = () => {};
  #stopMove = () => {};
  #stopRenewal = () => {};
  readonly seqs: Seqs;

  constructor(private readonly options: ConnectionOptions) {
    this.seqs = options.seqs;
    this.#name = options.name;
    this.#attempts = new Attempts(options.clock, options.random);
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
    if (this.#status === "waiting" && this.#attempts.pauseLeftMs === 0) this.#connect();
  }

  /** The device says that its network is gone, or that it slept: what is open is of no use, and is not waited for. */
  networkLost(): void {
    if (this.#status === "online" || this.#status === "connecting") this.#lost();
  }

  /**
   * Under another display name from now on. A name is said in a hello: while there is a line, the next is opened beside it, and
   * the documents move over without having been away.
   */
  rename(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    if (this.#line === undefined) return;
    // One that is on its way has said the old name.
    this.#next?.hangUp();
    this.#next = undefined;
    this.#moveAfter(this.#attempts.pauseLeftMs);
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
    const call = this.#prepare();
    this.#call = call;
    if (this.#status !== "connecting") this.#become("connecting");
    if (this.#call === call) call.start();
  }

  #prepare(): Call {
    const { token, transport, clock } = this.options;
    const name = this.#name;
    const hello = {
      ...(name === undefined ? {} : { name }),
      ...(this.#client === undefined ? {} : { client: this.#client }),
    };
    const call = new Call(
      { transport, clock, dialect: this.#dialect, token, hello, openings: () => this.#openings() },
      {
        welcomed: (welcome, channel) => {
          this.#welcomed(call, welcome, channel);
          // Renamed between hello and welcome.
          if (call === this.#call && name !== this.#name) this.#moveAfter(0);
        },
        event: (event, body) => {
          if (call === this.#call) this.#event(event, body);
        },
        over: (fault, bySource) => {
          if (call === this.#call) this.#lost(fault, bySource);
          else if (call === this.#next) this.#notMoved(fault, bySource);
        },
      },
    );
    return call;
  }

  /** What is not open over a line that there is: that may go on meanwhile, and the other end has it from there. */
  #openings(): Requests["open"]["body"][] {
    if (this.#line !== undefined) return [];
    return [...this.#members.values()].flatMap((member) => member.opening() ?? []);
  }

  #event<K extends EventName>(name: K, body: Events[K]): void {
    if (name === "draining") this.#draining(body as Events["draining"]);
    else if (name === "announcement") this.#events.emit(name, body as Events["announcement"]);
    else if ("doc" in body && body.doc !== undefined) this.#members.get(body.doc)?.event(name, body);
  }

  #welcomed(call: Call, welcome: Welcome, channel: Channel): void {
    if (call !== this.#call && call !== this.#next) return;
    const [before, oldLine] = [this.#call, this.#line];
    this.#stopMove();
    this.#stopRenewal();
    this.#call = call;
    this.#next = undefined;
    this.#client = welcome.client;
    this.#attempts.welcomed();
    const { clock, random, token } = this.options;
    const line = new Line(welcome, channel, clock, random, (_reason, fault) => {
      if (this.#line === line) this.#lost(fault);
    });
    this.#line = line;
    if (typeof token === "function") this.#stopRenewal = renewToken({ source: token, line, clock, random });
    // What was asked on the line before and is not answered is asked again on this one.
    oldLine?.die();
    if (this.#status !== "online") this.#become("online");
    for (const member of [...this.#members.values()]) {
      if (this.#line === line && this.#members.get(member.id) === member) member.up(line);
    }
    if (before !== call) before?.hangUp();
  }

  /** The server is about to stop. */
  #draining({ returnAfterMs }: Events["draining"]): void {
    this.#attempts.pause(returnAfterMs);
    this.#moveAfter(returnAfterMs);
  }

  #moveAfter(ms: number): void {
    this.#stopMove();
    this.#stopMove = this.options.clock.after(ms, () => {
      if (this.#line === undefined || this.#next !== undefined) return;
      this.#next = this.#prepare();
      this.#next.start();
    });
  }

  /** The next channel was not to be had. For as long as the present one lives, that troubles nobody. */
  #notMoved(fault: Fault | undefined, bySource: boolean): void {
    this.#next = undefined;
    if (this.#isHopeless(fault, bySource)) return;
    this.#moveAfter(this.#attempts.waitBesideMs(fault?.extra.retryAfterMs));
  }

  #isHopeless(fault: Fault | undefined, bySource: boolean): boolean {
    if (fault?.action === "authenticate") return bySource || typeof this.options.token !== "function";
    return fault?.action === "close";
  }

  /** This channel is of no more use. `bySource`: it never came up, because there was no token for it. */
  #lost(fault?: Fault, bySource = false): void {
    if (this.#status === "closed") return;
    if (this.#line !== undefined) this.#attempts.lost();
    const members = [...this.#members.values()];
    const hopeless = this.#isHopeless(fault, bySource);
    const next = hopeless ? undefined : this.#next;
    if (next !== undefined) this.#next = undefined;
    this.#drop();
    // Whoever has heard of it may have closed the connection.
    if (this.status === "closed") {
      next?.hangUp();
      return;
    }
    if (fault !== undefined && hopeless) {
      this.#become("closed", fault);
      for (const member of members) member.failed(fault);
      return;
    }
    if (next !== undefined) {
      this.#call = next;
      this.#become("connecting", fault);
      return;
    }
    const wait = this.#attempts.waitMs(fault?.extra.retryAfterMs);
    this.#stopTimer = this.options.clock.after(wait, () => this.#connect());
    this.#become("waiting", fault);
  }

  /** Lets go of the channels, if there are any, and of every timer. */
  #drop(): void {
    this.#stopTimer();
    this.#stopMove();
    this.#stopRenewal();
    const [call, next, line] = [this.#call, this.#next, this.#line];
    this.#call = undefined;
    this.#next = undefined;
    this.#line = undefined;
    line?.die();
    call?.hangUp();
    next?.hangUp();
    if (line !== undefined) for (const member of [...this.#members.values()]) member.down();
  }
}
