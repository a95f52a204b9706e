// What became of a document and by whom, names for its versions, and the ways back. A way back is a change like any other.

import type { Committed, DocumentType, Epoch, Version } from "../messages.js";
import type { SubmitReply } from "./changing.js";
import type { Authors } from "./documents.js";

export interface OpsReply {
  readonly ops: readonly Committed[];
  readonly head: Version;
  readonly epoch: Epoch;
  readonly authors: Authors;
}

/** Consecutive ops of one author without a longer pause. */
export interface Session {
  /** The versions before its first op and after its last one. */
  readonly from: Version;
  readonly to: Version;
  readonly author: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly ops: number;
  /** Atoms that its ops inserted, deleted, and gave other attributes. */
  readonly inserted: number;
  readonly deleted: number;
  readonly reformatted: number;
}

export interface NamedVersion {
  readonly version: Version;
  readonly name: string;
  /** Who named it, and when. */
  readonly author: string;
  readonly time: number;
}

export interface HistoryReply {
  /** The newest first. */
  readonly sessions: readonly Session[];
  /** Those of the versions that these sessions made. */
  readonly names: readonly NamedVersion[];
  readonly authors: Authors;
  /** Where the history of the present life begins: 0, or the version that it was made anew with; nothing before is told. */
  readonly began: Version;
  readonly cursor?: string;
}

/** A stretch of the document at `from` or `to` that one thing happened to. */
export interface DiffPart {
  readonly kind: "kept" | "inserted" | "deleted" | "reformatted";
  /** In wire form: inserts that build it; with the attributes it has at `to`, or had at `from` if it is deleted. */
  readonly content: readonly unknown[];
  /** Of what is reformatted: the attributes before, in the same form. */
  readonly before?: readonly unknown[];
  /** Who did it last, when, and by which op; absent where it is kept. */
  readonly author?: string;
  readonly time?: number;
  readonly version?: Version;
}

export interface DiffReply {
  readonly type: DocumentType;
  readonly from: Version;
  readonly to: Version;
  /** In the order of the document at `to`; what was deleted stands where it stood. */
  readonly parts: readonly DiffPart[];
  readonly authors: Authors;
}

/** A run of atoms that one person wrote at one time. */
export interface BlameRun {
  readonly at: number;
  readonly length: number;
  readonly author: string;
  readonly time: number;
  /** The version that brought it; undoing a deletion or restoring brings nothing. */
  readonly version: Version;
}

export interface BlameReply {
  readonly type: DocumentType;
  readonly version: Version;
  /** They cover the document, in order. */
  readonly runs: readonly BlameRun[];
  readonly authors: Authors;
}

/** Names a version. Default: the head. */
export interface NameRequest {
  readonly name: string;
  readonly version?: Version;
  readonly epoch?: Epoch;
}

export interface NamesReply {
  /** The newest version first. */
  readonly versions: readonly NamedVersion[];
  readonly authors: Authors;
}

/** Makes the document what it was, by one more op. Exactly one of a version and a time. */
export interface RestoreRequest {
  readonly version?: Version;
  readonly at?: number;
  readonly epoch?: Epoch;
}

export interface RestoreReply extends SubmitReply {
  /** The version that the document was made to be again. Absent: a time was given, and `op` is absent. */
  readonly from?: Version;
}

/** Takes back what was done between two versions and is still there, by one more op. */
export interface RevertRequest {
  readonly from: Version;
  readonly to: Version;
  readonly epoch?: Epoch;
  /** Only what this user did. */
  readonly author?: string;
  readonly dryRun?: boolean;
}
