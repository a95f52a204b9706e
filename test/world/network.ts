// The wires between clients and server nodes, in virtual time, with everything that wires and relays do wrong.
//
// Channels are `link.ts`, what belongs to one node is `wires.ts`. Room events come through a relay that may lose, repeat
// or delay committed ops, each for each receiver; answers may be lost without the channel dying. Presence and heads come
// from the node itself, and are lost only with the channel.

import type { Transport } from "../../client/index.js";
import type {
  Answer,
  Clock,
  EventName,
  Events,
  Random,
  RequestName,
  Requests,
} from "../../protocol/index.js";
import type { Rooms } from "../../server/ports.js";
import { type Cut, Link, type Surroundings } from "./link.js";
import type { Server } from "./standin.js";
import { Wires } from "./wires.js";

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

/** Who looks at what goes over the wires. */
export interface Onlooker {
  asked?(link: Link, name: RequestName, body: Requests[RequestName]["body"]): void;
  answered?(
    link: Link,
    name: RequestName,
    body: Requests[RequestName]["body"],
    reply: Answer<RequestName>,
  ): void;
  event?<K extends EventName>(link: Link, name: K, body: Events[K]): void;
  /** Committed ops are on their way to a client. */
  told?(link: Link, ops: Events["ops"]["ops"]): void;
}

export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly latencyMs: readonly [least: number, most: number];
  /** How many server nodes there can be. */
  readonly nodes?: number;
  /** Is told whatever goes over the wires. */
  readonly trace?: (line: string) => void;
  /** Is told what of interest happened. */
  readonly seen: (what: string) => void;
  readonly onlooker?: Onlooker;
}

export class Network {
  readonly #wires: readonly Wires[];
  readonly #weather = new Map<string, Weather>();
  /** Those that clients have not seen the end of, also where the hello is still on its way. */
  readonly #open = new Set<Link>();
  #peers = 0;
  /** Set: the next room event of committed ops finds the node dead. */
  onNextRelay: ((node: number) => void) | undefined;

  constructor(private readonly options: NetworkOptions) {
    this.#wires = Array.from({ length: options.nodes ?? 1 }, (_, node) => new Wires(node));
  }

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

  up(server: Server, node = 0): void {
    this.#wires[node]!.server = server;
  }

  /** The node is gone, with every channel and room. */
  down(node = 0): void {
    this.#wires[node]!.down();
  }

  /** The node neither hears nor says anything until it goes on. */
  pause(node: number): void {
    this.#wires[node]!.pause();
  }

  resume(node: number): void {
    this.#wires[node]!.resume();
  }

  get #links(): Link[] {
    return this.#wires.flatMap(({ links }) => [...links]);
  }

  cut(client: string, how: Cut): void {
    this.weather(client).cut = true;
    for (const link of this.#links) if (link.client === client) link.cut(how);
  }

  /** Sends one event to everybody connected. */
  tellAll<K extends EventName>(name: K, body: Events[K], node?: number): void {
    for (const wires of this.#wires) {
      if (node === undefined || wires.node === node)
        for (const { peer } of [...wires.links]) peer.send(name, body);
    }
  }

  get rooms(): Rooms {
    return this.roomsOf(0);
  }

  roomsOf(node: number): Rooms {
    const wires = this.#wires[node]!;
    return {
      tell: (room, name, body, { except } = {}) => {
        if (name === "ops" && this.onNextRelay !== undefined) {
          const crash = this.onNextRelay;
          this.onNextRelay = undefined;
          crash(node);
          return;
        }
        for (const link of wires.inRoom(room)) if (link.peer.id !== except) this.#relay(link, name, body);
      },
    };
  }

  /** @param tab  which of the client's programs it is */
  transport(client: string, tab = client): Transport {
    return {
      open: (hello, listener) => {
        const id = `peer-${++this.#peers}`;
        const link: Link = new Link({
          ...{ client, tab, id, hello, around: this.#surroundings },
          listener: {
            event: (name, body) => {
              const { onlooker } = this.options;
              if (name === "ops") onlooker?.told?.(link, (body as Events["ops"]).ops);
              if (name === "opened") {
                this.options.seen("opened-in-hello");
                const { doc, ...answer } = body as Events["opened"];
                onlooker?.answered?.(link, "open", link.opens.find((said) => said.doc === doc)!, answer);
              } else onlooker?.event?.(link, name, body);
              listener.event(name, body);
            },
            closed: (reason, fault) => {
              this.#open.delete(link);
              listener.closed(reason, fault);
            },
          },
        });
        this.#open.add(link);
        for (const body of link.opens) this.options.onlooker?.asked?.(link, "open", body);
        return {
          request: (name, body, answer) => {
            this.options.onlooker?.asked?.(link, name, body);
            link.request(name, body, (reply) => {
              this.options.onlooker?.answered?.(link, name, body, reply);
              answer(reply);
            });
          },
          notify: (name, body) => link.notify(name, body),
          close: () => {
            this.#open.delete(link);
            link.close();
          },
        };
      },
    };
  }

  /** A program is gone, with its channels; `arrives`: what it has said arrives all the same. */
  vanish(tab: string, arrives: boolean): void {
    for (const link of new Set([...this.#links, ...this.#open]))
      if (link.tab === tab) link.cut({ arrives, silent: false });
  }

  readonly #surroundings: Surroundings = {
    clock: { now: () => this.options.clock.now(), after: (ms, run) => this.options.clock.after(ms, run) },
    latencyMs: () => {
      const [least, most] = this.options.latencyMs;
      return least + this.options.random() * (most - least);
    },
    reach: (client) => {
      if (this.weather(client).cut) return undefined;
      const up = this.#wires.filter(({ server }) => server !== undefined);
      return up.length < 2 ? up[0] : up[Math.floor(this.options.random() * up.length)];
    },
    losesAnswer: (client) => {
      const weather = this.weather(client);
      if (weather.loseAnswers === 0) return false;
      weather.loseAnswers--;
      this.options.seen("answer-lost");
      return true;
    },
    trace: (line) => this.options.trace?.(line()),
  };

  #relay<K extends EventName>(link: Link, name: K, body: Events[K]): void {
    const weather = this.weather(link.client);
    const { clock, seen, trace } = this.options;
    const send = () => link.peer.send(name, body);
    if (name !== "ops") send();
    else if (weather.loseOps > 0) {
      weather.loseOps--;
      seen("ops-lost");
      trace?.(`lost ops to ${link.tab}`);
    } else if (weather.delayOps > 0) {
      weather.delayOps--;
      seen("ops-delayed");
      clock.after(weather.delayMs, send);
    } else {
      send();
      if (weather.repeatOps > 0) {
        weather.repeatOps--;
        seen("ops-repeated");
        send();
      }
    }
  }
}
