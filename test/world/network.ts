// The wires between clients and one server node, in virtual time, with everything that wires and relays do wrong.
//
// A channel is like TCP: what arrives, arrives in order, and it may die with messages on the way, which then have
// arrived or not. Room events come through a relay that may lose, repeat or delay them, each for each receiver. Answers
// may be lost without the channel dying. Every message is cloned through JSON, as on a real wire.

import type { Transport } from "../../client/index.js";
import type { Clock, EventName, Events, Random, RequestName, Requests } from "../../protocol/index.js";
import type { Peer, Rooms } from "../../server/ports.js";
import type { Served, Server } from "./standin.js";

/** What is wrong with one client's wire. Counts are of messages still to be hit. */
export interface Weather {
  /** No channel comes up. */
  cut: boolean;
  loseOps: number;
  repeatOps: number;
  delayOps: number;
  delayMs: number;
  loseAnswers: number;
}

const fair = (): Weather => ({
  cut: false,
  loseOps: 0,
  repeatOps: 0,
  delayOps: 0,
  delayMs: 0,
  loseAnswers: 0,
});

export interface Cut {
  /** Whether what was on the way up arrives all the same. */
  readonly arrives: boolean;
  /** Nobody notices before the transport's own pings do. */
  readonly silent: boolean;
}

/** How long Socket.IO takes to find that the other end is gone, with our settings. */
const PING_MS = 45_000;

interface Link {
  readonly name: string;
  readonly peer: Peer;
  /** False: nothing is delivered any more, though the ends may not know. */
  alive: boolean;
  cut(how: Cut): void;
  /** The node is dead: it hears nothing any more, not even that this link is gone. */
  die(): void;
}

export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly latencyMs: readonly [least: number, most: number];
  /** Is told whatever goes over the wires. */
  readonly trace?: (line: string) => void;
  /** Is told what of interest happened. */
  readonly seen: (what: string) => void;
}

export class Network {
  /** The node that is up, if one is. */
  #server: Server | undefined;
  readonly #weather = new Map<string, Weather>();
  readonly #links = new Set<Link>();
  readonly #rooms = new Map<string, Set<Link>>();
  readonly #submitted = new Set<string>();
  #peers = 0;
  /** Set: the next room event of committed ops finds the node dead. */
  onNextRelay: (() => void) | undefined;

  constructor(private readonly options: NetworkOptions) {}

  weather(name: string): Weather {
    const weather = this.#weather.get(name) ?? fair();
    this.#weather.set(name, weather);
    return weather;
  }

  /** All wires are sound from now on. */
  heal(): void {
    this.#weather.clear();
    this.onNextRelay = undefined;
  }

  up(server: Server): void {
    this.#server = server;
  }

  /** The node is gone, with every channel and room. */
  down(): void {
    this.#server = undefined;
    for (const link of [...this.#links]) link.die();
    this.#rooms.clear();
  }

  cut(name: string, how: Cut): void {
    this.weather(name).cut = true;
    for (const link of [...this.#links]) if (link.name === name) link.cut(how);
  }

  /** Sends one event to everybody connected. */
  tellAll<K extends EventName>(name: K, body: Events[K]): void {
    for (const { peer } of [...this.#links]) peer.send(name, body);
  }

  readonly rooms: Rooms = {
    tell: (room, name, body, { except } = {}) => {
      if (name === "ops" && this.onNextRelay !== undefined) {
        const crash = this.onNextRelay;
        this.onNextRelay = undefined;
        crash();
        return;
      }
      for (const link of [...(this.#rooms.get(room) ?? [])]) {
        if (link.peer.id !== except) this.#relay(link, name, body);
      }
    },
  };

  #relay<K extends EventName>(link: Link, name: K, body: Events[K]): void {
    const weather = this.weather(link.name);
    const { peer } = link;
    if (name !== "ops") peer.send(name, body);
    else if (weather.loseOps > 0) {
      weather.loseOps--;
      this.options.seen("lost ops");
      this.options.trace?.(`lost ops to ${link.name}`);
    } else if (weather.delayOps > 0) {
      weather.delayOps--;
      this.options.seen("delayed ops");
      this.options.clock.after(weather.delayMs, () => peer.send(name, body));
    } else {
      peer.send(name, body);
      if (weather.repeatOps > 0) {
        weather.repeatOps--;
        this.options.seen("repeated ops");
        peer.send(name, body);
      }
    }
  }

  /** Tells what is remarkable about a request. */
  #asked(client: string, name: RequestName, body: object): void {
    const { seen } = this.options;
    if (name === "ops") seen("asked for a hole");
    if (name === "open" && "since" in body) seen("came back by version");
    if (name !== "submit") return;
    const { seq } = body as Requests["submit"]["body"];
    const message = `${client} ${seq} ${JSON.stringify(body)}`;
    if (this.#submitted.has(message)) seen("submitted again");
    this.#submitted.add(message);
  }

  #latency(): number {
    const [least, most] = this.options.latencyMs;
    return least + this.options.random() * (most - least);
  }

  transport(client: string): Transport {
    return {
      open: (hello, listener) => {
        const { clock, trace } = this.options;
        const weather = () => this.weather(client);
        let clientOpen = true;
        let served: Served | undefined;
        let lastUp = 0;
        let lastDown = 0;
        const upwards = (run: () => void) => {
          lastUp = Math.max(lastUp, clock.now() + this.#latency());
          clock.after(lastUp - clock.now(), run);
        };
        const downwards = (run: () => void) => {
          lastDown = Math.max(lastDown, clock.now() + this.#latency());
          clock.after(lastDown - clock.now(), () => {
            if (clientOpen && link.alive) run();
          });
        };
        const clientClosed = (reason: string) => {
          if (!clientOpen) return;
          clientOpen = false;
          listener.closed(reason);
        };
        const serverClosed = () => {
          this.#links.delete(link);
          for (const room of this.#rooms.values()) room.delete(link);
          const gone = served;
          served = undefined;
          gone?.closed();
        };
        const peer: Peer = {
          id: `peer-${++this.#peers}`,
          send: (name, body) => {
            const travels = clone(body);
            trace?.(`${name} to ${client} ${JSON.stringify(body)}`);
            downwards(() => listener.event(name, travels));
          },
          join: (room) => {
            if (served === undefined && !accepting) return;
            this.#rooms.set(room, (this.#rooms.get(room) ?? new Set()).add(link));
          },
          leave: (room) => void this.#rooms.get(room)?.delete(link),
          close: () => {
            downwards(() => clientClosed("closed by the server"));
            serverClosed();
          },
        };
        const link: Link = {
          name: client,
          peer,
          alive: true,
          cut({ arrives, silent }) {
            if (!arrives) lost = true;
            link.alive = false;
            if (silent) clock.after(PING_MS, () => clientClosed("ping timeout"));
            else clientClosed("transport error");
            // The server may take longer to notice than the client takes to come back.
            clock.after(silent ? PING_MS : arrives ? 500 : 0, serverClosed);
          },
          die: () => {
            lost = true;
            link.alive = false;
            served = undefined;
            this.#links.delete(link);
            clientClosed("transport error");
          },
        };
        /** Messages on the way up when the wire was cut are gone. */
        let lost = false;
        let accepting = false;
        upwards(() => {
          if (!clientOpen) return;
          if (weather().cut || this.#server === undefined) {
            clientClosed("unreachable");
            return;
          }
          this.#links.add(link);
          accepting = true;
          served = this.#server.accept(peer, clone(hello));
          accepting = false;
        });
        return {
          request: (name, body, answer) => {
            const travels = clone(body);
            trace?.(`${client} ${name} ${JSON.stringify(body)}`);
            this.#asked(client, name, body);
            upwards(() => {
              if (lost) return;
              served?.request(name, travels, (reply) => {
                if (weather().loseAnswers > 0 && link.alive) {
                  weather().loseAnswers--;
                  this.options.seen("lost an answer");
                  trace?.(`lost answer to ${client} ${name}`);
                  return;
                }
                const back = clone(reply);
                trace?.(`answer to ${client} ${name} ${JSON.stringify(reply)}`);
                downwards(() => answer(back as never));
              });
            });
          },
          notify: (name, body) => {
            const travels = clone(body);
            upwards(() => {
              if (!lost) served?.notice(name, travels);
            });
          },
          close: () => {
            clientOpen = false;
            upwards(serverClosed);
          },
        };
      },
    };
  }
}

function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
