// One person's wire in virtual time: what `wire.ts` does to the frames of a real one, this does to messages. They pass whole
// and in order, each after as long as its pace says; a step may have one lost in the middle, brought twice, or held back.
//
// How long a message takes depends on which one of this wire it is and on nothing else: where steps are left out, all other
// messages take as long as before.

import type { Channel, ChannelListener, Transport } from "../../client/index.js";
import type { Clock, Hello } from "../../protocol/index.js";
import type { Counts, Wire } from "./ground.js";
import type { Way } from "./steps.js";
import { ANSWERED_MS, PATIENCE_MS, type Traffic } from "./traffic.js";
import { Pair } from "./virtual-pair.js";
import type { VirtualServer } from "./virtual-server.js";

export interface VirtualWireOptions {
  readonly clock: Clock;
  readonly traffic: Traffic;
  readonly counts: Counts;
  readonly server: VirtualServer;
  /** How long the so manieth message this way takes. */
  readonly latencyMs: (way: Way, nth: number) => number;
  /** A client's code threw. */
  readonly threw: (error: unknown) => void;
}

export class VirtualWire implements Wire {
  readonly url = "virtual:";
  open = true;
  delayMs = 0;
  readonly #pairs = new Set<Pair>();
  readonly #sent: Record<Way, number> = { up: 0, down: 0 };
  #repeats: Record<Way, number> = { up: 0, down: 0 };
  #cut: Way | "answer" | undefined;
  #gates: Partial<Record<Way, Promise<void>>> = {};

  constructor(readonly options: VirtualWireOptions) {}

  transport(): Transport {
    return { open: (hello, listener) => this.#join(hello, listener) };
  }

  cut(way: Way | "answer"): void {
    this.#cut = way;
    this.options.clock.after(PATIENCE_MS, () => this.#cut === way && this.cutNow());
  }

  cutNow(): void {
    this.#cut = undefined;
    if (this.#pairs.size > 0) this.options.counts.cuts++;
    for (const pair of [...this.#pairs]) pair.end();
  }

  repeat(way: Way, count: number): void {
    this.#repeats[way] += count;
  }

  reorder(way: Way, behind: number): void {
    this.#gates[way] = this.options.traffic.after(way, behind);
    this.options.counts.reorders++;
  }

  heal(): void {
    this.open = true;
    this.delayMs = 0;
    this.#cut = undefined;
    this.#repeats = { up: 0, down: 0 };
    this.#gates = {};
  }

  async close(): Promise<void> {
    for (const pair of [...this.#pairs]) pair.end();
  }

  /** How long what is sent now takes. */
  nextMs(way: Way): number {
    return this.delayMs + this.options.latencyMs(way, this.#sent[way]++);
  }

  /** What holds back what goes this way, if anything does. */
  gate(way: Way): Promise<void> | undefined {
    return this.#gates[way];
  }

  ended(pair: Pair): void {
    this.#pairs.delete(pair);
  }

  /** A message has come to the end of the wire: it is delivered, as often as it is to be, or falls into a cut. */
  arrives(pair: Pair, way: Way, isRequest: boolean, deliver: () => void): void {
    const { counts, traffic, clock } = this.options;
    if (this.#cut === way) {
      this.#cut = undefined;
      counts.cuts++;
      pair.end();
      return;
    }
    deliver();
    if (this.#cut === "answer" && isRequest) {
      this.#cut = undefined;
      counts.cuts++;
      pair.deaf = true;
      clock.after(ANSWERED_MS, () => pair.end());
    }
    counts.messages++;
    traffic.passed(way);
    if (this.#repeats[way] === 0) return;
    this.#repeats[way]--;
    counts.repeats++;
    deliver();
  }

  #join(hello: Hello, listener: ChannelListener): Channel {
    const pair = new Pair(this, hello, listener);
    this.#pairs.add(pair);
    return pair;
  }
}
