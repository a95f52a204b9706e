// How long somebody waits to hear what became of their op. A database that hangs says nothing for as long as it hangs, and a
// client that hears nothing again and again gives its connection up, with all that still goes on over it. So whoever has not
// heard in time is told to send the op again; and when they do, they are told what became of the one before, as soon as
// that is known: the op is not asked of the ledger a second time.
//
// What is remembered is one connection's own, and no more than it may have in flight: whoever has more waits to the end.

import { hash } from "node:crypto";
import { type Clock, Fault, type Random } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";

/** Before this, nobody who was put off comes back. */
const AT_LEAST_MS = 1_000;

export interface LateOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Pick<ServerLimits, "submitMs" | "comeBackMs" | "inFlightPerConnection">;
  /** Is told what goes on though its author has been answered: whoever ends something waits for it as for any other work. */
  readonly goesOn: (work: Promise<unknown>) => void;
}

/** Runs what an op's request asks for. `name` says all of what is asked: what has the same one is the same request again. */
export type Late = <T>(name: () => string, run: () => Promise<T>) => Promise<T>;

/** @returns what rejects with `unavailable` (retry) where what is run takes longer than `submitMs` */
export function createLate({ clock, random, limits, goesOn }: LateOptions): Late {
  /** What was late, until somebody has been told how it ended. */
  const unheard = new Map<string, Promise<unknown>>();

  async function within<T>(name: () => string, running: Promise<T>): Promise<T> {
    let cancel = () => {};
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(limits.submitMs, () => {
        if (unheard.size >= limits.inFlightPerConnection) return;
        unheard.set(digest(name()), running);
        goesOn(running);
        reject(putOff());
      });
    });
    try {
      return await Promise.race([running, late]);
    } finally {
      cancel();
    }
  }

  function putOff(): Fault {
    const retryAfterMs = AT_LEAST_MS + Math.floor(random() * limits.comeBackMs);
    return new Fault("unavailable", "What became of this is not known yet.", { retryAfterMs });
  }

  return (name, run) => {
    if (unheard.size === 0) return within(name, run());
    const key = digest(name());
    const running = unheard.get(key) as ReturnType<typeof run> | undefined;
    unheard.delete(key);
    return within(name, running ?? run());
  };
}

const digest = (name: string) => hash("sha256", name, "base64");
