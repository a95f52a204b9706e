// Hearing of changes: webhooks, what they could not tell, and where a stream of events begins.

import Type, { type Static } from "typebox";
import {
  type DeadLetter,
  type NewWebhookReply,
  TAG_PATTERN,
  type WebhookDelivery,
  type WebhookEvent,
  type WebhookReply,
  type WebhookRequest,
} from "../../../protocol/index.js";
import { count, epoch, exactly, list, type Same, text, time, version, word } from "./common.js";

const event = word<WebhookEvent>("created", "changed", "deleted", "named");
const texts = (options: object) =>
  Type.Unsafe<readonly string[]>({ type: "array", items: { type: "string" }, ...options });

export const webhookRequest = exactly(
  {
    url: Type.String({ maxLength: 2000, description: "An http or https address." }),
    documents: texts({
      minItems: 1,
      maxItems: 50,
      description: "Names of documents, or beginnings of names with a `*`.",
    }),
    events: Type.Optional(list(event, { minItems: 1, maxItems: 100 })),
  },
  { examples: [{ url: "https://example.org/hook", documents: ["minutes-*"] }] },
);
const webhook = {
  id: text,
  url: text,
  documents: texts({}),
  events: list(event),
  owner: text,
  createdAt: time,
  stopped: Type.Optional(
    Type.Unsafe<NonNullable<WebhookReply["stopped"]>>({
      ...list(exactly({ document: text, since: time, why: text })),
      description: "Documents that its owner may not have told any more.",
    }),
  ),
};
export const webhookReply = exactly(webhook);
export const newWebhookReply = exactly({
  ...webhook,
  secret: Type.String({ description: "What deliveries are signed with; told this once." }),
});
export const webhooksReply = exactly({ webhooks: list(webhookReply) });
export const webhookDelivery = exactly({
  id: text,
  webhook: text,
  event,
  document: text,
  from: version,
  to: version,
  epoch: Type.Optional(text),
  time,
  name: Type.Optional(text),
});
export const deadLetter = exactly({
  delivery: webhookDelivery,
  attempts: count,
  lastTriedAt: time,
  why: text,
});
export const deadLettersReply = exactly({ deadLetters: list(deadLetter) });

export const webhookParams = exactly({ id: text });
export const letterParams = exactly({ id: text, delivery: text });

export const eventsQuery = exactly({
  since: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        "The version after which the stream begins; Last-Event-ID goes before it. Default: the head.",
    }),
  ),
  epoch,
});
export const eventsHeaders = Type.Object({
  "last-event-id": Type.Optional(
    Type.String({ pattern: TAG_PATTERN, description: "The id of the last event that somebody has." }),
  ),
});

true satisfies Same<Static<typeof webhookRequest>, WebhookRequest>;
true satisfies Same<Static<typeof webhookReply>, WebhookReply>;
true satisfies Same<Static<typeof newWebhookReply>, NewWebhookReply>;
true satisfies Same<Static<typeof webhookDelivery>, WebhookDelivery>;
true satisfies Same<Static<typeof deadLetter>, DeadLetter>;
