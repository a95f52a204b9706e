// One round: some people in a new document, the steps, then sound wires, rest, and the question whether all that was
// promised has been kept (`verdict.ts`). A round ends with the first thing that is wrong, and leaves nothing behind but its
// document.

import type { Schema } from "prosemirror-model";
import type { Committed, DocumentType } from "../../protocol/index.js";
import { seededRandom } from "../world/clock.js";
import { Markers } from "../world/markers.js";
import type { Ground, Wire } from "./ground.js";
import { Person } from "./person.js";
import { type Deed, isMishap, type Mishap, type Step } from "./steps.js";
import type { Frame, Violation, ViolationKind } from "./trace.js";
import { carets, compare } from "./verdict.js";
import { holds, sleep } from "./waiting.js";

/**
 * Within so long after the wires are sound, everything has come to rest, and then everybody is seen where they are. Whoever
 * tries many variants of what is wrong already does not wait so long.
 */
const WAIT_MS = { full: { rest: 20_000, carets: 10_000 }, short: { rest: 6_000, carets: 3_000 } } as const;
/** Frames that are kept: those before a failure say most. */
const MOST_FRAMES = 2_000;

export interface RoundOptions {
  readonly ground: Ground;
  readonly document: string;
  readonly type: DocumentType;
  readonly clients: number;
  /** Of chance that is not in the steps: how long clients wait before they try again. */
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly schema?: Schema;
  readonly patience: keyof typeof WAIT_MS;
  /** When it fires, no more steps are done. */
  readonly signal: AbortSignal;
}

export interface RoundResult {
  readonly found: readonly Violation[];
  /** Empty, if nothing was found. */
  readonly frames: readonly Frame[];
  readonly log: readonly Committed[];
  /** How many of the steps. */
  readonly done: number;
}

export async function round(options: RoundOptions): Promise<RoundResult> {
  const stage = new Stage(options);
  const threw = (error: unknown) => stage.find("threw", `A client threw: ${error}`);
  const stop = options.ground.onThrown(threw);
  try {
    if (await stage.everybodyComes()) await stage.perform();
    await stage.rest();
    await stage.judge();
  } finally {
    await stage.clear();
    stop();
  }
  return stage.result;
}

class Stage {
  readonly #found: Violation[] = [];
  readonly #markers = new Markers();
  readonly #wires: Wire[] = [];
  readonly #people: Person[] = [];
  /** Made when they are wanted: a document in wire form takes its time. */
  readonly #frames: (() => Frame)[] = [];
  readonly #shown = new Map<number, unknown>();
  readonly #began: number;
  readonly #waitMs: (typeof WAIT_MS)["full" | "short"];
  #restarting = Promise.resolve();
  #log: readonly Committed[] = [];
  #done = 0;

  constructor(private readonly options: RoundOptions) {
    this.#waitMs = WAIT_MS[options.patience];
    this.#began = options.ground.clock.now();
  }

  get result(): RoundResult {
    const frames = this.#found.length === 0 ? [] : this.#frames.map((frame) => frame());
    return { found: this.#found, frames, log: this.#log, done: this.#done };
  }

  get #isServerWrong(): boolean {
    return this.#found.some(({ kind }) => kind === "server");
  }

  find(kind: ViolationKind, message: string): void {
    this.#found.push({ kind, message, after: this.#done });
  }

  /** @returns whether all have the document open */
  async everybodyComes(): Promise<boolean> {
    const { clients } = this.options;
    // Whoever comes first makes it.
    await this.#comes(0);
    await Promise.all(Array.from({ length: clients - 1 }, (_, nth) => this.#comes(nth + 1)));
    return this.#found.length === 0;
  }

  async #comes(who: number): Promise<void> {
    const { ground, document, type, seed } = this.options;
    const wire = await ground.wire();
    this.#wires.push(wire);
    const token = await ground.token(who);
    const person = new Person({
      ...{ name: `Person ${who + 1}`, wire, document, type, markers: this.#markers },
      ...{ clock: ground.clock, random: seededRandom(seed + 1_000 + who) },
      found: (kind, message) => this.find(kind, message),
      ...(token === undefined ? {} : { token }),
    });
    this.#people[who] = person;
    if (!(await holds(ground.clock, () => person.ready || this.#found.length > 0, this.#waitMs.rest)))
      this.find("stuck", `${person.name} could not open the document.`);
  }

  async perform(): Promise<void> {
    const { clock } = this.options.ground;
    let due = clock.now();
    for (const step of this.options.steps) {
      if (this.#found.length > 0 || this.options.signal.aborted) break;
      due += step.afterMs;
      const ahead = due - clock.now();
      if (ahead > 0) await sleep(clock, ahead);
      const person = this.#people[step.who % this.#people.length]!;
      if (isMishap(step)) this.#befalls(person, step);
      else this.#does(person, step);
      this.#done++;
      this.#look();
    }
  }

  #does(person: Person, deed: Deed): void {
    try {
      person.does(deed);
    } catch (error) {
      this.find("threw", `${person.name}'s client threw at ${deed.do}: ${error}`);
    }
  }

  #befalls({ wire, client }: Person, step: Mishap): void {
    switch (step.do) {
      case "cut":
        wire.cut(step.way);
        break;
      case "delay":
        wire.delayMs = step.ms;
        break;
      case "repeat":
        wire.repeat(step.way, step.count);
        break;
      case "reorder":
        wire.reorder(step.way, step.behind);
        break;
      case "offline":
        wire.open = false;
        wire.cutNow();
        break;
      case "online":
        wire.open = true;
        client.retryNow();
        break;
      case "restart":
        this.#restarting = this.#restarting.then(() => this.#restart(step.ms));
    }
  }

  async #restart(ms: number): Promise<void> {
    const { ground } = this.options;
    if (!ground.mortal) return;
    ground.counts.restarts++;
    await ground.kill();
    await sleep(ground.clock, ms);
    await this.#start();
  }

  async #start(): Promise<void> {
    await this.options.ground.start().catch((error) => this.find("server", String(error.message)));
  }

  /** What each client has, where that is something else than before. */
  #look(): void {
    this.#people.forEach((person, client) => {
      const { record, doc, name } = person;
      if (record === undefined || this.#shown.get(client) === record || !person.ready) return;
      this.#shown.set(client, record);
      const { snapshot: document, status, version, unsaved } = doc;
      const { inflight } = record;
      const [after, atMs] = [this.#done, this.options.ground.clock.now() - this.#began];
      this.#frames.push(() => ({
        ...{ after, atMs, client, name, status, version, unsaved, document },
        ...(inflight === undefined ? {} : { inflight }),
        pending: record.pending.map(({ op }) => op),
      }));
      if (this.#frames.length > MOST_FRAMES) this.#frames.shift();
    });
  }

  /** All wires are sound; soon everybody has everything. */
  async rest(): Promise<void> {
    const { ground } = this.options;
    await this.#restarting;
    if (ground.ended !== undefined && !this.#isServerWrong) {
      this.find("server", `The server ended by itself: ${ground.ended}`);
      await this.#start();
    }
    for (const wire of this.#wires) wire.heal();
    const rested = () => {
      for (const { client } of this.#people) client.retryNow();
      const versions = new Set(this.#people.map(({ doc }) => doc.version));
      const saved = ({ ready, doc }: Person) => ready && doc.unsaved === 0 && doc.status === "saved";
      return versions.size === 1 && this.#people.every(saved);
    };
    const over = await holds(ground.clock, () => this.#found.length > 0 || rested(), this.#waitMs.rest);
    if (!over) {
      const so = this.#people.map(
        ({ name, doc }) => `${name} ${doc.status} at ${doc.version} with ${doc.unsaved} unsaved`,
      );
      this.find("stuck", `Not at rest: ${so.join("; ")}.`);
    }
    this.#look();
  }

  async judge(): Promise<void> {
    const { ground, document, type, schema } = this.options;
    if (this.#isServerWrong) return;
    try {
      this.#log = await ground.log(document, type);
      if (this.#found.length > 0) return;
      const served = await ground.read(document);
      compare({
        ...{ people: this.#people, markers: this.#markers, type, log: this.#log, served },
        ...(schema === undefined ? {} : { schema }),
        find: (kind, message) => this.find(kind, message),
      });
    } catch (error) {
      this.find("server", `What it has cannot be read: ${error instanceof Error ? error.message : error}`);
    }
    const find = (kind: ViolationKind, message: string) => this.find(kind, message);
    if (this.#found.length === 0) await carets(this.#people, find, ground.clock, this.#waitMs.carets);
  }

  async clear(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.leave()));
    await Promise.all(this.#wires.map((wire) => wire.close()));
  }
}
