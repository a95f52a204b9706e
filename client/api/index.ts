// The HTTP API as typed functions, for browsers and Node alike: what `protocol/api.ts` describes, a function for each
// operation (`test/api/client.test.ts` holds it to that). A function is one call, or several of the same where it is sent
// again; nothing is kept in between but of which life of a document a version was told. Faults are thrown as `ApiFault`, with the codes of the socket.

import { systemClock } from "../../protocol/index.js";
import type { Caller } from "./calling.js";
import { type ChangingCalls, changingCalls } from "./changing.js";
import { type DocumentCalls, documentCalls } from "./documents.js";
import { type DocumentEvent, type Following, follow } from "./events.js";
import { type HistoryCalls, historyCalls } from "./history.js";
import { callsOf, lifeIn, readTag } from "./requests.js";
import { type WebhookCalls, webhookCalls } from "./webhooks.js";

export type * from "../../protocol/api.js";
export type { Committed, Epoch, Op, Version } from "../../protocol/index.js";
export { ApiFault } from "./calling.js";
export type { Listing, Written } from "./documents.js";
export type { DocumentEvent, Following } from "./events.js";
export type { HistoryPage, VersionInLife, VersionRange } from "./history.js";
export type { Reading, Refreshing, When, Writing } from "./requests.js";

export interface ApiOptions extends Partial<Omit<Caller, "url">> {
  /** Who one is; a function is asked before each call. Default: nobody, which a server with `--auth open` takes. */
  readonly token?: string | (() => string | Promise<string>);
}

export interface Api extends ChangingCalls, HistoryCalls {
  readonly documents: DocumentCalls;
  readonly webhooks: WebhookCalls;
  /**
   * The document's ops as they are committed, by anybody; connects again by itself, and goes on where it was.
   *
   *     for await (const event of client.events("minutes", { since: 7 })) …
   *
   * @throws ApiFault `forbidden` when it is not to be read (any more) | `bad_name` | `version_ahead` | `version_unknown`:
   *   what follows on `since` is not kept any more | `epoch_changed`: it goes on in another life, so read the document anew | `unauthenticated` | `token_expired`; the signal's reason
   */
  events(id: string, following?: Following): AsyncGenerator<DocumentEvent, void>;
}

/** The API of one server. @param url  the server's, without `/v1` */
export function api(url: string, options: ApiOptions = {}): Api {
  const caller: Caller = {
    url,
    fetch: options.fetch ?? ((...args) => fetch(...args)),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    ...(options.token === undefined ? {} : { token: options.token }),
  };
  const calls = callsOf(caller);
  const documents = documentCalls(calls);

  async function* events(
    id: string,
    { since, epoch, signal }: Following = {},
  ): AsyncGenerator<DocumentEvent, void> {
    const given =
      since === undefined ? undefined : { version: since, ...lifeIn(calls.lives, id, since, epoch) };
    if (given?.epoch !== undefined) yield* learning(id, follow(caller, id, given, signal));
    else {
      const head = await readTag(calls, id, {}, signal === undefined ? {} : { signal });
      yield* learning(id, follow(caller, id, { ...head, ...given }, signal));
    }
  }

  async function* learning(id: string, events: AsyncIterable<DocumentEvent>) {
    for await (const event of events) {
      calls.lives.learn(id, event);
      yield event;
    }
  }

  return {
    documents,
    ...changingCalls(calls),
    ...historyCalls(calls),
    webhooks: webhookCalls(calls),
    events,
  };
}
