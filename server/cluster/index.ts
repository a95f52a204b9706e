// A node's place among the others: the bus between them, the adapter that makes rooms span them, and how well it goes.

import type { ServerOptions as SocketOptions } from "socket.io";
import type { Clock } from "../../protocol/index.js";
import type { Log } from "../log.js";
import { StartupError } from "../startup.js";
import { type Bus, soloBus } from "./bus.js";

export type { Bus } from "./bus.js";

export interface Cluster {
  readonly bus: Bus;
  /** For Socket.IO; absent where there are no other nodes. */
  readonly adapter?: NonNullable<SocketOptions["adapter"]>;
  /** What is wrong, in a sentence for the operator; undefined: nothing. Documents are safe in any case. */
  degraded(): string | undefined;
  close(): Promise<void>;
}

export interface ClusterOptions {
  /** `redis://…` or `rediss://…`; undefined: this node is alone. */
  readonly redis: string | undefined;
  /** Names this run of this node. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** @throws StartupError `bad_option` */
export async function openCluster({ redis, node }: ClusterOptions): Promise<Cluster> {
  if (redis !== undefined) throw new StartupError("bad_option", "Redis is not supported yet.");
  return { bus: soloBus(node), degraded: () => undefined, close: async () => {} };
}
