// The people of a world, their devices and their tabs: who comes, who goes, and what is learnt when a tab ends.

import type { Change, OutboxRecord } from "../../client/index.js";
import type { Clock, DocumentType, Random } from "../../protocol/index.js";
import { Device } from "./device.js";
import type { Door } from "./door.js";
import { type Markers, markersIn } from "./markers.js";
import type { Network } from "./network.js";
import { type Doc, isLoaded, Tab } from "./tab.js";

export interface Person {
  readonly name: string;
  readonly device: Device;
}

export interface PeopleOptions {
  readonly kind: DocumentType;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly door: Door;
  readonly markers: Markers;
  readonly seen: (what: string) => void;
  /** What is committed, as text. */
  readonly committed: () => string;
  /** Whether an op of this name is on its way into history inside the server. */
  readonly holds: (src: string, seq: number) => boolean;
  /** Something must not be. */
  readonly fail: (what: string) => void;
}

interface Closing {
  readonly tab: Tab;
  readonly text: string;
  /** How sound the device was: see `device.ts`. */
  readonly sound: number | undefined;
}

/** How long it may take to give back a document that is closed, on a slow device. */
const LEAVE_MS = 9_000;
const MOST_PEOPLE = 5;
const MOST_TABS = 3;

export class People {
  readonly all: Person[] = [];
  readonly tabs: Tab[] = [];
  /** Tabs that are closing, with what they had. */
  readonly #closing = new Set<Closing>();
  /** What tabs were like when they were killed. */
  readonly #stages = new Map<Tab, { readonly stage: string; readonly memory: Set<string> }>();
  #tabs = 0;

  constructor(private readonly options: PeopleOptions) {}

  /** @param must  however many there are */
  arrive(must = false): void {
    const { clock, random, seen } = this.options;
    if (!must && this.all.length >= MOST_PEOPLE) return;
    const person = { name: `person-${this.all.length}`, device: new Device({ clock, random, seen }) };
    this.all.push(person);
    this.visit(person);
  }

  tabsOf(person: Person): Tab[] {
    return this.tabs.filter((tab) => tab.person === person.name);
  }

  personOf(tab: Tab): Person {
    return this.all.find(({ name }) => name === tab.person)!;
  }

  /** Somebody opens a tab, which finds what is on the device. */
  visit(person: Person, must = false): Tab | undefined {
    if (!must && this.tabsOf(person).length >= MOST_TABS) return undefined;
    const { kind, clock, random, network, door, seen, fail } = this.options;
    const tab = new Tab({
      ...{ kind, clock, random, network, door, seen, fail },
      person: person.name,
      name: `${person.name}/${++this.#tabs}`,
      device: person.device,
      skewMs: 0,
      opened: (opened, doc) => this.#listen(opened, doc),
      adopted: (record) => this.#adopted(record),
      dying: (dying, at) => this.#kill(dying, at),
      died: (died) => this.#ended(died),
    });
    this.tabs.push(tab);
    return tab;
  }

  /** Closes a tab in order: unless its device is in trouble, nothing of it may be lost. */
  close(tab: Tab): void {
    const { device } = this.personOf(tab);
    this.#leave(tab);
    const closing = this.#closes(tab);
    const mine = markersIn(closing.text);
    tab.close(LEAVE_MS).then(() => {
      if (!this.#closing.delete(closing)) return;
      const lost = this.#lost(mine);
      if (lost.length > 0 && closing.sound !== undefined && device.sound === closing.sound) {
        this.options.fail(`${tab.name} was closed; ${lost.join(" ")} is gone`);
      }
      this.options.markers.excuse(lost);
    });
  }

  /** Closes a tab's document, and the tab stays: it may open it again. */
  leave(tab: Tab): void {
    if (!tab.left) this.#gives(tab, this.#closes(tab));
    tab.left = true;
    tab.doc.close();
  }

  /** Closes a tab's document and opens it again. */
  reopen(tab: Tab): void {
    this.leave(tab);
    tab.open();
  }

  /** By and by it is written, or has been taken over by another. */
  #gives(tab: Tab, closing: Closing): void {
    const { device } = this.personOf(tab);
    tab.clock.after(LEAVE_MS, () => {
      if (!this.#closing.delete(closing)) return;
      const lost = this.#lost(markersIn(closing.text));
      if (lost.length > 0 && closing.sound !== undefined && device.sound === closing.sound) {
        this.options.fail(`${tab.name} closed its document; ${lost.join(" ")} is gone`);
      }
      this.options.markers.excuse(lost);
    });
  }

  /** What it has in memory goes to the device now, with what went there just before. */
  #closes(tab: Tab): Closing {
    const before = [...this.#closing].filter((closing) => closing.tab === tab);
    for (const closing of before) this.#closing.delete(closing);
    const { device } = this.personOf(tab);
    const sound = before.every((closing) => closing.sound === device.sound) ? device.sound : undefined;
    const closing = { tab, sound, text: before.map(({ text }) => text).join("") + this.memory(tab) };
    this.#closing.add(closing);
    return closing;
  }

  kill(tab: Tab): void {
    this.#kill(tab, "any moment");
    tab.kill(this.options.random() < 0.5);
    this.#ended(tab);
  }

  /** Nothing that was closed is still on its way to a device. */
  get quiet(): boolean {
    return this.#closing.size === 0;
  }

  /** What a tab has in its memory, as text. */
  memory({ doc, left }: Tab): string {
    if (left) return "";
    return (isLoaded(doc) ? doc.text : "") + JSON.stringify(doc.recovered);
  }

  /** Everything typed that is anywhere on anybody's side. */
  *texts(): Iterable<string> {
    for (const tab of this.tabs) yield this.memory(tab);
    for (const { text } of this.#closing) yield text;
    for (const { device } of this.all) yield* device.texts();
  }

  #adopted({ inflight, recovered }: OutboxRecord): void {
    const { seen, holds } = this.options;
    if (recovered.length > 0) seen("edit-survived");
    if (inflight === undefined) return;
    seen("adopted-inflight");
    if (holds(inflight.src, inflight.seq)) seen("adopted-in-server");
  }

  #kill(tab: Tab, at: string): void {
    const { seen } = this.options;
    for (const { inflight } of tab.records) {
      if (inflight === undefined) continue;
      seen(tab.sent.has(`${inflight.src} ${inflight.seq}`) ? "kill-unanswered" : "kill-unsent");
    }
    seen(`killed at ${at}`);
    this.#stages.set(tab, {
      stage: isLoaded(tab.doc) ? tab.doc.save.stage : "saved",
      memory: this.#mine(tab),
    });
    this.#leave(tab);
  }

  /** A killed tab is gone: nothing may be lost that it said was safe. */
  #ended(tab: Tab): void {
    const before = this.#stages.get(tab);
    this.#stages.delete(tab);
    if (before === undefined) return;
    for (const closing of this.#closing) {
      if (closing.tab !== tab) continue;
      this.#closing.delete(closing);
      this.options.markers.excuse(this.#lost(markersIn(closing.text)));
    }
    const lost = this.#lost(before.memory);
    if (lost.length === 0) return;
    if (before.stage !== "typed" && before.stage !== "sent") {
      this.options.fail(`${tab.name} said "${before.stage}" and was killed; ${lost.join(" ")} is gone`);
    }
    this.options.markers.excuse(lost);
  }

  /** The markers that a tab has in its memory. */
  #mine(tab: Tab): Set<string> {
    return markersIn(this.memory(tab));
  }

  /** Those that are nowhere any more, and must be somewhere. */
  #lost(memory: Set<string>): string[] {
    const texts = [this.options.committed(), ...this.texts()];
    const lost = [...memory].filter((character) => !texts.some((text) => text.includes(character)));
    if (lost.length === 0) return lost;
    const missing = new Set(this.options.markers.missingFrom(texts));
    return lost.filter((character) => missing.has(character));
  }

  #leave(tab: Tab): void {
    const at = this.tabs.indexOf(tab);
    if (at !== -1) this.tabs.splice(at, 1);
  }

  #listen(tab: Tab, doc: Doc): void {
    const { seen } = this.options;
    doc.on("change", (change) => {
      seen(change.origin);
      this.#changed(tab, change);
    });
    doc.on("status", ({ status, unsaved }) => seen(unsaved > 0 ? `${status} with unsaved` : status));
    doc.on("notice", ({ kind, recovered }) =>
      seen(recovered === undefined ? `notice ${kind}` : `${kind} with unsaved`),
    );
  }

  #changed(tab: Tab, change: Change): void {
    if (!change.local) return;
    const out = this.options.markers.changed(change);
    if (change.origin !== "undo") return;
    const { typed } = this.options.markers;
    if (out.some((character) => typed.get(character)!.tab !== tab.name))
      this.options.seen("undo-after-reload");
  }
}
