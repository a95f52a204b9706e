// Socket.IO as the gateway's peers and rooms. WebSocket first, long polling as a fallback; no compression (it costs
// 400 KiB a connection), no recovery of connection state (it would skip the gateway; clients come back by version).
//
// What a socket says and is told is `sockets-peer.ts`. Frames above `messageBytes` end the connection in the transport, which is
// why the welcome tells a lower limit for ops. Rooms live in Socket.IO's adapter, so that another adapter makes them span
// nodes; what they are told is `sockets-rooms.ts`.

import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Server, type Socket } from "socket.io";
import { type Clock, type Fault, type Random, steadyMs } from "../protocol/index.js";
import type { Addresses } from "./address.js";
import { createAdmission, type Load } from "./admission.js";
import type { Cluster } from "./cluster/index.js";
import { TOLD } from "./cluster/rooms.js";
import type { Handle } from "./gateway.js";
import type { ServerLimits } from "./limits.js";
import type { Log } from "./log.js";
import type { Meter } from "./meter.js";
import type { OriginCheck } from "./origins.js";
import { createPace, type Pace } from "./pace.js";
import { nameSessions } from "./polling.js";
import type { Peer, Rooms } from "./ports.js";
import type { Quotas } from "./quotas.js";
import {
  asksForScripts,
  bufferedBytes,
  type Connection,
  cut,
  readOn,
  sizeOf,
  watchPolls,
  watchWebSockets,
} from "./sockets-line.js";
import { servePeer } from "./sockets-peer.js";
import { createLocalRooms, SLOW } from "./sockets-rooms.js";

export interface SocketsOptions {
  readonly http: HttpServer;
  readonly addresses: Addresses;
  readonly allowed: OriginCheck;
  /** Pages elsewhere that may poll; they need CORS headers. */
  readonly origins: readonly string[];
  readonly limits: ServerLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly quotas: Quotas;
  readonly load: Load;
  readonly meter: Meter;
  readonly log: Log;
  /** The name that this node's sessions begin with. */
  readonly node: string;
  /** Makes rooms span nodes. */
  readonly adapter?: Cluster["adapter"];
}

export interface Sockets {
  readonly rooms: Rooms;
  /** From here on, connections are taken in. */
  serve(accept: (peer: Peer, hello: unknown) => Handle): void;
  /** Bytes that wait for the reader who is furthest behind. */
  mostQueued(): number;
  /** Ends what is still connected after `withinMs`. */
  close(withinMs: number): Promise<void>;
}

export function createSockets({
  http,
  addresses,
  allowed,
  origins,
  limits,
  clock,
  random,
  quotas,
  load,
  meter,
  log,
  node,
  adapter,
}: SocketsOptions): Sockets {
  const handshakes = createAdmission({
    door: "handshake",
    clock,
    random,
    load,
    atOnce: limits.handshakesAtOnce,
    waiting: limits.handshakesWaiting,
    limits,
    meter,
  });

  /** Refused here, nobody is told why, so it is for strangers' pages and for what is too much to be told. */
  async function mayShakeHands(request: IncomingMessage): Promise<string | undefined> {
    if (!allowed(addresses.asked(request))) return "origin_refused";
    if (asksForScripts(request)) return "message_malformed";
    if (quotas.crowded(addresses.clientAddress(request))) return "too_many_connections";
    return handshakes.enter(async () => undefined).catch((fault: Fault) => fault.code);
  }

  const io = new Server(http, {
    serveClient: false,
    transports: ["websocket", "polling"],
    perMessageDeflate: false,
    maxHttpBufferSize: limits.messageBytes,
    pingInterval: limits.pingIntervalMs,
    pingTimeout: limits.pingTimeoutMs,
    connectTimeout: limits.connectTimeoutMs,
    allowRequest: (request, answer) =>
      void mayShakeHands(request).then((refusal) => answer(refusal, refusal === undefined)),
    ...(adapter === undefined ? {} : { adapter }),
    ...(origins.length === 0 ? {} : { cors: { origin: [...origins] } }),
  });

  const local = createLocalRooms(io);
  io.sockets.adapter.on(TOLD, local.tell);

  watchWebSockets(io.engine, clock, () => meter.flood("ended"));
  nameSessions(io.engine as unknown as Parameters<typeof nameSessions>[0], { node, clock, log });

  /** The lines of live WebSockets, to be cut when their other ends do not hang up. */
  const lines = new Set<Duplex>();
  http.on("upgrade", (_request, line) => {
    lines.add(line);
    line.once("close", () => lines.delete(line));
  });

  /** How fast each live connection is read, from its first byte on. */
  const paces = new WeakMap<object, Pace>();
  /** What is done about those who do not stop, once it is known who they are. */
  const floods = new WeakMap<object, () => void>();

  io.engine.on("connection", (conn: Connection) => {
    const pace = createPace({
      clock,
      limits,
      read: (reading) => readOn(conn, reading),
      holds: () => conn.transport.name !== "polling",
      slowed: () => meter.flood("slowed"),
      flooded() {
        meter.flood("ended");
        const told = floods.get(conn);
        if (told === undefined) cut(conn);
        else told();
      },
    });
    paces.set(conn, pace);
    conn.on("packet", ({ data }: { data?: unknown }) => pace.heard(sizeOf(data)));
    conn.once("close", () => pace.stop());
    watchPolls(conn, 2 * limits.messagesBurst, () => {
      meter.flood("ended");
      cut(conn);
    });
  });

  function serveSocket(socket: Socket, accept: (peer: Peer, hello: unknown) => Handle): void {
    const { conn } = socket;
    // It has said hello before: of that there comes no second peer.
    if (floods.has(conn)) {
      cut(conn);
      return;
    }

    const handle = servePeer(socket, {
      ...{ addresses, local, clock, limits, quotas, meter, log, accept },
      welcomed: () => paces.get(conn)?.welcomed(),
    });
    floods.set(conn, () => handle.flooded());
  }

  return {
    rooms: {
      tell(room, name, body, { volatile = false, local: here = false, except } = {}) {
        const others = except === undefined ? [] : [except];
        if (here || adapter === undefined) local.tell(room, name, body, { volatile, except: others });
        // It comes back by `TOLD`, here as on the other nodes.
        else
          io.to(room)
            .except(volatile ? [...others, SLOW] : others)
            .emit(name, body);
      },
    },
    serve(accept) {
      io.on("connection", (socket) => serveSocket(socket, accept));
    },
    mostQueued() {
      let most = 0;
      for (const { conn } of io.sockets.sockets.values()) most = Math.max(most, bufferedBytes(conn));
      return most;
    },
    async close(withinMs) {
      const until = steadyMs(clock) + withinMs;
      while ((io.engine.clientsCount > 0 || lines.size > 0) && steadyMs(clock) < until) {
        await new Promise<void>((resolve) => clock.after(10, resolve));
      }
      io.engine.close();
      for (const line of lines) line.destroy();
    },
  };
}
