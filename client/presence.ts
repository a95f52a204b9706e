// Who else is in the document and where, and telling them where we are. May be lost, is never stored.
//
// Others: their positions speak of a version (and of their own op in flight); they are held until that is reached
// here, then kept against the confirmed document and moved by every op that is committed: past its author's own typing,
// and never by anybody else's typing at the caret. What is asked for is carried past our own unsent ops too.
// Ourselves: throttled, and only told when those who know our last position and our ops would think us elsewhere: so
// typing on, or being pushed along by others, costs nothing.

import type { Selection, Snapshot, TextType } from "../ot/index.js";
import type { Activity, Clock, Person, PresenceUpdate } from "../protocol/index.js";
import { Emitter } from "./emitter.js";
import { inflightOf, type Session, unsentOf } from "./session.js";
import type { Applied } from "./stream.js";
import type { Op, Participant, Presence, PresenceEvents } from "./types.js";
import { Trail, Whereabouts } from "./whereabouts.js";

/** How long a position may wait to be overtaken by a newer one, and how far apart two that are sent are. */
export const GATHER_MS = 50;
export const INTERVAL_MS = 100;
/** Told again after so long, so that nobody takes us for gone. */
const REPEAT_MS = 20_000;
/** Gone without a word. Hidden tabs run their timers once a minute, so not before one and a half. */
const EXPIRY_MS = 90_000;
/** How long after an op its author counts as typing. */
export const TYPING_MS = 1_500;

export interface PresenceOptions<S extends Snapshot, O extends Op> {
  readonly type: TextType<S, O>;
  readonly clock: Clock;
  readonly session: () => Session<S, O> | undefined;
  /** Our client id, once there is one. */
  readonly src: () => string | undefined;
  /** Sends, if there is a line to send on. */
  readonly tell: (update: PresenceUpdate) => boolean;
}

interface Known<S extends Snapshot, O extends Op> {
  readonly person: Person;
  readonly where: Whereabouts<S, O>;
  activity: Activity;
  /** When we last heard of them; undefined: they have never said where they are, so their silence says nothing. */
  heardAt: number | undefined;
  stopTyping: (() => void) | undefined;
  gone: boolean;
}

export class PresenceTracker<S extends Snapshot, O extends Op> implements Presence {
  readonly #events = new Emitter<PresenceEvents>();
  readonly #trail: Trail<S, O>;
  readonly #known = new Map<string, Known<S, O>>();
  #self: Person | undefined;
  /** Where we are, and where the others think we are, both in the visible document now. */
  #mine: { selection: Selection | null; activity: Activity } | undefined;
  #told: { selection: Selection | null; activity: Activity } | undefined;
  /** What was told is not exact until everything of ours is committed. */
  #inexact = false;
  #n = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #stopSend: (() => void) | undefined;
  #stopRepeat = () => {};
  #stopExpiry: (() => void) | undefined;

  constructor(private readonly options: PresenceOptions<S, O>) {
    this.#trail = new Trail(options.type);
  }

  get people(): readonly Participant[] {
    const session = this.options.session();
    if (session === undefined) return [];
    return [...this.#known.values()]
      .filter(({ gone }) => !gone)
      .map((known) => this.#participant(known, session));
  }

  get self(): Person | undefined {
    return this.#self;
  }

  on<K extends keyof PresenceEvents>(name: K, listener: (event: PresenceEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  update(selection: Selection | null, activity: Activity = "active"): void {
    this.#mine = { selection, activity };
    this.#schedule();
  }

  // ---- what happens to the document

  /** The visible document has changed by `op`; `own`: by our own doing. */
  moved(op: O, own: boolean): void {
    const move = <T extends { selection: Selection | null }>(at: T | undefined) =>
      at?.selection ? { ...at, selection: this.options.type.transformSelection(at.selection, op, own) } : at;
    this.#mine = move(this.#mine);
    this.#told = move(this.#told);
  }

  /** An op was committed and taken in; `live`: it is not old history. */
  applied({ version, src, seq, committed, own }: Applied<S, O>, live: boolean): void {
    const step = { version, src, seq, op: committed };
    this.#trail.add(step);
    for (const { where } of this.#known.values()) where.committed(step);
    const author = this.#known.get(src);
    if (author !== undefined && !own && live) this.#typed(author);
    const session = this.options.session();
    if (own && this.#inexact && session?.kind === "synced") this.#schedule();
  }

  /** The history is broken: the document was fetched anew, and positions in the old one mean nothing. */
  replaced(): void {
    this.#trail.clear();
    for (const { where } of this.#known.values()) where.forget();
  }

  // ---- what the server tells

  /** Everybody who is here, at every opening. */
  roster(people: readonly Person[]): void {
    const first = this.#self === undefined;
    const here = new Set(people.map(({ src }) => src));
    for (const src of [...this.#known.keys()]) if (!here.has(src)) this.left(src);
    for (const person of people) {
      if (this.#known.has(person.src)) this.#hear(person.src, person.presence);
      else this.#enter(person, !first);
    }
    this.#told = undefined;
    if (this.#mine !== undefined) this.#schedule();
    this.#changed();
  }

  joined(person: Person): void {
    this.#known.get(person.src)?.stopTyping?.();
    const back = this.#known.delete(person.src);
    this.#enter(person, !back);
    this.#changed();
  }

  left(src: string): void {
    const known = this.#known.get(src);
    if (known === undefined) return;
    known.stopTyping?.();
    this.#known.delete(src);
    if (known.gone) return;
    this.#events.emit("left", this.#leaving(known));
    this.#changed();
  }

  presence(src: string, update: PresenceUpdate): void {
    if (this.#hear(src, update)) this.#changed();
  }

  /** No line: nothing can be told until the next roster. */
  stop(): void {
    this.#stopSend?.();
    this.#stopSend = undefined;
    this.#stopRepeat();
    this.#stopExpiry?.();
    this.#stopExpiry = undefined;
    for (const known of this.#known.values()) known.stopTyping?.();
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
      gone: false,
    };
    this.#known.set(person.src, known);
    this.#hear(person.src, person.presence);
    const session = this.options.session();
    if (announce && session !== undefined) this.#events.emit("joined", this.#participant(known, session));
  }

  /** @returns whether anything is new */
  #hear(src: string, update: PresenceUpdate | null): boolean {
    const known = this.#known.get(src);
    const session = this.options.session();
    if (known === undefined || session === undefined || update === null) return false;
    if (!known.where.heard(update, session.version)) return false;
    known.activity = update.activity;
    known.heardAt = this.options.clock.now();
    if (known.gone) {
      known.gone = false;
      this.#events.emit("joined", this.#participant(known, session));
    }
    this.#stopExpiry ??= this.options.clock.after(EXPIRY_MS, () => this.#expire());
    return true;
  }

  #typed(author: Known<S, O>): void {
    author.heardAt &&= this.options.clock.now();
    author.stopTyping?.();
    author.stopTyping = this.options.clock.after(TYPING_MS, () => {
      author.stopTyping = undefined;
      this.#changed();
    });
    this.#changed();
  }

  #expire(): void {
    this.#stopExpiry = undefined;
    const now = this.options.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const known of this.#known.values()) {
      if (known.gone || known.heardAt === undefined) continue;
      const left = known.heardAt + EXPIRY_MS - now;
      if (left > 0) {
        next = Math.min(next, left);
        continue;
      }
      known.gone = true;
      this.#events.emit("left", this.#leaving(known));
      this.#changed();
    }
    if (next < Number.POSITIVE_INFINITY)
      this.#stopExpiry = this.options.clock.after(next, () => this.#expire());
  }

  #changed(): void {
    this.#events.emit("change", this.people);
  }

  #participant(known: Known<S, O>, session: Session<S, O>): Participant {
    const { src, user, color } = known.person;
    const activity = known.stopTyping === undefined ? known.activity : "typing";
    return { src, user, color, activity, selection: known.where.visible(session) };
  }

  #leaving({ person: { src, user, color } }: Known<S, O>): Participant {
    return { src, user, color, activity: "away", selection: null };
  }

  // ---- telling the others

  #schedule(): void {
    if (this.#stopSend !== undefined || !this.#worthTelling()) return;
    const { clock } = this.options;
    const wait = Math.max(GATHER_MS, this.#toldAt + INTERVAL_MS - clock.now());
    this.#stopSend = clock.after(wait, () => {
      this.#stopSend = undefined;
      if (this.#worthTelling()) this.#tell();
    });
  }

  #worthTelling(): boolean {
    const [mine, told, session] = [this.#mine, this.#told, this.options.session()];
    if (mine === undefined || session === undefined) return false;
    if (told === undefined || told.activity !== mine.activity) return true;
    return (this.#inexact && session.kind === "synced") || !sameSelection(told.selection, mine.selection);
  }

  #tell(): void {
    const { clock, session, tell } = this.options;
    const mine = this.#mine!;
    const place = tagged(this.options.type, session()!, mine.selection);
    const { exact, ...where } = place;
    if (!tell({ n: this.#n + 1, activity: mine.activity, ...where })) return;
    this.#n++;
    this.#told = mine;
    this.#inexact = !exact;
    this.#toldAt = clock.now();
    this.#stopRepeat();
    this.#stopRepeat = clock.after(REPEAT_MS, () => this.#tell());
  }
}

const sameSelection = (a: Selection | null, b: Selection | null) =>
  a?.anchor === b?.anchor && a?.head === b?.head;

/**
 * A selection in the visible document as others can understand it, who do not have our unsent ops: in the document at
 * our version, from where their receivers carry it past our ops when these arrive. Where that would lead elsewhere (the
 * caret stands inside text they have not seen), it is given behind our inflight op, and is not exact.
 */
function tagged<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  selection: Selection | null,
): Pick<PresenceUpdate, "version" | "seq" | "selection"> & { exact: boolean } {
  const { version } = session;
  const unsent = unsentOf(session).map(({ op }) => op);
  if (selection === null || unsent.length === 0) return { version, seq: 0, selection, exact: true };
  let doc = session.confirmed;
  const inverses = unsent.map((op) => {
    const inverse = type.invertWithDoc(op, doc);
    doc = type.apply(doc, op);
    return inverse;
  });
  const back = (from: Selection, to: number) =>
    inverses.slice(to).reduceRight((at, inverse) => type.transformSelection(at, inverse, false), from);
  const confirmed = back(selection, 0);
  const again = unsent.reduce((at, op) => type.transformSelection(at, op, true), confirmed);
  const inflight = inflightOf(session);
  if (inflight === undefined || sameSelection(again, selection)) {
    return { version, seq: 0, selection: confirmed, exact: sameSelection(again, selection) };
  }
  return { version, seq: inflight.seq, selection: back(selection, 1), exact: false };
}
