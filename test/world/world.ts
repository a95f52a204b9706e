// The simulated world: real clients with real outboxes, a server and lossy wires in one thread, on virtual time.
//
// A schedule of steps is played; after each, what must hold at every moment is checked. Then everything is healed, and
// within a deadline of virtual time everybody must have the same document, everything saved, nothing lost, nothing
// twice. The same schedule gives the same run, message for message.
//
// What the server is made of is for the caller: the stand-in over the model core (many schedules), or the product's
// gateway over a model or the real ledger. What a step does is `perform.ts`, what must hold is `invariants.ts`, what is
// remarkable is `onlooker.ts`.

import type { Committed } from "../../protocol/index.js";
import { seededRandom, VirtualClock } from "./clock.js";
import { Door } from "./door.js";
import { check, finalText, hasLeft, peopleWrong, settled, undoLaw } from "./invariants.js";
import { Markers } from "./markers.js";
import { Network } from "./network.js";
import { Nodes } from "./nodes.js";
import { createOnlooker } from "./onlooker.js";
import { People } from "./people.js";
import { perform } from "./perform.js";
import type { Build, Station } from "./station.js";
import type { Schedule } from "./steps.js";
import { isLoaded, type Tab } from "./tab.js";
import { Truth } from "./truth.js";

export type { Build, Site, Station } from "./station.js";

/** Who looks on. */
export interface Witness {
  /** Is told what goes over the wires, line by line. */
  readonly trace?: (line: string) => void;
  /** Counts how often each kind of thing happened. */
  readonly seen?: Map<string, number>;
}

/** How much virtual time everything may take to settle once it is healed. */
const SETTLE_MS = 300_000;
/** How long it may take until a document is deleted, on a disk that was slow. */
const REMOVAL_MS = 5_000;
/** How long couriers get to send what tabs have left. */
const COURIER_MS = 60_000;
/** How long somebody whose connection or node has died may be seen, and a little more. */
const GHOST_MS = 60_000;

export class World {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly markers = new Markers();
  /** The lives of the document, oldest first. */
  readonly lives: Truth[];
  readonly door: Door;
  readonly network: Network;
  readonly nodes: Nodes;
  readonly people: People;
  /** What stood in the ledger when a copy was made. */
  copied: { readonly life: Truth; readonly version: number; readonly over: boolean } | undefined;
  /** Codes that somebody may be shut out with; and those that the ledger was told to refuse ops with. */
  readonly refusals = new Set<string>();
  readonly asked = new Set<string>();
  /** Somebody has asked for the document to be deleted. */
  removing = false;
  #failure: Error | undefined;
  #over = false;

  private constructor(
    readonly schedule: Schedule,
    private readonly witness: Witness,
  ) {
    const { kind, seed, nodes: count = 1 } = schedule;
    const { trace } = witness;
    const { clock } = this;
    const random = seededRandom(seed);
    const seen = (what: string) => this.see(what);
    const started = clock.now();
    this.lives = [new Truth(kind)];
    this.door = new Door(seen);
    this.network = new Network({
      ...{ clock, random, seen, nodes: count },
      latencyMs: [1, 40],
      onlooker: createOnlooker(this),
      ...(trace && { trace: (line) => trace(`${(clock.now() - started).toFixed(1)} ms: ${line}`) }),
    });
    const has = (src: string, seq: number) => this.truth.has(src, seq);
    this.nodes = new Nodes({
      ...{ clock, random, network: this.network, count, seen, has },
      version: () => this.truth.version,
    });
    this.people = new People({
      ...{ kind, clock, random, network: this.network, door: this.door, markers: this.markers, seen },
      committed: () => this.truth.text,
      holds: (src, seq) => this.nodes.holds(src, seq),
      fail: (what) => this.fail(what),
    });
    this.#random = random;
  }

  readonly #random: () => number;

  /** The life that the document is in. */
  get truth(): Truth {
    return this.lives.at(-1)!;
  }

  get station(): Station {
    return this.nodes.station;
  }

  /**
   * Plays a schedule to its end.
   *
   * @throws Error when something that must hold does not
   */
  static async play(schedule: Schedule, build: Build, witness: Witness = {}): Promise<World> {
    const world = new World(schedule, witness);
    await world.#begin(build);
    try {
      for (const step of schedule.steps) {
        world.see(step.do);
        await perform(world, step);
        world.#check();
      }
      await world.#heal();
      await undoLaw(world);
      world.#check();
      const findings = (await world.station.verify?.()) ?? [];
      if (findings.length > 0) throw new Error(`the store is damaged: ${findings.join("; ")}`);
    } finally {
      world.#over = true;
      for (const tab of [...world.people.tabs]) tab.kill(false);
      await world.station.close?.();
    }
    return world;
  }

  async #begin(build: Build): Promise<void> {
    const { clock, nodes, door, schedule } = this;
    nodes.station = await build({
      ...{ clock, door, kind: schedule.kind, random: this.#random },
      nodes: schedule.nodes ?? 1,
      ...(schedule.opBytes !== undefined && { opBytes: schedule.opBytes }),
      committed: (one, begins) => this.#committed(one, begins),
      ended: () => {
        this.truth.over = true;
        this.removing = false;
        // What was committed goes with the document, also where somebody has not heard yet what became of it before.
        for (const { text } of this.lives) this.markers.excuse(text);
      },
      forgot: () => this.fail("something that had been committed is gone"),
      relay: (...commit) => nodes.relay(...commit),
      point: (point, node) => nodes.point(point, node),
      submitting: (submitted) => nodes.submitting(submitted),
      seen: (what) => this.see(what),
    });
    nodes.startAll();
    for (let i = 0; i < schedule.people; i++) this.people.arrive();
    await this.until(() => this.people.tabs.every(({ doc }) => isLoaded(doc)), "everybody to be in");
  }

  /** The ledger tells of a commit. */
  #committed(one: Committed, begins: boolean): void {
    if (begins && (this.truth.version > 0 || this.truth.over)) {
      this.lives.push(new Truth(this.schedule.kind, one.version - 1));
    }
    this.truth.committed(one);
  }

  see(what: string): void {
    const { seen } = this.witness;
    if (this.#over) return;
    seen?.set(what, (seen.get(what) ?? 0) + 1);
  }

  /** Something must not be: the schedule fails as soon as it can. */
  fail(what: string): void {
    this.#failure ??= new Error(what);
  }

  #check(): void {
    this.#demand();
    check(this);
    this.#demand();
  }

  #demand(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Lets virtual time pass, with everything that is due in it. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.#drain();
    while (this.clock.step(until)) await this.#drain();
    this.clock.advance(until - this.clock.now());
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    if (await this.#wait(holds, SETTLE_MS)) return;
    throw new Error(`waited ${SETTLE_MS} ms for ${what}: ${JSON.stringify(this.#states())}`);
  }

  /** @returns whether it came to hold within so long */
  async #wait(holds: () => boolean, ms: number): Promise<boolean> {
    const deadline = this.clock.now() + ms;
    await this.#drain();
    while (!holds()) {
      if (!this.clock.step(deadline)) return false;
      await this.#drain();
      this.#demand();
    }
    return true;
  }

  async #drain(): Promise<void> {
    await (this.station.drain?.() ?? new Promise(setImmediate));
  }

  #states() {
    const tabs = this.people.tabs.map(({ name, client, doc: { status, version, unsaved, save, fault } }) => {
      return { name, connection: client.status, status, version, unsaved, save, fault: fault?.message };
    });
    return { version: this.truth.version, over: this.truth.over, tabs };
  }

  /** Everything is sound again, and must come to rest. */
  async #heal(): Promise<void> {
    const { station, network, nodes, door, people } = this;
    network.heal();
    nodes.heal();
    door.heal();
    if (station.core !== undefined) station.core.refuseNext = undefined;
    if (station.disk !== undefined) {
      station.disk.state = "fine";
      station.disk.unanswered = 0;
    }
    for (const { device } of people.all) device.become("fine");
    for (const tab of people.tabs) tab.spare();
    // What somebody has asked for may be on its way still.
    if (this.removing) await this.#wait(() => this.truth.over, REMOVAL_MS);
    await this.rest();
    finalText(this);
    if (station.oneRoster && (this.schedule.nodes ?? 1) > 1) await this.#meet();
  }

  /** Everybody sees who is really there. */
  async #meet(): Promise<void> {
    const until = this.clock.now() + GHOST_MS;
    for (let wrong = peopleWrong(this); wrong !== undefined; wrong = peopleWrong(this)) {
      if (this.clock.now() >= until) throw new Error(`after ${GHOST_MS} ms, ${wrong}`);
      await this.pass(2_000);
    }
  }

  /** Everybody has everything, in tabs that work; whoever was shut out opens another. */
  async rest(): Promise<void> {
    const { people } = this;
    for (const tab of people.tabs) if (tab.left && tab.client.status !== "closed") people.reopen(tab);
    for (let tries = 0; tries < 10; tries++) {
      await this.until(() => people.tabs.every(isAtRest), "everybody to come to rest");
      const shut = people.tabs.filter(isShut);
      for (const tab of shut) people.close(tab);
      if (shut.length > 0) await this.pass(10_000);
      // Whoever had the document before it was deleted does not make it anew; somebody else does.
      if (this.truth.over || this.truth.log.length === 0) people.arrive(true);
      for (const person of people.all) if (people.tabsOf(person).length === 0) people.visit(person, true);
      if (await this.#wait(() => settled(this), COURIER_MS)) {
        check(this);
        return;
      }
      // What no courier could send is for somebody to look at.
      for (const person of people.all) if (hasLeft(person)) people.visit(person, true);
    }
    throw new Error(`somebody is shut out for ever: ${JSON.stringify(this.#states())}`);
  }
}

/** It is no use any more: another has to be opened. */
const isShut = ({ client, doc }: Tab) =>
  client.status === "closed" || doc.fault !== undefined || doc.status === "readonly";

/** Nothing will become of it any more without somebody's doing. */
const isAtRest = (tab: Tab) => isShut(tab) || (isLoaded(tab.doc) && tab.doc.status === "saved");
