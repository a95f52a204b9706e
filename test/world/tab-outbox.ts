// The outbox as one tab has it: the simulated device behind the client's own interface. It does what a browser's store
// does: answers later, says how far it can be relied on, and gives up on a device that does not answer.

import {
  type Elsewhere,
  type FoundRecord,
  type Outbox,
  OutboxError,
  type OutboxPlace,
  type OutboxRecord,
  type StorageState,
} from "../../client/index.js";
import type { Clock } from "../../protocol/index.js";
import type { Device, Kept, Owner } from "./device.js";

/** How long a device may take to answer. */
const PATIENCE_MS = 3_000;
/** How often a device without room may be asked in a second. */
const MOST_REFUSALS = 40;
/** Steps kept beside an older document, before the document itself is written again. */
const MOST_STEPS = 3;

export interface TabOutboxOptions {
  readonly device: Device;
  readonly owner: Owner;
  /** Stops with the tab. */
  readonly clock: Clock;
  readonly seen: (what: string) => void;
  /** Something must not be. */
  readonly fail: (what: string) => void;
  /** Something is about to happen to the tab: a write begins or has ended. False: the tab is no more. */
  readonly effect: (what: string) => boolean;
  /** It goes on with what another tab left. */
  readonly adopted: (record: FoundRecord) => void;
}

export class TabOutbox implements Outbox {
  #state: StorageState = "durable";
  readonly #stateListeners = new Set<(state: StorageState) => void>();
  readonly #elsewhereListeners = new Set<() => void>();
  /** The places of its documents, with what each was last given to keep. */
  readonly #mine = new Map<Kept, OutboxRecord | undefined>();

  /** When writes were refused in the last second. */
  #refusals: readonly number[] = [];

  constructor(private readonly options: TabOutboxOptions) {}

  /** As they were last given or found, whether written or not. */
  get records(): readonly OutboxRecord[] {
    return [...this.#mine.values()].filter((record) => record !== undefined);
  }

  get state(): StorageState {
    return this.#state;
  }

  onState(listener: (state: StorageState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  onElsewhere(listener: () => void): () => void {
    this.#elsewhereListeners.add(listener);
    return () => void this.#elsewhereListeners.delete(listener);
  }

  async elsewhere(): Promise<readonly Elsewhere[]> {
    await this.options.device.reached();
    return this.options.device.records.flatMap(({ kept, live, record: { type, unsaved } }) =>
      unsaved === 0 || this.#mine.has(kept) ? [] : [{ doc: kept.doc, type, unsaved, live }],
    );
  }

  /** Somebody else has changed something on the device. */
  changed(): void {
    for (const listener of this.#elsewhereListeners) this.options.clock.after(1, listener);
  }

  async open(doc: string): Promise<OutboxPlace> {
    const { device, owner, adopted, effect } = this.options;
    if (!(await this.#patiently(device.reached()))) {
      this.#become("failed");
      return this.#later(doc);
    }
    if (!owner.alive) return never();
    const { kept, found } = device.claim(doc, owner);
    this.#mine.set(kept, found);
    if (found !== undefined) adopted(found);
    effect("claimed");
    return this.#place(kept, found);
  }

  /** A place for a document that was opened while the device did not answer: a record of its own, once it does. */
  #later(doc: string): OutboxPlace {
    const { device, owner, effect } = this.options;
    let place: OutboxPlace | undefined;
    return {
      found: undefined,
      save: async (record) => {
        if (place === undefined) {
          if (!(await this.#patiently(device.reached()))) throw new OutboxError("failed", "no answer");
          if (!owner.alive) return never();
          place = this.#place(device.add(doc, owner), undefined);
          effect("claimed");
        }
        return place.save(record, undefined);
      },
      leave: (keep, gone) => place?.leave(keep, gone),
    };
  }

  #place(kept: Kept, found: FoundRecord | undefined): OutboxPlace {
    const { device, owner, seen, effect } = this.options;
    /** What is on the device, and how the last record's document is to be had from it. */
    let base = found && { confirmed: found.confirmed, steps: found.steps ?? [] };
    return {
      found,
      save: async (record, steps) => {
        this.#mine.set(kept, record);
        if (!effect("write begins")) return never();
        const short =
          base !== undefined && steps !== undefined && base.steps.length + steps.length <= MOST_STEPS;
        const next = short
          ? { confirmed: base!.confirmed, steps: [...base!.steps, ...steps!] }
          : { confirmed: record.confirmed, steps: [] };
        if (short && next.steps.length > 0) seen("steps-written");
        // Until it is written, nobody knows what the device has.
        base = undefined;
        let written: boolean;
        try {
          written = await this.#patiently(device.write(kept, owner, { ...record, ...next }));
        } catch (error) {
          if (error !== "full") throw error;
          seen("device-full");
          this.#refused();
          this.#become("full");
          throw new OutboxError("full", "no room");
        }
        if (!owner.alive) return never();
        if (!written) {
          seen("device-wedged");
          this.#become("failed");
          throw new OutboxError("failed", "no answer");
        }
        base = next;
        if (this.#state !== "durable") seen("device-back");
        this.#become("durable");
        if (!effect("write ended")) return never();
      },
      leave: async (keep) => {
        this.#mine.delete(kept);
        if (owner.alive) await device.leave(kept, owner, keep);
      },
    };
  }

  /** A device without room is not to be asked all the time. */
  #refused(): void {
    const { clock, fail } = this.options;
    this.#refusals = [...this.#refusals.filter((time) => clock.now() - time < 1_000), clock.now()];
    if (this.#refusals.length > MOST_REFUSALS) fail("a full device is asked again and again");
  }

  /** @returns false when the device takes too long */
  async #patiently(work: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const cancel = this.options.clock.after(PATIENCE_MS, () => resolve(false));
      work.then(
        () => {
          cancel();
          resolve(true);
        },
        (error) => {
          cancel();
          reject(error);
        },
      );
    });
  }

  #become(state: StorageState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

const never = () => new Promise<never>(() => {});
