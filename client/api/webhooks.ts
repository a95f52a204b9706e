// Webhooks: programs elsewhere that are told of documents, and what could not be told them.
//
// Faults of all of them: `forbidden` (somebody else's looks like one that is not there), and those of any call
// (`documents.ts`).

import type { DeadLetter, NewWebhookReply, WebhookReply, WebhookRequest } from "../../protocol/index.js";
import { type Calls, pathOf, type Reading } from "./requests.js";

export interface WebhookCalls {
  /**
   * Makes one. The answer holds its `secret`, this once. It is sent once, unless the server was too busy to look at it:
   * sent twice it would be two.
   *
   * @throws ApiFault also `bad_url` | `message_malformed` | `storage_full`
   */
  create(request: WebhookRequest, reading?: Reading): Promise<NewWebhookReply>;
  /** One's own. */
  list(reading?: Reading): Promise<readonly WebhookReply[]>;
  delete(id: string, reading?: Reading): Promise<void>;
  /** Deliveries that were given up. */
  deadLetters(id: string, reading?: Reading): Promise<readonly DeadLetter[]>;
  /** Sends a dead letter again, under the same id. */
  redeliver(id: string, delivery: string, reading?: Reading): Promise<void>;
  /** Throws a dead letter away. */
  discard(id: string, delivery: string, reading?: Reading): Promise<void>;
}

export function webhookCalls({ get, send }: Calls): WebhookCalls {
  const letter = (id: string, delivery: string) => pathOf("redeliver", { id, delivery });
  return {
    create: (body, { signal } = {}) => send({ method: "POST", path: pathOf("webhooks"), body, signal }),
    list: async (reading = {}) => {
      const reply = await get<{ readonly webhooks: readonly WebhookReply[] }>(
        pathOf("webhooks"),
        {},
        reading,
      );
      return reply.webhooks;
    },
    delete: (id, { signal } = {}) =>
      send({ method: "DELETE", path: pathOf("webhook", { id }), repeatable: true, signal }),
    deadLetters: async (id, reading = {}) => {
      const path = pathOf("deadLetters", { id });
      const reply = await get<{ readonly deadLetters: readonly DeadLetter[] }>(path, {}, reading);
      return reply.deadLetters;
    },
    redeliver: (id, delivery, { signal } = {}) =>
      send({ method: "POST", path: letter(id, delivery), signal }),
    discard: (id, delivery, { signal } = {}) =>
      send({ method: "DELETE", path: letter(id, delivery), repeatable: true, signal }),
  };
}
