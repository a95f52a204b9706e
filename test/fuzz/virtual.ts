// Virtual ground: clients, wires and the product's gateway in one thread, in a time that passes only when nothing is left to
// do. A round that takes seconds of real time takes milliseconds here, and the same steps at the same pace make the same run,
// message for message: so it can be tried very often, and what goes wrong once goes wrong each time.
//
// Not in here: sockets, proxies on the way, and processes. What is wrong with those shows on real ground only.

import type { Clock } from "../../protocol/index.js";
import { VirtualClock } from "../world/clock.js";
import { type Counts, type Ground, noCounts } from "./ground.js";
import type { Step, Way } from "./steps.js";
import type { Pace } from "./trace.js";
import { Traffic } from "./traffic.js";
import { VirtualServer } from "./virtual-server.js";
import { fileStore, memoryStore } from "./virtual-store.js";
import { VirtualWire } from "./virtual-wire.js";

/** ShareDB takes some turns of the loop for what it does at once. */
const TURNS = 6;
/** No round takes longer, in virtual time. */
const MOST_MS = 3_600_000;
const STARTED = 1_700_000_000_000;

export interface VirtualOptions {
  readonly pace: Pace;
  readonly seed: number;
  /** What is going to be done: only a server that is killed needs a file. */
  readonly steps: readonly Step[];
}

/**
 * Does something on a ground of its own, and lets time pass for it until it is done.
 *
 * @throws Error if it waits for something that never comes
 */
export async function onVirtualGround<T>(
  { pace, seed, steps }: VirtualOptions,
  work: (ground: Ground) => Promise<T>,
): Promise<T> {
  const clock = new VirtualClock(STARTED);
  const store = steps.some((step) => step.do === "restart") ? fileStore() : memoryStore();
  const server = new VirtualServer(clock, seed, store);
  try {
    await server.start();
    return await pump(clock, work(groundOf(clock, server, pace)));
  } finally {
    server.close();
    store.close();
  }
}

function groundOf(clock: VirtualClock, server: VirtualServer, pace: Pace): Ground {
  const counts: Counts = noCounts();
  const traffic = new Traffic(clock);
  const listeners = new Set<(error: unknown) => void>();
  const threw = (error: unknown) => {
    for (const listener of listeners) listener(error);
  };
  let wires = 0;
  return {
    clock: watched(clock, threw),
    counts,
    mortal: true,
    get ended() {
      return server.ended;
    },
    async wire() {
      const which = wires++;
      const latencyMs = (way: Way, nth: number) =>
        pace.meanMs * (0.5 + scattered(pace.draw, 2 * which + (way === "up" ? 0 : 1), nth));
      return new VirtualWire({ clock, traffic, counts, server, latencyMs, threw });
    },
    token: async (who) => String(who),
    kill: async () => server.kill(),
    start: () => server.start(),
    log: (document) => server.log(document),
    read: (document) => server.read(document),
    onThrown(listener) {
      listeners.add(listener);
      process.on("uncaughtException", threw);
      return () => {
        listeners.delete(listener);
        process.off("uncaughtException", threw);
      };
    },
  };
}

/** The clock of clients: whole milliseconds, as a system's clock gives them. Their code may throw. */
function watched(clock: Clock, threw: (error: unknown) => void): Clock {
  return {
    now: () => Math.floor(clock.now()),
    after: (ms, run) =>
      clock.after(ms, () => {
        try {
          run();
        } catch (error) {
          threw(error);
        }
      }),
  };
}

/** Lets time pass until something is done: to the next moment at which something is due, and what comes of that. */
async function pump<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  // It is awaited below; until then, nobody else may be told that it failed.
  done.catch(() => {});
  for (;;) {
    for (let turn = 0; turn < TURNS && !over; turn++) await new Promise(setImmediate);
    if (over) return done;
    if (!clock.step(STARTED + MOST_MS)) throw new Error("A round waits for something that never comes.");
  }
}

/** A number in [0, 1) that depends on these and on nothing else (the last steps of murmur3). */
function scattered(draw: number, wire: number, nth: number): number {
  let hash =
    (Math.imul(draw + 1, 0x9e3779b1) ^ Math.imul(wire + 1, 0x85ebca6b) ^ Math.imul(nth + 1, 0xc2b2ae35)) >>>
    0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
