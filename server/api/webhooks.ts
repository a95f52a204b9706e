// Webhooks: whoever may manage documents has programs elsewhere told of them.
//
// A webhook that is somebody else's looks like one that is not there. What its owner may is asked again before each
// delivery (`webhooks/owners.ts`).

import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { API_PATHS, Fault, type FaultCode, isStorable, type WebhookReply } from "../../protocol/index.js";
import { forbidden } from "../policy.js";
import type { Identity } from "../ports.js";
import { NEEDED } from "../webhooks/owners.js";
import { type Api, answers, type Group, ofBody } from "./describing.js";
import {
  deadLettersReply,
  letterParams,
  newWebhookReply,
  webhookParams,
  webhookRequest,
  webhooksReply,
} from "./schemas/listening.js";

const ofOne: readonly FaultCode[] = ["bad_name", "forbidden"];
const ofChange: readonly FaultCode[] = [...ofOne, "storage_full"];

export function serveWebhooks(api: Api, { webhooks, access }: Group): void {
  async function demandOwn(request: FastifyRequest, { id, delivery = "" }: Letter): Promise<string> {
    const found = isStorable(id) && isStorable(delivery) ? await webhooks.get(id) : undefined;
    if (found?.owner !== access.identity(request).user.id) throw missing("webhook");
    return id;
  }

  api.post(
    API_PATHS.webhooks,
    {
      schema: {
        body: webhookRequest,
        ...answers({
          id: "createWebhook",
          summary: "Have a program told what happens to documents; the answer has the secret, this once",
          answer: { 201: newWebhookReply },
          problems: [...ofBody, "forbidden", "storage_full", "bad_url"],
        }),
      },
    },
    async (request, reply) => {
      access.demandWriting();
      const { user, claims, may } = access.identity(request);
      for (const pattern of request.body.documents) if (!(await may(NEEDED, pattern))) throw forbidden();
      const made = await webhooks.create(request.body, user.id, { user, ...(claims && { claims }) });
      return reply.code(201).header("Location", `${API_PATHS.webhooks}/${made.id}`).send(made);
    },
  );

  api.get(
    API_PATHS.webhooks,
    {
      schema: answers({
        id: "listWebhooks",
        summary: "One's own webhooks",
        answer: { 200: webhooksReply },
      }),
    },
    async (request) => {
      const identity = access.identity(request);
      const theirs: WebhookReply[] = [];
      for (const hook of await webhooks.list(identity.user.id)) theirs.push(await readableIn(hook, identity));
      return { webhooks: theirs };
    },
  );

  api.delete(
    API_PATHS.webhook,
    {
      schema: {
        params: webhookParams,
        ...answers({
          id: "deleteWebhook",
          summary: "Take a webhook away, with all that it was still to be told",
          answer: { 204: Type.Null({ description: "It is gone." }) },
          problems: ofChange,
        }),
      },
    },
    async (request, reply) => {
      access.demandWriting();
      await webhooks.remove(await demandOwn(request, request.params));
      return reply.code(204).send();
    },
  );

  api.get(
    API_PATHS.deadLetters,
    {
      schema: {
        params: webhookParams,
        ...answers({
          id: "listDeadLetters",
          summary: "What a webhook could not be told",
          answer: { 200: deadLettersReply },
          problems: ofOne,
        }),
      },
    },
    async (request) => ({
      deadLetters: await webhooks.deadLetters(await demandOwn(request, request.params)),
    }),
  );

  api.post(
    API_PATHS.redeliver,
    {
      schema: {
        params: letterParams,
        ...answers({
          id: "redeliverDeadLetter",
          summary: "Send a dead letter again",
          answer: { 202: Type.Null({ description: "It is sent." }) },
          problems: [...ofChange, ...ofBody],
        }),
      },
    },
    async (request, reply) => {
      access.demandWriting();
      const id = await demandOwn(request, request.params);
      if (!(await webhooks.redeliver(id, request.params.delivery))) throw missing("dead letter");
      return reply.code(202).send();
    },
  );

  api.delete(
    API_PATHS.redeliver,
    {
      schema: {
        params: letterParams,
        ...answers({
          id: "discardDeadLetter",
          summary: "Throw a dead letter away",
          answer: { 204: Type.Null({ description: "It is gone." }) },
          problems: ofChange,
        }),
      },
    },
    async (request, reply) => {
      access.demandWriting();
      const id = await demandOwn(request, request.params);
      if (!(await webhooks.discard(id, request.params.delivery))) throw missing("dead letter");
      return reply.code(204).send();
    },
  );
}

/** One fault for what does not exist and for what is somebody else's, so that nobody can tell which it is. */
const missing = (what: "webhook" | "dead letter") =>
  new Fault("forbidden", `This ${what} is not to be had here.`);

/**
 * A webhook as its owner may see it: among the documents that it means there may be some that were never theirs, and of which
 * nobody but the sending has found out that they are there.
 */
async function readableIn(hook: WebhookReply, { may }: Pick<Identity, "may">): Promise<WebhookReply> {
  const { stopped, ...rest } = hook;
  const readable = await Promise.all((stopped ?? []).map(({ document }) => may("read", document)));
  const shown = (stopped ?? []).filter((_, index) => readable[index]);
  return { ...rest, ...(shown.length === 0 ? {} : { stopped: shown }) };
}

interface Letter {
  readonly id: string;
  readonly delivery?: string;
}
