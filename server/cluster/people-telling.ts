// What a node tells the others of its own people in one document.
//
//   quiet ──change──▶ told at once, then gathered for a moment ──▶ told together … ──▶ quiet
//     └──▶ beats: a second after the last change, then less and less often
//
// News are numbered, and each names the one before; the first name none. Of a large number of people only those are told
// who came first: nobody else can be among those who are shown. A list is told to whoever asks, at most every so often; the
// last thing told is that nobody is here, a few times, because nobody will be here to be asked.

import type { Clock, PresenceUpdate } from "../../protocol/index.js";
import { type Change, type Message, MOST_CHANGES, MOST_PARTS, type Told } from "./people-messages.js";
import { Queue } from "./queue.js";

/** How long what comes after something told is gathered. Movements twenty times a second look like movement. */
export const GATHER_MS = 50;
/** After the last change that is told, how long until the first beat, and at most from one to the next. */
const BEAT_MS = 1_000;
export const LONGEST_BEAT_MS = 60_000;
/** When it is told once more that nobody is here, after the first time. */
const NOBODY_MS = [1_000, 5_000];

export interface TellingOptions {
  readonly clock: Clock;
  /** How many of this node's people can be shown. */
  readonly most: number;
  /** A number above all that this node has told before, in any document. */
  readonly next: () => number;
  readonly tell: (message: Message) => void;
}

interface Own {
  readonly src: string;
  readonly since: number;
  told: Told;
}

export class Telling {
  readonly #queue: Queue<Own>;
  readonly #own = new Map<string, Own>();
  /** Of the last news; zero: there have been none. */
  #seq = 0;
  #changes: Change[] = [];
  readonly #moved = new Map<string, PresenceUpdate>();
  /** Their number has changed, or a list is wanted. */
  #counted = false;
  #listed = false;
  #stopGathering: (() => void) | undefined;
  #stopBeating: () => void = () => {};

  constructor(private readonly options: TellingOptions) {
    this.#queue = new Queue(Math.min(options.most, MOST_CHANGES * MOST_PARTS));
  }

  /** The number of the last news, and how many people there are. */
  get state(): { readonly seq: number; readonly count: number } {
    return { seq: this.#seq, count: this.#own.size };
  }

  /** Somebody came, or is not any more as they were. */
  put(told: Told): void {
    const known = this.#own.get(told.src);
    if (known === undefined) {
      const own = { src: told.src, since: told.since, told };
      this.#own.set(told.src, own);
      const last = this.#queue.add(own);
      if (last !== undefined) this.#went(last.src);
      this.#counted = true;
    } else known.told = told;
    if (this.#queue.inFront(this.#own.get(told.src)!)) this.#came(told);
    this.#soon();
  }

  drop(src: string): void {
    const own = this.#own.get(src);
    if (own === undefined) return;
    const told = this.#queue.inFront(own);
    const next = this.#queue.remove(own);
    this.#own.delete(src);
    if (told) this.#went(src);
    if (next !== undefined) this.#came(next.told);
    this.#counted = true;
    this.#soon();
  }

  /** @param shown  whether the others want to know */
  move(src: string, presence: PresenceUpdate | null, shown: boolean): void {
    const own = this.#own.get(src);
    if (own === undefined) return;
    own.told = { ...own.told, presence };
    if (presence === null || !shown || !this.#queue.inFront(own)) return;
    this.#moved.set(src, presence);
    this.#soon();
  }

  /** Somebody has not heard it all. */
  list(): void {
    this.#listed = true;
    this.#soon();
  }

  beat(): void {
    this.#tell({ kind: "beat", ...this.state });
  }

  /**
   * Tells that nobody is here any more.
   *
   * @param done  is called when that was told for the last time
   * @returns keeps it from being told again; undefined: it need not be told
   */
  stop(done: () => void): (() => void) | undefined {
    this.#stopGathering?.();
    this.#news();
    this.#stopBeating();
    if (this.#seq === 0) return undefined;
    const nobody: Message = {
      kind: "list",
      seq: this.options.next(),
      count: 0,
      part: 0,
      parts: 1,
      people: [],
    };
    this.#tell(nobody);
    const { clock } = this.options;
    const later = NOBODY_MS.map((ms) => clock.after(ms, () => this.#tell(nobody)));
    later.push(clock.after(Math.max(...NOBODY_MS), done));
    return () => {
      for (const cancel of later) cancel();
    };
  }

  #came(told: Told): void {
    this.#moved.delete(told.src);
    this.#changes.push({ came: told });
  }

  #went(src: string): void {
    this.#moved.delete(src);
    this.#changes.push({ went: src });
  }

  #soon(): void {
    if (this.#stopGathering === undefined) this.#flush();
  }

  #flush(): void {
    const told = this.#news();
    if (this.#listed) this.#list();
    const quiet = !told && !this.#listed;
    this.#listed = false;
    this.#stopGathering = quiet
      ? undefined
      : this.options.clock.after(GATHER_MS, () => {
          this.#stopGathering = undefined;
          this.#flush();
        });
    if (told) this.#beatIn(BEAT_MS);
  }

  /** @returns whether there were any */
  #news(): boolean {
    const any = this.#changes.length > 0 || this.#moved.size > 0 || this.#counted;
    this.#counted = false;
    if (!any) return false;
    const moved = [...this.#moved].map(([src, presence]) => ({ src, presence }));
    this.#moved.clear();
    const changes = this.#changes;
    this.#changes = [];
    do {
      const after = this.#seq;
      this.#seq = this.options.next();
      const some = changes.splice(0, MOST_CHANGES);
      // Where somebody is can be told only after they came.
      const places = changes.length === 0 ? moved.splice(0, MOST_CHANGES) : [];
      this.#tell({ kind: "news", ...this.state, after, changes: some, moved: places });
    } while (changes.length > 0 || moved.length > 0);
    return true;
  }

  #list(): void {
    const people = this.#queue.front.map(({ told }) => told);
    const parts = Math.max(1, Math.ceil(people.length / MOST_CHANGES));
    for (let part = 0; part < parts; part++) {
      const some = people.slice(part * MOST_CHANGES, (part + 1) * MOST_CHANGES);
      this.#tell({ kind: "list", ...this.state, part, parts, people: some });
    }
  }

  #beatIn(ms: number): void {
    this.#stopBeating();
    this.#stopBeating = this.options.clock.after(ms, () => {
      this.beat();
      this.#beatIn(Math.min(2 * ms, LONGEST_BEAT_MS));
    });
  }

  #tell(message: Message): void {
    this.options.tell(message);
  }
}
