// HTTP: the pages, health, metrics, and the API (`api/`). Every answer carries a strict content security
// policy; every request is checked for where it comes from before anything else; every error is a
// problem document, which a person at a browser is shown as a page (`page-problem.ts`).
//
//   /  /d/:id  /p/:id  /history/:id  /webview/:id  /side-by-side  /inspector   pages built by Vite, their assets, their worker
//   /livez       the process answers                /readyz  the store is read and nobody is stopping us; what is degraded
//   /metrics     Prometheus                         /version what runs here
//   /token  /v1/documents…                          `api/`

import { isUtf8 } from "node:buffer";
import { existsSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import serveStatic from "@fastify/static";
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from "fastify";
import { Fault, isDocumentId, OLDEST_PROTOCOL, PROTOCOL_VERSION } from "../protocol/index.js";
import { type ApiOptions, serveApi } from "./api/index.js";
import { demandSimpleText } from "./api/json-text.js";
import { closeWithLines } from "./http-lines.js";
import { methodsIn } from "./http-methods.js";
import type { Metrics } from "./metrics/index.js";
import { isLoopback, type OriginCheck } from "./origins.js";
import { pagePolicy, unroutedHeaders, webviewPolicy } from "./page-policies.js";
import { type ProblemPage, problemPage } from "./page-problem.js";
import { problemOf } from "./problem.js";
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

/** A page for each address; the names are Vite's inputs. */
const pages: Readonly<Record<string, string>> = {
  "/": "index.html",
  "/d/:id": "rich.html",
  "/p/:id": "plain.html",
  "/history/:id": "history.html",
  "/inspector": "inspector.html",
  "/side-by-side": "side-by-side.html",
  "/webview/:id": "webview.html",
};

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
      customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, verbose: true },
      onCreate: compileLate,
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

function sendFault(reply: FastifyReply, fault: Fault, page: ProblemPage): void {
  const { retryAfterMs } = fault.extra;
  // What was said of an answer that was to be given is not so of this one: it would be kept for as long.
  reply.removeHeader("Cache-Control").removeHeader("ETag");
  if (retryAfterMs !== undefined) reply.header("Retry-After", Math.ceil(retryAfterMs / 1000));
  const problem = problemOf(fault);
  if (problem.status === 401) reply.header("WWW-Authenticate", "Bearer");
  const html = page(reply.request.raw, problem);
  reply.code(problem.status);
  if (html === undefined) reply.type("application/problem+json").send(JSON.stringify(problem));
  else
    reply
      .headers({ "Cache-Control": "no-cache", Vary: "Accept" })
      .type("text/html; charset=utf-8")
      .send(html);
}

/** Answers what is no HTTP, or did not come to its end, and closes: nothing more can be read there. */
function refuseUnread(code: string, socket: Socket): void {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, title] = unread[code] ?? [400, "The request is not valid HTTP."];
  const body = JSON.stringify({ ...problemOf(new Fault("message_malformed", title)), status });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** What Node says of it, as it is told. */
const unread: { readonly [code: string]: readonly [status: number, title: string] | undefined } = {
  HPE_HEADER_OVERFLOW: [431, "The headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request took too long to come."],
};

/** What Fastify says of a body, as it is told. Keys that could reach into prototypes are no JSON here. */
const unreadable: { readonly [code: string]: string | undefined } = {
  FST_ERR_CTP_EMPTY_JSON_BODY: "The body is empty. It must be JSON.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is not valid JSON, or has a key __proto__ or constructor.",
};

/** What Fastify itself found wrong with a request. */
function clientError(error: unknown, bodyBytes: number): Fault | undefined {
  // Fastify writes a status on what a schema refuses, too.
  if (error instanceof Fault) return undefined;
  const status =
    typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
  if (status === 413)
    return new Fault("document_too_large", "The body is too large.", { details: { bodyBytes } });
  if (status === 415)
    return new Fault("media_type_unsupported", "The body must be application/json.", {
      details: { accepted: "application/json" },
    });
  if (status === 503) return new Fault("unavailable", "The server is stopping.", { retryAfterMs: 2000 });
  if (typeof status === "number" && status >= 400 && status < 500) {
    const { code } = error as { readonly code?: unknown };
    return new Fault("message_malformed", unreadable[String(code)] ?? "The request is not valid.");
  }
  return undefined;
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

async function servePages(app: FastifyInstance, folder: string, origins: readonly string[]): Promise<void> {
  const built = existsSync(join(folder, "index.html"));
  if (built) {
    await app.register(serveStatic, {
      root: join(folder, "assets"),
      prefix: "/assets/",
      // Vite names assets after their contents.
      immutable: true,
      maxAge: "1y",
    });
    // The service worker stands beside the pages, because it may only look after what is below it.
    app.get("/worker.js", async (_request, reply) =>
      reply.header("Cache-Control", "no-cache").sendFile("worker.js", folder, { cacheControl: false }),
    );
  }
  for (const [path, file] of Object.entries(pages)) {
    const embeddable = file === "webview.html" ? { helmet: webviewPolicy(origins) } : {};
    app.get<{ Params: { id?: string } }>(path, embeddable, async ({ params }, reply) => {
      if (params.id !== undefined && !isDocumentId(params.id)) return reply.callNotFound();
      if (!built)
        return reply.code(503).type("text/plain").send("The pages are not built yet. Run: npm run build\n");
      return reply.header("Cache-Control", "no-cache").sendFile(file, folder, { cacheControl: false });
    });
  }
}
