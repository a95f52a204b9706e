// Who may come in now, when many come at once: so many at a time, the others in a queue, and those beyond it are told
// when to come back, over a spread of time.
//
//   come ──a place is free──▶ at work ──done, and a turn of the event loop later──▶ the place is free
//    └──none is──▶ waiting ──▲   └──too long──▶ put off
//         └──the queue is full──▶ put off
//
// What is admitted is computing and our own disk, never what somebody far away may take their time for. A place is kept
// until the event loop has turned, so that those who are in already are served between two newcomers even where the work
// never waits for anything. When the loop is late, a quarter of the places is left: new work is put off before old work
// suffers, and still goes on.

import { type Clock, Fault, type Random, steadyMs } from "../protocol/index.js";
import type { Meter } from "./meter.js";

/** What is admitted. */
export type Door = "handshake" | "hello" | "read";

/** How the machine is doing, as far as admission asks. */
export interface Load {
  /** How late the event loop has been of late, in milliseconds. */
  lagMs(): number;
  /** Runs something in the next turn of the event loop. */
  nextTurn(run: () => void): void;
}

/** A machine that is never late; everything happens in one turn. For simulations and tests. */
export const noLoad: Load = { lagMs: () => 0, nextTurn: (run) => run() };

export interface AdmissionOptions {
  readonly door: Door;
  readonly clock: Clock;
  readonly random: Random;
  readonly load: Load;
  readonly atOnce: number;
  readonly waiting: number;
  readonly limits: { readonly lagMs: number; readonly waitMs: number; readonly comeBackMs: number };
  readonly meter: Pick<Meter, "waiting" | "putOff">;
}

export interface Admission {
  /** Runs `work` when it is its turn. @throws Fault `unavailable` if that is too far away */
  enter<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly begin: () => void;
  readonly putOff: () => void;
  readonly since: number;
}

const AT_LEAST_MS = 1000;

export function createAdmission(options: AdmissionOptions): Admission {
  const { door, clock, random, load, atOnce, waiting: most, limits, meter } = options;
  const queue = new Set<Waiting>();
  let taken = 0;
  let cancel: (() => void) | undefined;

  const places = () => (load.lagMs() > limits.lagMs ? Math.ceil(atOnce / 4) : atOnce);

  function putOff(): Fault {
    meter.putOff(door);
    return new Fault("unavailable", "Too many come at once.", {
      retryAfterMs: AT_LEAST_MS + Math.floor(random() * limits.comeBackMs),
    });
  }

  async function begin<T>(work: () => Promise<T>): Promise<T> {
    taken++;
    try {
      return await work();
    } finally {
      load.nextTurn(() => {
        taken--;
        next();
      });
    }
  }

  function next(): void {
    for (const entry of queue) {
      if (taken >= places()) break;
      leave(entry);
      entry.begin();
    }
  }

  function leave(entry: Waiting): void {
    queue.delete(entry);
    meter.waiting(door, queue.size);
    if (queue.size > 0) return;
    cancel?.();
    cancel = undefined;
  }

  /** One timer for the whole queue: the first is the one that has waited longest. */
  function watch(): void {
    cancel = undefined;
    for (const entry of queue) {
      const left = entry.since + limits.waitMs - steadyMs(clock);
      if (left > 0) {
        cancel = clock.after(left, watch);
        return;
      }
      leave(entry);
      entry.putOff();
    }
  }

  return {
    enter(work) {
      if (queue.size === 0 && taken < places()) return begin(work);
      if (queue.size >= most) return Promise.reject(putOff());
      return new Promise((resolve, reject) => {
        queue.add({
          begin: () => begin(work).then(resolve, reject),
          putOff: () => reject(putOff()),
          since: steadyMs(clock),
        });
        meter.waiting(door, queue.size);
        cancel ??= clock.after(limits.waitMs, watch);
      });
    },
  };
}
