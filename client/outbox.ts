// What of a document must outlive its page: the confirmed document, the op in flight as it was sent, and what was typed
// since. One record holds all of it, because an op carried past the others' and the version it stands at belong together.
//
// A document takes its place in the outbox when it opens and gives it back when it closes. What a closed one left
// unsent is adopted by the next of the same id, once. Here: the interface, and the implementation for programs that
// need no more than memory. Not here: when to write (`document.ts`).

import type { DocumentType, Version } from "../protocol/index.js";
import type { Op } from "./types.js";

export interface OutboxRecord {
  readonly type: DocumentType;
  readonly version: Version;
  /** The document at `version`: an immutable value or its wire form; `JSON.stringify` gives the wire form of both. */
  readonly confirmed: unknown;
  readonly inflight?: OutboxInflight;
  /** Oldest first; the first against what inflight leaves. */
  readonly pending: readonly Op[];
  /** The client id that sent last, and the seq its next op will have. */
  readonly src: string;
  readonly nextSeq: number;
}

/** An op in flight exactly as it was sent: against `base`, named for ever by `src` and `seq`. */
export interface OutboxInflight {
  readonly src: string;
  readonly seq: number;
  readonly base: Version;
  readonly sent: Op;
  /** The same op carried past what was committed since: against `confirmed`. */
  readonly op: Op;
}

/** One open document's place in the outbox. */
export interface OutboxPlace {
  /** What an earlier document of this id left unsent. */
  readonly found: OutboxRecord | undefined;
  /** Replaces the record as one. Not called again before a returned promise has settled. */
  save(record: OutboxRecord): undefined | Promise<void>;
  /** The document has been closed. With `keep`, the record waits for the next to open it; without, it is deleted. */
  leave(keep: boolean): undefined | Promise<void>;
}

export interface Outbox {
  /** Answers at once or later, as the store can. */
  open(doc: string): OutboxPlace | Promise<OutboxPlace>;
}

/** Keeps what is unsent as long as the process lives. Two open documents of one id each have a place of their own. */
export function memoryOutbox(): Outbox {
  /** Records nobody has open, by document. */
  const left = new Map<string, OutboxRecord[]>();
  return {
    open(doc) {
      const found = left.get(doc)?.shift();
      let record = found;
      return {
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
