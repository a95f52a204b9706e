// The messages: what a client asks and tells, what a server answers and tells. PROTOCOL.md says the same in prose.
//
// A version counts committed ops. An op made against version 7 makes version 8, and is called version 8's op.
// Ops are opaque here: the document's type checks them at the gateway.

import type { Role } from "./roles.js";

/** How many ops a document has had committed. */
export type Version = number;
/**
 * Names one life of a document. Versions of two lives have nothing to do with each other: a document that was made anew
 * after a deletion, restored from a backup or redacted begins another.
 */
export type Epoch = string;
/** Ten minutes: whoever waited longer says so much. */
export const MOST_WAITED_MS = 600_000;
export type DocumentType = "rich" | "plain";
export type Op = readonly unknown[];

/** An op with its place in history. `src` and `seq` name it for ever; `author` is a user id. */
export interface Committed {
  /** The version this op made. */
  readonly version: Version;
  readonly src: string;
  readonly seq: number;
  readonly op: Op;
  readonly author: string;
  /** When it was committed, in milliseconds since the Unix epoch, by the server's clock. */
  readonly time: number;
}

/** A committed op as a room is told it; the short form (`short.ts`) does not say when it was committed. */
export type ToldOp = Omit<Committed, "time"> & { readonly time?: number };

/** A client id, and the proof that a server gave it to this user. */
export interface ClientName {
  readonly id: string;
  readonly ticket: string;
}

/** What a connection says of itself first (Socket.IO's `auth`). */
export interface Hello {
  readonly protocol: number;
  readonly token?: string;
  /** A display name; believed only where the server lets anybody in. */
  readonly name?: string;
  /** The client id of an earlier connection and the proof that it was given to this user. */
  readonly client?: ClientName;
  /** At most {@link MOST_OPENS} documents to open at once: each is answered by `opened`. From version 5 on. */
  readonly opens?: readonly Requests["open"]["body"][] | undefined;
}

/** A page with more of them asks for the others when it is welcomed. */
export const MOST_OPENS = 16;

export interface User {
  readonly id: string;
  readonly name: string;
}

export interface Limits {
  /** The longest op as JSON, in UTF-8 bytes. */
  readonly opBytes: number;
  readonly opComponents: number;
  /** The longest document, in atoms. */
  readonly documentAtoms: number;
  readonly documentsPerConnection: number;
}

/** The server's first event on every connection. */
export interface Welcome {
  readonly protocol: number;
  readonly client: ClientName;
  readonly user: User;
  readonly limits: Limits;
  /** How long the token still holds; absent if it has no end. A duration, because clocks differ. */
  readonly tokenExpiresInMs?: number;
  /** The server takes `waitedMs` in `submit`; servers before that addition would refuse it, and do not say this. */
  readonly measures?: true;
  /** The server takes `packedOps` in `open` and `ops`; servers before that addition would refuse it, and do not say this. */
  readonly packsOps?: true;
}

export const activities = ["active", "typing", "idle", "away"] as const;
export type Activity = (typeof activities)[number];

/** Where somebody is. Positions are in atoms of the document at `version`, followed by the sender's own ops up to `seq`. */
export interface PresenceUpdate {
  /** Counts up per sender and document; an older one that arrives late is dropped. */
  readonly n: number;
  readonly version: Version;
  readonly seq: number;
  readonly selection: { readonly anchor: number; readonly head: number } | null;
  readonly activity: Activity;
}

export interface Person {
  readonly src: string;
  readonly user: User;
  /** Index into the palette; one user has one colour in a room. */
  readonly color: number;
  readonly presence: PresenceUpdate | null;
}

/** Requests and their replies. Each is answered once, by its reply or by a fault. */
export interface Requests {
  /** Joins the room; `since`, a version of the life `epoch`, asks for the ops after it instead of a snapshot. */
  open: {
    body: {
      readonly doc: string;
      readonly type: DocumentType;
      readonly create: boolean;
      readonly since?: Version;
      readonly epoch?: Epoch;
      /** Whether the document may come packed. */
      readonly packed?: boolean;
      /**
       * Whether the ops may come packed; with `packed`, without `since`: whether a packed document may be an older one, with the ops
       * after it. Only to a server that {@link Welcome.packsOps}.
       */
      readonly packedOps?: boolean;
    };
    reply: OpenReply;
  };
  submit: {
    body: {
      readonly doc: string;
      readonly version: Version;
      readonly seq: number;
      readonly op: Op;
      /** In whose name, if it is not the connection's: the client that was here before, and left this op unsent. */
      readonly client?: ClientName;
      /**
       * How long the last op that was acknowledged before had taken, from the oldest edit in it, in milliseconds: at most
       * {@link MOST_WAITED_MS}. Only to a server that {@link Welcome.measures}.
       */
      readonly waitedMs?: number;
    };
    /** The version the op made, now or when it was first sent. It is durable. */
    reply: { readonly version: Version };
  };
  /** The ops after `since`, oldest first, at most a page of them. */
  ops: {
    body: { readonly doc: string; readonly since: Version; readonly packedOps?: boolean };
    reply: { readonly ops: readonly Committed[]; readonly packedOps?: Uint8Array; readonly head: Version };
  };
  leave: { body: { readonly doc: string }; reply: Record<string, never> };
  /** A fresher token of the same user, in place of the one that the connection came with. */
  refresh: { body: { readonly token: string }; reply: { readonly tokenExpiresInMs?: number } };
}

/** The requests that are about one document. */
export type DocumentRequestName = Exclude<RequestName, "refresh">;

export interface OpenReply {
  readonly epoch: Epoch;
  readonly head: Version;
  readonly writable: boolean;
  /** What the user is to the document; servers before that addition do not say. */
  readonly role?: Role;
  readonly people: readonly Person[];
  /** Without `since`: the document at `head`, in wire form. */
  readonly snapshot?: unknown;
  /**
   * In the place of `snapshot`, for who can unpack it, if that saves much: its JSON, gzipped. With `ops`, it is the document that they
   * follow on, and what they make of it is the one at `head`.
   */
  readonly packed?: Uint8Array;
  /** With `since`: what came after it, at most a page; ask for the rest with `ops`. With `packed`: all that came after that. */
  readonly ops?: readonly Committed[];
  /** In the place of `ops`, which is then empty, for who can unpack them, if that saves much: as `ot/history`, gzipped. */
  readonly packedOps?: Uint8Array;
}

/** What a client tells without waiting for an answer. */
export interface Notices {
  presence: { readonly doc: string } & PresenceUpdate;
}

/** What a server tells. */
export interface Events {
  welcome: Welcome;
  /** The answer to an `open` that was said in the hello. */
  opened: { readonly doc: string } & Answer<"open">;
  /** Ops of one life of the document; which one, servers before that addition do not say. */
  ops: { readonly doc: string; readonly epoch?: Epoch; readonly ops: readonly ToldOp[] };
  /** The document's head; whoever is behind asks for ops, whoever is in another life of it opens it anew. */
  head: { readonly doc: string; readonly epoch: Epoch; readonly version: Version };
  joined: { readonly doc: string; readonly person: Person };
  left: { readonly doc: string; readonly src: string };
  presence: { readonly doc: string; readonly src: string } & PresenceUpdate;
  /** What one may do to a document that is open has changed. */
  access: { readonly doc: string; readonly writable: boolean; readonly role?: Role };
  /** The connection, or one document on it, is refused from here on. */
  fault: { readonly doc?: string; readonly fault: import("./faults.js").FaultMessage };
  /** The operator tells everybody something, for so long or until it is taken back; null: it is taken back. */
  announcement: { readonly id: string; readonly text: string | null; readonly endsInMs?: number };
  /** The server is about to stop; come back after so long. */
  draining: { readonly returnAfterMs: number };
}

export type RequestName = keyof Requests;
export type NoticeName = keyof Notices;
export type EventName = keyof Events;
export type Answer<K extends RequestName> =
  | { readonly ok: Requests[K]["reply"] }
  | { readonly fault: import("./faults.js").FaultMessage };
