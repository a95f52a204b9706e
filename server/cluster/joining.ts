// Joins the nodes of a cluster at Redis, and says what is wrong with it. Loaded only where there is a Redis (`index.ts`).
//
// What always holds: a start waits a bounded time for Redis, and fails only for what no waiting mends. From then on nothing that
// becomes of Redis ends the process or holds up a document; it is said in the log once when it goes and once when it is back, and
// whoever asks the node is told what is wrong meanwhile.

import { createHash } from "node:crypto";
import { silentMeter } from "../meter.js";
import { StartupError } from "../startup.js";
import { systemRandom } from "../tickets.js";
import { openChannels } from "./channels.js";
import type { Cluster, ClusterOptions } from "./index.js";
import { parseRedisAddress, readTlsFiles } from "./redis-address.js";
import { createRedisBus } from "./redis-bus.js";
import { createRooms } from "./rooms.js";
import { clusterKey, createSeal } from "./seal.js";
import { type Trouble, troubleOf } from "./trouble.js";

/** How long a start waits for a Redis that says nothing at all. */
const START_MS = 3000;

/** @throws StartupError `bad_option`, for a Redis that will never do */
export async function joinAt(redis: string, options: Omit<ClusterOptions, "redis">): Promise<Cluster> {
  const { node, secret, clock, random = systemRandom, log, meter = silentMeter } = options;
  const address = parseRedisAddress(redis);
  const name = createHash("sha256")
    .update(clusterKey(secret, "cluster name"))
    .digest("base64url")
    .slice(0, 16);
  /** What each line suffers from. */
  const troubles = new Map<string, Trouble>();
  /** The lines that have come up or failed, so that it is known how things are. */
  const answered = new Set<string>();
  let started = false;
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
    seal: createSeal(clusterKey(secret, "cluster seal")),
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
    // What ends the start is said by whoever has it end, and nothing waits for it to be mended.
    if (!started && now?.lasting === true) return;
    // How it fails may change with every attempt; that it fails, or will not mend by itself, is news once.
    const news = now?.lasting === true ? now.sentence : now && "away";
    if (news === told) return;
    told = news;
    if (now === undefined) log.warn({ code: "redis_back" }, "Redis is there again.");
    else
      log.warn(
        { code: "redis_away" },
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
  started = true;
  return {
    bus: createRedisBus(channels, node, log),
    adapter: createRooms(channels, log, (committedAt) => meter.toldRoom("remote", clock.now() - committedAt)),
    degraded: () => trouble()?.public ?? (channels.connected ? undefined : "Redis has not answered yet."),
    queued: () => channels.queued,
    close: async () => channels.close(),
  };
}
