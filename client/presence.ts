// Who else is in the document and where. May be lost, is never stored.
//
// Positions speak of a version (and of their sender's op in flight); they are held until that is reached here, then
// kept against the confirmed document and moved by every op that is committed (`whereabouts.ts`). What is asked for is
// carried past our own unsent ops too. Telling the others where we are is `announcer.ts`.

import type { Selection, Snapshot } from "../ot/index.js";
import { type Activity, leftMs, type Person, type PresenceUpdate } from "../protocol/index.js";
import { Announcer, type AnnouncerOptions } from "./announcer.js";
import { Emitter } from "./emitter.js";
import { checkPlace } from "./options.js";
import type { Session } from "./session-state.js";
import type { Applied } from "./stream.js";
import type { Op, Participant, Presence, PresenceEvents } from "./types.js";
import { type Step, Trail, Whereabouts } from "./whereabouts.js";

/** Gone without a word. Hidden tabs run their timers once a minute, so not before one and a half. */
export const EXPIRY_MS = 90_000;
/** So long before that, they are shown as away. */
export const FADING_MS = 10_000;
/** Where more people are, whoever comes hears by the announcers' own repeats: everybody would tell everybody. */
export const MET_AT_ONCE = 50;
/** How long after an op its author counts as typing. */
export const TYPING_MS = 1_500;

interface Known<S extends Snapshot, O extends Op> {
  /** Changes when they are told of again: another node may have given them another colour. */
  person: Person;
  readonly where: Whereabouts<S, O>;
  activity: Activity;
  /** When we last heard of them; undefined: they have never said where they are, so their silence says nothing. */
  heardAt: number | undefined;
  /** Set while they count as typing. */
  stopTyping: (() => void) | undefined;
  /** When they typed last. */
  typedAt: number;
  /** Silent for so long that they count as gone. */
  gone: boolean;
}

export class PresenceTracker<S extends Snapshot, O extends Op> implements Presence {
  readonly #events = new Emitter<PresenceEvents>();
  readonly #announcer: Announcer<S, O>;
  readonly #trail: Trail<S, O>;
  readonly #known = new Map<string, Known<S, O>>();
  #self: Person | undefined;
  /** Whether there has been a roster: who is on the first has not just come. */
  #resting = false;
  #met = false;
  #stopExpiry: (() => void) | undefined;

  constructor(private readonly options: AnnouncerOptions<S, O>) {
    this.#trail = new Trail(options.type);
    this.#announcer = new Announcer(options);
  }

  get people(): readonly Participant[] {
    const session = this.options.session();
    if (session === undefined) return [];
    const now = this.options.clock.now();
    return [...this.#known.values()]
      .filter(({ gone }) => !gone)
      .map((known) => this.#participant(known, session, now));
  }

  get self(): Person | undefined {
    return this.#self;
  }

  on<K extends keyof PresenceEvents>(name: K, listener: (event: PresenceEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  update(selection: Selection | null, activity: Activity = "active"): void {
    checkPlace(selection, activity);
    if (!this.#resting) this.#announcer.update(selection, activity);
  }

  rest(resting: boolean): void {
    if (resting) this.update(null, "away");
    this.#resting = resting;
  }

  // ---- what happens to the document

  /** The visible document has changed by `op`; `own`: by our own doing. */
  moved(op: O, own: boolean): void {
    this.#announcer.moved(op, own);
  }

  /** Ops were committed and taken in; `live`: they are not old history. */
  applied({ ops, own }: Applied<S, O>, live: boolean): void {
    for (const step of ops as readonly unknown[] as readonly Step<O>[]) {
      this.#trail.add(step);
      for (const { where } of this.#known.values()) where.committed(step);
    }
    if (own) this.#announcer.schedule();
    else if (live && ops.length === 1) this.#typed(ops[0]!.src);
    else if (live) for (const src of new Set(ops.map(({ src }) => src))) this.#typed(src);
  }

  /** The document was fetched anew: positions in the old history mean nothing. */
  replaced(): void {
    this.#trail.clear();
    for (const { where } of this.#known.values()) where.forget();
  }

  // ---- what the server tells

  /** Everybody who is here, at every opening. */
  roster(people: readonly Person[]): void {
    const first = !this.#met;
    this.#met = true;
    const here = new Set(people.map(({ src }) => src));
    for (const src of [...this.#known.keys()]) if (!here.has(src)) this.left(src);
    for (const person of people) {
      const known = this.#known.get(person.src);
      if (known === undefined) this.#enter(person, !first);
      else {
        this.#tellOfAgain(known, person);
        this.#hear(person.src, person.presence);
      }
    }
    this.#announcer.begin();
    this.#changed();
  }

  /** Somebody came; or somebody who is here is not as they were, or has come again. */
  joined(person: Person): void {
    // Told to the document that was open here before, under this name; this one will be told who is here when it opens.
    if (this.options.src() === undefined) return;
    const known = this.#known.get(person.src);
    if (known === undefined) {
      this.#enter(person, true);
      if (this.#known.has(person.src) && this.#known.size <= MET_AT_ONCE) this.#announcer.met();
    } else {
      known.where.renew(person.presence);
      this.#tellOfAgain(known, person);
      if (person.presence === null) known.heardAt = undefined;
      if (person.presence === null && known.gone) this.#back(known);
      this.#hear(person.src, person.presence);
    }
    this.#changed();
  }

  left(src: string): void {
    const known = this.#known.get(src);
    if (known === undefined) return;
    known.stopTyping?.();
    this.#known.delete(src);
    if (!known.gone) this.#leave(known);
  }

  presence(src: string, update: PresenceUpdate): void {
    if (this.#hear(src, update)) this.#changed();
  }

  /** There is no line: nothing can be told or heard until the next roster. */
  stop(): void {
    this.#announcer.stop();
    this.#stopExpiry?.();
    this.#stopExpiry = undefined;
    for (const known of this.#known.values()) {
      known.stopTyping?.();
      known.stopTyping = undefined;
    }
  }

  #enter(person: Person, announce: boolean): void {
    if (person.src === this.options.src()) {
      this.#self = person;
      return;
    }
    const known: Known<S, O> = {
      person,
      where: new Whereabouts(person.src, this.#trail),
      activity: "active",
      heardAt: undefined,
      stopTyping: undefined,
      typedAt: 0,
      gone: false,
    };
    this.#known.set(person.src, known);
    this.#hear(person.src, person.presence);
    const session = this.options.session();
    if (announce && session !== undefined) this.#events.emit("joined", this.#participant(known, session));
  }

  #tellOfAgain(known: Known<S, O>, person: Person): void {
    const before = known.person.user;
    known.person = person;
    const session = this.options.session();
    if (before.id !== person.user.id || before.name === person.user.name) return;
    if (known.gone || session === undefined) return;
    this.#events.emit("renamed", { person: this.#participant(known, session), before: before.name });
  }

  /** @returns whether anything is new */
  #hear(src: string, update: PresenceUpdate | null): boolean {
    const known = this.#known.get(src);
    const session = this.options.session();
    if (known === undefined || session === undefined || update === null) return false;
    if (!known.where.heard(update, session.version)) return false;
    known.activity = update.activity;
    known.heardAt = this.options.clock.now();
    this.#stopExpiry ??= this.options.clock.after(EXPIRY_MS - FADING_MS, () => this.#expire());
    if (known.gone) this.#back(known);
    return true;
  }

  #back(known: Known<S, O>): void {
    known.gone = false;
    const session = this.options.session();
    if (session !== undefined) this.#events.emit("joined", this.#participant(known, session));
  }

  #typed(src: string): void {
    const { clock } = this.options;
    const author = this.#known.get(src);
    if (author === undefined) return;
    const now = clock.now();
    author.heardAt &&= now;
    author.typedAt = now;
    if (author.stopTyping === undefined) this.#untilTyped(author, TYPING_MS);
    this.#changed();
  }

  /** One timer for all that somebody types in a row. */
  #untilTyped(author: Known<S, O>, waitMs: number): void {
    const { clock } = this.options;
    author.stopTyping = clock.after(waitMs, () => {
      author.typedAt = Math.min(author.typedAt, clock.now());
      const left = leftMs(clock, author.typedAt, TYPING_MS);
      if (left > 0) {
        this.#untilTyped(author, left);
        return;
      }
      author.stopTyping = undefined;
      this.#changed();
    });
  }

  /** Who has been silent for long is shown as away, and is gone a little later. */
  #expire(): void {
    this.#stopExpiry = undefined;
    const { clock } = this.options;
    let next = Number.POSITIVE_INFINITY;
    let faded = false;
    for (const known of this.#known.values()) {
      if (known.gone || known.heardAt === undefined) continue;
      known.heardAt = Math.min(known.heardAt, clock.now());
      const left = leftMs(clock, known.heardAt, EXPIRY_MS);
      if (left <= 0) {
        known.gone = true;
        this.#leave(known);
      } else {
        faded ||= left <= FADING_MS;
        next = Math.min(next, left > FADING_MS ? left - FADING_MS : left);
      }
    }
    if (faded) this.#changed();
    if (next < Number.POSITIVE_INFINITY) {
      this.#stopExpiry = clock.after(next, () => this.#expire());
    }
  }

  #leave({ person: { src, user, color } }: Known<S, O>): void {
    this.#events.emit("left", { src, user, color, activity: "away", selection: null });
    this.#changed();
  }

  #changed(): void {
    // Everybody's place is worked out for it, and with every op that somebody types.
    if (this.#events.isHeard("change")) this.#events.emit("change", this.people);
  }

  #participant(known: Known<S, O>, session: Session<S, O>, now = this.options.clock.now()): Participant {
    const { src, user, color } = known.person;
    const silentMs = now - (known.heardAt ?? Number.POSITIVE_INFINITY);
    const doing = silentMs >= EXPIRY_MS - FADING_MS ? "away" : known.activity;
    const activity = known.stopTyping === undefined ? doing : "typing";
    return { src, user, color, activity, selection: known.where.visible(session) };
  }
}
