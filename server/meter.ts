// What is counted and timed, as the gateway and the transport say it. `metrics.ts` keeps it for Prometheus.

import type { FaultCode, NoticeName, RequestName } from "../protocol/index.js";
import type { Door } from "./admission.js";
import type { Scope } from "./quotas.js";

export interface Meter {
  connected(): void;
  disconnected(): void;
  /** A request was answered, with a fault or without, so many milliseconds after it came. */
  answered(name: RequestName | "unknown", fault: FaultCode | undefined, ms: number): void;
  noticed(name: NoticeName): void;
  committed(): void;
  /** A commit had to be made again: somebody else's was first, or what it was made on top of was not written. */
  retried(): void;
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
}

export const silentMeter: Meter = {
  connected() {},
  disconnected() {},
  answered() {},
  noticed() {},
  committed() {},
  retried() {},
  slowReader() {},
  flood() {},
  limited() {},
  waiting() {},
  putOff() {},
  busMessage() {},
  busGap() {},
};
