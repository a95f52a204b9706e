// The wires between clients and one server node, in virtual time, with everything that wires and relays do wrong.
//
// Channels are `link.ts`. Room events come through a relay that may lose, repeat or delay committed ops, each for each
// receiver; answers may be lost without the channel dying. Presence and heads come from the node itself, and are lost
// only with the channel.

import type { Transport } from "../../client/index.js";
import type { Clock, EventName, Events, Random, RequestName, Requests } from "../../protocol/index.js";
import type { Rooms } from "../../server/ports.js";
import { type Cut, Link, type Surroundings } from "./link.js";
import type { Server } from "./standin.js";

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
  /** Every submission that was made, to know one that is made again. */
  readonly #submitted = new Set<string>();
  #peers = 0;
  /** Set: the next room event of committed ops finds the node dead. */
  onNextRelay: (() => void) | undefined;

  constructor(private readonly options: NetworkOptions) {}

  weather(client: string): Weather {
    const weather = this.#weather.get(client) ?? fair();
    this.#weather.set(client, weather);
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

  cut(client: string, how: Cut): void {
    this.weather(client).cut = true;
    for (const link of [...this.#links]) if (link.client === client) link.cut(how);
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

  transport(client: string): Transport {
    return {
      open: (hello, listener) => {
        const link = new Link(client, `peer-${++this.#peers}`, hello, listener, this.#surroundings);
        return {
          request: (name, body, answer) => {
            this.#asked(client, name, body);
            link.request(name, body, answer);
          },
          notify: (name, body) => link.notify(name, body),
          close: () => link.close(),
        };
      },
    };
  }

  readonly #surroundings: Surroundings = {
    clock: { now: () => this.options.clock.now(), after: (ms, run) => this.options.clock.after(ms, run) },
    latencyMs: () => {
      const [least, most] = this.options.latencyMs;
      return least + this.options.random() * (most - least);
    },
    reach: (client) => (this.weather(client).cut ? undefined : this.#server),
    losesAnswer: (client) => {
      const weather = this.weather(client);
      if (weather.loseAnswers === 0) return false;
      weather.loseAnswers--;
      this.options.seen("lost an answer");
      return true;
    },
    came: (link) => void this.#links.add(link),
    went: (link) => {
      this.#links.delete(link);
      for (const room of this.#rooms.values()) room.delete(link);
    },
    join: (link, room) => {
      // A dead node's late work must not put anybody into the rooms of the next one.
      if (this.#links.has(link)) this.#rooms.set(room, (this.#rooms.get(room) ?? new Set()).add(link));
    },
    leave: (link, room) => void this.#rooms.get(room)?.delete(link),
    trace: (line) => this.options.trace?.(line),
  };

  #relay<K extends EventName>(link: Link, name: K, body: Events[K]): void {
    const weather = this.weather(link.client);
    const { clock, seen, trace } = this.options;
    const { peer } = link;
    if (name !== "ops") peer.send(name, body);
    else if (weather.loseOps > 0) {
      weather.loseOps--;
      seen("lost ops");
      trace?.(`lost ops to ${link.client}`);
    } else if (weather.delayOps > 0) {
      weather.delayOps--;
      seen("delayed ops");
      clock.after(weather.delayMs, () => peer.send(name, body));
    } else {
      peer.send(name, body);
      if (weather.repeatOps > 0) {
        weather.repeatOps--;
        seen("repeated ops");
        peer.send(name, body);
      }
    }
  }

  /** Tells what is remarkable about a request. */
  #asked<K extends RequestName>(client: string, name: K, body: Requests[K]["body"]): void {
    const { seen } = this.options;
    if (name === "ops") seen("asked for a hole");
    if (name === "open" && "since" in body) seen("came back by version");
    if (name !== "submit") return;
    const message = `${client} ${JSON.stringify(body)}`;
    if (this.#submitted.has(message)) seen("submitted again");
    this.#submitted.add(message);
  }
}
