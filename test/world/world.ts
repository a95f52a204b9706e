// The simulated world: real clients, a server and lossy wires in one thread, on virtual time.
//
// A schedule of steps is played; after each, what must hold at every moment is checked. Then everything is healed, and
// within a deadline of virtual time everybody must have the same document, everything saved, nothing lost, nothing
// twice. The same schedule gives the same run, message for message.
//
// What the server is made of is for the caller: the stand-in over the model core (many schedules), or the product's
// gateway over a model or the real ledger.

import { type Client, connect, memoryOutbox, type Outbox, type SharedDocument } from "../../client/index.js";
import type { Op } from "../../client/types.js";
import type { Snapshot } from "../../ot/index.js";
import { type Clock, type Committed, type DocumentType, Fault, type Random } from "../../protocol/index.js";
import { seededRandom, VirtualClock } from "./clock.js";
import type { Core } from "./core.js";
import { editOp } from "./edits.js";
import { Markers } from "./markers.js";
import { Network } from "./network.js";
import type { Server } from "./standin.js";
import type { Schedule, Step } from "./steps.js";
import { Truth } from "./truth.js";

/** What a server is built from. */
export interface Site {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly kind: DocumentType;
  /** To be told of every commit, whatever becomes of the node. */
  readonly committed: (committed: Committed) => void;
}

/** A kind of server: what survives its restarts, and how to start a node. */
export interface Station {
  /** Starts a node. */
  start(): Server & { stop(): void };
  /** Where the ledger is a model: see {@link Core}. */
  readonly core?: Core;
  /** Runs what is due in promises; absent: there are none. */
  readonly drain?: () => Promise<void>;
  /** The world is over. */
  close?(): Promise<void>;
}

export type Build = (site: Site) => Station | Promise<Station>;

type Doc = SharedDocument<Snapshot, Op>;

interface Person {
  readonly name: string;
  readonly client: Client;
  readonly store: Outbox;
  doc: Doc;
}

/** Who looks on. */
export interface Witness {
  /** Is told what goes over the wires, line by line. */
  readonly trace?: (line: string) => void;
  /** Counts how often each kind of thing happened. */
  readonly seen?: Map<string, number>;
}

/** How much virtual time everything may take to settle once it is healed. */
const SETTLE_MS = 300_000;
const DOC = "document";

export class World {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly truth: Truth;
  readonly markers = new Markers();
  readonly people: Person[] = [];
  readonly #network: Network;
  readonly #random: Random;
  /** Wire forms of snapshots that have been looked at. */
  readonly #wires = new WeakMap<Snapshot, string>();
  #station!: Station;
  #node: (Server & { stop(): void }) | undefined;
  #stopStart = () => {};

  private constructor(
    private readonly kind: DocumentType,
    seed: number,
    private readonly witness: Witness,
  ) {
    const { trace } = witness;
    this.#random = seededRandom(seed);
    this.truth = new Truth(kind);
    const started = this.clock.now();
    this.#network = new Network({
      clock: this.clock,
      random: this.#random,
      latencyMs: [1, 40],
      seen: (what) => this.#see(what),
      ...(trace && { trace: (line) => trace(`${(this.clock.now() - started).toFixed(1)} ms: ${line}`) }),
    });
  }

  /**
   * Plays a schedule to its end.
   *
   * @throws Error when something that must hold does not
   */
  static async play(schedule: Schedule, build: Build, witness: Witness = {}): Promise<World> {
    const world = new World(schedule.kind, schedule.seed, witness);
    await world.#begin(schedule.people, build);
    try {
      for (const step of schedule.steps) {
        await world.#perform(step);
        world.#check();
      }
      await world.#settle();
      await world.#undoLaw();
    } finally {
      for (const { client } of world.people) client.close();
      await world.#station.close?.();
    }
    return world;
  }

  async #begin(people: number, build: Build): Promise<void> {
    const { clock, kind } = this;
    this.#station = await build({
      clock,
      kind,
      random: this.#random,
      network: this.#network,
      committed: (committed) => this.truth.committed(committed),
    });
    this.#start();
    for (let i = 0; i < people; i++) this.#arrive();
    await this.#until(() => this.people.every(({ doc }) => doc.status !== "loading"), "everybody to be in");
  }

  #start(): void {
    this.#node = this.#station.start();
    this.#network.up(this.#node);
  }

  /** The node dies, and another comes up after so long. */
  #restart(ms: number): void {
    this.#network.down();
    this.#node?.stop();
    this.#node = undefined;
    this.#stopStart();
    this.#stopStart = this.clock.after(ms, () => this.#start());
  }

  #arrive(): void {
    const name = `person-${this.people.length}`;
    const store = memoryOutbox();
    const client = connect("world:", {
      name,
      store,
      transport: this.#network.transport(name),
      clock: this.clock,
      random: this.#random,
    });
    this.people.push({ name, client, store, doc: this.#open(client) });
  }

  #open(client: Client): Doc {
    const doc: Doc =
      this.kind === "rich"
        ? (client.open(DOC, { type: "rich" }) as Doc)
        : (client.open(DOC, { type: "plain" }) as Doc);
    doc.on("change", (change) => {
      this.#see(change.origin);
      if (change.local || change.origin === "rollback") this.markers.changed(change);
    });
    doc.on("refused", (refusal) => this.markers.refused(refusal));
    doc.on("status", ({ status, unsaved }) => this.#see(unsaved > 0 ? `${status} with unsaved` : status));
    return doc;
  }

  #see(what: string): void {
    const { seen } = this.witness;
    seen?.set(what, (seen.get(what) ?? 0) + 1);
  }

  async #perform(step: Step): Promise<void> {
    this.#see(step.do);
    const person = this.people["who" in step ? step.who % this.people.length : 0]!;
    const { doc, name } = person;
    const weather = this.#network.weather(name);
    const loaded = doc.status !== "loading";
    switch (step.do) {
      case "type":
      case "delete":
      case "format":
      case "heading":
      case "split":
      case "join":
        if (loaded) this.#edit(doc, name, step);
        break;
      case "undo":
        if (loaded) doc.undo();
        break;
      case "redo":
        if (loaded) doc.redo();
        break;
      case "select":
        if (loaded) {
          const place = (at: number) => at % (doc.snapshot.length + 1);
          doc.presence.update({ anchor: place(step.anchor), head: place(step.head) });
        }
        break;
      case "cut":
        this.#network.cut(name, step);
        break;
      case "restore":
        weather.cut = false;
        break;
      case "lose":
        weather.loseOps += step.count;
        break;
      case "repeat":
        weather.repeatOps += step.count;
        break;
      case "delay":
        weather.delayOps += step.count;
        weather.delayMs = step.ms;
        break;
      case "mute":
        weather.loseAnswers += step.count;
        break;
      case "restart":
        this.#restart(step.ms);
        break;
      case "drain":
        this.#network.tellAll("draining", { returnAfterMs: step.ms });
        await this.#pass(50);
        this.#restart(step.ms);
        break;
      case "crash":
        this.#network.onNextRelay = () => {
          this.#see("crashed");
          this.#restart(step.ms);
        };
        break;
      case "prune":
        this.#station.core?.prune();
        break;
      case "refuse":
        if (this.#station.core !== undefined) {
          this.#station.core.refuseNext = new Fault(step.fault, "not this one", { retryAfterMs: 300 });
        }
        break;
      case "reopen":
        doc.close();
        person.doc = this.#open(person.client);
        break;
      case "arrive":
        if (this.people.length < 5) this.#arrive();
        break;
      case "wait":
        await this.#pass(step.ms);
        break;
    }
  }

  #edit(doc: Doc, name: string, step: Parameters<typeof editOp>[0]): void {
    const undoable = step.do !== "type" || !step.quiet;
    const text = step.do === "type" ? this.markers.type(name, step.count, undoable) : "";
    const op = editOp(step, doc.snapshot, text);
    if (op !== undefined) doc.submit(op, { undoable });
  }

  /** Lets virtual time pass, with everything that is due in it. */
  async #pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    const { drain } = this.#station;
    await drain?.();
    while (this.clock.step(until)) await drain?.();
    this.clock.advance(until - this.clock.now());
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const deadline = this.clock.now() + SETTLE_MS;
    const { drain } = this.#station;
    await drain?.();
    while (!holds()) {
      if (!this.clock.step(deadline)) {
        throw new Error(`waited ${SETTLE_MS} ms for ${what}: ${JSON.stringify(this.#states())}`);
      }
      await drain?.();
    }
  }

  #states() {
    return this.people.map(({ name, client, doc: { status, version, unsaved, fault } }) => {
      return { name, connection: client.status, status, version, unsaved, fault: fault?.message };
    });
  }

  #wire(snapshot: Snapshot): string {
    const wire = this.#wires.get(snapshot) ?? JSON.stringify(snapshot);
    this.#wires.set(snapshot, wire);
    return wire;
  }

  /** What holds at every moment. */
  #check(): void {
    for (const { name, doc } of this.people) {
      if (doc.fault !== undefined)
        throw new Error(`${name} was refused: ${doc.fault.code} ${doc.fault.message}`);
      if (doc.status === "loading") continue;
      if (doc.version > this.truth.version) throw new Error(`${name} is ahead of the ledger`);
      if (doc.status === "saved" && doc.unsaved !== 0)
        throw new Error(`${name} shows saved with ${doc.unsaved} unsaved`);
      const shown = this.#wire(doc.snapshot);
      if (doc.unsaved === 0 && shown !== this.truth.wire(doc.version)) {
        throw new Error(
          `${name} shows ${shown} as version ${doc.version}, it is ${this.truth.wire(doc.version)}`,
        );
      }
      for (const { selection } of doc.presence.people) {
        const [least, most] =
          selection === null ? [0, 0] : [selection.anchor, selection.head].sort((a, b) => a - b);
        if (least! < 0 || most! > doc.snapshot.length)
          throw new Error(`${name} sees a caret outside: ${least}–${most}`);
      }
    }
  }

  /** Everything is sound again, and must come to rest. */
  async #settle(): Promise<void> {
    this.#network.heal();
    if (this.#station.core !== undefined) this.#station.core.refuseNext = undefined;
    await this.#until(
      () => this.people.every(({ doc }) => doc.status === "saved" && doc.version === this.truth.version),
      "everybody to have everything",
    );
    this.#check();
    for (const { doc, name } of this.people) {
      const shown = this.#wire(doc.snapshot);
      if (shown !== this.truth.wire())
        throw new Error(`${name} ends with ${shown}, not ${this.truth.wire()}`);
    }
    const [fault] = this.markers.faults(this.people[0]!.doc.text);
    if (fault !== undefined) throw new Error(`${fault}: ${this.truth.wire()}`);
  }

  /** One person undoes everything: what they typed is gone, what others typed is not; and redoing it all brings all back. */
  async #undoLaw(): Promise<void> {
    const { doc, name } = this.people[0]!;
    const [wire, text] = [this.truth.wire(), doc.text];
    let levels = 0;
    while (doc.undo()) levels++;
    await this.#settle();
    const left = new Set(doc.text);
    for (const character of text) {
      const typed = this.markers.typed.get(character);
      if (typed !== undefined && typed.by !== name && !left.has(character)) {
        throw new Error(`${name}'s undo took out ${character}, which ${typed.by} typed`);
      }
    }
    for (let i = 0; i < levels; i++) doc.redo();
    await this.#settle();
    if (this.truth.wire() !== wire) throw new Error(`undo and redo made ${this.truth.wire()} of ${wire}`);
  }
}
