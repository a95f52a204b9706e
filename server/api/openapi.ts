// The OpenAPI document: every route under /v1 with its schemas, as the server itself has them.

import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { API_PATHS } from "../../protocol/api.js";
import { version } from "../version.js";

const about = `Documents that people and programs write together. A document's version counts the ops it has had committed;
it is its ETag. Changes are made at a version and moved past what came after it. Problems are RFC 9457 documents whose
\`code\` is stable.`;

/** Collects the routes that are registered after it, and serves what they are. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Interline",
        version,
        description: about.replaceAll("\n", " "),
        license: { name: "MIT" },
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{}, { token: [] }],
    },
  });
  let written: string | undefined;
  app.get(API_PATHS.openapi, { schema: { hide: true } }, async (_request, reply) => {
    written ??= JSON.stringify(app.swagger());
    return reply.type("application/json; charset=utf-8").header("Cache-Control", "no-cache").send(written);
  });
}
