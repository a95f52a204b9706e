// Who is in each document, on all nodes: each node owns the people connected to it, tells the others of them, and tells its
// own connections of everybody. Nothing of it is stored, and nothing waits for it.
//
//   connections ──enter, exit, note──▶ own people ──▶ news ─┐                ┌─▶ the other nodes
//        ▲                                │                 ├── bus, a topic ┤
//        └── joined, left, presence ◀── room ◀── heard ─────┘  per document  └── the other nodes
//
// A client id may be held by two connections for a while, when one has died without a word and the other has already
// come back; the person comes when the first enters and goes when the last leaves, whichever nodes they are on. A
// document's topic is heard while somebody has it open here. Without the bus there is the rest of it.

import type { Clock, Events, Person, PresenceUpdate, Random, User } from "../protocol/index.js";
import { type Bus, soloBus } from "./cluster/bus.js";
import { MOST, type Told, topicOf } from "./cluster/people-messages.js";
import { Nodes } from "./cluster/people-nodes.js";
import { meetOthers, type Others } from "./cluster/people-others.js";
import { Room } from "./cluster/people-room.js";
import type { ServerLimits } from "./limits.js";

export interface Roster {
  /**
   * Somebody is about to enter: from here on the others are heard. `known` resolves when they have had time to answer who
   * is there; `done` is to be called when whoever it is has entered, or does not.
   */
  expect(doc: string): { readonly known: Promise<void> | undefined; done(): void };
  /** The others are told that they came, if they did. */
  enter(doc: string, peer: string, src: string, user: User): void;
  /** The others are told that they are gone, if they are. */
  exit(doc: string, peer: string, src: string): void;
  /** Tells the others where somebody is, and keeps it for those who come later. */
  note(doc: string, peer: string, src: string, presence: PresenceUpdate): void;
  /** Those who are shown, and `src` in any case. */
  people(doc: string, src?: string): readonly Person[];
  has(doc: string, src: string): boolean;
  /** How many people are in the document, as far as known. */
  size(doc: string): number;
  /** The documents that somebody has open here. */
  readonly documents: ReadonlySet<string>;
  stop(): void;
}

type Name = "joined" | "left" | "presence";

export interface RosterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly bus?: Bus;
  readonly limits: Pick<ServerLimits, "peopleShown" | "nodeAliveMs" | "nodeSilentMs">;
  /** Tells those who have the document open here, but for the connection `except`. */
  readonly tell: <K extends Name>(doc: string, name: K, body: Events[K], except?: string) => void;
}

/** Over how long questions are spread after a time in which messages may have been missed. */
const GAP_MS = 500;

interface Own {
  told: Told;
  /** The connections that hold this client id here. */
  readonly peers: Set<string>;
}

interface Document {
  readonly own: Map<string, Own>;
  readonly room: Room;
  /** Absent, where there are no other nodes. */
  readonly others: Others | undefined;
  /** How many are about to enter. */
  expected: number;
}

export function createRoster({ clock, random, bus = soloBus("alone"), tell, limits }: RosterOptions): Roster {
  const most = limits.peopleShown;
  const { node } = bus;
  const open = new Map<string, Document>();
  const documents = new Set<string>();
  /** What is still told of documents that were closed a moment ago, by topic. */
  const farewells = new Map<string, () => void>();
  const nodes = new Nodes({
    bus,
    clock,
    aliveMs: limits.nodeAliveMs,
    silentMs: limits.nodeSilentMs,
    silent(silent) {
      for (const [doc, { others }] of open) {
        others?.hearing.forget(silent);
        settle(doc);
      }
    },
    beat(slept) {
      for (const [doc, { others }] of open) {
        others?.hearing.tidy(slept);
        settle(doc);
      }
    },
  });
  let last = 0;
  let seq = 0;

  /** A moment after all that are known here: whoever comes now has come after them, whatever the others' clocks say. */
  function moment(): number {
    last = Math.min(Math.max(last + 1, Math.floor(clock.now())), MOST);
    return last;
  }

  function documentOf(doc: string): Document {
    const known = open.get(doc);
    if (known !== undefined) return known;
    const own: Document["own"] = new Map();
    const room = new Room(clock, most, {
      joined: (person, except) => tell(doc, "joined", { doc, person }, except),
      left: (src, except) => tell(doc, "left", { doc, src }, except),
      presence: (src, presence, except) => tell(doc, "presence", { doc, src, ...presence }, except),
      // Nobody was told where they were while they waited.
      shown(src) {
        const mine = own.get(src);
        if (mine !== undefined) document.others?.telling.put(mine.told);
      },
    });
    const document: Document = {
      own,
      room,
      others: bus.alone === true ? undefined : meet(doc, room),
      expected: 0,
    };
    open.set(doc, document);
    if (document.others !== undefined) nodes.start();
    return document;
  }

  function meet(doc: string, room: Room): Others {
    const topic = topicOf(doc);
    farewells.get(topic)?.();
    farewells.delete(topic);
    return meetOthers({
      ...{ clock, bus, topic, room, most },
      next: () => ++seq,
      heard(from) {
        nodes.heard(from);
        settle(doc);
      },
      told({ since, at }) {
        last = Math.max(last, since, at);
      },
    });
  }

  /** Ends it. What the others still have to be told is told in the moments that come. */
  function part(doc: string, { others, room }: Document): void {
    if (others === undefined) return;
    const topic = topicOf(doc);
    const end = others.stop(() => farewells.delete(topic));
    if (end !== undefined) farewells.set(topic, end);
    room.stop();
  }

  /** Two users may have been given one colour at one moment. */
  function settle(doc: string): void {
    const document = open.get(doc);
    if (document === undefined) return;
    for (const { src, slot } of document.room.settle(node)) {
      const own = document.own.get(src)!;
      own.told = { ...own.told, slot };
      document.room.put(node, own.told);
      document.others?.telling.put(own.told);
    }
  }

  function closeIfEmpty(doc: string, document: Document): void {
    if (document.own.size === 0) documents.delete(doc);
    if (document.own.size > 0 || document.expected > 0) return;
    part(doc, document);
    open.delete(doc);
    if (open.size === 0) nodes.stop();
  }

  const stopGaps = bus.onGap(() => {
    for (const { others } of open.values()) {
      if (others !== undefined) clock.after(random() * GAP_MS, () => others.hearing.ask());
    }
  });

  return {
    documents,

    expect(doc) {
      const document = documentOf(doc);
      document.expected++;
      return {
        known: document.others?.known,
        done() {
          document.expected--;
          if (open.get(doc) === document) closeIfEmpty(doc, document);
        },
      };
    },

    enter(doc, peer, src, user) {
      const document = documentOf(doc);
      const { own, room, others } = document;
      documents.add(doc);
      const mine = own.get(src);
      const there = room.find(src);
      if (mine?.peers.has(peer) && mine.told.user.name === user.name) return;
      const at = moment();
      const slot = mine?.told.slot ?? (there?.user.id === user.id ? there.slot : room.slotFor(user.id));
      // A connection that comes back may count its presence from the start again.
      const presence = mine?.peers.has(peer) ? mine.told.presence : null;
      const told = { src, user, since: mine?.told.since ?? there?.since ?? at, at, slot, presence };
      own.set(src, { told, peers: (mine?.peers ?? new Set()).add(peer) });
      room.put(node, told, peer);
      others?.telling.put(told);
      settle(doc);
    },

    exit(doc, peer, src) {
      const document = open.get(doc);
      const mine = document?.own.get(src);
      if (document === undefined || !mine?.peers.delete(peer) || mine.peers.size > 0) return;
      document.own.delete(src);
      document.room.drop(node, src, false, peer);
      document.others?.telling.drop(src);
      settle(doc);
      closeIfEmpty(doc, document);
    },

    note(doc, peer, src, presence) {
      const document = open.get(doc);
      const mine = document?.own.get(src);
      if (document === undefined || mine === undefined) return;
      if (mine.told.presence !== null && presence.n <= mine.told.presence.n) return;
      mine.told = { ...mine.told, presence };
      document.room.move(node, src, presence, peer);
      document.others?.telling.move(src, presence, document.room.shows(src));
    },

    people: (doc, src) => open.get(doc)?.room.people(src) ?? [],
    has: (doc, src) => open.get(doc)?.room.find(src) !== undefined,
    size(doc) {
      const document = open.get(doc);
      return document === undefined ? 0 : document.own.size + (document.others?.hearing.count ?? 0);
    },

    stop() {
      stopGaps();
      for (const [doc, document] of open) part(doc, document);
      open.clear();
      documents.clear();
      for (const end of farewells.values()) end();
      farewells.clear();
      nodes.stop();
    },
  };
}
