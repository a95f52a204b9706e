// Rooms with members that are not Socket.IO's: what a room is told reaches them as well, told here or on another node.
//
//   tell ──▶ Socket.IO's rooms, here and on the other nodes
//     ├────▶ members here
//     └────▶ the bus, if another node has said of late that it has members ──▶ members there
//
// Of the rest, each node's members hear from their own node. The bus is a hint. Who missed something hears of the head from their own node's heartbeat and asks for the ops. A node
// without such members says and hears nothing.

import { type Clock, type EventName, type Events, steadyMs } from "../../protocol/index.js";
import type { Bus } from "../cluster/bus.js";
import type { Rooms } from "../ports.js";

export interface Member {
  readonly id: string;
  send<K extends EventName>(name: K, body: Events[K]): void;
  /** Something may have happened; of one that reads for itself what it was. */
  look?(): void;
}

export interface MemberRooms extends Required<Rooms> {
  join(room: string, member: Member): void;
  leave(room: string, member: Member): void;
  close(): void;
}

/** On which nodes say which of their rooms have members. */
const WANTED = "members";
const SAID_EVERY_MS = 5000;
/** Who has not said so again by then has none any more, or is gone. */
const HOLDS_MS = 3 * SAID_EVERY_MS;
/** So many rooms go into one message. */
const AT_ONCE = 500;
const topicOf = (room: string) => `members.${room}`;

export function createMemberRooms(inner: Rooms, bus: Bus, clock: Clock): MemberRooms {
  const here = new Map<string, { readonly members: Set<Member>; readonly deafen: () => void }>();
  /** The rooms that other nodes have members in, and until when that is believed. */
  const elsewhere = new Map<string, number>();
  let cancel: (() => void) | undefined;

  const stopHearing = bus.hear(WANTED, (message) => {
    const until = steadyMs(clock) + HOLDS_MS;
    if (Array.isArray(message)) for (const room of message) elsewhere.set(String(room), until);
  });

  function toldHere<K extends EventName>(room: string, name: K, body: Events[K], except?: string): void {
    for (const member of here.get(room)?.members ?? []) if (member.id !== except) member.send(name, body);
  }

  function sayAll(): void {
    cancel = undefined;
    const now = steadyMs(clock);
    for (const [room, until] of elsewhere) if (until < now) elsewhere.delete(room);
    const rooms = [...here.keys()];
    for (let at = 0; at < rooms.length; at += AT_ONCE) bus.tell(WANTED, rooms.slice(at, at + AT_ONCE));
    if (rooms.length > 0) cancel = clock.after(SAID_EVERY_MS, sayAll);
  }

  return {
    tell(room, name, body, options) {
      inner.tell(room, name, body, options);
      toldHere(room, name, body, options?.except);
      if (options?.local !== true && name === "ops" && (elsewhere.get(room) ?? 0) > steadyMs(clock))
        bus.tell(topicOf(room), body);
    },

    look(room) {
      for (const member of here.get(room)?.members ?? []) member.look?.();
    },

    join(room, member) {
      const entry = here.get(room) ?? open(room);
      entry.members.add(member);
    },

    leave(room, member) {
      const entry = here.get(room);
      if (entry === undefined) return;
      entry.members.delete(member);
      if (entry.members.size > 0) return;
      entry.deafen();
      here.delete(room);
    },

    close() {
      cancel?.();
      stopHearing();
      for (const { deafen } of here.values()) deafen();
      here.clear();
    },
  };

  function open(room: string) {
    const deafen = bus.hear(topicOf(room), (message) => {
      const body = Object(message) as Partial<Events["ops"]>;
      if (typeof body.doc === "string" && Array.isArray(body.ops))
        toldHere(room, "ops", body as Events["ops"]);
    });
    const entry = { members: new Set<Member>(), deafen };
    here.set(room, entry);
    bus.tell(WANTED, [room]);
    cancel ??= clock.after(SAID_EVERY_MS, sayAll);
    return entry;
  }
}
