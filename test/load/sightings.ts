// Matches what a writer was told is committed with when the others' copies had it. Both come in any order.

interface Entry {
  /** When the keystrokes of that version were due; unknown until its writer is told. */
  due: readonly number[] | undefined;
  /** When copies had it, as long as nobody knows what it was. */
  times: number[];
  left: number;
}

/** The versions of one document. */
export class Sightings {
  readonly #entries = new Map<number, Entry>();

  /** @param seen  is told how many milliseconds after it was due a keystroke was there */
  constructor(
    private readonly readers: number,
    private readonly seen: (ms: number) => void,
  ) {}

  /** The op that made `version` held keystrokes that were due then. */
  committed(version: number, due: readonly number[]): void {
    const entry = this.#at(version);
    entry.due = [...(entry.due ?? []), ...due];
    for (const time of entry.times) for (const moment of due) this.seen(time - moment);
    this.#forget(version, entry);
  }

  /** Another's copy has come to `version`. */
  reached(version: number, time: number): void {
    const entry = this.#at(version);
    entry.left -= 1;
    if (entry.due === undefined) entry.times.push(time);
    else for (const moment of entry.due) this.seen(time - moment);
    this.#forget(version, entry);
  }

  #at(version: number): Entry {
    const entry = this.#entries.get(version) ?? { due: undefined, times: [], left: this.readers };
    this.#entries.set(version, entry);
    return entry;
  }

  #forget(version: number, { due, left }: Entry): void {
    if (due !== undefined && left <= 0) this.#entries.delete(version);
  }
}
