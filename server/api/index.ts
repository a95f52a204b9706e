// The HTTP API under /v1, and the token endpoint of the open server.
//
//   request ──▶ let in by its token (`access.ts`) ──▶ rate ──▶ schema (`schemas/`) ──▶ rights, limits ──▶ `documents`
//
// A route is in its group's file (`documents.ts`, `changing.ts`, `history.ts`, `events.ts`, `webhooks.ts`) with all that it
// answers; `openapi.ts` shows them. Faults come as problem documents with the codes of the socket. Nothing that a schema does not name is taken.

import rateLimit from "@fastify/rate-limit";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Clock, decodeTokenRequest, Fault, isStorable, type Random } from "../../protocol/index.js";
import { checkJson } from "../../protocol/shape.js";
import type { Documents } from "../documents/index.js";
import type { Log } from "../log.js";
import { forbidden } from "../policy.js";
import { tooMany } from "../quotas.js";
import type { Visited } from "../rounds.js";
import type { Webhooks } from "../webhooks/index.js";
import { type Access, type AccessOptions, createAccess } from "./access.js";
import { serveChanging } from "./changing.js";
import type { Api } from "./describing.js";
import { serveDocuments } from "./documents.js";
import { serveEvents } from "./events.js";
import { serveHistory } from "./history.js";
import { describeApi } from "./openapi.js";
import { boundAnswers, boundBodies } from "./unread.js";
import { inWords, withNumbers } from "./validation.js";
import { serveWebhooks } from "./webhooks.js";

export interface ApiOptions extends AccessOptions {
  readonly documents: Documents;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The streams of events that are open; whoever knows of a change of rights has them look at it. */
  readonly streams: Set<Visited>;
}

/** A name of 200 characters, each written as `\u0061` is. Nobody is known here yet, so no more than that is read of anybody. */
const TOKEN_BODY_BYTES = 4096;

export async function serveApi(app: FastifyInstance, options: ApiOptions): Promise<void> {
  const { authenticator, limits } = options;
  const access = createAccess(options);
  await app.register(async (outer) => {
    await outer.register(rateLimit, {
      max: limits.httpBurst,
      timeWindow: Math.ceil((limits.httpBurst / limits.httpPerSecond) * 1000),
      cache: limits.namesRemembered,
      keyGenerator: access.payer,
      errorResponseBuilder: (request, { ttl }) =>
        tooMany(ttl, access.payer(request).startsWith("user ") ? "user" : "address"),
    });
    boundAnswers(outer, options);
    describeApi(outer);
    outer.post("/token", { schema: { hide: true }, bodyLimit: TOKEN_BODY_BYTES }, async (request, reply) => {
      const { name } = decodeTokenRequest(request.body);
      if (authenticator.issue === undefined) throw forbidden();
      return reply.code(201).send(await authenticator.issue(name ?? ""));
    });
    await outer.register(async (inner) =>
      serveV1(inner.withTypeProvider<TypeBoxTypeProvider>(), options, access),
    );
  });
}

function serveV1(api: Api, options: ApiOptions, access: Access): void {
  api.setSchemaErrorFormatter(inWords);
  api.addHook("onRequest", access.admit);
  boundBodies(api as unknown as FastifyInstance, options);
  api.addHook("preValidation", async (request) => withNumbers(request));
  api.addHook("preHandler", async (request) => demandStorable(request));
  const group = { ...options, access };
  serveDocuments(api, group);
  serveChanging(api, group);
  serveHistory(api, group);
  serveEvents(api, group);
  serveWebhooks(api, group);
}

/** Demands text that every storage and wire gives back as it was, and JSON that is not nested without end. */
function demandStorable({ body, query }: FastifyRequest): void {
  for (const value of Object.values(query as object))
    if (typeof value === "string" && !isStorable(value))
      throw new Fault("message_malformed", "The query holds half a character or U+0000.");
  for (const value of Object.values((body ?? {}) as object)) checkJson(value, "op_malformed");
}
