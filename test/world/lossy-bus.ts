// A bus between simulated nodes on virtual time, with everything that goes wrong on one: messages are lost, late, twice and
// in another order; it is away altogether, or for one node; nodes sleep and die. It tells of the gap when it is back.

import type { Clock, Random } from "../../protocol/index.js";
import type { Bus } from "../../server/cluster/bus.js";
import type { OwnClock } from "./own-clock.js";

export interface BusWeather {
  /** How many of a hundred messages are lost, and come twice. */
  lost: number;
  twice: number;
  /** How long one may take. More than one at a time in a topic come in any order. */
  delayMs: number;
}

const fair = (): BusWeather => ({ lost: 0, twice: 0, delayMs: 5 });

interface Station {
  readonly clock: OwnClock;
  readonly topics: Map<string, Set<(message: unknown, from: string) => void>>;
  readonly gaps: Set<() => void>;
  /** To be called when the topic is heard. */
  waiting: (() => void)[];
  cutOff: boolean;
}

export class LossyBus {
  readonly weather: BusWeather = { lost: 0, twice: 0, delayMs: 5 };
  /** How many messages were told. */
  told = 0;
  readonly #stations = new Map<string, Station>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The bus of a node that starts now. */
  join(node: string, clock: OwnClock): Bus {
    const station: Station = {
      clock,
      topics: new Map(),
      gaps: new Set(),
      waiting: [],
      cutOff: false,
    };
    this.#stations.set(node, station);
    return {
      node,
      tell: (topic, message) => this.#tell(node, topic, JSON.stringify(message)),
      hear: (topic, heard, hearing = () => {}) => {
        const all = station.topics.get(topic) ?? new Set();
        station.topics.set(topic, all.add(heard));
        if (station.cutOff) station.waiting.push(hearing);
        else this.#later(station, hearing);
        return () => {
          all.delete(heard);
        };
      },
      onGap: (gap) => {
        station.gaps.add(gap);
        return () => station.gaps.delete(gap);
      },
    };
  }

  /** The node is dead, and says nothing any more. */
  leave(node: string): void {
    this.#stations.delete(node);
  }

  /** Nothing goes to these nodes or comes from them. */
  cutOff(nodes: Iterable<string> = this.#stations.keys()): void {
    for (const node of nodes) {
      const station = this.#stations.get(node);
      if (station !== undefined) station.cutOff = true;
    }
  }

  /** The bus is sound, and whoever may have missed something is told. */
  heal(): void {
    Object.assign(this.weather, fair());
    for (const station of this.#stations.values()) {
      station.cutOff = false;
      for (const hearing of station.waiting.splice(0)) this.#later(station, hearing);
      for (const gap of station.gaps) this.#later(station, gap);
    }
  }

  #tell(from: string, topic: string, message: string): void {
    this.told++;
    const teller = this.#stations.get(from);
    if (teller === undefined || teller.cutOff) return;
    for (const [node, { topics }] of this.#stations) {
      if (node === from || (topics.get(topic)?.size ?? 0) === 0) continue;
      if (this.#chance(this.weather.lost)) continue;
      this.#deliver(node, topic, message, from);
      if (this.#chance(this.weather.twice)) this.#deliver(node, topic, message, from);
    }
  }

  #deliver(node: string, topic: string, message: string, from: string): void {
    this.clock.after(this.random() * this.weather.delayMs, () => {
      const station = this.#stations.get(node);
      if (station === undefined || station.cutOff) return;
      station.clock.soon(() => {
        for (const heard of [...(station.topics.get(topic) ?? [])]) heard(JSON.parse(message), from);
      });
    });
  }

  #later({ clock }: Station, run: () => void): void {
    this.clock.after(this.random() * 20, () => clock.soon(run));
  }

  #chance(ofHundred: number): boolean {
    return ofHundred > 0 && this.random() * 100 < ofHundred;
  }
}
