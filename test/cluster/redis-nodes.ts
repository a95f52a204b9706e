// Nodes for tests of Redis: each a Socket.IO server with the sockets that our server has, and the cluster's rooms and bus.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { io, type Socket } from "socket.io-client";
import { type Clock, systemClock } from "../../protocol/index.js";
import { createAddresses } from "../../server/address.js";
import { noLoad } from "../../server/admission.js";
import { type Cluster, openCluster } from "../../server/cluster/index.js";
import { defaultLimits, type ServerLimits } from "../../server/limits.js";
import type { Log } from "../../server/log.js";
import { type Meter, silentMeter } from "../../server/meter.js";
import type { Peer, Rooms } from "../../server/ports.js";
import { createQuotas } from "../../server/quotas.js";
import { createSockets } from "../../server/sockets.js";
import { mintId, systemRandom } from "../../server/tickets.js";
import { onCleanUp, until } from "../server/harness.js";

/** What the nodes of one cluster have in common. */
export const SECRET = Buffer.from("the secret of the nodes' database");

export interface Node {
  readonly cluster: Cluster;
  readonly rooms: Rooms;
  readonly counts: Record<string, number>;
  readonly logged: string[];
  /** A client on this node that is in these rooms, and the peer that the server knows it as. */
  join(...rooms: string[]): Promise<Member>;
  close(): Promise<void>;
}

export interface Member {
  readonly socket: Socket;
  readonly peer: Peer;
  /** What it was told, as name and body. */
  readonly told: [name: string, body: unknown][];
}

export interface NodeOptions {
  readonly log?: Log;
  readonly secret?: Uint8Array;
  readonly limits?: Partial<ServerLimits>;
  readonly clock?: Clock;
  /** In the place of ours. */
  readonly adapter?: Cluster["adapter"];
}

/** @param redis  undefined: it is alone, but for the adapter that it is given */
export async function startNode(redis: string | undefined, options: NodeOptions = {}): Promise<Node> {
  const { secret = SECRET, clock = systemClock } = options;
  const counts: Record<string, number> = {};
  const logged: string[] = [];
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const meter: Meter = { ...silentMeter, busMessage: count, busGap: () => count("gap") };
  const keep = (_details: object, message: string) => void logged.push(message);
  const log: Log = options.log ?? { info: keep, warn: keep, error: keep };
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  const cluster = await openCluster({
    redis,
    node: mintId(systemRandom),
    secret,
    clock,
    log,
    meter,
  });
  const adapter = options.adapter ?? cluster.adapter;
  const http = createServer();
  const sockets = createSockets({
    http,
    addresses: createAddresses([], false),
    allowed: () => true,
    origins: [],
    limits,
    clock: systemClock,
    random: systemRandom,
    quotas: createQuotas({ clock: systemClock, random: systemRandom, limits, meter }),
    load: noLoad,
    meter,
    log,
    node: "alone",
    ...(adapter === undefined ? {} : { adapter }),
  });
  const peers = new Map<string, Peer>();
  sockets.serve((peer) => {
    peers.set(peer.id, peer);
    return { request() {}, notice() {}, malformed() {}, flooded() {}, caughtUp() {}, closed() {} };
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  async function end(): Promise<void> {
    await sockets.close(0);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await cluster.close();
  }
  const close = () => {
    closed ??= end();
    return closed;
  };
  onCleanUp(close);

  return {
    cluster,
    rooms: sockets.rooms,
    counts,
    logged,
    async join(...rooms) {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], reconnection: false });
      onCleanUp(() => void socket.disconnect());
      const told: Member["told"] = [];
      socket.onAny((name: string, body: unknown) => void told.push([name, body]));
      const peer = await until("the client is known", () => peers.get(socket.id ?? ""));
      for (const room of rooms) peer.join(room);
      return { socket, peer, told };
    },
    close,
  };
}
