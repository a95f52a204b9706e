// What is counted and timed, as those say it who see it happen. `metrics/` keeps it for Prometheus, `tracing.ts` for whoever
// follows single ops.

import type { FaultCode, NoticeName, RequestName } from "../protocol/index.js";
import type { Door } from "./admission.js";
import type { Arrival, Journey } from "./journey.js";
import type { Scope } from "./quotas.js";
import type { StorageError } from "./storage/errors.js";

/** How a connection comes in. */
export type Way = "websocket" | "polling" | "sharedb" | "other";

/** Why a connection has ended: theirs to say, or ours. */
export type Parting = "left" | "refused" | "moved";

export interface Meter {
  /** Milliseconds with fractions, of no particular beginning: for durations, not for dates. */
  now(): number;
  connected(way: Way): void;
  disconnected(way: Way, why: Parting): void;
  /** Somebody was not let in for their token, or for having none. */
  unauthenticated(code: FaultCode): void;
  /** A request was answered, with a fault or without, so many milliseconds after it came. */
  answered(name: RequestName | "unknown", fault: FaultCode | undefined, ms: number): void;
  noticed(name: NoticeName): void;
  /** Presence was not passed on: something newer had come, or too much of it. */
  presenceDropped(why: "overtaken" | "rate"): void;
  /** An op has come to the end of its way. */
  travelled(journey: Journey, arrival: Arrival): void;
  /** A commit had to be made again: somebody else's was first, or what it was made on top of was not written. */
  retried(): void;
  /** A committed op was told to the room, so many milliseconds after it was durable: here, or come from another node. */
  toldRoom(path: "local" | "remote", ms: number): void;
  /** It was looked where so many open documents stand. */
  looked(documents: number): void;
  /** Somebody had missed what their room was told, and has it now. */
  repaired(): void;
  /** A client has waited so long from an edit to the word that it is saved, as it says itself. */
  waited(ms: number): void;
  /** A reader fell behind: it is told no presence, or its connection was ended. */
  slowReader(what: "shed" | "ended"): void;
  /** A writer does not stop: it is read more slowly, or its connection was ended. */
  flood(what: "slowed" | "ended"): void;
  /** Somebody was refused for a rate or a number that is shared or their own. */
  limited(scope: Scope): void;
  /** So many wait to be let in. */
  waiting(door: Door, many: number): void;
  /** Somebody was told to come back later, because too many come at once. */
  putOff(door: Door): void;
  /**
   * A message to the other nodes went out, or one of theirs came in; one was dropped because Redis is away or behind, or
   * failed on its way; or one was refused because none of our nodes wrote it.
   */
  busMessage(what: "out" | "in" | "dropped" | "failed" | "refused"): void;
  /** Messages between nodes may have been missed for a while, and everybody has looked again. */
  busGap(): void;
  /** The database was asked to commit: it did, another was first, the op was there, or it failed. */
  committing(outcome: "committed" | "conflict" | "repeated" | "failed"): void;
  /** The database failed, when it was asked for something or to keep something. */
  storeFailed(error: StorageError, what: "read" | "write"): void;
  /** The disk took so long to make a group of writes durable, or to take the write-ahead log into the database. */
  disk(what: "fsync" | "checkpoint", ms: number): void;
  /** A snapshot of so many bytes of JSON was saved. */
  snapshotSaved(bytes: number): void;
}

export const silentMeter: Meter = {
  now: () => 0,
  connected() {},
  disconnected() {},
  unauthenticated() {},
  answered() {},
  noticed() {},
  presenceDropped() {},
  travelled() {},
  retried() {},
  toldRoom() {},
  looked() {},
  repaired() {},
  waited() {},
  slowReader() {},
  flood() {},
  limited() {},
  waiting() {},
  putOff() {},
  busMessage() {},
  busGap() {},
  committing() {},
  storeFailed() {},
  disk() {},
  snapshotSaved() {},
};
