// Webhooks over HTTP: whoever may manage documents has programs elsewhere told of them.
//
//   POST   /v1/webhooks                              {url, documents, events?}   → 201 with the secret, told this once
//   GET    /v1/webhooks                              → {webhooks}, one's own
//   DELETE /v1/webhooks/:id                          → 204
//   GET    /v1/webhooks/:id/dead-letters             → {deadLetters}
//   POST   /v1/webhooks/:id/dead-letters/:delivery   → 202; it is sent again
//   DELETE /v1/webhooks/:id/dead-letters/:delivery   → 204; it is thrown away
//
// A webhook that is somebody else's looks like one that is not there.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { API_PATHS, Fault, isStorable, type WebhookRequest } from "../../protocol/index.js";
import type { Action, Identity } from "../ports.js";
import { forbidden } from "../requests.js";
import type { Webhooks } from "../webhooks/index.js";

export interface WebhooksApiOptions {
  readonly webhooks: Webhooks;
  /** Lets somebody in, or throws. */
  readonly admit: (request: FastifyRequest) => Promise<void>;
  readonly identityOf: (request: FastifyRequest) => Identity;
  /** Throws while nothing may be written. */
  readonly writing: () => void;
}

/** Whoever may do this to a document may have a program told of all that happens to it. */
const NEEDED: Action = "delete";

interface Named {
  readonly Params: { readonly id: string; readonly delivery: string };
}

export function serveWebhooks(app: FastifyInstance, options: WebhooksApiOptions): void {
  const { webhooks, admit, identityOf, writing } = options;
  const onRequest = admit;

  async function demandOwn(request: FastifyRequest<Named>): Promise<string> {
    const { id, delivery = "" } = request.params;
    const found = isStorable(id) && isStorable(delivery) ? await webhooks.get(id) : undefined;
    if (found?.owner !== identityOf(request).user.id) throw forbidden();
    return id;
  }

  app.post(API_PATHS.webhooks, { onRequest }, async (request, reply) => {
    writing();
    const identity = identityOf(request);
    const asked = decode(request.body);
    for (const pattern of asked.documents) if (!(await identity.may(NEEDED, pattern))) throw forbidden();
    const made = await webhooks.create(asked, identity.user.id);
    return reply.code(201).header("Location", `${API_PATHS.webhooks}/${made.id}`).send(made);
  });

  app.get(API_PATHS.webhooks, { onRequest }, async (request) => ({
    webhooks: await webhooks.list(identityOf(request).user.id),
  }));

  app.delete<Named>(API_PATHS.webhook, { onRequest }, async (request, reply) => {
    writing();
    await webhooks.remove(await demandOwn(request));
    return reply.code(204).send();
  });

  app.get<Named>(API_PATHS.deadLetters, { onRequest }, async (request) => ({
    deadLetters: await webhooks.deadLetters(await demandOwn(request)),
  }));

  app.post<Named>(API_PATHS.redeliver, { onRequest }, async (request, reply) => {
    writing();
    const id = await demandOwn(request);
    if (!(await webhooks.redeliver(id, request.params.delivery))) throw forbidden();
    return reply.code(202).send();
  });

  app.delete<Named>(API_PATHS.redeliver, { onRequest }, async (request, reply) => {
    writing();
    const id = await demandOwn(request);
    if (!(await webhooks.discard(id, request.params.delivery))) throw forbidden();
    return reply.code(204).send();
  });
}

const KEYS = ["url", "documents", "events"];

/** @throws Fault `message_malformed` */
function decode(body: unknown): WebhookRequest {
  const { url, documents, events } = Object(body) as { readonly [key: string]: unknown };
  const isTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length <= 100 && value.every((text) => typeof text === "string");
  const isKnown =
    typeof body === "object" && body !== null && Object.keys(body).every((key) => KEYS.includes(key));
  if (
    !isKnown ||
    typeof url !== "string" ||
    !isTexts(documents) ||
    (events !== undefined && !isTexts(events))
  )
    throw new Fault("message_malformed", "A webhook is {url, documents, events?}.");
  return { url, documents, ...(events && { events: events as NonNullable<WebhookRequest["events"]> }) };
}
