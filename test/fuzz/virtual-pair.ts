// One connection over a virtual wire, with a client at one end and the server's gateway at the other. It ends for both at
// once; what is on its way then is lost, and what a client asks twice it is answered once.

import type { Channel, ChannelListener } from "../../client/index.js";
import type { Answer, Hello, NoticeName, Notices, RequestName, Requests } from "../../protocol/index.js";
import type { Handle } from "../../server/gateway.js";
import type { Peer } from "../../server/ports.js";
import type { Way } from "./steps.js";
import type { VirtualWire } from "./virtual-wire.js";
import { sleep } from "./waiting.js";

export class Pair implements Channel {
  /** Nothing comes down any more. */
  deaf = false;
  #ended = false;
  /** The client has closed it, and hears nothing more. */
  #left = false;
  #handle: Handle | undefined;
  /** As the server names it. */
  readonly #id: string;
  readonly #before: Record<Way, Promise<void>> = { up: Promise.resolve(), down: Promise.resolve() };

  constructor(
    private readonly wire: VirtualWire,
    hello: Hello,
    private readonly listener: ChannelListener,
  ) {
    const { server, counts } = wire.options;
    const greeting = clone(hello);
    this.#id = `pair-${server.nextPair()}`;
    this.#queue("up", () => {
      if (wire.open && server.runs) server.accepts(this, (gateway) => gateway.accept(this.#peer(), greeting));
      else {
        counts.refused++;
        this.end();
      }
    });
  }

  /** What the server does for this connection from now on. */
  set handle(handle: Handle) {
    this.#handle = handle;
  }

  request<K extends RequestName>(
    name: K,
    body: Requests[K]["body"],
    answer: (answer: Answer<K>) => void,
  ): void {
    const travels = clone(body);
    let answered = false;
    this.#message("up", true, () =>
      this.#asked((handle) =>
        handle.request(name, travels, (reply) => {
          const back = clone(reply) as Answer<K>;
          this.#message("down", false, () => {
            if (!answered) answer(back);
            answered = true;
          });
        }),
      ),
    );
  }

  notify<K extends NoticeName>(name: K, body: Notices[K]): void {
    const travels = clone(body);
    this.#message("up", false, () => this.#asked((handle) => handle.notice(name, travels)));
  }

  close(): void {
    this.#left = true;
    this.#queue("up", () => this.end());
  }

  /** Both ends find out, as soon as they look. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const { wire, listener } = this;
    const { clock, server, threw } = wire.options;
    wire.ended(this);
    server.went(this);
    clock.after(0, () => {
      this.#asked((handle) => handle.closed());
      if (!this.#left) attempt(() => listener.closed("transport error"), threw);
    });
  }

  #peer(): Peer {
    const { server } = this.wire.options;
    return {
      id: this.#id,
      send: (name, body) => {
        const travels = clone(body);
        this.#message("down", false, () => this.listener.event(name, travels));
      },
      join: (room) => server.join(room, this, this.#id),
      leave: (room) => server.leave(room, this),
      close: () => this.#queue("down", () => this.end()),
    };
  }

  tell: Peer["send"] = (name, body) => this.#peer().send(name, body);

  #asked(ask: (handle: Handle) => void): void {
    const handle = this.#handle;
    if (handle !== undefined) this.wire.options.server.does(() => ask(handle));
  }

  #message(way: Way, isRequest: boolean, deliver: () => void): void {
    this.#queue(way, () => {
      if (way === "down" && this.deaf) return;
      this.wire.arrives(this, way, isRequest, deliver);
    });
  }

  /** Runs it when all before it, and the time that it takes, have passed; never, if the connection has ended. */
  #queue(way: Way, run: () => void): void {
    const { clock, threw } = this.wire.options;
    const due = sleep(clock, this.wire.nextMs(way));
    this.#before[way] = this.#before[way]
      .then(() => due)
      .then(() => this.wire.gate(way))
      .then(() => {
        if (!this.#ended && !(way === "down" && this.#left)) attempt(run, threw);
      });
  }
}

function attempt(run: () => void, threw: (error: unknown) => void): void {
  try {
    run();
  } catch (error) {
    threw(error);
  }
}

/** Every message is cloned through JSON, as on a real wire. */
function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
