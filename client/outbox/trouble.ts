// What can go wrong with a store on the device, and what each kind means: no room, not allowed here, or out of order.
// Also the bound on every wait: a store that does not answer is one that does not work.

import type { Clock } from "../../protocol/index.js";
import { OutboxError } from "../outbox.js";

/** forbidden: this browser keeps nothing for this page, and will not later either */
export type Trouble = "forbidden" | "full" | "failed";

/** Storing is not possible here at all. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
}

/** Something did not answer in time: nobody knows whether it has been done, or will be. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** The store was emptied on purpose (somebody signed out), here or in another tab: nothing is written any more. */
export class Cleared extends Error {
  override readonly name = "Cleared";
}

/** Somebody else has the record, and what is in it now. */
export class Taken extends Error {
  override readonly name = "Taken";
}

export function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "Forbidden" || name === "SecurityError" || name === "NotAllowedError" || name === "Cleared")
    return "forbidden";
  const quota = name === "QuotaExceededError" || (error as { code?: unknown } | null)?.code === "quota";
  return quota ? "full" : "failed";
}

export function outboxError(trouble: "full" | "failed", cause: unknown): OutboxError {
  const why =
    trouble === "full" ? "This device has no room for what was typed." : "The store on this device fails.";
  return new OutboxError(trouble, why, { cause });
}

/** `work`, or a rejection with {@link Unanswered} after so long. */
export function within<T>(clock: Clock, ms: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Unanswered(`${what} did not answer within ${ms} ms`)));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });
}
