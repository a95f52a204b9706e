// The rows an op log keeps and what it promises about them. Each database implements it; `adapter.ts` builds on it
// everything that ShareDB asks of a database, so that the rules are written once.
//
// What always holds, for every document:
//   - its ops have the versions pruned + 1 … head, without holes, and a row never changes once written;
//   - `commit` writes exactly one op per version: compare-and-set on head + 1 = version, and on the chain of that head;
//   - commits of one document take effect in the order in which they were asked, so that one may be asked on top of another
//     that is still on its way: when that one is not committed, those on top of it are conflicts, whatever else came there;
//   - (src, seq) names one op for ever, also when that op has been pruned or its document deleted;
//   - every op, every snapshot and the head carry the chain (`chain.ts`) at their version;
//   - head, op and name are written together or not at all, and a promise that resolves means durable.
// Rows hold JSON as text: what was written comes back byte for byte. Types and their algebra are not known here.

import type { ChangedDocument, DamagedDocument, Listed, ListQuery, Place } from "./listing.js";
import type { AnnouncementRow, News } from "./news.js";
import type { RecordCondition, RecordName, RecordRow, RecordsQuery } from "./records.js";
import type { RevocationRow } from "./revocation.js";
import type { Upkeep } from "./upkeep.js";

/** An op as it is to be kept. */
export interface NewOp {
  /** The version it made. */
  readonly version: number;
  readonly src: string | null;
  readonly seq: number | null;
  /** What it does, as JSON: `{"op":…}`, `{"create":…}` or `{"del":true}`. */
  readonly body: string;
  /** What is known about it (who, when), as JSON. */
  readonly meta: string | null;
}

/** An op as it is kept. */
export interface OpRow extends NewOp {
  /** The chain at its version. */
  readonly chain: string;
}

/** What a commit says of the head that it makes. */
export interface NewHead {
  /** Null: deleted. */
  readonly type: string | null;
  readonly version: number;
  /** What ShareDB keeps beside a snapshot, as JSON. */
  readonly meta: string | null;
  readonly title: string;
}

/** A life of a document, and where it stands in it. */
export interface Standing {
  readonly epoch: string;
  readonly version: number;
}

/** What is kept about a document's head. */
export interface HeadRow extends NewHead, Standing {
  /** The chain at its version. */
  readonly chain: string;
  /** The author of the creation of its present, or last, life; null: nobody knows. */
  readonly owner: string | null;
}

export interface Commit {
  readonly collection: string;
  readonly id: string;
  readonly op: NewOp;
  /** The life that this op begins; undefined: it goes on with the one that there is. */
  readonly epoch: string | undefined;
  /** Who makes the document, of an op that begins a life. Absent: nobody knows. */
  readonly owner?: string | null;
  /**
   * The chain at the version before: what the op was made on top of. With another there, the commit is a conflict although
   * its version is the next. Absent: it goes on from whatever is there.
   */
  readonly onto?: string;
  /** Fingerprint of the op as it was submitted, before it was transformed. */
  readonly hash: Uint8Array;
  /** The head this op makes; `head.version` is `op.version`. */
  readonly head: NewHead;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

/** What became of a commit. */
export type Verdict =
  | { readonly kind: "committed"; readonly epoch: string; readonly chain: string }
  /**
   * Another op has that version, or one before it is missing or another; `head` is where the document stands. `missed` may
   * give the ops from the version that was wanted to the head, if they are few, so that the loser need not read them.
   */
  | { readonly kind: "conflict"; readonly head: number; readonly missed?: readonly OpRow[] }
  /** An op of that name made `version` before; `same` says whether it was submitted with the same content. */
  | { readonly kind: "repeated"; readonly version: number; readonly same: boolean };

/** A document's text at one version, as JSON; data is null when it was deleted then. */
export interface SnapshotRow {
  readonly version: number;
  readonly type: string | null;
  readonly data: string | null;
  /** The chain at its version: what it was made from. */
  readonly chain: string;
}

export interface Loaded {
  readonly head: HeadRow;
  /** Ops up to this version are gone. */
  readonly pruned: number;
  /** The newest snapshot, if one was saved. */
  readonly snapshot: SnapshotRow | undefined;
  /** The ops after it. */
  readonly ops: readonly OpRow[];
}

export interface History {
  readonly head: Pick<HeadRow, "version" | "chain" | "meta">;
  readonly pruned: number;
  /** The chain at the version that was asked from; undefined if nobody knows it any more, or yet. */
  readonly base: string | undefined;
  readonly ops: readonly OpRow[];
  /** False: there is more of what was asked for than was to be read at once. */
  readonly whole: boolean;
}

/** A document, with a number by which all of them can be gone through. */
export interface DocumentName {
  readonly key: number;
  readonly collection: string;
  readonly id: string;
  /** Null: deleted. */
  readonly type: string | null;
}

/** What a client called an op. */
export interface Named {
  readonly src: string;
  readonly seq: number;
}

export type NamedReceipt = Named & Receipt;

export interface Receipt {
  readonly version: number;
  /** Of the op's fingerprint what is kept of it for ever (`name-runs.ts`). */
  readonly hash: Uint8Array;
}

/** What changes the log. Each call is whole or without effect. */
export interface Writes {
  commit(commit: Commit): Verdict;
  /**
   * Keeps a snapshot, and may drop older ones. It is derived from the ops, so losing it loses nothing; one whose chain is
   * not the history's at its version is not kept.
   */
  saveSnapshot(collection: string, id: string, snapshot: SnapshotRow): void;
  /**
   * Forgets the ops up to `version`, names excepted. Never further than the newest snapshot, from which the head is built.
   *
   * @returns the version up to which ops are now gone
   */
  prune(collection: string, id: string, version: number): number;
  /** Keeps what has been taken back, unless a later revocation of the same thing is kept already. */
  revoke(row: RevocationRow): void;
  /** Keeps what is announced, in place of an earlier announcement of that id; forgets those that ended long ago. */
  announce(row: AnnouncementRow): void;
  /** Puts a record in place of what is there. @returns whether what must be so was so */
  putRecord(row: RecordRow, condition: RecordCondition): boolean;
  /** @returns whether there was one, and what must be so was so */
  deleteRecord(name: RecordName, condition: RecordCondition): boolean;
  /** Writes a little, or so many bytes that no disk makes smaller, to find out whether writing works. */
  probe(bytes?: number): void;
}

export interface Reads {
  /** All that has been taken back, each thing once. */
  revocations(): readonly RevocationRow[];
  /** What was revoked and announced after the piece of news with that number; -1 asks for all of it. */
  news(since: number): News;
  load(collection: string, id: string): Loaded | undefined;
  /**
   * The ops that made the versions `from` + 1 … `to`, oldest first, as far as they exist; no more of them than have
   * `characters` of JSON, but at least one.
   */
  history(collection: string, id: string, from: number, to: number, characters: number): History | undefined;
  receipt(collection: string, id: string, src: string, seq: number): Receipt | undefined;
  /** Where those of the documents stand that exist. */
  heads(collection: string, ids: readonly string[]): readonly (readonly [id: string, standing: Standing])[];
  /** Documents that exist, newest first: those that are found among so many that are looked at. */
  list(query: ListQuery): Listed;
  /** All documents, deleted ones too, by their last change, the oldest first, after a place; damaged ones among them. */
  changed(collection: string, after: Place, limit: number): readonly (ChangedDocument | DamagedDocument)[];
  /** One of them as it stands; undefined: there never was one. */
  lastChange(collection: string, id: string): ChangedDocument | undefined;
  record(name: RecordName): RecordRow | undefined;
  /** In the order of their keys. */
  records(query: RecordsQuery): readonly RecordRow[];

  // For verifying, and for carrying documents from one store to another.

  /** All documents, deleted ones too, by their keys, from the one after `after` on. */
  documents(after: number, limit: number): readonly DocumentName[];
  /** The oldest snapshot of a version beyond `after`. */
  nextSnapshot(collection: string, id: string, after: number): SnapshotRow | undefined;
  /** What names stand for, in the order of (src, seq), after one of them. */
  receipts(collection: string, id: string, after: Named | undefined, limit: number): readonly NamedReceipt[];
  /** Those of a document, by kind and key. */
  recordsOf(collection: string, id: string): readonly RecordRow[];
  /** All records, in the order of their names, after one of them. */
  allRecords(after: RecordName | undefined, limit: number): readonly RecordRow[];
  /** What is wrong with the log as a whole, in sentences without their ends; nothing, one hopes. Reads all of it. */
  structure(): readonly string[];
}

/** What a database says of itself; what it has no such thing of is absent. */
export interface Vitals {
  /** Groups of writes that were committed together so far, and how many writes were in them. */
  readonly groups?: { readonly count: number; readonly writes: number };
  /** Connections in use, and those who wait for one. */
  readonly pool?: { readonly used: number; readonly waiting: number };
  /** Bytes of the write-ahead log that is not folded into the database yet. */
  readonly walBytes?: number;
  /** What commands have done for it. `backedUp` is minus infinity where they could have and have not, absent where they cannot. */
  readonly upkeep?: Upkeep;
}

/** Ops in one piece, as `ot/history` writes them with their authors: those after a version, up to `to`. */
export interface Run {
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** What a log may read besides; where it cannot, its rows say the same. */
export interface RunReads {
  /** The ops after `from`, at most `most` of them. Undefined: there are none, or they are to be had as rows only. */
  run(collection: string, id: string, from: number, most: number): Run | undefined;
}

type Later<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never;
};

export interface OpLog extends Later<Writes>, Later<Reads>, Partial<Later<RunReads>> {
  /** Whether other processes may write to it too, so that what was read a moment ago may not be all that there is. */
  readonly shared: boolean;
  /** 32 random bytes, made when the log was; for signing what must still be believed after a restart. */
  readonly secret: Uint8Array;
  /** How it is, for whoever operates it. Absent: there is nothing to say. */
  vitals?(): Promise<Vitals>;
  /** Finishes what was begun. Everything asked afterwards fails with a StorageError `closed`. */
  close(): Promise<void>;
}

/** The ops that a conflict tells of have no more characters of JSON than so many, or are not told. */
export const MISSED_CHARACTERS = 64 * 2 ** 10;

/** The first of `ops` that together have no more than `characters` of JSON, at least one; stops reading after them. */
export function within<Op extends OpRow>(
  characters: number,
  ops: Iterable<Op>,
): { readonly ops: readonly Op[]; readonly whole: boolean } {
  const taken: Op[] = [];
  let left = characters;
  for (const op of ops) {
    left -= op.body.length;
    if (left < 0 && taken.length > 0) return { ops: taken, whole: false };
    taken.push(op);
  }
  return { ops: taken, whole: true };
}
