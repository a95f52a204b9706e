// Channels over Socket.IO: WebSocket first, long polling where that is not to be had. Nothing but carrying: its own
// reconnection is off, because when to come back, and as whom, is for the connection to say.
//
//   request   emit(name, body, answer)     the server calls `answer` once
//   notice    volatile emit(name, body)    dropped instead of queued while the socket is not ready
//   event     whatever the server emits

import { io } from "socket.io-client";
import { type EventName, type FaultMessage, faults } from "../protocol/index.js";
import type { ChannelListener, Transport } from "./transport.js";

const events: readonly EventName[] = [
  "welcome",
  "ops",
  "head",
  "joined",
  "left",
  "presence",
  "access",
  "fault",
  "announcement",
  "draining",
];

/** @param url  of the server, as a page would name it; a path in it is kept out of the way of the socket */
export function socketTransport(url: string): Transport {
  return {
    open(hello, listener) {
      const socket = io(url, {
        auth: { ...hello },
        transports: ["websocket", "polling"],
        // Without it, a proxy that lets no WebSocket through would never be asked for polling.
        tryAllTransports: true,
        reconnection: false,
        forceNew: true,
      });
      const closed = once(listener.closed);
      for (const name of events) socket.on(name, (body) => listener.event(name, body));
      socket.on("connect_error", (error) => {
        socket.disconnect();
        closed(error.message, faultIn(error));
      });
      socket.on("disconnect", (reason) => closed(reason));
      return {
        request: (name, body, answer) => void socket.emit(name, body, answer),
        notify: (name, body) => void socket.volatile.emit(name, body),
        close: () => void socket.disconnect(),
      };
    },
  };
}

function once(closed: ChannelListener["closed"]): ChannelListener["closed"] {
  let told = false;
  return (reason, fault) => {
    if (told) return;
    told = true;
    closed(reason, fault);
  };
}

/** The fault that a server refused the connection with, if it said one. */
function faultIn(error: Error): FaultMessage | undefined {
  const data: unknown = "data" in error ? error.data : undefined;
  if (typeof data !== "object" || data === null || !("code" in data) || !("message" in data))
    return undefined;
  const { code, message } = data;
  if (typeof code !== "string" || typeof message !== "string" || !Object.hasOwn(faults, code))
    return undefined;
  return data as FaultMessage;
}
