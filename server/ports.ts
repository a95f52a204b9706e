// What the server's parts ask of each other. The gateway knows people only as peers and documents only through the
// ledger; Socket.IO (`sockets.ts`) and ShareDB (`ledger/`) stand behind these, and so can a simulation.

import type {
  Committed,
  DocumentType,
  Epoch,
  EventName,
  Events,
  Op,
  User,
  Version,
} from "../protocol/index.js";
import type { Way } from "./meter.js";

/** One live connection, as the gateway sees it. */
export interface Peer {
  /** Unique among live connections. */
  readonly id: string;
  /** Where it comes from, as far as that is believed. Absent: nowhere that could be counted. */
  readonly address?: string;
  /** How it comes in. Absent: in a way of its own. */
  readonly way?: Way;
  /** `opened` is an answer, and whoever is told it has asked for all that is in it. */
  send<K extends EventName>(name: K, body: Events[K]): void;
  join(room: string): void;
  leave(room: string): void;
  /** Ends the connection after what was sent has been flushed. */
  close(): void;
  /** Resolves when little of what was sent still waits for the peer to read it. Absent: that is always so. */
  drained?(): Promise<void> | undefined;
  /** What a document begins with, in wire form, that is made because this peer opens it. Absent: it begins empty. */
  beginning?(doc: string): unknown;
}

/**
 * Tells everybody in a room, here and on other nodes; `local`: here only. What is `volatile` is not told to slow readers,
 * who are told how it stands when they have caught up (`Handle.caughtUp`); everybody else is told all of it.
 */
export interface Rooms {
  tell<K extends EventName>(
    room: string,
    name: K,
    body: Events[K],
    options?: { volatile?: boolean; local?: boolean; except?: string },
  ): void;
  /** Has those look who are in a room here and read for themselves what has happened. Absent: there are none. */
  look?(room: string): void;
}

export interface DocumentHead {
  readonly type: DocumentType;
  readonly epoch: Epoch;
  readonly version: Version;
}

export interface Submission {
  readonly version: Version;
  readonly src: string;
  readonly seq: number;
  /** Checked: canonical for the document's type. */
  readonly op: readonly unknown[];
  readonly author: string;
  /** The head must still be this version when the op is committed, or it is refused with `stale`. */
  readonly ifVersion?: Version;
  /** The document must be in this life when the op is committed, or it is refused with `epoch_changed`. */
  readonly ifEpoch?: Epoch;
  /** What was asked for, where the same may come as another op when it is asked again. Default: the op. */
  readonly asked?: unknown;
  /** When it came, by the meter's clock. Absent: now. */
  readonly since?: number;
  /** Is told each time that the op is applied how much of the document that makes anew, in UTF-16 units as JSON. */
  readonly made?: (units: number) => void;
}

export interface DocumentSummary {
  readonly id: string;
  readonly type: DocumentType;
  readonly version: Version;
  readonly title: string;
  /** The author of its creation; absent: nobody knows. */
  readonly owner?: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * The documents and their history, as the gateway sees them: submissions go in, versions come out. A promise that
 * resolves means durable. Ops of one document are committed one at a time, in the order they were submitted here.
 * All of it throws {@link Fault}s only.
 */
export interface Ledger {
  head(doc: string): Promise<DocumentHead | undefined>;
  /** Of those of the documents that exist. */
  heads(docs: readonly string[]): Promise<ReadonlyMap<string, Pick<DocumentHead, "epoch" | "version">>>;
  /** The document at its head: `snapshot` is an immutable value with `toJSON()`. */
  read(
    doc: string,
  ): Promise<
    (DocumentHead & { readonly snapshot: { readonly length: number; toJSON(): unknown } }) | undefined
  >;
  /** Creates the document at version 1. @throws Fault `busy` if somebody else just did */
  create(
    doc: string,
    type: DocumentType,
    wire: unknown,
    author: string,
    name?: Required<Pick<Submission, "src" | "seq" | "asked">>,
  ): Promise<DocumentHead>;
  /**
   * The ops after `since`, oldest first, without holes, at most `limit`; fewer where they are large, but at least one if
   * there is any. @throws Fault `version_unknown` | `version_ahead`
   */
  ops(doc: string, since: Version, limit: number): Promise<readonly Committed[]>;
  /**
   * The ops after `since` as {@link ops} gives them, at most `most`, in one run of `interline/ot/history`; `to` is the version
   * of the last. Undefined: there are none, or they are to be had by {@link ops} only. Absent: all are.
   */
  run?(
    doc: string,
    since: Version,
    most: number,
  ): Promise<{ readonly to: Version; readonly bytes: Uint8Array } | undefined>;
  /**
   * Transforms past what the submitter missed and commits. The same `(src, seq)` with the same op is answered with
   * the version it made the first time; with another op it is a fault `seq_reused`.
   */
  submit(doc: string, submission: Submission): Promise<Version>;
  /**
   * Deletes the document: it can be made anew, in another life. Its history stays in the store until it is redacted.
   *
   * @param only  what the head must be, or it is not deleted
   * @returns the version of the deletion. @throws Fault `forbidden` if there is no such document; `stale` | `epoch_changed`
   */
  delete(doc: string, author: string, only?: Pick<Submission, "ifVersion" | "ifEpoch">): Promise<Version>;
  /** As `documents.list`: a page with a cursor is not the last, however few it has. */
  list(query: {
    search?: string;
    owner?: string;
    cursor?: string;
    limit: number;
    may?: (id: string) => boolean | Promise<boolean>;
  }): Promise<{ documents: DocumentSummary[]; cursor?: string }>;
  close(): Promise<void>;
}

/** What is kept beside ops, as `storage/records.ts` says; of a document where `document` is not empty. */
export interface Kept {
  readonly kind: string;
  readonly document: string;
  readonly key: string;
  /** JSON. */
  readonly value: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** What must be so for something to be kept or deleted: what is there instead (null: nothing), and in which life. */
export interface KeptCondition {
  readonly instead?: string | null;
  readonly epoch?: Epoch;
}

/** Where a document stands by its last change. */
export interface Change {
  readonly id: string;
  /** Null: deleted. */
  readonly type: string | null;
  readonly epoch: Epoch;
  readonly version: Version;
  readonly place: { readonly time: number; readonly key: number };
}

/** What a store holds beside ops, and what it knows of the lives and changes of documents. Throws {@link Fault}s only. */
export interface Beside {
  /** Whether other nodes use it too. */
  readonly shared: boolean;
  record(name: Omit<Kept, "value" | "time">): Promise<Kept | undefined>;
  /** In the order of their keys, after one of them. */
  records(query: {
    readonly kind: string;
    readonly document: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly Kept[]>;
  /** @returns whether what must be so was so */
  put(row: Kept, condition?: KeptCondition): Promise<boolean>;
  delete(name: Omit<Kept, "value" | "time">, condition?: KeptCondition): Promise<boolean>;
  /**
   * Documents, deleted ones too, by their last change, the oldest first, after a place among them. Of one that is damaged no
   * more than its name is known, if that.
   */
  changed(
    after: Change["place"],
    limit: number,
  ): Promise<readonly (Change | { readonly id: string; readonly damaged: true })[]>;
  /** One of them; undefined: there never was one. */
  lastChange(doc: string): Promise<Change | undefined>;
  /**
   * The first version of the present life of a document, and whether that is the one it was created at: else history before
   * it was taken away. Undefined if there never was one.
   */
  began(doc: string): Promise<{ readonly version: Version; readonly created: boolean } | undefined>;
  /** Which of the versions `from` + 1 … `to` begin and end lives. */
  turns(
    doc: string,
    from: Version,
    to: Version,
  ): Promise<
    readonly { readonly version: Version; readonly kind: "created" | "deleted"; readonly time: number }[]
  >;
  /** The ops that made the versions `from` + 1 … `to` of one life, whether it has ended or not; all of them. */
  ops(doc: string, from: Version, to: Version): Promise<readonly Committed[]>;
  /** The version that a document had at a time, in milliseconds since the Unix epoch: 0, if it was not there yet. @throws Fault `version_unknown` */
  versionAt(doc: string, time: number): Promise<Version | undefined>;
}

/**
 * Hears of every commit, in version order for each document, after it is durable and before its submitter does; `epoch` is
 * the life of the document that it belongs to.
 */
export type Relay = (doc: string, committed: Committed, epoch: Epoch) => void;

/**
 * Lets an op be committed: moved past what came before it, and about to be applied to `before`, at `version`, for `user`.
 *
 * @throws Fault why it is refused
 */
export type Judge = (
  op: Op,
  at: {
    readonly doc: string;
    readonly type: DocumentType;
    readonly version: Version;
    readonly src: string;
    readonly user: string;
    readonly before: { toString(): string; toJSON(): unknown };
  },
) => Promise<void>;

/** `manage`: webhooks, and whatever else is set up for a document. */
export type Action = "read" | "comment" | "write" | "create" | "delete" | "manage";

export interface Identity {
  readonly user: User;
  /** When the token ends, in milliseconds since the Unix epoch. */
  readonly expiresAt?: number;
  /** What the token says; absent for whoever came without one. */
  readonly claims?: Claims;
  may(action: Action, doc: string): boolean | Promise<boolean>;
  /** Whether the token has been taken back before its time. Absent: it cannot be. */
  revoked?(): boolean | Promise<boolean>;
}

/** The claims of a token whose signature holds. */
export type Claims = Readonly<Record<string, unknown>>;
