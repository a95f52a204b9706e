// The OpenAPI document: every route under /v1 with its schemas, as the server itself has them. It is written when somebody first
// asks for it, and what writes it is loaded then: with all that it needs it is a twentieth of a server.

import fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import { API_PATHS } from "../../protocol/api.js";
import { version } from "../version.js";

const about = `Documents that people and programs write together. A document's version counts the ops it has had committed;
it is its ETag. Changes are made at a version and moved past what came after it. Problems are RFC 9457 documents whose
\`code\` is stable.`;

/** Collects the routes that are registered after it, and serves what they are. */
export function describeApi(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook("onRoute", (route) => void routes.push(route));
  let written: Promise<string> | undefined;
  app.get(API_PATHS.openapi, { schema: { hide: true } }, async (_request, reply) => {
    written ??= described(routes);
    return reply
      .type("application/json; charset=utf-8")
      .header("Cache-Control", "no-cache")
      .send(await written);
  });
}

/** Says what routes are by way of a server that has them too, and answers nobody. */
async function described(routes: readonly RouteOptions[]): Promise<string> {
  const { default: swagger } = await import("@fastify/swagger");
  const shown = fastify();
  shown.setValidatorCompiler(() => () => true).setSerializerCompiler(() => String);
  await shown.register(swagger, {
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
  for (const { method, url, schema } of routes)
    if (method !== "HEAD")
      shown.route({ method, url, ...(schema === undefined ? {} : { schema }), handler() {} });
  await shown.ready();
  return JSON.stringify(shown.swagger());
}
