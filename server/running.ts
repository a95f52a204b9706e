// What of a running server is looked at when somebody asks for its metrics. Its parts come one after another; what is not there
// yet counts as nothing.

import type { Clock } from "../protocol/index.js";
import type { Cluster } from "./cluster/index.js";
import type { Gateway } from "./gateway.js";
import type { OpenLedger } from "./ledger/index.js";
import type { Gauges } from "./metrics/index.js";
import type { Sockets } from "./sockets.js";
import type { StoreWatch } from "./store-state.js";

export interface Running {
  ledger?: OpenLedger;
  store?: StoreWatch;
  cluster?: Cluster;
  gateway?: Gateway;
  sockets?: Sockets;
  /** As {@link Gauges.draining} says. */
  draining: 0 | 1 | 2;
}

/** @param nodes  whether it has other nodes to talk to */
export function gaugesOf(
  running: Running,
  { clock, nodes }: { readonly clock: Clock; readonly nodes: boolean },
): Gauges {
  const roster = () => running.gateway?.roster;
  return {
    people: {
      documents: () => roster()?.documents.size ?? 0,
      mostInOne: () => most([...(roster()?.documents ?? [])].map((doc) => roster()!.size(doc))),
      mostQueued: () => running.sockets?.mostQueued() ?? 0,
    },
    store: {
      state: async () => (await running.store?.look())?.kind ?? "away",
      now: () => clock.now(),
      vitals: async () => (await running.ledger?.vitals().catch(() => undefined)) ?? {},
    },
    ...(nodes
      ? {
          bus: {
            up: () => running.cluster?.degraded() === undefined,
            queued: () => running.cluster?.queued() ?? 0,
          },
        }
      : {}),
    draining: () => running.draining,
  };
}

const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);
