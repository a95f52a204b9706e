// HTTP: the pages, health, metrics, and the API (`api/`). Every answer carries a strict content security
// policy; every request is checked for where it comes from before anything else; every error is a
// problem document, which a person at a browser is shown as a page (`page-problem.ts`).
//
//   /livez       the process answers                /readyz  the store is read and nobody is stopping us; what is degraded
//   /metrics     Prometheus                         /version what runs here
//   /token  /v1/documents…                          `api/`
//   /  /d/:id  /p/:id  …                            `http-pages.ts`

import { isUtf8 } from "node:buffer";
import helmet from "@fastify/helmet";
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from "fastify";
import { Fault, OLDEST_PROTOCOL, PROTOCOL_VERSION } from "../protocol/index.js";
import { type ApiOptions, serveApi } from "./api/index.js";
import { demandSimpleText } from "./api/json-text.js";
import { clientError, refuseUnread, sendFault } from "./http-faults.js";
import { closeWithLines } from "./http-lines.js";
import { methodsIn } from "./http-methods.js";
import { servePages } from "./http-pages.js";
import type { Metrics } from "./metrics/index.js";
import { isLoopback, type OriginCheck } from "./origins.js";
import { pagePolicy, unroutedHeaders } from "./page-policies.js";
import { problemPage } from "./page-problem.js";
import { refusalOf } from "./refusal.js";
import type { StoreState } from "./store-state.js";
import type { Certificate } from "./tls.js";
import { compileLate } from "./validators.js";
import { version } from "./version.js";

export interface HttpOptions extends ApiOptions {
  readonly allowed: OriginCheck;
  /** Other origins whose pages are let in, and may show the webview page in a frame. */
  readonly origins: readonly string[];
  readonly metrics: Metrics;
  /** The folder of the built pages. */
  readonly pages: string;
  /** With it, the server speaks HTTPS. */
  readonly certificate: Certificate | undefined;
  /** How the store is now. */
  readonly store: () => Promise<StoreState>;
  /** What else does not go as it should while documents are served all the same, in a sentence. */
  readonly degraded?: () => string | undefined;
  /** The server is about to stop: nobody is to be sent here any more. */
  readonly leaving: () => boolean;
}

/** Half a year. */
const HSTS_SECONDS = 180 * 24 * 60 * 60;

/** Of the longest name that a document may have, with every letter of it written as `%61` is. */
const PARAMETER_CHARS = 3 * 128;

export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { log, limits, addresses, allowed } = options;
  const { certificate } = options;
  const page = problemPage(options.pages);
  const settings: FastifyServerOptions = {
    bodyLimit: limits.bodyBytes,
    // An upload of a whole document over a slow line, and no slower.
    requestTimeout: 120_000,
    forceCloseConnections: "idle",
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
    routerOptions: { maxParamLength: PARAMETER_CHARS },
    // Before a route is found, and before any hook; the rest goes by the error handler.
    frameworkErrors: ({ code }, _request, reply) =>
      sendFault(
        reply.headers(unroutedHeaders),
        code === "FST_ERR_MAX_PARAM_LENGTH"
          ? new Fault("bad_name", "A name in the address is too long.")
          : new Fault("message_malformed", "The address is not valid."),
        page,
      ),
    clientErrorHandler: ({ code }, socket) => refuseUnread(code, socket),
    // What is sent is what is meant: nothing is left out, filled in or made another type.
    ajv: {
      // Of what is not accepted, errors hold the schema, which says what is.
      // That the schemas are such is tested, and is not found out again at every start: that takes as long as to write the checks.
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        verbose: true,
        validateSchema: false,
      },
      onCreate: compileLate,
    },
    // Schemas of answers are for reading; what is answered is JSON as it is. Named here, so that nothing else is loaded for it.
    schemaController: {
      compilersFactory: { buildSerializer: () => () => (answer) => JSON.stringify(answer) },
    },
  };
  // How often times are looked at; Node's own half minute would let a slow sender stay for as long.
  const http = { connectionsCheckingInterval: 2000 };
  // Over TLS it is another class of server, with everything in it that is used here.
  const kind = certificate === undefined ? { http } : { https: { ...http, ...certificate.options } };
  const app = fastify({ ...settings, ...kind } as FastifyServerOptions);
  app.server.headersTimeout = limits.connectTimeoutMs;
  // Whoever says nothing holds a socket as well; the rest of them is left for those who are told that it is full.
  app.server.maxConnections = limits.connections + 1000;
  app.removeContentTypeParser("text/plain");
  parseJson(app);
  // A deletion has no body, and what comes with one is not read, whatever it calls itself.
  app.addHttpMethod("DELETE", { hasBody: false, overrideExisting: true });

  const methodsOf = methodsIn(app);
  function unrouted({ url, method }: FastifyRequest, reply: FastifyReply): Fault {
    const methods = methodsOf(url);
    if (methods.length === 0 || methods.includes(method))
      return new Fault("address_unknown", "There is nothing at this address.");
    const accepted = methods.join(", ");
    reply.header("Allow", accepted);
    return new Fault("method_unsupported", `Nothing is done by ${method} at this address.`, {
      details: { accepted },
    });
  }
  app.setErrorHandler((error, request, reply) => {
    const mistake = clientError(error, request.routeOptions.bodyLimit ?? limits.bodyBytes);
    sendFault(reply, refusalOf(mistake ?? error, log, { path: request.routeOptions.url }), page);
  });
  app.setNotFoundHandler((request, reply) => sendFault(reply, unrouted(request, reply), page));
  closeWithLines(app);
  app.addHook("onRequest", async (request) => {
    if (!allowed(addresses.asked(request.raw)))
      throw new Fault(
        "origin_refused",
        "This server does not answer to that page or host name; --origin lets one in.",
      );
  });

  await app.register(helmet, pagePolicy);
  // A body that nothing here would look at is not read: to parse a long one takes seconds, in which nobody else is served.
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) throw unrouted(request, reply);
  });
  if (certificate !== undefined) {
    // A browser that was here once asks for nothing unencrypted any more. Not on this machine, where other programs
    // answer under the same name.
    app.addHook("onSend", async ({ hostname }, reply) => {
      if (!isLoopback(hostname)) reply.header("Strict-Transport-Security", `max-age=${HSTS_SECONDS}`);
    });
  }
  serveHealth(app, options);
  await serveApi(app, options);
  await servePages(app, options.pages, options.origins);
  return app;
}

/** As Fastify does by itself, if it can be done in a moment, and is text: it would put U+FFFD for every byte that is none. */
function parseJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const bytes = body as Buffer;
    if (!isUtf8(bytes)) {
      done(new Fault("message_malformed", "The body is not UTF-8, as JSON must be."));
      return;
    }
    const text = bytes.toString("utf8");
    try {
      demandSimpleText(text);
    } catch (error) {
      done(error as Error);
      return;
    }
    parse(request, text, done);
  });
}

function serveHealth(app: FastifyInstance, { store, degraded, leaving, metrics }: HttpOptions): void {
  app.get("/livez", async (_request, reply) => reply.type("text/plain").send("ok"));

  app.get("/readyz", async () => {
    if (leaving()) throw new Fault("unavailable", "The server is stopping.", { retryAfterMs: 2000 });
    const state = await store();
    if (state.kind === "away")
      throw new Fault("unavailable", "The store does not answer.", { retryAfterMs: 1000 });
    // Whoever comes can read at the least, and elsewhere it is no better.
    const wrong = [state.kind === "well" ? undefined : state.degraded, degraded?.()].filter(Boolean);
    return { ready: true, ...(wrong.length === 0 ? {} : { degraded: wrong.join(" ") }) };
  });

  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  app.get("/version", async () => ({
    name: "interline",
    version,
    protocol: PROTOCOL_VERSION,
    oldestProtocol: OLDEST_PROTOCOL,
  }));
}
