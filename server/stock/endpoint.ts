// The WebSocket at `/sharedb`: who may open one, how much may come over it at a time, and its end.
//
// A browser cannot set headers on a WebSocket, and what stands in an address stands in logs, so a token comes as a
// protocol (`["interline.sharedb", "token.<jwt>"]`) or, from programs, in `Authorization: Bearer`. The code with which a
// connection ends says what to do: 1013 and 1012 come back later, 1008 do not come back like this. The reason is the
// fault's code.

import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type Clock, type FaultCode, faults, type Random } from "../../protocol/index.js";
import type { Addresses } from "../address.js";
import { watchReader } from "../backlog.js";
import type { Handle } from "../gateway.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Meter } from "../meter.js";
import type { OriginCheck } from "../origins.js";
import { createPace } from "../pace.js";
import type { Peer } from "../ports.js";
import type { Quotas } from "../quotas.js";
import { mintId } from "../tickets.js";
import { createStockClient } from "./client.js";
import type { MemberRooms } from "./rooms.js";

export interface StockEndpointOptions {
  readonly http: HttpServer;
  readonly addresses: Addresses;
  readonly allowed: OriginCheck;
  readonly accept: (peer: Peer, hello: unknown) => Handle;
  readonly rooms: MemberRooms;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly quotas: Quotas;
  readonly meter: Meter;
  readonly log: Log;
}

export const STOCK_PATH = "/sharedb";
const PROTOCOL = "interline.sharedb";
const TOKEN = "token.";
/** How long somebody whose connection is ended may take to hang up. */
const LAST_WORDS_MS = 5000;

const RESTART = 1012;
const LATER = 1013;
const POLICY = 1008;
const NOT_TEXT = 1003;

export function serveStockClients(options: StockEndpointOptions): void {
  const { http, addresses, allowed, quotas, limits } = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.messageBytes,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  http.on("upgrade", (request: IncomingMessage, line: Duplex, head: Buffer) => {
    const { path, query } = asked(request);
    if (path !== STOCK_PATH) return;
    line.on("error", () => line.destroy());
    if (query) return refuse(line, "400 Bad Request");
    if (!allowed(addresses.asked(request))) return refuse(line, "403 Forbidden");
    if (quotas.crowded(addresses.clientAddress(request))) return refuse(line, "503 Service Unavailable");
    server.handleUpgrade(request, line, head, (socket) => serve(socket, request, options));
  });
}

function serve(socket: WebSocket, request: IncomingMessage, options: StockEndpointOptions): void {
  const { addresses, accept, rooms, clock, random, limits, meter, log } = options;
  const id = mintId(random, 20);
  let over = false;
  let hungUp = false;
  let alive = true;
  let cancelBeat = () => {};

  const address = addresses.clientAddress(request);

  const backlog = watchReader(
    { id, address, buffered: () => socket.bufferedAmount, cut: () => socket.terminate() },
    options,
  );

  const pace = createPace({
    clock,
    limits,
    read: (reading) => (reading ? socket.resume() : socket.pause()),
    slowed: () => meter.flood("slowed"),
    flooded() {
      meter.flood("ended");
      if (hungUp) socket.terminate();
      else client.flooded();
    },
  });

  function end(why: FaultCode | undefined): void {
    hangUp(why === undefined ? RESTART : faults[why] === "retry" ? LATER : POLICY, why);
  }

  /** Nothing more is looked at; the other end has a while to hang up as well. */
  function hangUp(code: number, why = ""): void {
    if (hungUp) return;
    hungUp = true;
    socket.resume();
    socket.close(code, why);
    const cancel = clock.after(LAST_WORDS_MS, () => socket.terminate());
    socket.once("close", cancel);
  }

  function transmit(message: object): void {
    const text = JSON.stringify(message);
    backlog.sent(text.length);
    if (over) return;
    socket.send(text);
    backlog.flushed();
  }

  const client = createStockClient({
    line: {
      id,
      address,
      send: (message, asked) => (asked ? backlog.replying(() => transmit(message)) : transmit(message)),
      end,
      drained: () => backlog.drained(),
      welcomed() {
        cancelArrival();
        pace.welcomed();
      },
    },
    token: tokenOf(request),
    accept,
    rooms,
    clock,
    limits,
    log,
  });

  const cancelArrival = clock.after(limits.connectTimeoutMs, () => socket.terminate());

  /** A wire that died without a word is found out by a ping that nobody answers. */
  function beat(): void {
    alive = false;
    socket.ping();
    cancelBeat = clock.after(limits.pingTimeoutMs, () => {
      if (!alive) socket.terminate();
      else cancelBeat = clock.after(limits.pingIntervalMs, beat);
    });
  }
  cancelBeat = clock.after(limits.pingIntervalMs, beat);

  socket.on("pong", () => {
    alive = true;
    pace.heard(0);
  });
  socket.on("ping", () => pace.heard(0));
  socket.on("message", (data, binary) => {
    alive = true;
    // Of the kind that is asked for, each comes in one piece.
    pace.heard((data as Buffer).length);
    if (binary) hangUp(NOT_TEXT);
    else if (!hungUp) client.heard(data.toString());
  });
  // Too large, or no WebSocket's: it closes by itself.
  socket.on("error", () => {});
  socket.once("close", () => {
    over = true;
    cancelArrival();
    cancelBeat();
    pace.stop();
    backlog.stop();
    client.closed();
  });
}

/** A WebSocket that is not opened is told so in HTTP. */
function refuse(line: Duplex, status: string): void {
  line.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function asked({ url = "" }: IncomingMessage): { readonly path: string; readonly query: boolean } {
  const [path = "", query] = url.split("?", 2);
  return { path, query: query !== undefined };
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return offered.find((name) => name.startsWith(TOKEN))?.slice(TOKEN.length);
}
