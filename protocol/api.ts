// What programs ask of documents, over HTTP and in the server's process, in types. Positions and lengths are in atoms: code
// points, embeds, block markers.

import type { Committed, DocumentType, Epoch, Op, Version } from "./messages.js";

/** A form that a document is read in. `json` is the wire form of its snapshot. */
export type Format = "json" | "text" | "markdown" | "html";

/** What a document begins with, in one form; none is an empty document. */
export interface Contents {
  readonly text?: string;
  readonly markdown?: string;
  readonly snapshot?: unknown;
}

export interface SubmitRequest {
  /** What the op was made at. Default: the head. */
  readonly version?: Version;
  /** One op, or several of which each is made on what the one before makes. They are committed as one. */
  readonly op?: Op;
  readonly ops?: readonly Op[];
  /** Answer what would be committed, and commit nothing. */
  readonly dryRun?: boolean;
}

/** What was committed, or would be. */
export interface SubmitReply {
  /** The version it made; without a change, the head. */
  readonly version: Version;
  /** As it was committed, at `version - 1`: moved past what its author had not seen. Empty: nothing had to change. */
  readonly op: Op;
  /** With `dryRun`: the document that it would make. */
  readonly preview?: {
    readonly id: string;
    readonly type: DocumentType;
    readonly version: Version;
    readonly epoch: Epoch;
    readonly snapshot: unknown;
    readonly text: string;
  };
}

export interface OpsReply {
  readonly ops: readonly Committed[];
  readonly head: Version;
}
