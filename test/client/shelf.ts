// A device's store played by hand: several pages share it, a page can die, and a write ends when a test says so.
//
//     const shelf = new Shelf();
//     desk.connect({ store: shelf.page() });      // one page; everything in its records goes through JSON
//     shelf.pages[0].dies();                      // its records are free, its writes have no effect any more
//
// Writes end at once, unless `shelf.slow` is set: then each waits for `page.writes()` or `page.refuses(error)`.

import type {
  Elsewhere,
  FoundRecord,
  Outbox,
  OutboxError,
  OutboxPlace,
  OutboxRecord,
  StorageState,
} from "../../client/index.js";

interface Slot {
  readonly doc: string;
  record: OutboxRecord | undefined;
  holder: Page | undefined;
}

interface Waiting {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Shelf {
  readonly slots: Slot[] = [];
  readonly pages: Page[] = [];
  slow = false;
  /** What `save` was given as steps, call by call. */
  readonly steps: (readonly unknown[] | undefined)[] = [];
  /** How places were given back. */
  readonly left: { readonly keep: boolean; readonly gone: boolean }[] = [];
  readonly listeners = new Set<() => void>();

  page(): Page {
    const page = new Page(this);
    this.pages.push(page);
    return page;
  }

  /** The records there are, oldest first. */
  get records(): OutboxRecord[] {
    return this.slots.flatMap(({ record }) => (record === undefined ? [] : [record]));
  }

  /** Puts a record on the shelf that nobody holds. */
  put(doc: string, record: OutboxRecord): void {
    this.slots.push({ doc, record, holder: undefined });
  }

  changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

export class Page implements Outbox {
  state: StorageState = "durable";
  /** Writes that have not ended. */
  readonly waiting: Waiting[] = [];
  flush = () => {};
  #dead = false;

  constructor(private readonly shelf: Shelf) {}

  open(doc: string, type: OutboxRecord["type"]): OutboxPlace {
    const { slots } = this.shelf;
    const free = slots.find((slot) => slot.doc === doc && !slot.holder && slot.record?.type === type);
    const slot: Slot = free ?? { doc, record: undefined, holder: undefined };
    if (free === undefined) slots.push(slot);
    slot.holder = this;
    return {
      found: slot.record as FoundRecord | undefined,
      save: (record, steps) => this.#save(slot, record, steps),
      leave: (keep, gone = false) => {
        if (this.#dead) return undefined;
        this.shelf.left.push({ keep, gone });
        slot.holder = undefined;
        if (!keep) slots.splice(slots.indexOf(slot), 1);
        this.shelf.changed();
        return undefined;
      },
    };
  }

  onState(): () => void {
    return () => {};
  }

  onFlush(listener: () => void): () => void {
    this.flush = listener;
    return () => {};
  }

  async elsewhere(): Promise<readonly Elsewhere[]> {
    return this.shelf.slots.flatMap(({ doc, record, holder }) =>
      record === undefined || holder === this
        ? []
        : [{ doc, type: record.type, unsaved: record.unsaved, live: holder !== undefined }],
    );
  }

  onElsewhere(listener: () => void): () => void {
    this.shelf.listeners.add(listener);
    return () => void this.shelf.listeners.delete(listener);
  }

  /** The page is gone, in the middle of whatever it did. */
  dies(): void {
    this.#dead = true;
    for (const slot of this.shelf.slots) if (slot.holder === this) slot.holder = undefined;
    this.shelf.changed();
  }

  /** The oldest write ends well. */
  async writes(): Promise<void> {
    const next = this.waiting.shift()!;
    next.write();
    next.resolve();
    await new Promise(setImmediate);
  }

  async refuses(error: OutboxError): Promise<void> {
    this.waiting.shift()!.reject(error);
    await new Promise(setImmediate);
  }

  #save(slot: Slot, record: OutboxRecord, steps?: readonly unknown[]): undefined | Promise<void> {
    this.shelf.steps.push(steps);
    const kept = JSON.parse(JSON.stringify(record)) as OutboxRecord;
    const write = () => {
      if (!this.#dead) slot.record = kept;
    };
    if (this.shelf.slow) {
      return new Promise((resolve, reject) => this.waiting.push({ write, resolve, reject }));
    }
    write();
    return undefined;
  }
}
