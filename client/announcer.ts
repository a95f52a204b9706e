// Telling the others where we are: throttled, and only when those who know our last position and our ops would think us
// elsewhere. Typing on, or being pushed along by others, costs nothing.
//
// Whoever comes later has our last position but not the ops that have moved it since: they are told again.
//
// Two positions are kept, both in the visible document now: where we are (`mine`), and where the others think we are
// (`told`), which every change moves just as theirs does. They never wait for unsent ops to be acknowledged: see `tagged`.

import type { Selection, Snapshot, TextType } from "../ot/index.js";
import { type Activity, type Clock, leftMs, type PresenceUpdate, type Version } from "../protocol/index.js";
import { inflightOf, type Session, unsentOf } from "./session-state.js";
import type { Op } from "./types.js";

/** How long a position may wait to be overtaken by a newer one, and how far apart two that are sent are. */
export const GATHER_MS = 50;
export const INTERVAL_MS = 100;
/** Told again after so long, so that nobody takes us for gone. */
export const REPEAT_MS = 20_000;
/** Whoever comes is told again after so long, together with all that come by then. */
export const MEET_MS = 500;

export interface AnnouncerOptions<S extends Snapshot, O extends Op> {
  readonly type: TextType<S, O>;
  readonly clock: Clock;
  readonly session: () => Session<S, O> | undefined;
  /** Our client id, once there is one. */
  readonly src: () => string | undefined;
  /** Sends, if there is a line to send on. */
  readonly tell: (update: PresenceUpdate) => boolean;
}

interface Place {
  readonly selection: Selection | null;
  readonly activity: Activity;
}

export class Announcer<S extends Snapshot, O extends Op> {
  #mine: Place | undefined;
  #told: Place | undefined;
  /** What was told is not exact until everything of ours is committed. */
  #inexact = false;
  #n = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #stopSend: (() => void) | undefined;
  #stopRepeat = () => {};
  #stopMeet: (() => void) | undefined;
  /** The version that what was told speaks of. */
  #toldVersion: Version | undefined;

  constructor(private readonly options: AnnouncerOptions<S, O>) {}

  update(selection: Selection | null, activity: Activity): void {
    this.#mine = { selection, activity };
    this.schedule();
  }

  /** The visible document has changed by `op`; `own`: by our own doing. */
  moved(op: O, own: boolean): void {
    const move = (place: Place | undefined) =>
      place?.selection
        ? { ...place, selection: this.options.type.transformSelection(place.selection, op, own) }
        : place;
    this.#mine = move(this.#mine);
    this.#told = move(this.#told);
  }

  /** There is a line, on which nobody has heard of us. */
  begin(): void {
    this.#told = undefined;
    this.schedule();
  }

  /** Somebody came. */
  met(): void {
    this.#stopMeet ??= this.options.clock.after(MEET_MS, () => {
      this.#stopMeet = undefined;
      if (this.options.session()?.version === this.#toldVersion) return;
      this.#told = undefined;
      this.schedule();
    });
  }

  stop(): void {
    this.#stopSend?.();
    this.#stopSend = undefined;
    this.#stopMeet?.();
    this.#stopMeet = undefined;
    this.#stopRepeat();
  }

  /** Tells, in a while, if there is something to tell by then. */
  schedule(): void {
    if (this.#stopSend !== undefined || !this.#worthTelling()) return;
    const { clock } = this.options;
    const wait = Math.max(GATHER_MS, leftMs(clock, this.#toldAt, INTERVAL_MS));
    this.#stopSend = clock.after(wait, () => {
      this.#stopSend = undefined;
      if (this.#worthTelling()) this.#tell();
    });
  }

  #worthTelling(): boolean {
    const [mine, told, session] = [this.#mine, this.#told, this.options.session()];
    if (mine === undefined || session === undefined) return false;
    if (told === undefined || told.activity !== mine.activity) return true;
    return (this.#inexact && session.kind === "synced") || !same(told.selection, mine.selection);
  }

  #tell(): void {
    const { clock, session, src, tell, type } = this.options;
    const [mine, now] = [this.#mine, session()];
    if (mine === undefined || now === undefined) return;
    const { exact, ...where } = tagged(type, now, mine.selection, src());
    if (!tell({ n: this.#n + 1, activity: mine.activity, ...where })) return;
    this.#n++;
    this.#told = mine;
    this.#toldVersion = where.version;
    this.#inexact = !exact;
    this.#toldAt = clock.now();
    this.#stopRepeat();
    this.#stopRepeat = clock.after(REPEAT_MS, () => this.#tell());
  }
}

const same = (a: Selection | null, b: Selection | null) => a?.anchor === b?.anchor && a?.head === b?.head;

/**
 * A selection in the visible document as others can understand it, who do not have our unsent ops: in the document at
 * our version, from where they carry it past our ops as these arrive. Where that would lead elsewhere (the caret stands
 * inside text they have not seen), it is given behind our inflight op, and is not exact.
 */
function tagged<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  session: Session<S, O>,
  selection: Selection | null,
  src: string | undefined,
): Pick<PresenceUpdate, "version" | "seq" | "selection"> & { readonly exact: boolean } {
  const { version } = session;
  const unsent = unsentOf(session).map(({ op }) => op);
  if (selection === null || unsent.length === 0) return { version, seq: 0, selection, exact: true };
  let doc = session.confirmed;
  const inverses = unsent.map((op) => {
    const inverse = type.invertWithDoc(op, doc);
    doc = type.apply(doc, op);
    return inverse;
  });
  const back = (to: number) =>
    inverses.slice(to).reduceRight((at, inverse) => type.transformSelection(at, inverse, false), selection);
  const confirmed = back(0);
  const again = unsent.reduce((at, op) => type.transformSelection(at, op, true), confirmed);
  const exact = same(again, selection);
  const inflight = inflightOf(session);
  // An op sent in the name of the page before is nobody's that the others know of.
  if (exact || inflight === undefined || inflight.src !== src)
    return { version, seq: 0, selection: confirmed, exact };
  return { version, seq: inflight.seq, selection: back(1), exact };
}
