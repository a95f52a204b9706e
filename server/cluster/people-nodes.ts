// Which other nodes are alive: each says so every few seconds, and whatever else it says counts as well. A node that says
// nothing for long is dead, or cut off; nobody can tell which, so its people are gone either way.
//
// A node that has slept finds that everybody has been silent. It was the one, so it waits once more.

import { type Clock, steadyMs } from "../../protocol/index.js";
import type { Bus } from "./bus.js";
import { ALIVE } from "./people-messages.js";

/** A timer that is so late has slept. */
const SLEPT_MS = 3_000;

export interface NodesOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  /** How often a node says that it is there, and how long it may be silent. */
  readonly aliveMs: number;
  readonly silentMs: number;
  /** This node is not heard of any more. */
  readonly silent: (node: string) => void;
  /** Is called every few seconds; `slept`: this node did nothing for a while. */
  readonly beat: (slept: boolean) => void;
}

export class Nodes {
  /** Node → when it was last heard of. */
  readonly #heard = new Map<string, number>();
  #stop: (() => void) | undefined;

  constructor(private readonly options: NodesOptions) {}

  heard(node: string): void {
    this.#heard.set(node, steadyMs(this.options.clock));
  }

  /** Says that this node is there, and listens whether the others are. */
  start(): void {
    if (this.#stop !== undefined) return;
    const { bus, clock, aliveMs } = this.options;
    let cancel = () => {};
    const beat = (due: number) => {
      bus.tell(ALIVE, { kind: "alive" });
      this.#look(clock.now() > due + SLEPT_MS);
      const next = clock.now() + aliveMs;
      cancel = clock.after(aliveMs, () => beat(next));
    };
    const unhear = bus.hear(ALIVE, (_message, node) => this.heard(node));
    beat(clock.now());
    this.#stop = () => {
      cancel();
      unhear();
    };
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#heard.clear();
  }

  #look(slept: boolean): void {
    const now = steadyMs(this.options.clock);
    this.options.beat(slept);
    for (const [node, at] of this.#heard) {
      if (slept) this.#heard.set(node, now);
      else if (at + this.options.silentMs <= now) {
        this.#heard.delete(node);
        this.options.silent(node);
      }
    }
  }
}
