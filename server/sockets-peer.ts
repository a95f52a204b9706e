// One Socket.IO socket as a peer of the gateway: a message with an acknowledgement is a request, one without is a notice, and each
// carries exactly one body.
//
// What is sent to it is counted until it has been read (`backlog.ts`); whoever falls behind is told nothing volatile until they
// have caught up. Whoever is ended has a moment to read why.

import type { Socket } from "socket.io";
import { type Events, speaksShort } from "../protocol/index.js";
import type { Addresses } from "./address.js";
import { type Watch, watchReader } from "./backlog.js";
import type { Handle } from "./gateway.js";
import type { Peer } from "./ports.js";
import { bufferedBytes, cut, cutAfter, forgetRequest, sizeOf } from "./sockets-line.js";
import { type LocalRooms, SLOW } from "./sockets-rooms.js";

export interface SocketPeerOptions extends Watch {
  readonly addresses: Addresses;
  readonly local: LocalRooms;
  readonly accept: (peer: Peer, hello: unknown) => Handle;
  /** It has been let in. */
  readonly welcomed: () => void;
}

/** How long somebody whose connection is ended may take to read why. */
const LAST_WORDS_MS = 5000;

/** @returns the gateway's end of it */
export function servePeer(
  socket: Socket,
  { addresses, local, accept, welcomed, ...watch }: SocketPeerOptions,
): Handle {
  const { conn } = socket;

  /** Nothing more is heard; what was said before is still let through. */
  function hangUp(): void {
    if (conn.readyState !== "open") return;
    conn.close();
    // A peer that reads nothing never lets the last words through; one that is not read never hangs up.
    cutAfter(LAST_WORDS_MS, conn, watch.clock);
  }

  const address = addresses.clientAddress(socket.request);
  const backlog = watchReader(
    {
      id: socket.id,
      address,
      buffered: () => bufferedBytes(conn),
      slow(slow) {
        if (slow) socket.join(SLOW);
        else {
          socket.leave(SLOW);
          handle.caughtUp();
        }
      },
      cut: () => cut(conn),
    },
    watch,
  );
  conn.on("packetCreate", ({ data }: { data?: unknown }) => backlog.sent(sizeOf(data)));
  conn.on("flush", () => backlog.flushed());

  let short = false;
  const handle = accept(
    {
      id: socket.id,
      address,
      way: conn.transport.name === "polling" ? "polling" : "websocket",
      send(name, body) {
        if (name === "welcome") {
          welcomed();
          short = speaksShort((body as Events["welcome"]).protocol);
        }
        if (name === "opened") backlog.replying(() => socket.emit(name, body));
        else socket.emit(name, body);
      },
      join: (room) => local.join(socket, room, short),
      leave: (room) => local.leave(socket, room),
      close() {
        socket.disconnect();
        hangUp();
      },
      drained: () => backlog.drained(),
    },
    socket.handshake.auth,
  );

  forgetRequest(socket);

  socket.on("disconnect", () => {
    backlog.stop();
    handle.closed();
    // Of a peer that only says goodbye, Socket.IO would take another hello.
    hangUp();
  });

  socket.onAny((name: unknown, ...args: unknown[]) => {
    const answer = args.at(-1);
    if (typeof answer === "function") {
      const body = args.length === 2 ? args[0] : undefined;
      handle.request(name, body, (reply) => backlog.replying(() => answer(reply)));
    } else if (args.length === 1) {
      handle.notice(name, args[0]);
    } else {
      handle.malformed();
    }
  });

  return handle;
}
