// The server nodes of a world: they start, stop, die at a chosen moment, are paused and go on as if nothing had been,
// and hear of each other's commits and people over buses that lose messages.
//
// A node that dies has no effect from that instant on: its clock stops, its channels end. What it had asked of the
// ledger is done or not, as far as it had come.

import type { Clock, Committed, Epoch, Random, Version } from "../../protocol/index.js";
import { LossyBus } from "./lossy-bus.js";
import type { Network } from "./network.js";
import { OwnClock } from "./own-clock.js";
import type { RunningNode, Station, Submitted } from "./station.js";

/** When a node is to die. */
export interface CrashPlan {
  /** At such moments only; absent: at any. */
  readonly at?: string;
  /** How many of them are let pass. */
  readonly after: number;
  /** The power goes, for all nodes. */
  readonly power: boolean;
  /** How long it stays down. */
  readonly ms: number;
}

interface Running {
  /** Names this life of the node on the bus. */
  readonly name: string;
  readonly clock: OwnClock;
  readonly node: RunningNode;
}

export interface NodesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly count: number;
  readonly seen: (what: string) => void;
  /** Whether an op of this name has been committed, and how many ops have been. */
  readonly has: (src: string, seq: number) => boolean;
  readonly version: () => number;
}

/** How long the bus between two nodes may take. */
const BUS_MS = 20;
/** How long the other bus is bad for each commit that is lost. */
const BAD_BUS_MS = 4_000;
/** Some messages take far longer: documents have ended and begun anew when they come. */
const LATE = 0.05;
const LATE_MS = 5_000;

export class Nodes {
  station!: Station;
  /** So many commits are not heard of by other nodes. */
  loseBus = 0;
  /** What nodes tell each other of their people. */
  readonly #bus: LossyBus;
  readonly #running: (Running | undefined)[];
  /** Counts starts and ends of each node, so that what was meant for an earlier one is not done to a later. */
  readonly #lives: number[];
  readonly #pauses: number[];
  #plan: { -readonly [K in keyof CrashPlan]: CrashPlan[K] } | undefined;
  #pausing: { readonly at: string; readonly ms: number } | undefined;
  /** Where each op was first submitted, and what is in the ledger now. */
  readonly #origins = new Map<string, number>();
  readonly #inside = new Map<string, { readonly version: number; readonly pauses: number }>();

  constructor(private readonly options: NodesOptions) {
    this.#running = Array.from({ length: options.count }, () => undefined);
    this.#lives = this.#running.map(() => 0);
    this.#pauses = this.#running.map(() => 0);
    this.#bus = new LossyBus(options.clock, options.random);
  }

  startAll(): void {
    for (const node of this.#running.keys()) this.#start(node);
  }

  /** Whether this op is somewhere between a node and the ledger. */
  holds(src: string, seq: number): boolean {
    return this.#inside.has(`${src} ${seq}`);
  }

  /** Nothing is going to happen to any node any more. */
  heal(): void {
    this.#plan = this.#pausing = undefined;
    this.loseBus = 0;
    this.#bus.heal();
    for (const node of this.#running.keys()) this.#resume(node);
  }

  /** So many commits are not heard of by other nodes, and for a while little of their people. */
  spoilBus(commits: number): void {
    this.loseBus += commits;
    // An odd number of them: nothing at all is heard.
    if (commits % 2 === 1) this.#bus.cutOff();
    else Object.assign(this.#bus.weather, { lost: 30, twice: 20, delayMs: 300 });
    this.options.seen("people-bus-bad");
    this.options.clock.after(commits * BAD_BUS_MS, () => this.#bus.heal());
  }

  plan(plan: CrashPlan): void {
    this.#plan = { ...plan };
  }

  /** The node dies, and another comes up after so long. */
  crash(node: number, ms: number): void {
    this.options.network.down(node);
    const running = this.#running[node];
    running?.clock.die();
    if (running !== undefined) this.#bus.leave(running.name);
    this.#running[node] = undefined;
    const life = ++this.#lives[node]!;
    this.options.clock.after(ms, () => {
      if (this.#lives[node] === life) this.#start(node);
    });
  }

  cutPower(ms: number): void {
    this.options.seen("power-cut");
    for (const node of this.#running.keys()) this.crash(node, ms);
    this.station.cutPower?.();
  }

  /** The node says that it is going to stop, and stops. */
  drain(node: number, ms: number): void {
    this.options.network.tellAll("draining", { returnAfterMs: ms }, node);
    const life = this.#lives[node];
    this.options.clock.after(50, () => {
      if (this.#lives[node] !== life) return;
      this.#running[node]?.node.close();
      this.crash(node, ms);
    });
  }

  /** For so long the node does nothing, and then goes on as if no time had passed. */
  pause(node: number, ms: number): void {
    const life = this.#lives[node];
    this.#running[node]?.clock.pause();
    this.options.network.pause(node);
    this.#pauses[node]!++;
    this.options.clock.after(ms, () => {
      if (this.#lives[node] === life) this.#resume(node);
    });
  }

  /** The first node that comes to such a moment is paused there. */
  pauseAt(at: string, ms: number): void {
    this.#pausing = { at, ms };
  }

  /** A commit, from a living ledger: the node that made it hears at once, the others over the bus. */
  relay(doc: string, committed: Committed, epoch: Epoch): void {
    const origin = this.#origins.get(`${committed.src} ${committed.seq}`);
    const { clock, random, seen, count } = this.options;
    for (const node of this.#running.keys()) {
      if (count === 1 || node === origin) this.#tell(node, doc, committed, epoch);
      else if (this.loseBus > 0) {
        this.loseBus--;
        seen("bus-lost");
      } else {
        const most = random() < LATE ? LATE_MS : BUS_MS;
        clock.after(Math.floor(random() * most), () => this.#tell(node, doc, committed, epoch));
      }
    }
  }

  /** The document has been deleted; every node hears of it. */
  deleted(doc: string, version: Version): void {
    for (const running of this.#running) running?.clock.soon(() => running.node.deleted?.(doc, version));
  }

  /** A moment at which a node may die, or fall asleep; `undefined`: the ledger's, which all of them share. */
  point(point: string, node?: number): void {
    if (this.#pausing?.at === point) {
      const { ms } = this.#pausing;
      this.#pausing = undefined;
      this.pause(node ?? 0, ms);
    }
    const plan = this.#plan;
    if (plan === undefined || (plan.at !== undefined && plan.at !== point)) return;
    if (plan.after-- > 0) return;
    this.#plan = undefined;
    this.options.seen(`crash ${point}`);
    if (plan.power) this.cutPower(plan.ms);
    else if (node !== undefined) this.crash(node, plan.ms);
    else {
      for (const each of this.#running.keys()) this.crash(each, plan.ms);
      this.station.dies?.();
    }
  }

  submitting({ node, src, seq, done }: Submitted): void {
    const name = `${src} ${seq}`;
    const { has, version, seen } = this.options;
    const origin = this.#origins.get(name);
    const inside = this.#inside.get(name);
    const pauses = this.#pauses[node]!;
    if (done) {
      this.#inside.delete(name);
      if (inside !== undefined && inside.pauses < pauses && version() > inside.version + 1) seen("zombie");
      return;
    }
    if (has(src, seq)) seen("resent-known");
    if (origin !== undefined && origin !== node) seen("resent-elsewhere");
    this.#origins.set(name, origin ?? node);
    this.#inside.set(name, { version: version(), pauses });
  }

  async #start(node: number): Promise<void> {
    const life = ++this.#lives[node]!;
    const clock = new OwnClock(this.options.clock);
    const rooms = this.options.network.roomsOf(node);
    const name = `node-${node}-${life}`;
    const started = await this.station.start({
      node,
      clock,
      ...(this.options.count > 1 && { bus: this.#bus.join(name, clock) }),
      rooms: { tell: (...of) => void (clock.dead || rooms.tell(...of)) },
    });
    if (this.#lives[node] !== life) return;
    this.#running[node] = { name, clock, node: started };
    this.options.network.up(started, node);
  }

  #resume(node: number): void {
    this.#running[node]?.clock.resume();
    this.options.network.resume(node);
  }

  #tell(node: number, doc: string, committed: Committed, epoch: Epoch): void {
    const running = this.#running[node];
    running?.clock.soon(() => running.node.relay?.(doc, committed, epoch));
  }
}
