// Where the others are: the last position each has told, kept up to date with the confirmed document.
//
// A position speaks of a version, and possibly of an op of its sender's on top of it. Ahead of us, it is held until we
// are there; behind us, it is carried past the ops in between, of which the latest are remembered in the trail. A caret
// stands still when somebody else types at it, and goes along with its owner's typing.

import type { Bias, Selection, Snapshot, TextType } from "../ot/index.js";
import { positionsPast } from "../ot/positions.js";
import type { PresenceUpdate, Version } from "../protocol/index.js";
import { type Session, unsentOf } from "./session-state.js";
import type { Op } from "./types.js";

/** Positions further behind than this are taken as they are: their sender has been silent, or cut off, for long. */
const REMEMBERED = 200;
/** Ops of this many components are walked once for all people, and not for each. */
const LONG_OP = 32;

/** A committed op. */
export interface Step<O> {
  readonly version: Version;
  readonly src: string;
  readonly seq: number;
  readonly op: O;
}

/** The latest committed ops, and the last op of everybody. One for a document. */
export class Trail<S extends Snapshot, O extends Op> {
  #steps: Step<O>[] = [];
  readonly #last = new Map<string, { readonly seq: number; readonly version: Version }>();
  readonly #ways = new WeakMap<O, (position: number, bias: Bias) => number>();

  constructor(private readonly type: TextType<S, O>) {}

  add(step: Step<O>): void {
    this.#steps.push(step);
    if (this.#steps.length > 2 * REMEMBERED) this.#steps = this.#steps.slice(-REMEMBERED);
    this.#last.set(step.src, { seq: step.seq, version: step.version });
  }

  /** History is broken: positions in what came before mean nothing any more. */
  clear(): void {
    this.#steps = [];
    this.#last.clear();
  }

  /** The last op of this client that is here. */
  lastOf(src: string): { readonly seq: number; readonly version: Version } {
    return this.#last.get(src) ?? { seq: 0, version: 0 };
  }

  /** A selection of `src` in the document at `version`, in the confirmed document now. */
  carry(selection: Selection, src: string, version: Version): Selection {
    return this.#steps
      .filter((step) => step.version > version)
      .reduce((at, step) => this.past(step.op, at, step.src === src), selection);
  }

  /** A selection past an op, its owner's own or another's. */
  past(op: O, selection: Selection, own: boolean): Selection {
    if (op.length < LONG_OP) return this.type.transformSelection(selection, op, own);
    let way = this.#ways.get(op);
    if (way === undefined) {
      way = positionsPast(op);
      this.#ways.set(op, way);
    }
    const bias = own ? "after" : "before";
    return { anchor: way(selection.anchor, bias), head: way(selection.head, bias) };
  }
}

/** One other person's place. */
export class Whereabouts<S extends Snapshot, O extends Op> {
  /** In the confirmed document. */
  #at: Selection | null = null;
  #n = -1;
  /** Told, but ahead of us. */
  #held: PresenceUpdate | undefined;

  constructor(
    private readonly src: string,
    private readonly trail: Trail<S, O>,
  ) {}

  /** They said where they are; we are at `version`. @returns false if that is older than what is known */
  heard(update: PresenceUpdate, version: Version): boolean {
    if (update.n <= this.#n) return false;
    this.#n = update.n;
    this.#held = update;
    this.#release(version);
    return true;
  }

  /** An op was committed, and is the trail's last. */
  committed({ version, src, op }: Step<O>): void {
    this.#at &&= this.trail.past(op, this.#at, src === this.src);
    this.#release(version);
  }

  /** In the visible document, or null: no caret, or not known. */
  visible(session: Session<S, O>): Selection | null {
    if (this.#at === null) return null;
    const within = clamp(this.#at, session.confirmed.length);
    return unsentOf(session).reduce((at, { op }) => this.trail.past(op, at, false), within);
  }

  /** They are told of anew. What is known already stands; else they count from the start again, and stand until they say. */
  renew(update: PresenceUpdate | null): void {
    if (update?.n !== this.#n) this.#n = -1;
  }

  forget(): void {
    this.#at = null;
    this.#held = undefined;
  }

  #release(version: Version): void {
    const held = this.#held;
    // Asked of everybody at every op: nearly always there is nothing.
    if (held === undefined || held.version > version) return;
    const last = this.trail.lastOf(this.src);
    if (held.seq > last.seq) return;
    this.#held = undefined;
    // With an op of theirs on top, the position is in the document that this op made.
    const from = held.seq === 0 ? held.version : Math.max(held.version, last.version);
    this.#at = held.selection && this.trail.carry(held.selection, this.src, from);
  }
}

function clamp({ anchor, head }: Selection, length: number): Selection {
  return { anchor: Math.min(anchor, length), head: Math.min(head, length) };
}
