// How much of what is wrong one connection may send before it is ended: mistakes, which an honest client with a bug makes now and
// then and a fuzzer all the time, and messages after it was told that they are too many.

import { type Clock, Fault, type FaultCode } from "../protocol/index.js";
import { createBucket } from "./bucket.js";
import type { ServerLimits } from "./limits.js";

export interface Patience {
  /** @returns why the connection is to end, now that this fault came of what it sent; undefined: it may go on */
  lost(fault: Fault): Fault | undefined;
}

const mistakes: ReadonlySet<FaultCode> = new Set([
  "message_malformed",
  "op_malformed",
  "bad_unicode",
  "bad_name",
]);

/** Refused for what others do, too: whoever comes back as told may be refused again, and again. */
const isShared = ({ extra }: Fault) =>
  extra.details?.scope === "document" || extra.details?.scope === "address";

/** How long whoever did not stop is kept out, if they are honest. */
const FLOOD_MS = 60_000;

export const flooding = (): Fault =>
  new Fault("rate_limited", "Too many messages, for too long.", { retryAfterMs: FLOOD_MS });

export function createPatience(
  clock: Clock,
  { malformedPerMinute, refusedPerMinute }: Pick<ServerLimits, "malformedPerMinute" | "refusedPerMinute">,
): Patience {
  const malformed = createBucket(clock, malformedPerMinute / 60, malformedPerMinute);
  const refused = createBucket(clock, refusedPerMinute / 60, refusedPerMinute);
  return {
    lost(fault) {
      if (mistakes.has(fault.code))
        return malformed.take() > 0
          ? new Fault("message_malformed", "Too many malformed messages.")
          : undefined;
      const ignores = fault.code === "rate_limited" && !isShared(fault) && refused.take() > 0;
      return ignores ? flooding() : undefined;
    },
  };
}
