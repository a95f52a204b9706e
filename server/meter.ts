// What is counted and timed, as the gateway and the transport say it. `metrics.ts` keeps it for Prometheus.

import type { FaultCode, NoticeName, RequestName } from "../protocol/index.js";

export interface Meter {
  connected(): void;
  disconnected(): void;
  /** A request was answered, with a fault or without, so many milliseconds after it came. */
  answered(name: RequestName | "unknown", fault: FaultCode | undefined, ms: number): void;
  noticed(name: NoticeName): void;
  committed(): void;
  /** A reader fell behind: it is told no presence, or its connection was ended. */
  slowReader(what: "shed" | "ended"): void;
}

export const silentMeter: Meter = {
  connected() {},
  disconnected() {},
  answered() {},
  noticed() {},
  committed() {},
  slowReader() {},
};
