// In which documents one connection is: what is open on it, which rooms it hears, and where it is shown among the people.
//
//   out ──arrive──▶ arriving: hears the room ──enter──▶ in: open, and shown
//    ▲                 │ end                              │ left, deleted, not theirs any more
//    └─────────────────┴──────────────────────────────────┘
//
// It is in a room as long as the document is open or being opened. Which of both it is is looked at at each moment anew: while
// an opening waits, the document that it opens again may be closed, and one may end before it is entered. Who is gone arrives
// and enters nowhere any more.

import {
  type DocumentType,
  Fault,
  type Random,
  type Role,
  type User,
  type Version,
} from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";
import type { Peer } from "./ports.js";
import type { Roster } from "./roster.js";

/** A document that is open on a connection, and what was last told of it. */
export interface Opened {
  readonly type: DocumentType;
  /** Up to this version they have been answered; what came after it, their room was told. */
  answeredTo: Version;
  role: Role;
  /** What they must take themselves for, by the last refusal since they were told. */
  supposed: Role;
}

/** One who is about to enter, and hears the room already. */
export interface Arrival {
  /** Until the other nodes have had time to say who is there. */
  readonly known: Promise<void> | undefined;
  /**
   * From here on it is open.
   *
   * @throws Fault `room_full`, `document_deleted` if what was read has ended meanwhile; {@link Gone}
   */
  enter(opened: Opened, user: User): void;
  /** To be called in any case: who has not entered leaves again. */
  end(): void;
}

export interface Membership {
  get(doc: string): Opened | undefined;
  has(doc: string): boolean;
  /** What is open. */
  all(): [doc: string, opened: Opened][];
  /** @throws Fault `too_many_documents` */
  demandPlace(doc: string): void;
  /** @throws Gone */
  demandHere(): void;
  /** One at a time of each document. @throws Fault `room_full`; {@link Gone} */
  arrive(doc: string): Arrival;
  /** The document has been deleted, which made this version: nobody enters any more as it was up to it. */
  ends(doc: string, version: Version): void;
  /** @returns whether it was open */
  leave(doc: string): boolean;
  /** They are gone: nobody sees them any more. What is open stays so for what has arrived and waits for its turn. */
  leaveAll(): void;
}

export interface MembershipOptions {
  readonly peer: Peer;
  readonly src: string;
  readonly roster: Roster;
  readonly random: Random;
  readonly limits: Pick<ServerLimits, "documentsPerConnection" | "peoplePerDocument">;
  /** They are shown in it no more. */
  readonly left: (doc: string) => void;
}

/** Whoever asked is gone: there is nobody to be answered, and nothing went wrong. */
export class Gone extends Error {}

export const deleted = () => new Fault("document_deleted", "This document has been deleted.");

/** When somebody may have left a full room. */
const FULL_ROOM_MS = 15_000;

/**
 * The room of a document. Never as long as a socket's id, which is 20 characters: the adapter between nodes would take it
 * for one, and tell every node what only those with the document open are to hear. No document's name has a colon in it.
 */
export const roomOf = (doc: string) => (doc.length === 16 ? `doc::${doc}` : `doc:${doc}`);

export function createMembership({ peer, src, roster, random, limits, left }: MembershipOptions): Membership {
  const documents = new Map<string, Opened>();
  /** The documents that are being opened, and the last version of each that has ended meanwhile: 0 where none has. */
  const arriving = new Map<string, Version>();
  let gone = false;

  function demandHere(): void {
    if (gone) throw new Gone("The connection is gone.");
  }

  function demandRoom(doc: string): void {
    if (roster.has(doc, src) || roster.size(doc) < limits.peoplePerDocument) return;
    throw new Fault("room_full", "Too many people have this document open.", {
      retryAfterMs: FULL_ROOM_MS + Math.floor(random() * FULL_ROOM_MS),
      details: { peoplePerDocument: limits.peoplePerDocument },
    });
  }

  function leaveRoom(doc: string): void {
    if (gone || !(documents.has(doc) || arriving.has(doc))) peer.leave(roomOf(doc));
  }

  function depart(doc: string): void {
    left(doc);
    leaveRoom(doc);
    roster.exit(doc, peer.id, src);
  }

  return {
    get: (doc) => documents.get(doc),
    has: (doc) => documents.has(doc),
    all: () => [...documents],
    demandHere,

    demandPlace(doc) {
      if (documents.has(doc) || documents.size < limits.documentsPerConnection) return;
      throw new Fault("too_many_documents", "Too many documents are open on this connection.", {
        details: { documentsPerConnection: limits.documentsPerConnection },
      });
    },

    arrive(doc) {
      demandHere();
      demandRoom(doc);
      arriving.set(doc, 0);
      peer.join(roomOf(doc));
      const { known, done } = roster.expect(doc);
      return {
        known,
        enter(opened, user) {
          demandHere();
          if (opened.answeredTo <= arriving.get(doc)!) throw deleted();
          demandRoom(doc);
          documents.set(doc, opened);
          roster.enter(doc, peer.id, src, user);
        },
        end() {
          arriving.delete(doc);
          leaveRoom(doc);
          done();
        },
      };
    },

    ends(doc, version) {
      const before = arriving.get(doc);
      if (before !== undefined) arriving.set(doc, Math.max(before, version));
    },

    leave(doc) {
      if (!documents.delete(doc)) return false;
      depart(doc);
      return true;
    },

    leaveAll() {
      gone = true;
      for (const doc of documents.keys()) depart(doc);
      for (const doc of arriving.keys()) leaveRoom(doc);
    },
  };
}
