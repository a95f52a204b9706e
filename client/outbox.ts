// What of a document must outlive its page: the confirmed document, the op in flight as it was sent, what was typed
// since, what undo would take back, and what could not be applied. One record holds all of it, because an op carried
// past the others' and the version it stands at belong together.
//
// A document takes its place in the outbox when it opens and gives it back when it closes. What a closed one left is
// adopted by the next of the same id, once; two that are open at once have a place each. Here: the interface, and the
// implementation for programs that need no more than memory. Not here: when to write (`keeper.ts`), nor the browser's
// store (`outbox/indexed.ts`).

import type { ClientName, DocumentType, Epoch, Version } from "../protocol/index.js";
import type { Op, RecoveredEdit } from "./types.js";

/** Everything in it is immutable: the same object stands for the same contents for ever. */
export interface OutboxRecord {
  readonly type: DocumentType;
  readonly epoch: Epoch;
  readonly version: Version;
  /** The document at `version`: an immutable value or its wire form; `JSON.stringify` gives the wire form of both. */
  readonly confirmed: unknown;
  readonly inflight?: OutboxInflight;
  /** Oldest first; the first against what inflight leaves. */
  readonly pending: readonly OutboxPending[];
  /** In whose name inflight was sent and the pending ops will be, once a server has named us; and the next op's seq. */
  readonly client?: ClientName;
  readonly nextSeq: number;
  /** How many local changes were made here so far. */
  readonly changes: number;
  /** How many of them inflight and pending hold. */
  readonly unsaved: number;
  /** What undo and redo need, as JSON values; ops in it are against the visible document. */
  readonly undo?: unknown;
  /** Edits that could not be applied; ops in it are against the visible document. */
  readonly recovered: readonly RecoveredEdit[];
}

/** Local changes that are not sent yet, as one op: changes number `first` to `last` of those made to this record. */
export interface OutboxPending {
  readonly op: Op;
  readonly first: number;
  readonly last: number;
  /** Its seq under the record's client name, where an earlier page may have sent it; else it takes the next in turn. */
  readonly seq?: number;
}

/**
 * An op in flight exactly as it was sent: against `base`, named for ever by `src` and `seq`. `op` is the same carried past
 * what was committed since: against `confirmed`.
 */
export interface OutboxInflight extends OutboxPending {
  readonly src: string;
  readonly seq: number;
  readonly base: Version;
  readonly sent: Op;
}

/** A record as it was found: `confirmed` is the document some ops before `version`, and `steps` lead there. */
export interface FoundRecord extends OutboxRecord {
  readonly steps?: readonly Op[];
}

/**
 * How far the store can be relied on. durable: what it has written survives the page · memory: it ends with the page
 * (a program without a disk, a browser that forbids storing) · full: the device has no room; what is newer than the
 * last write is only in the page · failed: the store does not work or does not answer, likewise
 */
export type StorageState = "durable" | "memory" | "full" | "failed";

/** A write was not done. The store goes on; the next may be. */
export class OutboxError extends Error {
  override readonly name = "OutboxError";
  constructor(
    readonly state: "full" | "failed",
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** One open document's place in the outbox. */
export interface OutboxPlace {
  /** Nothing that is saved before the document closes is of use: `save` is called then, if there is something to keep. */
  readonly onlyLast?: true;
  /** What an earlier document of this id left, unsent ops or not; the confirmed document shows while there is no network. */
  readonly found: FoundRecord | undefined;
  /**
   * Replaces the record as one. Not called again before a returned promise has settled, but when the outbox asks for it
   * (`onFlush`): writes are done in the order they were asked for.
   *
   * @param steps  the ops that led from the last record's confirmed document to this one's, if that is known: a store may
   *   write them instead of the document
   * @returns when it is as durable as the store can make it. @throws OutboxError (or rejects with it)
   */
  save(record: OutboxRecord, steps?: readonly Op[]): undefined | Promise<void>;
  /**
   * The document has been closed. With `keep`, the record waits for the next to open it. Without, a store that lasts may
   * go on keeping one clean copy to show while there is no network; but not if the document is `gone`, because it was
   * deleted or is not ours to read any more.
   *
   * @returns when the next document of this id can find the record. To settle it must, also where the store does not answer:
   *   that document, and `close` of the connection, wait for it without a limit
   */
  leave(keep: boolean, gone?: boolean): undefined | Promise<void>;
}

/** What is unsent on this device elsewhere than in a document of this outbox object. */
export interface Elsewhere {
  readonly doc: string;
  readonly type: DocumentType;
  readonly unsaved: number;
  /** Another page has it open. If none has, its record waits to be adopted. */
  readonly live: boolean;
}

export interface Outbox {
  /**
   * A place of its own for a document of this type, with what an earlier one of the same type left. Answers at once or
   * later, as the store can. Never rejects, and always settles: a store that fails, or does not answer, gives a place in memory.
   */
  open(doc: string, type: DocumentType): OutboxPlace | Promise<OutboxPlace>;
  /** Told whether writes last; it may change. */
  readonly state: StorageState;
  /** @returns a function that ends the listening */
  onState(listener: (state: StorageState) => void): () => void;
  /**
   * Calls when this may be the page's last moment: give to `save` what is not written, at once and before returning. A
   * promise of an earlier write will not be heard any more. Absent: there is no such moment. @returns a function that ends the listening
   */
  onFlush?(listener: () => void): () => void;
  /** Absent: no other page shares this store. */
  elsewhere?(): Promise<readonly Elsewhere[]>;
  /** Calls when `elsewhere` may have changed. @returns a function that ends the listening */
  onElsewhere?(listener: () => void): () => void;
  /** Lets go of all that is stored, for when somebody signs out. What open documents hold is written no more. */
  clear?(): Promise<void>;
}

/** Keeps records as long as the process lives. Two open documents of one id each have a place of their own. */
export function memoryOutbox(): Outbox {
  /** Records nobody has open, by type and document. */
  const left = new Map<string, OutboxRecord[]>();
  return {
    state: "memory",
    onState: () => () => {},
    open(id, type) {
      const doc = `${type} ${id}`;
      const found = left.get(doc)?.shift();
      let record = found;
      return {
        onlyLast: true,
        found,
        save(next) {
          record = next;
          return undefined;
        },
        leave(keep) {
          if (keep && record !== undefined) left.set(doc, [...(left.get(doc) ?? []), record]);
          return undefined;
        },
      };
    },
  };
}
