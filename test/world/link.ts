// One channel between a client and the server node, like TCP: what arrives, arrives in order, and it may die with
// messages on the way, which then have arrived or not; one end may notice long before the other.

import type { Channel, ChannelListener } from "../../client/index.js";
import type {
  Answer,
  Clock,
  Events,
  Hello,
  NoticeName,
  Notices,
  RequestName,
  Requests,
} from "../../protocol/index.js";
import type { Peer } from "../../server/ports.js";
import type { Served } from "./standin.js";
import type { Wires } from "./wires.js";

export interface Cut {
  /** Whether what is on the way up arrives all the same. */
  readonly arrives: boolean;
  /** Nobody notices before the transport's own pings do. */
  readonly silent: boolean;
}

/** How long Socket.IO takes to find that the other end is gone, with our settings; and a server whose client says nothing. */
const PING_MS = 45_000;
const SERVER_NOTICES_MS = 500;

/** What a link asks of the network it is in. */
export interface Surroundings {
  readonly clock: Clock;
  latencyMs(): number;
  /** The wires of a node that is up, if this client can reach one. */
  reach(client: string): Wires | undefined;
  /** Whether this answer gets lost. */
  losesAnswer(client: string): boolean;
  /** Writes a line only for somebody who is told it: it has a whole message in it. */
  trace(line: () => string): void;
}

export interface LinkOptions {
  /** Whose device it is on, and which of its programs has it. */
  readonly client: string;
  readonly tab: string;
  readonly id: string;
  readonly hello: Hello;
  readonly listener: ChannelListener;
  readonly around: Surroundings;
}

export class Link implements Channel {
  readonly client: string;
  readonly tab: string;
  readonly peer: Peer;
  /** What was asked for in the hello. */
  readonly opens: NonNullable<Hello["opens"]>;
  /** The client id that the server gave it. */
  src = "";
  readonly #listener: ChannelListener;
  readonly #around: Surroundings;
  /** False: nothing is delivered down any more, though the client may not know. */
  #alive = true;
  /** Nothing is delivered up any more. */
  #deaf = false;
  #clientOpen = true;
  #served: Served | undefined;
  /** The node's, once it has been reached. */
  #wires: Wires | undefined;
  /** When the last message of each direction arrives. */
  #lastUp = 0;
  #lastDown = 0;

  constructor({ client, tab, id, hello, listener, around }: LinkOptions) {
    this.client = client;
    this.tab = tab;
    this.#listener = listener;
    this.#around = around;
    this.peer = {
      id,
      send: (name, body) => {
        const travels = clone(body);
        if (name === "opened" && this.#alive && around.losesAnswer(client)) {
          around.trace(() => `lost ${name} to ${tab}`);
          return;
        }
        if (name === "welcome") this.src = (body as Events["welcome"]).client.id;
        around.trace(() => `${name} to ${tab} ${JSON.stringify(body)}`);
        this.#down(() => listener.event(name, travels));
      },
      join: (room) => this.#wires?.join(this, room),
      leave: (room) => this.#wires?.leave(this, room),
      close: () => {
        this.#down(() => this.#clientCloses("closed by the server"));
        this.#serverCloses();
      },
    };
    const said = clone(hello);
    for (const body of said.opens ?? [])
      around.trace(() => `${tab} open in its hello ${JSON.stringify(body)}`);
    this.opens = said.opens ?? [];
    this.#up(() => this.#arrive(said));
  }

  /** The node that it leads to. */
  get node(): number | undefined {
    return this.#wires?.node;
  }

  request<K extends RequestName>(
    name: K,
    body: Requests[K]["body"],
    answer: (answer: Answer<K>) => void,
  ): void {
    const travels = clone(body);
    const [around, client, tab] = [this.#around, this.client, this.tab];
    around.trace(() => `${tab} ${name} ${JSON.stringify(body)}`);
    this.#up(() => {
      this.#served?.request(name, travels, (reply) => {
        if (this.#alive && around.losesAnswer(client)) {
          around.trace(() => `lost answer to ${tab} ${name}`);
          return;
        }
        const back = clone(reply) as Answer<K>;
        around.trace(() => `answer to ${tab} ${name} ${JSON.stringify(reply)}`);
        this.#down(() => answer(back));
      });
    });
  }

  notify<K extends NoticeName>(name: K, body: Notices[K]): void {
    const travels = clone(body);
    this.#up(() => this.#served?.notice(name, travels));
  }

  close(): void {
    this.#clientOpen = false;
    this.#up(() => this.#serverCloses());
  }

  /** The wire is cut; the server may take longer to notice than the client takes to come back. */
  cut({ arrives, silent }: Cut): void {
    this.#deaf ||= !arrives;
    this.#alive = false;
    const { clock } = this.#around;
    if (silent) clock.after(PING_MS, () => this.#clientCloses("ping timeout"));
    else this.#clientCloses("transport error");
    clock.after(silent ? PING_MS : arrives ? SERVER_NOTICES_MS : 0, () => this.#serverCloses());
  }

  /** The node is dead: it hears nothing any more, not even that this link is gone. */
  die(): void {
    this.#deaf = true;
    this.#alive = false;
    this.#served = undefined;
    this.#wires?.went(this);
    this.#clientCloses("transport error");
  }

  #arrive(hello: Hello): void {
    if (!this.#clientOpen) return;
    const wires = this.#around.reach(this.client);
    if (wires === undefined) {
      this.#clientCloses("unreachable");
      return;
    }
    this.#wires = wires;
    wires.links.add(this);
    wires.heard(() => {
      // The node may have died, and this link with it, before it heard of it.
      if (!this.#deaf && wires.server !== undefined) this.#served = wires.server.accept(this.peer, hello);
    });
  }

  #up(run: () => void): void {
    const { clock } = this.#around;
    this.#lastUp = Math.max(this.#lastUp, clock.now() + this.#around.latencyMs());
    const heard = () => {
      if (!this.#deaf) run();
    };
    clock.after(this.#lastUp - clock.now(), () => {
      if (this.#wires === undefined) heard();
      else this.#wires.heard(heard);
    });
  }

  #down(run: () => void): void {
    const { clock } = this.#around;
    this.#lastDown = Math.max(this.#lastDown, clock.now() + this.#around.latencyMs());
    clock.after(this.#lastDown - clock.now(), () => {
      if (this.#clientOpen && this.#alive) run();
    });
  }

  #clientCloses(reason: string): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.#listener.closed(reason);
  }

  #serverCloses(): void {
    this.#wires?.went(this);
    // A node that stands still hears of the end after all that came before it, the hello perhaps.
    this.#wires?.heard(() => {
      const gone = this.#served;
      this.#served = undefined;
      gone?.closed();
    });
  }
}

/** Every message is cloned through JSON, as on a real wire. */
function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
