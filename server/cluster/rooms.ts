// Socket.IO's rooms across nodes: the sharded adapter, dynamic, so that a node hears of a room only while somebody here
// is in it. The adapter is given channels in the place of clients of Redis, and two of its ways are changed:
//
// - Who is in a room on this node is told at once, whatever Redis does; the adapter would first wait for Redis. What a room is
//   told, here or on another node, the adapter hands out as the event `TOLD`: in which form people are told is decided there.
// - From other nodes only this is taken: an event of the protocol for one room. The adapter also takes orders to join,
//   leave, disconnect or list sockets, which no node of ours gives.

import { createShardedAdapter } from "@socket.io/redis-adapter";
import type { ServerOptions as SocketOptions } from "socket.io";
import type { EventName } from "../../protocol/index.js";
import type { Log } from "../log.js";
import type { Telling } from "../sockets-rooms.js";
import type { Channels } from "./channels.js";

type Factory = NonNullable<SocketOptions["adapter"]>;

interface Told {
  readonly rooms: ReadonlySet<string>;
  readonly except?: ReadonlySet<string>;
  readonly flags?: { readonly local?: boolean };
}

/** What is used of the adapter besides its types. */
interface Open {
  /** Names this node in what it says; it hears that itself, too. */
  readonly uid: string;
  broadcast(packet: Packet, told: Told): Promise<void>;
  publish(message: object): void;
  encode(message: object): string;
  onRawMessage(frame: Buffer): void;
  emit(event: typeof TOLD, room: string, name: string, body: unknown, telling: Telling): boolean;
}

interface Packet {
  readonly data: readonly [name: string, body: Readonly<Record<string, unknown>>];
}

/** The adapter's event when people on this node are to be told something, with the room, name and body of it. */
export const TOLD = "told";

/** The adapter's number for a broadcast, and Socket.IO's for an event. */
const BROADCAST = 3;
const EVENT = 2;

/** What whole rooms are told. */
const told: readonly EventName[] = ["ops", "head", "joined", "left", "presence", "fault"];

/** @param heard  is told when ops that another node has committed come, and when the last of them was committed there */
export function createRooms(
  channels: Channels,
  log: Log,
  heard: (committedAt: number) => void = () => {},
): Factory {
  /** Something was said that is not known here, as between two versions. */
  let strange = false;
  const failed = (error: unknown) => log.error({ err: error }, "A room could not be told.");

  const publisher = {
    sSubscribe() {},
    async sPublish(channel: string, message: string) {
      channels.publish(channel, Buffer.from(message));
    },
  };
  const leave = new Map<string, () => void>();
  const subscriber = {
    async sSubscribe(channel: string, heard: (frame: Buffer, channel: string) => void) {
      leave.get(channel)?.();
      leave.set(
        channel,
        channels.subscribe(channel, (payload) => heard(payload, channel)),
      );
    },
    async sUnsubscribe(channel: string) {
      leave.get(channel)?.();
      leave.delete(channel);
    },
  };
  const sharded = createShardedAdapter(publisher, subscriber, {
    channelPrefix: "rooms",
    subscriptionMode: "dynamic",
  });

  function spanning(namespace: unknown) {
    const adapter = sharded(namespace);
    const open = adapter as unknown as Open;
    const broadcast = open.broadcast.bind(adapter);
    open.broadcast = async (packet, { rooms, except = new Set(), flags = {} }) => {
      // Told here alone, it is done when the call returns.
      if (flags.local === true) return broadcast(packet, { rooms, except, flags }).catch(failed);
      const opts = { rooms: [...rooms], except: [...except], flags };
      tellHere({ data: { packet, opts } });
      try {
        open.publish({ type: BROADCAST, data: { packet, opts } });
      } catch (error) {
        failed(error);
      }
    };
    function tellHere({ data: { packet, opts } }: Message): void {
      const [name, body] = packet.data;
      for (const room of opts.rooms) open.emit(TOLD, room, name, body, { except: opts.except });
    }
    // All that rooms are told is JSON; the adapter would look for bytes in the whole of it each time.
    open.encode = (message) => JSON.stringify(message);
    open.onRawMessage = (frame) => {
      const message = decode(frame);
      if (message !== undefined) {
        if (message.uid === open.uid) return;
        const committedAt = timeOf(message);
        if (committedAt !== undefined) heard(committedAt);
        tellHere(message);
      } else if (!strange) {
        strange = true;
        log.warn({ bytes: frame.length }, "Another node says what this one does not know; said once.");
      }
    };
    return adapter;
  }
  return spanning as unknown as Factory;
}

interface Message {
  readonly uid?: unknown;
  readonly data: {
    readonly packet: Packet;
    readonly opts: { readonly rooms: readonly string[]; readonly except: readonly string[] };
  };
}

/** When the last of the ops in a message was committed. */
function timeOf({ data }: Message): number | undefined {
  const { ops } = data.packet.data[1];
  const last: unknown = Array.isArray(ops) ? ops.at(-1) : undefined;
  return isRecord(last) && typeof last.time === "number" ? last.time : undefined;
}

/** An event of the protocol for one room, or nothing. */
function decode(frame: Buffer): Message | undefined {
  let message: unknown;
  try {
    message = JSON.parse(frame.toString());
  } catch {
    return undefined;
  }
  if (!isRecord(message) || !isRecord(message.data)) return undefined;
  const { packet, opts, ...others } = message.data;
  if (message.type !== BROADCAST || Object.keys(others).length > 0) return undefined;
  if (!isRecord(packet) || packet.type !== EVENT || packet.id !== undefined) return undefined;
  const { data } = packet;
  if (!Array.isArray(data) || data.length !== 2 || !told.includes(data[0]) || !isRecord(data[1]))
    return undefined;
  if (!isRecord(opts) || !isRecord(opts.flags)) return undefined;
  return isNames(opts.rooms) && opts.rooms.length === 1 && isNames(opts.except)
    ? (message as unknown as Message)
    : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((name) => typeof name === "string");
