// Who may go on with a document: between reading what the next op is made on top of and asking for its commit there is one
// submit at a time, the one that came first. Nobody waits for an answer of the database, so many commits of a document are
// on their way at once, each on top of the one before.
//
//   enter ──turn──▶ read, transform, apply ──asked──▶ on its way ──▶ committed
//     ▲                                                  │
//     └────────── fell, or lost a race: first in line again, by the number with which it came
//
// Where other servers write to the same database, one that always has the next commit ready would win every race. So a
// server that meets others at a document, or has had it to itself for long, commits what waits and then leaves the document
// alone for as long as a commit takes: time enough for whoever lost to come through.

import type { Clock } from "../../protocol/index.js";

/** Commits of one document that may be on their way: what falls with the first of them is done again. */
const DEPTH = 64;
/** How long after a lost race others are taken to write here too, in milliseconds. */
const COMPANY_MS = 1_000;
/** How long a document may be kept busy before others are given the chance, and the longest such pause. */
const ALONE_MS = 100;
const LONGEST_PAUSE_MS = 50;

interface Waiting {
  readonly ticket: number;
  readonly enter: () => void;
}

interface Lane {
  /** Lowest ticket first. */
  readonly waiting: Waiting[];
  /** Whose turn it is. */
  turn: number | undefined;
  /** Tickets whose commits are on their way, and since when. */
  readonly asked: Map<number, number>;
  /** A ticket from this one on waits until everything is answered, and then for the pause. */
  closedFrom: number;
  pausing: boolean;
  /** Since when it has been busy without a pause. */
  busySince: number;
  /** When a race was last lost. */
  lost: number;
  /** How long a commit takes, in milliseconds, on average. */
  commitMs: number;
}

export interface LanesOptions {
  readonly clock: Clock;
  /** Whether others write to the database, too. */
  readonly shared: boolean;
  /** Whether some commits of the document have fallen and their askers are about to come back. */
  readonly falling: (doc: string) => boolean;
}

export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private tickets = 0;

  constructor(private readonly options: LanesOptions) {}

  /** A number for a submit, in the order in which they come. */
  ticket(): number {
    return ++this.tickets;
  }

  /** Runs `enter` when it is this ticket's turn. */
  enter(doc: string, ticket: number, enter: () => void): void {
    const lane = this.laneOf(doc);
    const at = lane.waiting.findIndex((other) => other.ticket > ticket);
    lane.waiting.splice(at === -1 ? lane.waiting.length : at, 0, { ticket, enter });
    this.poke(doc, lane);
  }

  /** The commit of this ticket has been asked for: whoever is next may go on. */
  asked(doc: string, ticket: number): void {
    const lane = this.laneOf(doc);
    if (lane.turn !== ticket) return;
    lane.turn = undefined;
    lane.asked.set(ticket, this.options.clock.now());
    this.poke(doc, lane);
  }

  /** It has been answered, or its submit has ended. @param lost  somebody else had taken the version */
  left(doc: string, ticket: number, lost = false): void {
    const lane = this.lanes.get(doc);
    if (lane === undefined) return;
    if (lane.turn === ticket) lane.turn = undefined;
    const since = lane.asked.get(ticket);
    if (since !== undefined) {
      lane.asked.delete(ticket);
      const now = this.options.clock.now();
      lane.commitMs += (now - since - lane.commitMs) / 8;
      if (lost) lane.lost = now;
    }
    this.poke(doc, lane);
  }

  private poke(doc: string, lane: Lane): void {
    if (lane.turn !== undefined || lane.pausing) return;
    const next = lane.waiting[0];
    if (next === undefined) {
      if (lane.asked.size === 0) this.lanes.delete(doc);
      return;
    }
    // Those who have fallen come before everybody who came later.
    if (lane.asked.size >= DEPTH || this.options.falling(doc)) return;
    if (this.options.shared && this.mustPause(doc, lane, next.ticket)) return;
    lane.waiting.shift();
    lane.turn = next.ticket;
    next.enter();
  }

  private mustPause(doc: string, lane: Lane, ticket: number): boolean {
    const { clock } = this.options;
    const now = clock.now();
    if (lane.asked.size === 0 && lane.closedFrom === Number.POSITIVE_INFINITY) {
      // The first of a round. Whoever waits by now is in it.
      if (now - lane.lost < COMPANY_MS) lane.closedFrom = this.tickets + 1;
    }
    if (lane.closedFrom === Number.POSITIVE_INFINITY && now - lane.busySince > ALONE_MS)
      lane.closedFrom = ticket;
    if (ticket < lane.closedFrom) return false;
    if (lane.asked.size > 0) return true;
    lane.closedFrom = Number.POSITIVE_INFINITY;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.ceil(lane.commitMs));
    if (pauseMs === 0) return false;
    lane.pausing = true;
    clock.after(pauseMs, () => {
      lane.pausing = false;
      lane.busySince = clock.now();
      this.poke(doc, lane);
    });
    return true;
  }

  private laneOf(doc: string): Lane {
    const lane = this.lanes.get(doc) ?? {
      waiting: [],
      turn: undefined,
      asked: new Map(),
      closedFrom: Number.POSITIVE_INFINITY,
      pausing: false,
      busySince: this.options.clock.now(),
      lost: Number.NEGATIVE_INFINITY,
      commitMs: 0,
    };
    this.lanes.set(doc, lane);
    return lane;
  }
}
