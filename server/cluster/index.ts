// A node's place among the others: the bus between them, the adapter that makes rooms span them, and how well it goes.
//
//   rooms (Socket.IO's adapter) ─┐
//                                ├─▶ channels ─▶ two lines to Redis
//   bus ─────────────────────────┘
//
// Nodes belong together because they share a database: the names of their channels and the seal on their messages come
// from its secret, so any number of clusters may use one Redis. Nothing here is needed for a document to be safe or for
// its editors to agree; without it they hear of each other a second later, from the database.

import type { ServerOptions as SocketOptions } from "socket.io";
import type { Clock, Random } from "../../protocol/index.js";
import type { Log } from "../log.js";
import type { Meter } from "../meter.js";
import { type Bus, soloBus } from "./bus.js";

export type { Bus } from "./bus.js";

export interface Cluster {
  readonly bus: Bus;
  /** For Socket.IO; absent where there are no other nodes. */
  readonly adapter?: NonNullable<SocketOptions["adapter"]>;
  /** What is wrong, in a sentence that anybody may read; undefined: nothing. Documents are safe in any case. */
  degraded(): string | undefined;
  /** Messages that wait for Redis to answer. */
  queued(): number;
  close(): Promise<void>;
}

export interface ClusterOptions {
  /** `redis://…` or `rediss://…`; undefined: this node is alone. */
  readonly redis: string | undefined;
  /** Names this run of this node. */
  readonly node: string;
  /** The database's: nodes that share it belong together. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly random?: Random;
  readonly log: Log;
  readonly meter?: Meter;
}

/**
 * A Redis that is away does not keep a node from starting; one that will never do does.
 *
 * @throws StartupError `bad_option`
 */
export async function openCluster({ redis, ...options }: ClusterOptions): Promise<Cluster> {
  if (redis === undefined) {
    return { bus: soloBus(options.node), degraded: () => undefined, queued: () => 0, close: async () => {} };
  }
  // Half of all modules that a server would load are those of Redis' client, and most servers run alone.
  const { joinAt } = await import("./joining.js");
  return joinAt(redis, options);
}
