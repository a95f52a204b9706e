// Who types what and when, fixed before anything runs: a server that is late is charged for every keystroke that had to
// wait, because keystrokes come when they are due, not when the last one was answered.
//
// Each writer has a letter of their own, so whoever sees the third "c" has seen the third keystroke of writer c: every
// system keeps the order of one writer, whatever it does with others'.

import type { Random } from "../../protocol/index.js";
import type { Replica, Splice } from "./system.js";

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/** A writer goes elsewhere after about so many letters. */
const RUN = 40;
/** Keystrokes are early or late by up to this part of the pause between them. */
const UNEVEN = 0.3;

export const mostWriters = LETTERS.length;

/** Text that nobody types: only line ends and dots. */
export const paper = (length: number): string =>
  `${".".repeat(79)}\n`.repeat(Math.ceil(length / 80)).slice(0, length);

export interface Stroke {
  /** Milliseconds after the beginning. */
  readonly dueMs: number;
  readonly writer: number;
  /** Of this writer's, counted from 0. */
  readonly nth: number;
}

/** All keystrokes in the order in which they are due. @param rate  keystrokes a second of each writer */
export function schedule(writers: number, rate: number, seconds: number, random: Random): Stroke[] {
  const pauseMs = 1000 / rate;
  const strokes: Stroke[] = [];
  for (let writer = 0; writer < writers; writer++) {
    const first = random() * pauseMs;
    for (let nth = 0; nth < Math.floor(rate * seconds); nth++)
      strokes.push({ dueMs: first + pauseMs * (nth + UNEVEN * (random() - 0.5)), writer, nth });
  }
  // One writer's stay in order: they are uneven by less than a pause.
  return strokes.sort((a, b) => a.dueMs - b.dueMs);
}

/** The longest that the next keystroke is waited for without looking at the clock. */
const LOOK_MS = 20;

/** Does each when it is due, or as soon as this process comes to it. @param began  by `performance.now()` */
export async function whenDue(
  strokes: readonly Stroke[],
  began: number,
  type: (stroke: Stroke) => void,
): Promise<void> {
  for (const stroke of strokes) {
    for (let wait = stroke.dueMs; wait > 0; ) {
      wait = began + stroke.dueMs - performance.now();
      // A timer is late by up to a millisecond; the last of them is spent looking at what has come.
      if (wait > 1) await sleep(Math.min(LOOK_MS, wait - 1));
      else if (wait > 0) await new Promise(setImmediate);
    }
    type(stroke);
  }
}

/** One writer's caret in a replica, which others' changes move. */
export class Pen {
  #at: number;
  #length: number;
  #left: number;

  constructor(
    private readonly replica: Pick<Replica, "splice">,
    private readonly writer: number,
    length: number,
    private readonly random: Random,
  ) {
    this.#length = length;
    this.#at = this.#anywhere();
    this.#left = this.#run();
  }

  /** What others did. */
  moved(splices: readonly Splice[]): void {
    for (const { at, removed, inserted } of splices) {
      this.#length += inserted.length - removed;
      if (at <= this.#at) this.#at += inserted.length - Math.min(removed, this.#at - at);
    }
  }

  type(): void {
    if (this.#left-- === 0) {
      this.#at = this.#anywhere();
      this.#left = this.#run();
    }
    this.replica.splice({ at: this.#at, removed: 0, inserted: LETTERS[this.writer]! });
    this.#at++;
    this.#length++;
  }

  #anywhere(): number {
    return Math.floor(this.random() * (this.#length + 1));
  }

  #run(): number {
    return Math.ceil(this.random() * 2 * RUN);
  }
}

/** What one replica has seen of everybody's keystrokes. */
export class Reader {
  readonly #counts: number[];
  seen = 0;

  /** @param told  the writer, and which of their keystrokes */
  constructor(
    writers: number,
    private readonly told: (writer: number, nth: number) => void,
  ) {
    this.#counts = new Array<number>(writers).fill(0);
  }

  read(splices: readonly Splice[]): void {
    for (const { inserted } of splices) {
      for (const letter of inserted) {
        const writer = LETTERS.indexOf(letter);
        if (writer < 0) continue;
        this.told(writer, this.#counts[writer]!++);
        this.seen++;
      }
    }
  }

  /** How many of a writer's keystrokes have come. */
  of(writer: number): number {
    return this.#counts[writer]!;
  }
}

/** The golden ratio spreads them: of a thousand that follow each other, no two are within a hundredth of a percent. */
const SPREAD = 0.618_033_988_75;

/**
 * Edits of one character all over a text, in turn an insert and a deletion: the length stays. No two that come at the same
 * time meet, so that none of them is in vain, whatever their order.
 */
export function scattered(length: number, count: number): Splice[] {
  return Array.from({ length: count }, (_, nth) => {
    const at = Math.floor(((nth * SPREAD) % 1) * (length - 1));
    return nth % 2 === 0 ? { at, removed: 0, inserted: "x" } : { at, removed: 1, inserted: "" };
  });
}
