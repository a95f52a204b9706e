// A node's place among the others: the bus between them, the adapter that makes rooms span them, and how well it goes.
//
//   rooms (Socket.IO's adapter) ─┐
//                                ├─▶ channels ─▶ two lines to Redis
//   bus ─────────────────────────┘
//
// Nodes belong together because they share a database: the names of their channels and the seal on their messages come
// from its secret, so any number of clusters may use one Redis. Nothing here is needed for a document to be safe or for
// its editors to agree; without it they hear of each other a second later, from the database.

import { createHash } from "node:crypto";
import type { ServerOptions as SocketOptions } from "socket.io";
import type { Clock, Random } from "../../protocol/index.js";
import type { Log } from "../log.js";
import { type Meter, silentMeter } from "../meter.js";
import { StartupError } from "../startup.js";
import { systemRandom } from "../tickets.js";
import { type Bus, soloBus } from "./bus.js";
import { openChannels } from "./channels.js";
import { parseRedisAddress, readTlsFiles } from "./redis-address.js";
import { createRedisBus } from "./redis-bus.js";
import { createRooms } from "./rooms.js";
import { createSeal, deriveKey } from "./seal.js";
import { type Trouble, troubleOf } from "./trouble.js";

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

/** How long a start waits for a Redis that says nothing at all. */
const START_MS = 3000;

/**
 * A Redis that is away does not keep a node from starting; one that will never do does.
 *
 * @throws StartupError `bad_option`
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { redis, node, secret, clock, random = systemRandom, log, meter = silentMeter } = options;
  if (redis === undefined)
    return { bus: soloBus(node), degraded: () => undefined, queued: () => 0, close: async () => {} };

  const address = parseRedisAddress(redis);
  const name = createHash("sha256")
    .update(deriveKey(secret, "cluster name"))
    .digest("base64url")
    .slice(0, 16);
  /** What each line suffers from. */
  const troubles = new Map<string, Trouble>();
  /** The lines that have come up or failed, so that it is known how things are. */
  const answered = new Set<string>();
  /** The last news of it. */
  let told: string | undefined;
  let settled = () => {};
  const first = new Promise<void>((resolve) => {
    settled = resolve;
  });

  const channels = openChannels({
    prefix: `interline:${name}:`,
    node,
    address,
    tls: readTlsFiles(address),
    seal: createSeal(deriveKey(secret, "cluster seal")),
    clock,
    random,
    meter,
    changed(line, error) {
      answered.add(line);
      if (error === undefined) troubles.delete(line);
      else troubles.set(line, troubleOf(error, address));
      tell();
    },
    failed: (error) => log.error({ err: error }, "A message from another node could not be taken."),
  });

  const trouble = () => [...troubles.values()].find(({ lasting }) => lasting) ?? [...troubles.values()][0];

  /** Says what has changed, once. */
  function tell(): void {
    const now = trouble();
    if (now?.lasting === true || answered.size === 2) settled();
    // How it fails may change with every attempt; that it fails, or will not mend by itself, is news once.
    const news = now?.lasting === true ? now.sentence : now && "away";
    if (news === told) return;
    told = news;
    if (now === undefined) log.info({}, "Redis is there again.");
    else
      log.warn(
        {},
        `${now.sentence} Until it is back, edits reach other nodes by the database, a second later.`,
      );
  }

  const cancel = clock.after(START_MS, settled);
  await first;
  cancel();
  const wrong = trouble();
  if (wrong?.lasting === true) {
    channels.close();
    throw new StartupError("bad_option", wrong.sentence);
  }
  return {
    bus: createRedisBus(channels, node, log),
    adapter: createRooms(channels, log, (committedAt) => meter.toldRoom("remote", clock.now() - committedAt)),
    degraded: () => trouble()?.public ?? (channels.connected ? undefined : "Redis has not answered yet."),
    queued: () => channels.queued,
    close: async () => channels.close(),
  };
}
