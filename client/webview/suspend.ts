// The last moments before the operating system stops the app. The page must have answered before the deadline,
// saved or not: a host that waits in vain is killed, and everything with it.

import type { Clock } from "../../protocol/clock.js";
import type { Reply } from "./messages.js";

/**
 * Saves what is unsaved: flush the outbox, take leave of presence, close the database. `signal` is aborted when there
 * is no time left. @returns how many changes the server still does not have, if that is known
 */
export type Suspend = (
  deadlineMs: number,
  signal: AbortSignal,
) => Promise<number | undefined> | number | undefined;

/** The answer has to travel, too. */
const MARGIN_MS = 100;

/**
 * Runs `suspend` and resolves when it has, or shortly before the deadline, whichever is first; `done` says which.
 * Never rejects: a `suspend` that fails has not saved everything, which is all the host can use.
 */
export function suspendInTime(
  suspend: Suspend | undefined,
  deadlineMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Reply<"app.willSuspend">> {
  return new Promise((resolve) => {
    if (suspend === undefined) return resolve({ done: true });
    const outOfTime = new AbortController();
    const finish = (reply: Reply<"app.willSuspend">) => {
      stop();
      signal.removeEventListener("abort", giveUp);
      resolve(reply);
    };
    const giveUp = () => {
      finish({ done: false });
      outOfTime.abort();
    };
    const stop = clock.after(deadlineMs - Math.min(MARGIN_MS, deadlineMs / 5), giveUp);
    signal.addEventListener("abort", giveUp);
    const run = async () => suspend(deadlineMs, outOfTime.signal);
    run().then(
      (unsaved) => finish(unsaved === undefined ? { done: true } : { done: true, unsaved }),
      () => finish({ done: false }),
    );
  });
}
