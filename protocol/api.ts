// The HTTP API in types: what is asked and answered under `/v1`, in the paths that `API_PATHS` names. The server checks
// requests against schemas that are held equal to these types by the compiler (`server/api/schemas`); the client of the
// API (`client/api`) and the pages speak by them. Positions and lengths are in atoms: code points, embeds, block markers.
//
// Faults come as problem documents (RFC 9457) with the codes of `faults.ts`. A version with the epoch of its life is an ETag
// (`tags.ts`). Where a request names versions it may name their epoch beside them: in another life, it is refused with
// `epoch_changed`. Without an epoch they are versions of the present life.

import type { Committed, DocumentType, Epoch, Op, Version } from "./messages.js";
import type { Role } from "./roles.js";

/** A form that a document is read and written in. `json` is the wire form of its snapshot. */
export type Format = "json" | "text" | "markdown" | "html";

/** A document's contents, in one form. A new document may be given none, and is empty. */
export interface Contents {
  readonly text?: string;
  readonly markdown?: string;
  readonly html?: string;
  readonly snapshot?: unknown;
}

export interface CreateRequest extends Contents {
  /** Made up if it is not given. */
  readonly id?: string;
  readonly type: DocumentType;
}

export interface DocumentHeadReply {
  readonly id: string;
  readonly type: DocumentType;
  readonly version: Version;
  readonly epoch: Epoch;
}

/** The answer of a read in the form `json`. */
export interface DocumentReply extends DocumentHeadReply {
  readonly snapshot: unknown;
}

/** What the one who asks is to a document. */
export interface RoleReply {
  readonly role: Role;
}

export interface ListedDocumentReply {
  readonly id: string;
  readonly type: DocumentType;
  readonly version: Version;
  readonly title: string;
  /** The user who made it; absent if that is not known any more. */
  readonly owner?: string;
  /** Milliseconds since the Unix epoch, like all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ListReply {
  /** Of a search there may be few or none, and more behind the cursor all the same. */
  readonly documents: readonly ListedDocumentReply[];
  /** Continues the list; absent at its end. */
  readonly cursor?: string;
}

/** User id → who that is, for all users that an answer names. A colour is an index into the palette. */
export type Authors = { readonly [user: string]: { readonly name: string; readonly color: number } };

// Changing.

export interface SubmitRequest {
  /** What the op was made at. Default: the head. */
  readonly version?: Version;
  readonly epoch?: Epoch;
  /** One op, or `ops`: several of which each is made on what the one before makes. They are committed as one. */
  readonly op?: Op;
  readonly ops?: readonly Op[];
  /** Answer what would be committed, and commit nothing. */
  readonly dryRun?: boolean;
}

/** What was committed, or would be. */
export interface SubmitReply {
  /** The version it made; without a change, the head. */
  readonly version: Version;
  /**
   * As it was committed, at `version - 1`: moved past what its author had not seen. Empty: nothing had to change. Absent: it was
   * committed before, under the same key, and history that old is not kept.
   */
  readonly op?: Op;
  /** The life that the version is of; absent for what was done under a key in one that has ended since. */
  readonly epoch?: Epoch;
  /** With `dryRun`: the document that it would make. */
  readonly preview?: DocumentReply & { readonly text: string };
}

/** Makes the document what is given, in exactly one form, as the least op against `version`; what others did since then stays. */
export interface ContentRequest extends Contents {
  /** What the caller has read. Default: the head. */
  readonly version?: Version;
  readonly epoch?: Epoch;
  readonly dryRun?: boolean;
}

/** Where an edit happens. A quote is text within one block, and must stand there once, or so often and be the `nth` of them. */
export type Place =
  | {
      readonly quote: string;
      /** Text directly before or after it, to tell equal ones apart. */
      readonly before?: string;
      readonly after?: string;
      /** Counted from 1. */
      readonly nth?: number;
    }
  /** The block with that index, counted from 0; negative ones from the end. */
  | { readonly block: number }
  /** All under a heading with that text, up to the next one of its level or above. */
  | { readonly heading: string; readonly nth?: number }
  | { readonly at: "start" | "end" };

/** What is written: plain text, which takes the formatting of where it goes, or Markdown. */
export type Writing = { readonly text: string } | { readonly markdown: string };

export type Edit =
  | ({ readonly do: "replace"; readonly place: Place } & Writing)
  | ({
      /** Before or after a quote, inline; before or after a block, as blocks; at the start or end of a document or section. */
      readonly do: "insert";
      readonly place: Place;
      readonly where?: "before" | "after";
    } & Writing)
  | { readonly do: "delete"; readonly place: Place }
  | {
      readonly do: "format";
      readonly place: Place;
      /** Marks of text, and attributes of blocks where the place is a block; null takes one away. */
      readonly set: { readonly [key: string]: string | number | boolean | null };
    }
  /** An item at the end of the last list in that place. Markdown of one paragraph, or text. */
  | ({ readonly do: "appendItem"; readonly place: Place; readonly checked?: boolean } & Writing);

export interface EditsRequest {
  /** The version whose text the places speak of. Default: the head. */
  readonly version?: Version;
  readonly epoch?: Epoch;
  /** One after the other, each on what the one before makes; all or none. */
  readonly edits: readonly Edit[];
  readonly dryRun?: boolean;
}

// History.

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

// Hearing of changes.

/** What the stream of events carries, each with the name of its kind; its id is the tag (`tags.ts`) of the last version in it. */
export interface StreamEvents {
  ops: { readonly ops: readonly Committed[]; readonly authors: Authors };
  /** It was deleted; the stream ends. */
  deleted: { readonly version: Version };
}

export type WebhookEvent = "created" | "changed" | "deleted" | "named";

export interface WebhookRequest {
  readonly url: string;
  /** Names of documents, or beginnings of names with a `*`. */
  readonly documents: readonly string[];
  /** Default: all. */
  readonly events?: readonly WebhookEvent[];
}

export interface WebhookReply {
  readonly id: string;
  readonly url: string;
  readonly documents: readonly string[];
  readonly events: readonly WebhookEvent[];
  readonly owner: string;
  readonly createdAt: number;
  /** Documents that its owner may not have told any more, and since when nothing of them is; the first of them, if many. */
  readonly stopped?: readonly StoppedTelling[];
}

/** The answer when a webhook is made. */
export interface NewWebhookReply extends WebhookReply {
  /** What deliveries are signed with; told this once. */
  readonly secret: string;
}

export interface StoppedTelling {
  readonly document: string;
  readonly since: number;
  /** In a sentence. */
  readonly why: string;
}

/** The body of a delivery. Signed in `Interline-Signature: t=SECONDS,v1=HMAC-SHA256 in hex of "SECONDS.BODY"`. */
export interface WebhookDelivery {
  readonly id: string;
  readonly webhook: string;
  readonly event: WebhookEvent;
  readonly document: string;
  /** The versions before and after what this tells of; ask for what was done with `…/ops?from=&to=`. */
  readonly from: Version;
  readonly to: Version;
  /** The life that they are of: in another than before, the document is to be read anew. Absent: nobody knows any more. */
  readonly epoch?: Epoch;
  readonly time: number;
  /** With `named`. */
  readonly name?: string;
}

export interface DeadLetter {
  readonly delivery: WebhookDelivery;
  readonly attempts: number;
  readonly lastTriedAt: number;
  /** The last answer's status, or why there was none, in a sentence. */
  readonly why: string;
}

/** Every path of the API, by what it is called here. */
export const API_PATHS = {
  documents: "/v1/documents",
  document: "/v1/documents/:id",
  role: "/v1/documents/:id/role",
  ops: "/v1/documents/:id/ops",
  content: "/v1/documents/:id/content",
  edits: "/v1/documents/:id/edits",
  history: "/v1/documents/:id/history",
  diff: "/v1/documents/:id/diff",
  blame: "/v1/documents/:id/blame",
  versions: "/v1/documents/:id/versions",
  version: "/v1/documents/:id/versions/:version",
  restore: "/v1/documents/:id/restore",
  revert: "/v1/documents/:id/revert",
  events: "/v1/documents/:id/events",
  webhooks: "/v1/webhooks",
  webhook: "/v1/webhooks/:id",
  deadLetters: "/v1/webhooks/:id/dead-letters",
  redeliver: "/v1/webhooks/:id/dead-letters/:delivery",
  openapi: "/v1/openapi.json",
} as const;
