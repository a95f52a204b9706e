// The gateway's answers as promises, for a client whose own questions are no requests of it.
//
// ShareDB's client rolls back whatever op meets an error. So what only needs another try is tried again here, the very same
// request each time, with growing pauses and some ten seconds in all; of a connection that has ended, nobody waits for it.

import {
  type Answer,
  type Clock,
  Fault,
  type FaultMessage,
  type RequestName,
  type Requests,
} from "../../protocol/index.js";
import type { Handle } from "../gateway.js";

/** @throws Fault */
export type Ask = <K extends RequestName>(
  name: K,
  body: Requests[K]["body"],
) => Promise<Requests[K]["reply"]>;

export interface AskingOptions {
  readonly clock: Clock;
  readonly handle: () => Pick<Handle, "request">;
  /** Nothing is tried again: the server is about to stop. */
  readonly draining: () => boolean;
  readonly ended: () => boolean;
}

/** How often something is tried that is refused for now. */
const TRIES = 6;
const FIRST_PAUSE_MS = 300;

export function createAsk({ clock, handle, draining, ended }: AskingOptions): Ask {
  function once<K extends RequestName>(name: K, body: Requests[K]["body"]): Promise<Requests[K]["reply"]> {
    return new Promise((resolve, reject) => {
      handle().request(name, body, (answer) => {
        const { ok, fault } = answer as { ok?: Requests[K]["reply"]; fault?: FaultMessage } & Answer<K>;
        if (fault === undefined) resolve(ok!);
        else reject(Fault.from(fault));
      });
    });
  }

  return async (name, body) => {
    for (let tries = 1; ; tries++) {
      try {
        return await once(name, body);
      } catch (reason) {
        if (!isForNow(reason) || tries === TRIES || draining()) throw reason;
        const pauseMs = Math.max(reason.extra.retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** (tries - 1));
        await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
        // Nobody waits for it any more.
        if (ended()) return new Promise(() => {});
      }
    }
  };
}

/** Whether the same again makes sense after a while. */
export const isForNow = (error: unknown): error is Fault =>
  error instanceof Fault && error.action === "retry";
