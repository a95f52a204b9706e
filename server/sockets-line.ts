// The line below a Socket.IO connection: whether it is read, what waits on it, how a frame leaves on it in its turn, what it may
// bring that is no message, and how it is ended without asking.
//
//   polling ──each poll, for as long as it is answered──▶ a line that a proxy may give to anybody in between
//      └──upgrade──▶ WebSocket ──from then to the end──▶ a line of its own
//
// So what is ended is the WebSocket, or the answer that is being read; never the line that the first request came over.
// Engine.IO names neither in its types; that it has them is known here alone.

import type { IncomingMessage } from "node:http";
import type { Socket } from "socket.io";
import type { Clock } from "../protocol/index.js";
import { createBucket } from "./bucket.js";

export type Connection = Socket["conn"];

interface Closing {
  once(event: "close", closed: () => void): unknown;
}

interface WebSocketBelow extends Closing {
  on(event: "ping" | "pong", heard: () => void): unknown;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly _sender: Sender;
  pause(): void;
  resume(): void;
  terminate(): void;
}

/** What of a WebSocket writes frames. `ws` names it in no type. */
interface Sender {
  /** @param pieces  a frame, or its head and its body */
  sendFrame(pieces: readonly (Buffer | string)[], sent?: (error?: Error) => void): void;
}

interface PollAnswer extends Closing {
  readonly writableLength: number;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  destroy(): void;
}

interface Transport {
  readonly name: string;
  /** Nothing is on its way to the line. */
  readonly writable: boolean;
  /** Of one that is a WebSocket. */
  readonly socket?: WebSocketBelow;
  /** Of one that polls: the answer to the poll that waits. */
  readonly res?: PollAnswer | null;
}

const transportOf = ({ transport }: Connection) => transport as unknown as Transport;

/** The answers to each connection's polls that are being read: it may ask for the next before it has read the last. */
const answers = new WeakMap<Connection, Set<PollAnswer>>();
/** The WebSocket that a connection that polls is about to go over to, or has. */
const probed = new WeakMap<Connection, WebSocketBelow>();

/** What of Engine.IO takes in a WebSocket, be it a connection's first line or the one that it goes over to. */
interface TakesIn {
  onWebSocket(request: unknown, line: unknown, socket: WebSocketBelow): void;
}

/** Bytes, or UTF-16 units of a text: to copy so much costs less than to write a second piece. */
const COPIED = 4096;

/** Writes a short frame in one piece: two cost twice as much, which of all that answering an op takes is a tenth. */
function sendWhole(this: Sender, pieces: readonly (Buffer | string)[], sent?: (error?: Error) => void): void {
  const [head, body] = pieces;
  const whole =
    head instanceof Buffer && body !== undefined && body.length <= COPIED
      ? [Buffer.concat([head, typeof body === "string" ? Buffer.from(body) : body])]
      : pieces;
  (Object.getPrototypeOf(this) as Sender).sendFrame.call(this, whole, sent);
}

/** A browser's page sends none, and a program one in many seconds. */
const FRAMES_PER_SECOND = 5;
const FRAMES_BURST = 100;

/** Cuts off whoever sends pings and pongs without end, as {@link watchWebSockets} says. */
function boundFrames(socket: WebSocketBelow, clock: Clock, flooded: () => void): void {
  const frames = createBucket(clock, FRAMES_PER_SECOND, FRAMES_BURST);
  let cutOff = false;
  const heard = () => {
    if (cutOff || frames.take() === 0) return;
    cutOff = true;
    flooded();
    socket.terminate();
  };
  socket.on("ping", heard);
  socket.on("pong", heard);
}

/**
 * To be called once, before the first connection. Each WebSocket writes short frames in one piece, and whoever sends pings and
 * pongs without end is cut off. They are no messages, so nobody above hears of them; and each ping is answered below, whether the
 * answers are read or not: what is not read of them would pile up.
 */
export function watchWebSockets(engine: object, clock: Clock, flooded: () => void): void {
  const takesIn = engine as TakesIn;
  const takeIn = takesIn.onWebSocket.bind(engine);
  takesIn.onWebSocket = (request, line, socket) => {
    socket._sender.sendFrame = sendWhole;
    boundFrames(socket, clock, flooded);
    takeIn(request, line, socket);
  };
}

/**
 * Whether somebody who shakes hands wants to be answered in scripts (JSONP), as no browser needs and no client of ours does. What
 * divides the packets of such a poll would be seen only when its body is decoded.
 */
export const asksForScripts = (request: IncomingMessage): boolean =>
  (request as { readonly _query?: { readonly j?: unknown } })._query?.j !== undefined;

/** What divides the packets in the body of a poll. */
const BETWEEN = "\x1e";

function hasMore(body: string, packets: number): boolean {
  let at = -1;
  for (let count = 0; count < packets; count++) {
    at = body.indexOf(BETWEEN, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/**
 * To be called for each connection at its beginning.
 *
 * @param packets  at most, in the body of one poll: to take more of them apart would hold up everybody before one is looked at
 */
export function watchPolls(conn: Connection, packets: number, flooded: () => void): void {
  if (transportOf(conn).name !== "polling") return;
  const transport = transportOf(conn) as unknown as { onData(body: unknown): void };
  const take = transport.onData.bind(transport);
  transport.onData = (body) => {
    if (typeof body === "string" && hasMore(body, packets)) flooded();
    else take(body);
  };
  const unread = new Set<PollAnswer>();
  answers.set(conn, unread);
  conn.on("flush", () => {
    const { res } = transportOf(conn);
    if (!res || unread.has(res)) return;
    unread.add(res);
    res.once("close", () => unread.delete(res));
  });
  conn.on("upgrading", (transport: unknown) => {
    const { socket } = transport as Transport;
    if (socket !== undefined) probed.set(conn, socket);
  });
}

/** Its WebSocket, even if it does not speak by it yet. */
const socketOf = (conn: Connection) => transportOf(conn).socket ?? probed.get(conn);

/** The answers to its polls, as long as they are being read: after that, their lines may be somebody else's. */
const unreadOf = (conn: Connection): readonly PollAnswer[] =>
  [...(answers.get(conn) ?? [])].filter((answer) => !answer.writableFinished && !answer.destroyed);

/** Ends a connection at once, without waiting for the other end. */
export function cut(conn: Connection): void {
  conn.close(true);
  socketOf(conn)?.terminate();
  for (const answer of unreadOf(conn)) answer.destroy();
}

/** Ends a connection that is being closed, if it or what is below it still stands after this time. */
export function cutAfter(withinMs: number, conn: Connection, clock: Clock): void {
  const cancel = clock.after(withinMs, () => cut(conn));
  const open = conn.readyState === "closed" ? undefined : conn;
  const standing = [open, socketOf(conn), ...unreadOf(conn)].filter((each) => each !== undefined);
  let left = standing.length;
  for (const each of standing)
    each.once("close", () => {
      left--;
      if (left === 0) cancel();
    });
}

/** Polls are not held back: each is a request of its own. What is done about a flood of them says `pace.ts`. */
export function readOn(conn: Connection, reading: boolean): void {
  if (reading) transportOf(conn).socket?.resume();
  else transportOf(conn).socket?.pause();
}

/** Bytes that its WebSocket holds, and the answers to its polls. */
export const bufferedBytes = (conn: Connection): number =>
  unreadOf(conn).reduce(
    (bytes, answer) => bytes + answer.writableLength,
    transportOf(conn).socket?.bufferedAmount ?? 0,
  );

export const sizeOf = (data: unknown): number =>
  typeof data === "string" ? data.length : data instanceof Uint8Array ? data.byteLength : 0;

const WEBSOCKET_OPEN = 1;

/**
 * Sends a message whose frame is made already. Where nothing waits before it, the frame goes straight to the WebSocket: what
 * Engine.IO does for each packet costs more than the writing, and a room may be told a thousand times at once. What the line
 * does not take of it is counted with the next message, which waits.
 */
export function sendFrame(conn: Connection, text: string, frame: Buffer): void {
  const { name, writable, socket } = transportOf(conn);
  const waits =
    !writable || (conn as unknown as Queue).writeBuffer.length > 0 || (socket?.bufferedAmount ?? 0) > 0;
  if (waits || name !== "websocket" || conn.readyState !== "open" || socket?.readyState !== WEBSOCKET_OPEN) {
    conn.write(text, { wsPreEncodedFrame: [frame] } as object);
    return;
  }
  socket._sender.sendFrame([frame]);
}

interface Queue {
  readonly writeBuffer: readonly unknown[];
}

/**
 * Of the request that opened a connection nothing is asked for again; but Engine.IO keeps all of it as long as the
 * connection. It is a tenth of what one who does nothing takes in memory, and a token is nothing to keep.
 */
export function forgetRequest({ conn, handshake }: Socket): void {
  Object.assign(conn, { request: forgotten });
  Object.assign(handshake, { headers: nothing, query: nothing, auth: nothing });
}

const nothing = Object.freeze({});
/** Socket.IO looks into these two without asking whether they are there. */
const forgotten = Object.freeze({ headers: nothing, connection: nothing });
