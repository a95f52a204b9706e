// Where a round takes place: wires for its people, and a server at their other end. On real ground (`target.ts`, `wire.ts`)
// these are sockets and a process in real time; on virtual ground (`virtual.ts`) all of it is in one thread, in a time that
// passes only when nothing is left to do. A round knows no other time than its ground's clock, and does the same on both.

import type { Transport } from "../../client/index.js";
import type { Clock, Committed, DocumentType } from "../../protocol/index.js";
import type { Way } from "./steps.js";

/** What befell a run. */
export interface Counts {
  messages: number;
  cuts: number;
  repeats: number;
  reorders: number;
  refused: number;
  restarts: number;
}

export const noCounts = (): Counts => ({
  messages: 0,
  cuts: 0,
  repeats: 0,
  reorders: 0,
  refused: 0,
  restarts: 0,
});

/** One person's wire to the server: each message passes whole and in order, unless it is told otherwise. */
export interface Wire {
  readonly url: string;
  /** False: whoever connects is refused. */
  open: boolean;
  delayMs: number;
  transport(): Transport;
  /** In the middle of the next message that goes this way, or after a request; or soon, if there is none. */
  cut(way: Way | "answer"): void;
  cutNow(): void;
  /** So many of the next messages that go this way come twice. */
  repeat(way: Way, count: number): void;
  /** What goes this way waits until so many messages of all wires have gone theirs, or for a while. */
  reorder(way: Way, behind: number): void;
  /** It is sound from now on. */
  heal(): void;
  close(): Promise<void>;
}

export interface Ground {
  readonly clock: Clock;
  readonly counts: Counts;
  /** Whether the server may be killed. */
  readonly mortal: boolean;
  /** What the server said last, if it has ended without being told to. */
  readonly ended: string | undefined;
  wire(): Promise<Wire>;
  /** Who the so manieth of the people is, also when they come back. */
  token(who: number): Promise<string | undefined>;
  kill(): Promise<void>;
  /** Unless it runs. @throws Error with what it said, if it does not start */
  start(): Promise<void>;
  /** All that history holds. @throws Fault */
  log(document: string, type: DocumentType): Promise<readonly Committed[]>;
  /** The document as programs are given it. */
  read(document: string): Promise<unknown>;
  /** Calls when something throws for which nobody else is to be told. @returns a function that ends the listening */
  onThrown(listener: (error: unknown) => void): () => void;
}
