// How this node is left: everybody is moved to another one, or told to come back, and what was taken is answered.
//
//   here ──move──▶ leaving: served until they have gone, one after the other ──all are gone, or a moment after the time──▶
//     └───drain──▶ leaving: nothing new is taken ──what was taken is answered, or the time is over──▶
//
// Once it is being left, nobody is let in any more. Whatever is tracked here is waited for, in both ways of answering it.

import type { Clock } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";

export interface Leaver {
  move(withinMs: number): void;
  drain(): void;
}

export interface DepartureOptions {
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, "drainMs">;
  readonly connections: ReadonlySet<Leaver>;
}

export interface Departure {
  /** Newcomers are refused. */
  readonly leaving: boolean;
  /** Runs a request to its end; {@link drain} waits for all of them. */
  track<T>(work: Promise<T>): Promise<T>;
  /** A connection has gone. */
  gone(): void;
  /** Has everybody move within this time. Resolves when they are gone, or a moment after it. */
  move(withinMs: number): Promise<void>;
  /** Tells everybody to come back later. Resolves when what was taken is answered, or nobody waits for it any more. */
  drain(): Promise<void>;
}

/** How long whoever is on the way to another node may still take. */
const STRAGGLER_MS = 1000;

export function createDeparture({ clock, limits, connections }: DepartureOptions): Departure {
  const working = new Set<Promise<unknown>>();
  let leaving = false;
  let emptied = () => {};

  return {
    get leaving() {
      return leaving;
    },
    track(work) {
      working.add(work);
      const done = () => working.delete(work);
      work.then(done, done);
      return work;
    },
    gone() {
      if (connections.size === 0) emptied();
    },
    async move(withinMs) {
      leaving = true;
      if (connections.size === 0) return;
      for (const connection of connections) connection.move(withinMs);
      await new Promise<void>((resolve) => {
        const cancel = clock.after(withinMs + STRAGGLER_MS, resolve);
        emptied = () => {
          cancel();
          resolve();
        };
      });
    },
    async drain() {
      leaving = true;
      for (const connection of connections) connection.drain();
      let late = false;
      let cancel = () => {};
      const deadline = new Promise<void>((resolve) => {
        cancel = clock.after(limits.drainMs, () => {
          late = true;
          resolve();
        });
      });
      while (working.size > 0 && !late) await Promise.race([Promise.allSettled(working), deadline]);
      cancel();
    },
  };
}
