// One stock ShareDB client: its messages become requests of the gateway, and what the gateway tells becomes its messages.
// So it is authenticated, bounded, allowed, reviewed and counted as every other connection is, by the same code.
//
//   WebSocket ──ShareDB's messages──▶ here ──requests──▶ gateway        hs: hello and welcome
//             ◀──────────────────────      ◀──events────
//
// ShareDB's client rolls back whatever op meets an error. So what only needs another try is tried again (`asking.ts`), and if
// that is of no use the connection ends: the client keeps what it has not had acknowledged, and sends it again.

import {
  type Clock,
  type EventName,
  type Events,
  Fault,
  type FaultMessage,
  PROTOCOL_VERSION,
} from "../../protocol/index.js";
import type { Handle } from "../gateway.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Peer } from "../ports.js";
import { refusalOf } from "../refusal.js";
import { createTurns } from "../turns.js";
import { createAsk, isForNow } from "./asking.js";
import { createStockDocument } from "./document.js";
import { StockDocuments } from "./documents.js";
import { decodeMessage, greeting, refusal, type StockMessage } from "./messages.js";
import { clientOf, StockNames } from "./names.js";
import type { Member, MemberRooms } from "./rooms.js";

/** The WebSocket, as far as it is seen here. */
export interface Line {
  readonly id: string;
  readonly address: string;
  send(message: object, asked: boolean): void;
  /** Ends the connection after what was sent has been flushed, saying why. */
  end(why: FaultMessage["code"] | undefined): void;
  /** Resolves when little of what was sent still waits to be read; undefined: now. */
  drained(): Promise<void> | undefined;
  welcomed(): void;
}

export interface StockClientOptions {
  readonly line: Line;
  readonly token: string | undefined;
  readonly accept: (peer: Peer, hello: unknown) => Handle;
  readonly rooms: MemberRooms;
  readonly clock: Clock;
  readonly limits: ServerLimits;
  readonly log: Log;
}

export interface StockClient {
  heard(text: string): void;
  flooded(): void;
  closed(): void;
}

export function createStockClient(options: StockClientOptions): StockClient {
  const { line, token, accept, rooms, clock, limits, log } = options;
  const turns = createTurns();
  const names = new StockNames();
  let handle: Handle | undefined;
  let welcomed = () => {};
  const welcome = new Promise<void>((resolve) => {
    welcomed = resolve;
  });
  let waiting = 0;
  let why: FaultMessage | undefined;
  let draining = false;
  let ended = false;
  let cancelMove = () => {};

  const send = (message: object, asked = false) => {
    if (!ended) line.send(message, asked);
  };

  const member: Member = { id: line.id, send: told };
  const peer: Peer = {
    id: line.id,
    address: line.address,
    way: "sharedb",
    send: told,
    join: (room) => rooms.join(room, member),
    leave: (room) => rooms.leave(room, member),
    close: () => end(why?.code),
    drained: () => line.drained(),
    beginning: (doc) => beginnings.get(doc),
  };
  /** What documents begin with that are being made. */
  const beginnings = new Map<string, string>();

  const ask = createAsk({ clock, handle: () => handle!, draining: () => draining, ended: () => ended });
  const documents = new StockDocuments({
    ...{ clock, turns, most: limits.documentsPerConnection },
    create: (doc) =>
      createStockDocument({
        ...{ doc, clock, names, ask, send },
        make: (text) => make(doc, text),
        failed: (error) => fail(error, { a: "f", d: doc }),
      }),
    failed: (error) => fail(error, {}),
  });

  async function make(doc: string, text: string) {
    if (Buffer.byteLength(text) > limits.opBytes)
      throw new Fault("op_too_large", "The text is too large to begin with.");
    beginnings.set(doc, text);
    try {
      return await ask("open", { doc, type: "plain", create: true });
    } finally {
      beginnings.delete(doc);
    }
  }

  function told<K extends EventName>(name: K, body: Events[K]): void {
    if (ended) return;
    const event = { name, body } as { [N in EventName]: { name: N; body: Events[N] } }[EventName];
    switch (event.name) {
      case "welcome": {
        names.welcomed(event.body.client);
        line.welcomed();
        send(greeting(names.own!));
        welcomed();
        break;
      }
      case "ops":
        documents.get(event.body.doc)?.committed(event.body.ops, event.body.epoch);
        break;
      case "head":
        documents.get(event.body.doc)?.head(event.body.version, event.body.epoch);
        documents.watch();
        break;
      case "draining":
        // It has no way to move but to come again; what it has not had acknowledged, it sends again.
        draining = true;
        cancelMove = clock.after(event.body.returnAfterMs, () => end(undefined));
        break;
      case "fault": {
        const { doc, fault } = event.body;
        if (doc === undefined) why = fault;
        else documents.get(doc)?.lost(fault.code, fault.message);
        documents.watch();
        break;
      }
    }
  }

  function end(code: FaultMessage["code"] | undefined): void {
    if (ended) return;
    // After the handshake a client hears of its end from the WebSocket; before it, ShareDB's client asks to be told so.
    if (names.own === undefined && why !== undefined) send(refusal({ a: "hs" }, why));
    line.end(code);
    over();
  }

  function over(): void {
    ended = true;
    cancelMove();
    documents.stop();
  }

  /** Says what was wrong with a message; what should not happen is logged, and what should be tried later ends it. */
  function fail(error: unknown, raw: unknown): void {
    const fault = refusalOf(error, log, { connection: line.id });
    if (isForNow(fault)) end(fault.code);
    else send(refusal(raw, fault));
  }

  async function perform(message: Exclude<StockMessage, { a: "hs" | "pp" | "many" }>): Promise<void> {
    await welcome;
    const document = await documents.named(message.d);
    if (message.a === "op") await document.edit(message);
    else await document.read(message.a, message.v);
    documents.watch();
  }

  /** One at a time for each document, in the order they came. */
  function take(message: Exclude<StockMessage, { a: "hs" | "pp" | "many" }>, raw: unknown): void {
    if (waiting >= limits.inFlightPerConnection) {
      end("busy");
      return;
    }
    waiting++;
    turns
      .next(message.d, () => perform(message))
      .catch((error) => fail(error, raw))
      .finally(() => waiting--);
  }

  function greet(given: string | undefined): void {
    if (names.own !== undefined) send(greeting(names.own));
    if (handle !== undefined) return;
    const client = given === undefined ? undefined : clientOf(given);
    handle = accept(peer, {
      protocol: PROTOCOL_VERSION,
      ...(token === undefined ? {} : { token }),
      ...(client === undefined ? {} : { client }),
    });
    if (ended) handle.closed();
  }

  function serve(message: StockMessage, raw: unknown): void {
    switch (message.a) {
      case "hs":
        greet(message.id);
        break;
      case "pp":
        send({ a: "pp" });
        break;
      case "many":
        // ShareDB's client takes the answers one by one just as well.
        for (const { d, v } of message.documents) {
          const one = { a: message.of, d, v };
          take(one, { ...one, c: "documents" });
        }
        break;
      default:
        take(message, raw);
    }
  }

  return {
    heard(text) {
      if (ended) return;
      let raw: unknown;
      try {
        raw = parsed(text);
        const message = decodeMessage(raw, limits.documentsPerConnection);
        if (handle === undefined && message.a !== "hs")
          throw new Fault("message_malformed", "The first message is the handshake.");
        serve(message, raw);
      } catch (error) {
        fail(error, raw);
        if (handle === undefined) end(refusalOf(error, log, { connection: line.id }).code);
        else if (!(error instanceof Fault && error.code === "forbidden")) handle.malformed();
      }
    },
    flooded: () => (handle === undefined ? end("rate_limited") : handle.flooded()),
    closed() {
      over();
      handle?.closed();
    },
  };
}

/** @throws Fault `message_malformed` */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault("message_malformed", "A message is JSON.");
  }
}
