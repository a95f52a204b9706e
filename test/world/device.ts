// One person's device: what it keeps of documents outlives every tab. All tabs share it, as tabs share IndexedDB.
//
// A record has at most one owner, and loses it when the tab ends, as a Web Lock is lost; it is written whole or not at
// all, and goes through JSON. A tab that dies while a write is on its way leaves the old record or the new one. The device
// may be full, or may stop answering: then writes fail, and are kept waiting until somebody gives up on them.

import type { FoundRecord, OutboxRecord } from "../../client/index.js";
import type { Clock, Random } from "../../protocol/index.js";

/** fine · slow: a write takes a second · full: no room · wedged: no answer */
export type DeviceState = "fine" | "slow" | "full" | "wedged";

/** Whoever holds a record; gone, when the tab has ended. */
export interface Owner {
  readonly alive: boolean;
  /** Hears that something has changed on the device by somebody else. */
  changed(): void;
}

export interface Kept {
  readonly key: number;
  readonly doc: string;
  /** As on the disk; absent, before the first write. */
  text: string | undefined;
  /** The same, for those who look at it; read by the first who does since it was written. */
  record: FoundRecord | undefined;
  owner: Owner | undefined;
  /** Its last write, for the next to come after it. */
  turn: Promise<unknown>;
}

/** A write that has not reached the disk. */
interface Writing {
  readonly kept: Kept;
  readonly text: string;
  readonly owner: Owner;
}

export interface DeviceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly seen: (what: "kill-old-record" | "kill-new-record" | "dead-records") => void;
}

export class Device {
  state: DeviceState = "fine";
  readonly #records = new Map<number, Kept>();
  readonly #writing = new Set<Writing>();
  #keys = 0;
  /** How often it has been in trouble. */
  #troubles = 0;
  /** Who waits for the device to answer again. */
  #waiting: (() => void)[] = [];
  readonly #owners = new Set<Owner>();

  constructor(private readonly options: DeviceOptions) {}

  /** The same number as before: it has been sound all the time. Undefined: it is not now. */
  get sound(): number | undefined {
    return this.state === "fine" ? this.#troubles : undefined;
  }

  /** The records as they are on the disk, with whether a living tab has them. */
  get records(): { readonly kept: Kept; readonly live: boolean; readonly record: FoundRecord }[] {
    return [...this.#records.values()].flatMap((kept) => {
      const { text, owner } = kept;
      if (text === undefined) return [];
      kept.record ??= JSON.parse(text) as FoundRecord;
      return [{ kept, live: owner?.alive === true, record: kept.record }];
    });
  }

  /** All that is written, as text. */
  *texts(): Iterable<string> {
    for (const { text } of this.#records.values()) if (text !== undefined) yield text;
  }

  become(state: DeviceState): void {
    this.state = state;
    if (state !== "fine") this.#troubles++;
    if (state !== "wedged") for (const go of this.#waiting.splice(0)) go();
  }

  watch(owner: Owner): void {
    this.#owners.add(owner);
  }

  /** Resolves when the device has got round to something; later or never, if it does not answer. */
  async reached(): Promise<void> {
    await this.#pause();
    while (this.state === "wedged") await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Takes over what a tab that has ended left, or makes a new place. */
  claim(doc: string, owner: Owner): { readonly kept: Kept; readonly found: FoundRecord | undefined } {
    const dead = [...this.#records.values()].filter((kept) => kept.doc === doc && kept.owner?.alive !== true);
    const left = dead.filter(({ text }) => text !== undefined);
    if (left.length > 1) this.options.seen("dead-records");
    const kept = left[0] ?? this.add(doc, owner);
    kept.owner = owner;
    return { kept, found: kept.text === undefined ? undefined : (JSON.parse(kept.text) as FoundRecord) };
  }

  /** Makes a new place. */
  add(doc: string, owner: Owner): Kept {
    const kept = {
      key: ++this.#keys,
      doc,
      text: undefined,
      record: undefined,
      owner,
      turn: Promise.resolve(),
    };
    this.#records.set(kept.key, kept);
    return kept;
  }

  /** @returns whether it has been written. @throws "full" */
  write(kept: Kept, owner: Owner, record: OutboxRecord | FoundRecord): Promise<boolean> {
    const writing = { kept, owner, text: JSON.stringify(record) };
    this.#writing.add(writing);
    const written = kept.turn.then(() => this.#write(writing));
    kept.turn = written.catch(() => {});
    return written;
  }

  async #write(writing: Writing): Promise<boolean> {
    try {
      await this.reached();
      if (!this.#writing.has(writing)) return false;
      if (this.state === "full") throw "full";
      this.#put(writing);
    } finally {
      this.#writing.delete(writing);
    }
    await this.#pause();
    return true;
  }

  /** The document was closed in order. */
  async leave(kept: Kept, owner: Owner, keep: boolean): Promise<void> {
    if (!keep) await this.reached();
    // A tab that has ended meanwhile has lost it already, perhaps to another.
    if (kept.owner !== owner || !owner.alive) return;
    kept.owner = undefined;
    if (!keep || kept.text === undefined) this.#records.delete(kept.key);
    this.#changed(undefined);
  }

  /** A tab has ended, however: it holds nothing any more, and what it was writing is written or not. */
  ended(owner: Owner): void {
    this.#owners.delete(owner);
    for (const writing of [...this.#writing]) {
      if (writing.owner !== owner) continue;
      this.#writing.delete(writing);
      const written = this.state !== "full" && this.state !== "wedged" && this.options.random() < 0.5;
      if (written) this.#put(writing);
      this.options.seen(written ? "kill-new-record" : "kill-old-record");
    }
    this.#changed(owner);
  }

  #put({ kept, text, owner }: Writing): void {
    kept.text = text;
    kept.record = undefined;
    this.#changed(owner);
  }

  #changed(by: Owner | undefined): void {
    for (const owner of this.#owners) if (owner !== by) owner.changed();
  }

  #pause(): Promise<void> {
    const most = this.state === "slow" ? 1_000 : 4;
    const ms = Math.floor(this.options.random() * most);
    return new Promise((resolve) => {
      this.options.clock.after(ms, resolve);
    });
  }
}
