// An error as a stranger is told it: a fault from the table. What a stranger's message can cause is said as it is;
// anything else is a mistake of ours, logged here and told as `internal`, without a word of how it came about.

import { OtError } from "../ot/index.js";
import { Fault } from "../protocol/index.js";
import type { Log } from "./log.js";

export function refusalOf(error: unknown, log: Log, context: object): Fault {
  if (error instanceof Fault) return error;
  // What the algebra says is no whole sentence yet.
  if (error instanceof OtError) return new Fault(error.code, error.message.replace(/(?<![.!?])$/, "."));
  log.error({ code: "internal", err: error, ...context }, "A request failed in a way it should not.");
  return new Fault("internal", "The server made a mistake.", { retryAfterMs: 1000 });
}
