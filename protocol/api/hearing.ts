// How programs hear of changes: a stream of events for those who listen, webhooks for those who are called.

import type { Committed, Epoch, Version } from "../messages.js";
import type { Authors } from "./documents.js";

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
  /**
   * Documents that its owner may not have told any more, and since when nothing of them is, as far as they may read them; the
   * first of them, if many.
   */
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
