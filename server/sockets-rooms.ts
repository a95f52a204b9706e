// What the people of a room who are connected here are told, each in a form that they speak: ops and heads in the short form
// (`protocol/short.ts`), and in the long one to those whose build is too old for it. A form is encoded once, however many
// are told, and not at all where nobody is.
//
//   tell ──ops, head──▶ short form ──▶ the room, but for the older ones
//     │                └─ long form ──▶ the older ones
//     └──all else─────────────────────▶ the room
//
// The rooms themselves are Socket.IO's, so that an adapter between nodes knows who is where.

import type { Server, Socket } from "socket.io";
import { type EventName, type Events, ShortWriter } from "../protocol/index.js";
import { type Message, membersOf, messageOf } from "./sockets-frame.js";

export interface Telling {
  /** Slow readers are not told; nobody else goes without it. */
  readonly volatile?: boolean;
  /** Who are not told: names of rooms, and of sockets. */
  readonly except?: readonly string[];
}

export interface LocalRooms {
  /** @param short  whether it is to be told in the short form */
  join(socket: Socket, room: string, short: boolean): void;
  leave(socket: Socket, room: string): void;
  tell<K extends EventName>(room: string, name: K, body: Events[K], telling?: Telling): void;
}

/** The room of those who are told nothing volatile until they have caught up with reading. */
export const SLOW = "slow";

/** The room of those in a room who do not speak the short form. */
const olderOf = (room: string) => `older:${room}`;

export function createLocalRooms(io: Server): LocalRooms {
  const { adapter } = io.sockets;
  /** Of the rooms that were told something in the short form. */
  const writers = new Map<string, ShortWriter>();
  let numbers = 0;
  adapter.on("delete-room", (room: string) => writers.delete(room));

  const sizeOf = (room: string) => adapter.rooms.get(room)?.size ?? 0;

  function writerOf(room: string): ShortWriter {
    const known = writers.get(room);
    if (known !== undefined) return known;
    const writer = new ShortWriter(++numbers);
    writers.set(room, writer);
    return writer;
  }

  return {
    join(socket, room, short) {
      writers.get(room)?.beginAnew();
      void socket.join(short ? room : [room, olderOf(room)]);
    },

    leave(socket, room) {
      void socket.leave(room);
      void socket.leave(olderOf(room));
    },

    tell(room, name, body, { volatile = false, except = [] } = {}) {
      const others = volatile ? [...except, SLOW] : except;
      if (name !== "ops" && name !== "head") {
        say(name, body, membersOf(io, room, others));
        return;
      }
      const older = olderOf(room);
      say(name, body, membersOf(io, older, others));
      if (sizeOf(room) === sizeOf(older)) return;
      const writer = writerOf(room);
      const messages =
        name === "ops" ? writer.ops(body as Events["ops"]) : [writer.head(body as Events["head"])];
      for (const short of messages) say(name, short, membersOf(io, room, [...others, older]));
    },
  };
}

/** Encodes it if there is somebody to be told. */
function say(name: EventName, body: unknown, members: Iterable<Socket>): void {
  let message: Message | undefined;
  for (const socket of members) {
    message ??= messageOf(name, body);
    message.send(socket);
  }
}
