// Webhooks as they are kept: records of the store that belong to no document.
//
//   webhook           key: its id                     who is told of what, and the secret
//   webhook-cursor    key: WEBHOOK/DOCUMENT           up to which version it was told, and what it is still to be told
//   webhook-dead      key: WEBHOOK/DELIVERY           what could not be told
//   webhook-stopped   key: WEBHOOK/DOCUMENT           since when its owner may not hear of it any more
//   webhook-unread    key: DOCUMENT                   what has changed and could not be read, so that nobody was told of it
//   webhook-outbox    key: made up, in order of time  what the node that delivers is to see to
//   webhook-lease     key: ""                         which node delivers, and how far it has looked
//
// Every change of a cursor, the lease or what is unread says what was there before, so two nodes that both believe to deliver cannot
// overwrite each other: the second one learns that it was wrong.

import type {
  NamedVersion,
  NewWebhookReply,
  Version,
  WebhookDelivery,
  WebhookEvent,
} from "../../protocol/index.js";
import type { Known } from "../auth.js";
import type { Beside } from "../ports.js";

export interface Webhook extends Omit<NewWebhookReply, "stopped"> {
  /** Who asked for it over HTTP, with the claims of their token. Absent: this process did, which may do everything. */
  readonly known?: Known;
}

/** Something that is still to be told. */
export interface Pending {
  readonly delivery: WebhookDelivery;
  /** How often it was sent, or was about to be; once it was, it never changes. */
  readonly attempts: number;
  /** When it is sent next, in milliseconds since the Unix epoch; and when it was sent first. */
  readonly nextAt: number;
  readonly firstAt?: number;
  /** Why it could not be told the last time. */
  readonly why?: string;
}

/** Where a webhook stands with one document. */
export interface Cursor {
  /** What came up to this version has been told, or is among `pending`, which goes out in its order. */
  readonly version: Version;
  /** The life that this is a version of; null: nobody has looked yet. */
  readonly epoch: string | null;
  readonly pending: readonly Pending[];
}

/** Times are in milliseconds since the Unix epoch. */
export interface Unread {
  readonly since: number;
  /** How often it could not be read. */
  readonly failures: number;
  /** When it is tried next. */
  readonly nextAt: number;
}

export type Errand =
  | { readonly do: "named"; readonly document: string; readonly named: NamedVersion }
  | { readonly do: "again"; readonly webhook: string; readonly delivery: WebhookDelivery };

/** A place among the documents by their last change. */
export interface Place {
  readonly time: number;
  readonly key: number;
}

export const WEBHOOK = "webhook";
export const CURSOR = "webhook-cursor";
export const DEAD = "webhook-dead";
export const STOPPED = "webhook-stopped";
export const UNREAD = "webhook-unread";
export const OUTBOX = "webhook-outbox";
export const LEASE = "webhook-lease";

export const named = (kind: string, key: string) => ({ kind, document: "", key });

export const EVENTS: readonly WebhookEvent[] = ["created", "changed", "deleted", "named"];

const PAGE = 200;

/** All of one kind whose keys begin so, in their order, with their values. */
export async function* allOf<Value>(
  beside: Pick<Beside, "records">,
  kind: string,
  prefix = "",
): AsyncGenerator<{
  readonly key: string;
  readonly json: string;
  readonly value: Value;
  readonly time: number;
}> {
  for (let after = prefix; ; ) {
    const page = await beside.records({ kind, document: "", after, limit: PAGE });
    for (const { key, value, time } of page) {
      if (!key.startsWith(prefix)) return;
      yield { key, json: value, value: JSON.parse(value) as Value, time };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.key;
  }
}

/** Whether a pattern means a document: its name, or a beginning of names with a `*`. */
export const means = (patterns: readonly string[], doc: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith("*") ? doc.startsWith(pattern.slice(0, -1)) : doc === pattern,
  );
