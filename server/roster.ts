// Who is in each room: one line per client id, with the palette colour of its user and the last presence it told.
//
// A client id may be held by two connections for a while, when one has died without a word and the other has already
// come back; the person comes when the first enters and goes when the last leaves. In a large room only those who came
// first are shown to the others; when one of them goes, whoever has waited longest is shown instead, so that what a
// room is told of its people grows with the room and not with its square. Plain data: no sockets, no clock.

import type { Person, PresenceUpdate, User } from "../protocol/index.js";

/** Colours in the palette; the pages say which. */
export const PALETTE = 12;

interface Entry {
  user: User;
  readonly color: number;
  presence: PresenceUpdate | null;
  /** The connections that hold this client id here. */
  readonly peers: Set<string>;
}

interface Room {
  readonly shown: Map<string, Entry>;
  readonly hidden: Map<string, Entry>;
}

export interface Roster {
  /** @returns the person, and whether the room is to be told that they came */
  enter(
    doc: string,
    peer: string,
    src: string,
    user: User,
  ): { readonly person: Person; readonly came: boolean };
  /** @returns whether the room is to be told that the person is gone, and who is shown instead */
  exit(doc: string, peer: string, src: string): { readonly gone: boolean; readonly instead?: Person };
  /** Keeps the presence for those who come later. @returns whether the room is to be told of it */
  note(doc: string, src: string, presence: PresenceUpdate): boolean;
  /** Those who are shown, and `src` in any case. */
  people(doc: string, src?: string): readonly Person[];
  has(doc: string, src: string): boolean;
  /** How many people are in the room. */
  size(doc: string): number;
  /** The documents that somebody has open. */
  readonly documents: ReadonlySet<string>;
}

/** @param most  how many are shown in one room */
export function createRoster(most = Number.POSITIVE_INFINITY): Roster {
  const rooms = new Map<string, Room>();
  const documents = new Set<string>();
  const find = ({ shown, hidden }: Room, src: string) => shown.get(src) ?? hidden.get(src);

  return {
    enter(doc, peer, src, user) {
      let room = rooms.get(doc);
      if (room === undefined) {
        room = { shown: new Map(), hidden: new Map() };
        rooms.set(doc, room);
        documents.add(doc);
      }
      const known = find(room, src);
      const entry = known ?? {
        user,
        color: freeColor(room.shown, user),
        presence: null,
        peers: new Set<string>(),
      };
      entry.user = user;
      // A connection that comes back may count its presence from the start again.
      if (!entry.peers.has(peer)) entry.presence = null;
      entry.peers.add(peer);
      if (known === undefined) (room.shown.size < most ? room.shown : room.hidden).set(src, entry);
      return { person: personOf(src, entry), came: known === undefined && room.shown.has(src) };
    },

    exit(doc, peer, src) {
      const room = rooms.get(doc);
      const entry = room && find(room, src);
      if (room === undefined || !entry?.peers.delete(peer) || entry.peers.size > 0) return { gone: false };
      room.hidden.delete(src);
      const gone = room.shown.delete(src);
      if (room.shown.size === 0 && room.hidden.size === 0) {
        rooms.delete(doc);
        documents.delete(doc);
      }
      const [next] = room.hidden;
      if (!gone || next === undefined) return { gone };
      room.hidden.delete(next[0]);
      room.shown.set(...next);
      return { gone, instead: personOf(...next) };
    },

    note(doc, src, presence) {
      const room = rooms.get(doc);
      const entry = room && find(room, src);
      if (entry === undefined || (entry.presence !== null && presence.n <= entry.presence.n)) return false;
      entry.presence = presence;
      return room!.shown.has(src);
    },

    people(doc, src) {
      const room = rooms.get(doc);
      if (room === undefined) return [];
      const people = [...room.shown].map((entry) => personOf(...entry));
      const own = src === undefined ? undefined : room.hidden.get(src);
      return own === undefined ? people : [...people, personOf(src!, own)];
    },

    has(doc, src) {
      const room = rooms.get(doc);
      return room !== undefined && find(room, src) !== undefined;
    },
    size(doc) {
      const room = rooms.get(doc);
      return room === undefined ? 0 : room.shown.size + room.hidden.size;
    },
    documents,
  };
}

const personOf = (src: string, { user, color, presence }: Entry): Person => ({ src, user, color, presence });

/** The user's own colour if they are shown already; else the lowest free one; else the one with fewest users. */
function freeColor(shown: ReadonlyMap<string, Entry>, user: User): number {
  const users = new Map([...shown.values()].map((entry) => [entry.user.id, entry.color]));
  const own = users.get(user.id);
  if (own !== undefined) return own;
  const taken = new Array<number>(PALETTE).fill(0);
  for (const color of users.values()) taken[color]!++;
  return taken.indexOf(Math.min(...taken));
}
