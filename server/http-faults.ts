// How a request is told what was wrong with it: a problem document with the headers that belong to it, or the page that a
// person is shown in its place.
//
// Whoever finds the mistake, the answer has one form: a fault of ours, what Fastify finds in a body before any of our code
// runs, and what Node takes for no HTTP at all, which is written to the socket by hand, since there is nobody else to.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import { Fault } from "../protocol/index.js";
import type { ProblemPage } from "./page-problem.js";
import { problemOf } from "./problem.js";

/** Answers a request with what was wrong with it. */
export function sendFault(reply: FastifyReply, fault: Fault, page: ProblemPage): void {
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
export function refuseUnread(code: string, socket: Socket): void {
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

/** What Fastify itself found wrong with a request; undefined: it was not Fastify. */
export function clientError(error: unknown, bodyBytes: number): Fault | undefined {
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
