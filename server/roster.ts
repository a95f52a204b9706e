// Who is in each room: one line per client id, with the palette colour of its user and the last presence it told.
//
// A client id may be held by two connections for a while, when one has died without a word and the other has already
// come back; the person comes when the first enters and goes when the last leaves. Plain data: no sockets, no clock.

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

export interface Roster {
  /** @returns the person, and whether nobody had that client id in this room before */
  enter(
    doc: string,
    peer: string,
    src: string,
    user: User,
  ): { readonly person: Person; readonly came: boolean };
  /** @returns whether the person is gone with this connection */
  exit(doc: string, peer: string, src: string): boolean;
  /** Keeps the presence for those who come later. @returns false for one that arrived late */
  note(doc: string, src: string, presence: PresenceUpdate): boolean;
  people(doc: string): readonly Person[];
  /** How many people are in the room. */
  size(doc: string): number;
  /** The documents that somebody has open. */
  readonly documents: ReadonlySet<string>;
}

export function createRoster(): Roster {
  const rooms = new Map<string, Map<string, Entry>>();
  const documents = new Set<string>();

  return {
    enter(doc, peer, src, user) {
      let room = rooms.get(doc);
      if (room === undefined) {
        room = new Map();
        rooms.set(doc, room);
        documents.add(doc);
      }
      const known = room.get(src);
      const entry = known ?? { user, color: freeColor(room, user), presence: null, peers: new Set<string>() };
      entry.user = user;
      // A connection that comes back may count its presence from the start again.
      if (!entry.peers.has(peer)) entry.presence = null;
      entry.peers.add(peer);
      room.set(src, entry);
      return { person: personOf(src, entry), came: known === undefined };
    },

    exit(doc, peer, src) {
      const room = rooms.get(doc);
      const entry = room?.get(src);
      if (room === undefined || entry === undefined || !entry.peers.delete(peer) || entry.peers.size > 0)
        return false;
      room.delete(src);
      if (room.size === 0) {
        rooms.delete(doc);
        documents.delete(doc);
      }
      return true;
    },

    note(doc, src, presence) {
      const entry = rooms.get(doc)?.get(src);
      if (entry === undefined || (entry.presence !== null && presence.n <= entry.presence.n)) return false;
      entry.presence = presence;
      return true;
    },

    people: (doc) => [...(rooms.get(doc) ?? [])].map(([src, entry]) => personOf(src, entry)),
    size: (doc) => rooms.get(doc)?.size ?? 0,
    documents,
  };
}

const personOf = (src: string, { user, color, presence }: Entry): Person => ({ src, user, color, presence });

/** The user's own colour if they are in the room already; else the lowest free one; else the one with fewest users. */
function freeColor(room: ReadonlyMap<string, Entry>, user: User): number {
  const users = new Map([...room.values()].map((entry) => [entry.user.id, entry.color]));
  const own = users.get(user.id);
  if (own !== undefined) return own;
  const taken = new Array<number>(PALETTE).fill(0);
  for (const color of users.values()) taken[color]!++;
  return taken.indexOf(Math.min(...taken));
}
