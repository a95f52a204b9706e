// One call to a server: from the token over the hello to the welcome, and what is said over its channel from then on.
//
//   token ──▶ hello ──welcome──▶ up ──channel gone──▶ over
//     │        │  ▲                                    ▲
//     │        └──┘ refused for its protocol: asked    │
//     │             again at once, in one that both    │
//     └──none to be had──────── know; once ────────────┘
//
// The hello says which documents are to be opened, and whoever then asks for one of them has asked (`ahead.ts`).
// Nothing is heard of a call that was hung up. When to call, and what to do when one is over, is the connection's
// (`connection.ts`); which protocol a server was last found to speak is kept there too, in `Dialect`.

import {
  type Clock,
  type EventName,
  type Events,
  Fault,
  type Hello,
  leftMs,
  MOST_OPENS,
  opensInHello,
  PROTOCOL_VERSION,
  type Requests,
  sharedProtocol,
  type Welcome,
} from "../protocol/index.js";
import { Ahead } from "./ahead.js";
import type { Channel, Transport } from "./transport.js";

/**
 * A token, or where to get a fresh one for every connection, and before the one of a living connection ends. A source that
 * fails is asked again later, and `status` says why (`unavailable`); one that throws a {@link Fault} of the action
 * `authenticate` says that there is none to be had, and closes the connection.
 */
export type TokenSource = string | (() => string | Promise<string>);

/** How long a channel may take to be welcomed. */
const WELCOME_TIMEOUT_MS = 10_000;
/** How long servers are asked for the older protocol at once, after one that knew no other. */
const OLDER_FOR_MS = 60_000;

/**
 * Which protocol to ask for first: our newest, or for a while the one that a server has been found to speak. While servers
 * are exchanged one by one there are both kinds.
 */
export class Dialect {
  #older: { readonly protocol: number; readonly since: number } | undefined;

  first(clock: Clock): number {
    if (this.#older !== undefined && leftMs(clock, this.#older.since, OLDER_FOR_MS) === 0)
      this.#older = undefined;
    return this.#older?.protocol ?? PROTOCOL_VERSION;
  }

  /** A server took this one after it had refused another. */
  found(protocol: number, clock: Clock): void {
    this.#older = protocol === PROTOCOL_VERSION ? undefined : { protocol, since: clock.now() };
  }
}

/** Said to whoever wrote the source, who would look for the mistake at the server. */
const noToken = (why: unknown): Fault =>
  new Fault(
    "unavailable",
    `The source of tokens gave none (${why instanceof Error ? why.message : String(why)}).`,
  );

export interface CallOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly token: TokenSource | undefined;
  /** What is said besides protocol and token. */
  readonly hello: Omit<Hello, "protocol" | "token" | "opens">;
  /** What will be opened as soon as we are welcome, as far as that is known when the hello is said. */
  readonly openings: () => readonly Requests["open"]["body"][];
}

export interface CallListener {
  welcomed(welcome: Welcome, channel: Channel): void;
  /** What the server tells after that. */
  event<K extends EventName>(name: K, body: Events[K]): void;
  /** Told once. `bySource`: there was no token for it. */
  over(fault: Fault | undefined, bySource: boolean): void;
}

export class Call {
  #channel: Channel | undefined;
  #ahead = new Ahead([]);
  /** Counts the channels of this call, so that what one that was given up still says is not heard. */
  #channels = 0;
  #welcomed = false;
  /** The protocol has been changed once. */
  #changed = false;
  #over = false;
  #stopTimer = () => {};

  constructor(
    private readonly options: CallOptions,
    private readonly listener: CallListener,
  ) {}

  /** The listener may be told something before this returns. */
  start(): void {
    const { token, clock, dialect } = this.options;
    // Whatever becomes of the token, this call ends: a source that never answers must not hold us for ever.
    this.#stopTimer = clock.after(WELCOME_TIMEOUT_MS, () => this.#end(noToken("it does not answer")));
    const open = (value: string | undefined) => this.#open(value, dialect.first(clock));
    if (typeof token !== "function") {
      open(token);
      return;
    }
    Promise.resolve()
      .then(token)
      .then(open, (error) => this.#end(error instanceof Fault ? error : noToken(error), true));
  }

  hangUp(): void {
    this.#over = true;
    this.#stopTimer();
    this.#channels++;
    this.#channel?.close();
    this.#channel = undefined;
  }

  #end(fault?: Fault, bySource = false): void {
    if (this.#over) return;
    this.hangUp();
    this.listener.over(fault, bySource);
  }

  #open(token: string | undefined, protocol: number): void {
    if (this.#over) return;
    const { clock, transport, hello } = this.options;
    this.#stopTimer();
    this.#stopTimer = clock.after(WELCOME_TIMEOUT_MS, () => this.#end());
    const number = ++this.#channels;
    this.#ahead = new Ahead([]);
    const opens = () => this.#opens();
    const said: Hello = {
      protocol,
      ...(token === undefined ? {} : { token }),
      ...hello,
      // Looked up when it is said: a program opens its documents just after it has asked for the connection.
      get opens() {
        return opensInHello(protocol) ? opens() : undefined;
      },
    };
    const refused = (fault: Fault | undefined) => {
      const other = fault?.code === "protocol_unsupported" ? sharedProtocol(fault.extra.details) : undefined;
      if (this.#welcomed || this.#changed || other === undefined || other === protocol) {
        this.#end(fault);
        return;
      }
      this.#changed = true;
      this.#channels++;
      this.#channel?.close();
      this.#channel = undefined;
      this.#open(token, other);
    };
    const channel = transport.open(said, {
      event: (name, body) => {
        if (number !== this.#channels) return;
        if (name === "welcome") this.#welcome(protocol, body as Welcome);
        else if (name === "fault" && (body as Events["fault"]).doc === undefined)
          refused(Fault.from((body as Events["fault"]).fault));
        else if (!this.#welcomed) return;
        else if (name === "opened") this.#ahead.opened(body as Events["opened"]);
        else this.listener.event(name, body);
      },
      closed: (_reason, fault) => {
        if (number === this.#channels) refused(fault && Fault.from(fault));
      },
    });
    if (number === this.#channels) this.#channel = channel;
    else channel.close();
  }

  #welcome(protocol: number, welcome: Welcome): void {
    if (this.#welcomed || this.#channel === undefined) return;
    if (welcome.protocol !== protocol) {
      this.#end(new Fault("protocol_unsupported", `The server speaks ${welcome.protocol}.`));
      return;
    }
    this.#stopTimer();
    this.#welcomed = true;
    const { dialect, clock } = this.options;
    if (this.#changed) dialect.found(protocol, clock);
    const [channel, ahead] = [this.#channel, this.#ahead];
    this.listener.welcomed(welcome, {
      request(name, body, answer) {
        if (!ahead.takes(name, body, answer)) channel.request(name, body, answer);
      },
      notify: (name, body) => channel.notify(name, body),
      close: () => channel.close(),
    });
    // Closed between hello and welcome.
    for (const doc of ahead.unwanted()) channel.request("leave", { doc }, () => {});
  }

  /** What the hello says is to be opened; said again, as over another way to the server, only the last time counts. */
  #opens(): Hello["opens"] {
    const openings = this.options.openings().slice(0, MOST_OPENS);
    this.#ahead = new Ahead(openings);
    return openings.length === 0 ? undefined : openings;
  }
}
