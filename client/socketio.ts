// Channels over Socket.IO: WebSocket first, long polling where that is not to be had. Nothing but carrying: its own
// reconnection is off, because when to come back, and as whom, is for the connection to say.
//
//   WebSocket ──open──▶ channel
//       │ refused, or nothing for WEBSOCKET_MS: some proxies never answer an upgrade
//       ▼
//   long polling ──open──▶ channel, which goes over to WebSocket as soon as that is to be had
//
// Where a poll has brought us through and no WebSocket would, the next channels begin with polling, for a while; not so
// where polls go astray between servers.
//
//   request   emit(name, body, answer)     the server calls `answer` once; what may come packed is unpacked (`packing.ts`)
//   notice    emit(name, body)             the latest of each document, as soon as the line takes it (`latest.ts`)
//   event     whatever the server emits; what is in the short form is read here

import { io, type Socket } from "socket.io-client";
import {
  type Answer,
  type Clock,
  type EventName,
  type Events,
  type FaultMessage,
  faults,
  leftMs,
  type Requests,
  type ShortHead,
  type ShortOps,
  ShortReader,
  systemClock,
} from "../protocol/index.js";
import { addressOf } from "./address.js";
import { Latest } from "./latest.js";
import { Packing } from "./packing.js";
import type { ChannelListener, Transport } from "./transport.js";

const events: readonly EventName[] = [
  "welcome",
  "opened",
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

/**
 * How long a WebSocket may take to open; beyond what the slowest networks need for its four round trips. And beyond the six
 * seconds that a browser with a virtual clock is commonly given to draw a page: while a WebSocket opens such a clock runs on
 * by itself, and while a poll is on its way it stands still, so that a page which went over to polling would never be drawn.
 */
const WEBSOCKET_MS = 6_500;
/** How long polling comes first where it was the only way. Networks change, and WebSocket costs less. */
const POLLING_FIRST_MS = 5 * 60_000;

type Way = readonly ("websocket" | "polling")[];
const webSocket: Way = ["websocket"];
const polling: Way = ["polling", "websocket"];

/**
 * @param url  of the server, as a page would name it; `/` is the one that the page came from. With a path, which ends in a
 *   slash, it is reached below that
 * @throws Error where no server can have this address
 */
export function socketTransport(url: string, clock: Clock = systemClock): Transport {
  const address = new URL(addressOf(url));
  const path = `${address.pathname}socket.io`;
  // Socket.IO takes a path in the address for one of its namespaces, of which no server of ours has others.
  address.pathname = "/";
  let pollingFirstSince = Number.NEGATIVE_INFINITY;

  return {
    open(hello, listener) {
      const packing = new Packing(hello.protocol, () => void socket.disconnect());
      const closed = once((reason, fault) => packing.next(() => listener.closed(reason, fault)));
      let socket: Socket;
      let stopTimer = () => {};
      // A volatile emit would lose what is said in the turn of another message, and over polls most of it.
      const latest = new Latest({
        ready: () => socket.connected && socket.io.engine.transport.writable,
        send: (name, body) => void socket.emit(name, body),
      });

      function lost(reason: string, fault: FaultMessage | undefined, details: unknown): void {
        const astray = fault === undefined ? strayed(details) : undefined;
        // Polling is no way here, and what was wrong with WebSocket once may be over.
        if (astray !== undefined) pollingFirstSince = Number.NEGATIVE_INFINITY;
        closed(reason, fault ?? astray);
      }

      function attempt(way: Way): void {
        stopTimer();
        const tried = io(address.href, {
          path,
          // Called when there is a way to the server, and what is to be opened is looked up then.
          auth: (say) => say(packing.saying(hello)),
          transports: [...way],
          reconnection: false,
          forceNew: true,
        });
        socket = tried;
        /** Goes on with polling, if that is another way. */
        const turnToPolling = () => {
          if (way === polling || tried.connected) return false;
          abandon(tried);
          attempt(polling);
          return true;
        };
        if (way === webSocket) stopTimer = clock.after(WEBSOCKET_MS, turnToPolling);
        const reader = new ShortReader();
        for (const name of events) {
          tried.on(name, (said: unknown) => {
            const body = Array.isArray(said) ? read(reader, name, said) : (said as Events[EventName]);
            if (body === undefined) return;
            if (name === "welcome") packing.welcomed(body as Events["welcome"]);
            if (name === "opened")
              packing.opened(body as Events["opened"], (opened) => listener.event(name, opened));
            else packing.next(() => listener.event(name, body as Events[typeof name]));
          });
        }
        tried.on("connect", () => {
          stopTimer();
          tried.io.engine.on("drain", () => latest.ready());
          if (way !== polling) return;
          pollingFirstSince = clock.now();
          tried.io.engine.once("upgrade", () => {
            pollingFirstSince = Number.NEGATIVE_INFINITY;
          });
        });
        tried.on("connect_error", (error) => {
          const fault = faultIn(error);
          if (fault === undefined && turnToPolling()) return;
          stopTimer();
          tried.disconnect();
          lost(error.message, fault, error);
        });
        tried.on("disconnect", (reason, details) => lost(reason, undefined, details));
      }

      attempt(leftMs(clock, pollingFirstSince, POLLING_FIRST_MS) > 0 ? polling : webSocket);
      return {
        request(name, body, answer) {
          if (name === "leave") latest.forget((body as Requests["leave"]["body"]).doc);
          socket.emit(name, packing.asking(name, body), (said: Answer<typeof name>) =>
            packing.answered(name, body, said, answer),
          );
        },
        notify: (name, body) => latest.tell(name, body),
        close: () => {
          stopTimer();
          packing.stop();
          socket.disconnect();
        },
      };
    },
  };
}

/** What was said in the short form; nothing, if something that it builds on is not known. */
function read(reader: ShortReader, name: EventName, said: readonly unknown[]): Events[EventName] | undefined {
  if (name === "ops") return reader.ops(said as unknown as ShortOps);
  if (name === "head") return reader.head(said as unknown as ShortHead);
  return undefined;
}

function abandon(socket: Socket): void {
  socket.off();
  socket.disconnect();
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

/** Engine.IO's answer to a poll with a session it does not know. */
const UNKNOWN_SESSION = /"code":\s*1\b/;

/** A poll that came to a server which does not know its session: nothing else says what is wrong with a balancer. */
function strayed(details: unknown): FaultMessage | undefined {
  const { description, context } = (details ?? {}) as {
    description?: unknown;
    context?: { readonly responseText?: unknown };
  };
  const text = context?.responseText;
  if (description !== 400 || typeof text !== "string" || !UNKNOWN_SESSION.test(text)) return undefined;
  return {
    code: "unavailable",
    message:
      "A poll came to a server that does not know its session: it has been started anew, or the balancer in front does not keep long polling with one server.",
  };
}
