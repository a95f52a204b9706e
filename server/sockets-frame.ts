// One message for all who are told it: encoded once, framed once, and put together once. Socket.IO's own rooms hand over its
// head and its body as two pieces, which would be put together for each of them (`sockets-line.ts`).

import type { Server, Socket } from "socket.io";
import * as ws from "ws";
import { sendFrame } from "./sockets-line.js";

/** It has one that its types do not name. */
const { Sender } = ws as unknown as {
  readonly Sender: { frame(data: Buffer, options: object): Buffer[] };
};

/** A text that is whole and not masked, as a server sends it. */
const WHOLE = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };

export interface Message {
  /** Over a WebSocket it is the frame that leaves; over polls, the text. */
  send(socket: Socket): void;
}

/** An event of the main namespace, as Socket.IO's protocol has it. @param body  nothing in it is binary */
export function messageOf(name: string, body: unknown): Message {
  const text = `2${JSON.stringify([name, body])}`;
  // Engine.IO's mark of a message stands before it.
  const frame = Buffer.concat(Sender.frame(Buffer.from(`4${text}`), WHOLE));
  return { send: ({ conn }) => sendFrame(conn, text, frame) };
}

/** Those of a room who are connected here and in none of the others. */
export function* membersOf({ sockets }: Server, room: string, except: readonly string[]): Iterable<Socket> {
  const { rooms } = sockets.adapter;
  const others = except.map((other) => rooms.get(other)).filter((other) => other !== undefined);
  for (const id of rooms.get(room) ?? []) {
    const socket = sockets.sockets.get(id);
    if (socket !== undefined && !others.some((other) => other.has(id))) yield socket;
  }
}
