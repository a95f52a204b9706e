// Who may go on with a document: between reading what the next op is made on top of and asking for its commit there is one
// submit at a time, the one that came first. Nobody waits for an answer of the database, so many commits of a document are
// on their way at once, each on top of the one before.
//
//   enter ──turn──▶ read, transform, apply ──asked──▶ on its way ──▶ committed
//     ▲                                                  │
//     └────────── fell, or lost a race: first in line again, by the number with which it came
//
// Where other servers write to the same database, one that always has the next commit ready would win every race. So a
// server that meets others at a document goes round by round: it sends what waits, all of it together, and then leaves the
// document alone for as long as a few such rounds take, so that the others come through. One that has had a document to
// itself for a while leaves it alone for a moment, too: it cannot know whom it keeps from writing there.

import { type Clock, steadyMs } from "../../protocol/index.js";

/** Commits of one document that may be on their way: what falls with the first of them is done again. */
const DEPTH = 64;
/** How long after a lost race others are taken to write here too, in milliseconds. */
const COMPANY_MS = 1_000;
/** The pause between rounds, in rounds: time for two others to be first, one after the other; and the longest. */
const PAUSE_ROUNDS = 2.5;
const LONGEST_PAUSE_MS = 100;
/** How long a document may be kept busy before others are given a chance, and how many commits long that is. */
const ALONE_MS = 100;
const CHANCE_COMMITS = 3;
/** Documents without submits of which it is remembered that others write to them. */
const REMEMBERED = 1_000;

interface Waiting {
  readonly ticket: number;
  readonly enter: () => void;
}

interface Lane {
  /** Lowest ticket first. */
  readonly waiting: Waiting[];
  /** Whose turn it is. */
  turn: number | undefined;
  /** Tickets whose commits are on their way, and since when, for those that were on their way alone. */
  readonly asked: Map<number, number | undefined>;
  /** A ticket from this one on waits until everything is answered, and then for the pause. */
  closedFrom: number;
  /** What is asked for in this round is sent when all of it has been. */
  round: { readonly whole: Promise<void>; readonly end: () => void } | undefined;
  pausing: boolean;
  /** When a race was last lost. */
  lost: number;
  /** When this round began that has not lost yet, and when the last one was answered. */
  began: number;
  ended: number;
  /** How long rounds and commits take on average, in milliseconds. */
  roundMs: number;
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

  /** What must be waited for before the commit that is being asked for is sent, if anything. */
  round(doc: string): Promise<void> | undefined {
    return this.lanes.get(doc)?.round?.whole;
  }

  /** The commit of this ticket has been asked for: whoever is next may go on. */
  asked(doc: string, ticket: number): void {
    const lane = this.lanes.get(doc);
    if (lane?.turn !== ticket) return;
    lane.turn = undefined;
    lane.asked.set(ticket, lane.asked.size === 0 ? steadyMs(this.options.clock) : undefined);
    this.poke(doc, lane);
  }

  /** It has been answered, or its submit has ended. @param lost  somebody else had taken the version */
  left(doc: string, ticket: number, lost = false): void {
    const lane = this.lanes.get(doc);
    if (lane === undefined) return;
    if (lane.turn === ticket) lane.turn = undefined;
    const now = steadyMs(this.options.clock);
    if (lost) lane.lost = now;
    const since = lane.asked.get(ticket);
    if (since !== undefined) lane.commitMs += (now - since - lane.commitMs) / 8;
    if (lane.asked.delete(ticket) && lane.asked.size === 0) lane.ended = now;
    this.poke(doc, lane);
  }

  private poke(doc: string, lane: Lane): void {
    if (lane.turn !== undefined || this.letIn(doc, lane)) return;
    // Nobody comes to this round any more, so what was asked for in it must not wait for more.
    lane.round?.end();
    const idle = lane.waiting.length === 0 && lane.asked.size === 0 && !lane.pausing;
    if (idle && !this.hasCompany(lane)) this.lanes.delete(doc);
  }

  /** Gives the turn to whoever is next, if it may go on now. */
  private letIn(doc: string, lane: Lane): boolean {
    const next = lane.waiting[0];
    if (next === undefined || lane.pausing || lane.asked.size >= DEPTH) return false;
    // It belongs to the next round.
    if (next.ticket >= lane.closedFrom) lane.round?.end();
    // Those who have fallen come before everybody who came later.
    if (this.options.falling(doc)) return false;
    if (this.options.shared && this.mustPause(doc, lane, next.ticket)) return false;
    lane.waiting.shift();
    lane.turn = next.ticket;
    next.enter();
    return true;
  }

  private mustPause(doc: string, lane: Lane, ticket: number): boolean {
    const { clock } = this.options;
    const now = steadyMs(clock);
    const company = this.hasCompany(lane);
    if (!company && lane.asked.size > 0 && now - lane.began > ALONE_MS)
      lane.closedFrom = Math.min(lane.closedFrom, ticket);
    if (ticket >= lane.closedFrom) {
      if (lane.asked.size > 0) return true;
      if (company) lane.roundMs += (lane.ended - lane.began - lane.roundMs) / 4;
      const pauseMs = company ? lane.roundMs * PAUSE_ROUNDS : lane.commitMs * CHANCE_COMMITS;
      const left = lane.ended - now + Math.min(LONGEST_PAUSE_MS, Math.ceil(pauseMs));
      lane.closedFrom = Number.POSITIVE_INFINITY;
      if (left > 0) {
        lane.pausing = true;
        clock.after(left, () => {
          lane.pausing = false;
          this.poke(doc, lane);
        });
        return true;
      }
    }
    if (lane.asked.size === 0) {
      // A round begins, with whoever waits by now, or begins once more after it has lost.
      lane.began = now;
      if (company && lane.closedFrom === Number.POSITIVE_INFINITY) lane.closedFrom = this.tickets + 1;
      if (company) lane.round ??= newRound(lane);
    }
    return false;
  }

  /** Whether others have written to the document not long ago. */
  private hasCompany(lane: Lane): boolean {
    return steadyMs(this.options.clock) - lane.lost < COMPANY_MS;
  }

  private laneOf(doc: string): Lane {
    const there = this.lanes.get(doc);
    if (there !== undefined) return there;
    const now = steadyMs(this.options.clock);
    const lane: Lane = {
      waiting: [],
      turn: undefined,
      asked: new Map(),
      closedFrom: Number.POSITIVE_INFINITY,
      round: undefined,
      pausing: false,
      lost: Number.NEGATIVE_INFINITY,
      began: now,
      ended: now,
      roundMs: 0,
      commitMs: 0,
    };
    this.lanes.set(doc, lane);
    if (this.lanes.size > REMEMBERED) this.forgetIdle();
    return lane;
  }

  private forgetIdle(): void {
    for (const [doc, lane] of this.lanes) {
      const idle = lane.waiting.length === 0 && lane.asked.size === 0 && lane.turn === undefined;
      if (idle && !lane.pausing && !this.hasCompany(lane)) this.lanes.delete(doc);
    }
  }
}

function newRound(lane: Lane): NonNullable<Lane["round"]> {
  let end = () => {};
  const whole = new Promise<void>((resolve) => {
    end = resolve;
  });
  // The first to be called when it ends: what is asked for after that is not sent before what has waited.
  void whole.then(() => {
    lane.round = undefined;
  });
  return { whole, end };
}
