// Whose rights are asked for again, round after round. Where they may change at any time, everybody's. Where they stay as they
// are until the gateway is told of a change, only those of whoever has opened something since, and once: the change may have
// passed them by while they were opening it.
//
// How a round goes is `rounds.ts`, what becomes of whoever may not stay `standing.ts`.

import type { Clock } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";
import type { Peer } from "./ports.js";
import { createRounds, type Reviewed } from "./rounds.js";

export interface ReviewingOptions {
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, "reviewIntervalMs" | "reviewsAtOnce">;
  /** Rights stay as they are until a change is told. */
  readonly steady: boolean;
  readonly connections: ReadonlySet<Reviewed>;
}

export interface Reviewing {
  arrived(peer: Peer, connection: Reviewed): void;
  /** It has opened a document. */
  opened(peer: Peer): void;
  gone(peer: Peer): void;
  stop(): void;
}

export function createReviewing({ clock, limits, steady, connections }: ReviewingOptions): Reviewing {
  const byPeer = new WeakMap<Peer, Reviewed>();
  /** Where rights are steady: who is to be looked at once. */
  const unsettled = new Map<Peer, Reviewed>();
  const rounds = createRounds({
    clock,
    intervalMs: limits.reviewIntervalMs,
    atOnce: limits.reviewsAtOnce,
    connections: steady
      ? {
          get size() {
            return unsettled.size;
          },
          [Symbol.iterator]: () => unsettled.values(),
        }
      : connections,
  });

  /** Has somebody looked at in the next round. */
  function unsettle(peer: Peer, connection: Reviewed): void {
    unsettled.set(peer, {
      review() {
        unsettled.delete(peer);
        return connection.review();
      },
      // There is always an answer.
      lapse() {},
    });
    rounds.wake();
  }

  return {
    arrived(peer, connection) {
      byPeer.set(peer, connection);
      rounds.wake();
    },
    opened(peer) {
      const connection = steady ? byPeer.get(peer) : undefined;
      if (connection !== undefined) unsettle(peer, connection);
    },
    gone: (peer) => void unsettled.delete(peer),
    stop: rounds.stop,
  };
}
