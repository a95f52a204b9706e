// The HTTP API as far as pages and small programs need it, and the token endpoint of the open server.
//
//   POST /token                {name}                              → 201 {token, user}
//   POST /v1/documents         {id?, type, text? | snapshot?}      → 201, Location, ETag "v"
//   GET  /v1/documents         ?search= &cursor=                   → {documents, cursor?}
//   GET  /v1/documents/:id     ?format=json | text                 → ETag "v"; If-None-Match → 304
//   GET  /v1/documents/:id/ops ?from= &to=                         → {ops, head}, a page of them
//   DELETE /v1/documents/:id                                       → 204; whoever has it open is told
//
// Rights and faults are those of the socket; who asks is told by a bearer token, before the body is read.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type Clock,
  decodeNewDocument,
  decodeTokenRequest,
  Fault,
  isDocumentId,
  isStorable,
  type Random,
  type Version,
} from "../../protocol/index.js";
import type { Addresses } from "../address.js";
import type { Authenticator } from "../auth.js";
import { createBuckets } from "../bucket.js";
import type { Documents } from "../documents/index.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Identity } from "../ports.js";
import { type Quotas, type Scope, tooMany } from "../quotas.js";
import { forbidden } from "../requests.js";
import { admitted } from "../standing.js";
import { mintDocumentId } from "../tickets.js";

export interface ApiOptions {
  readonly documents: Documents;
  readonly addresses: Addresses;
  readonly quotas: Quotas;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly log: Log;
  readonly draining: () => boolean;
}

interface Query {
  readonly search?: unknown;
  readonly cursor?: unknown;
  readonly format?: unknown;
}

export function serveApi(app: FastifyInstance, options: ApiOptions): void {
  const { documents, addresses, quotas, authenticator, clock, random, limits, draining } = options;
  const rates = createBuckets(clock, limits.httpPerSecond, limits.httpBurst);
  /** Who asks. A request that is not here has not been let in. */
  const identities = new WeakMap<FastifyRequest, Identity>();

  function limited(who: string, scope: Scope): void {
    const retryAfterMs = rates.take(who);
    if (retryAfterMs > 0) throw tooMany(retryAfterMs, scope);
  }

  async function admit(request: FastifyRequest): Promise<void> {
    const address = addresses.clientAddress(request.raw);
    quotas.http(address);
    const token = /^Bearer +(\S{1,8192})$/i.exec(request.headers.authorization ?? "")?.[1];
    const admission = await authenticator.authenticate(token === undefined ? {} : { token });
    const identity = await admitted(admission, "http");
    if (token === undefined) limited(address, "address");
    else limited(identity.user.id, "user");
    identities.set(request, identity);
  }

  const identityOf = (request: FastifyRequest): Identity => {
    const identity = identities.get(request);
    if (identity === undefined) throw new Fault("unauthenticated", "A token is needed here.");
    return identity;
  };

  function writing(): void {
    if (draining())
      throw new Fault("unavailable", "The server is stopping.", { retryAfterMs: limits.returnAfterMs });
  }

  app.post("/token", async (request, reply) => {
    limited(addresses.clientAddress(request.raw), "address");
    const { name } = decodeTokenRequest(request.body);
    if (authenticator.issue === undefined) throw forbidden();
    return reply.code(201).send(await authenticator.issue(name ?? ""));
  });

  app.post("/v1/documents", { onRequest: admit }, async (request, reply) => {
    writing();
    const identity = identityOf(request);
    const { id = mintDocumentId(random), ...contents } = decodeNewDocument(request.body);
    if (!(await identity.may("create", id))) throw forbidden();
    quotas.create(identity.user.id);
    const made = await documents.create({ ...contents, id }, { author: identity.user.id });
    tag(reply, made.version).code(201).header("Location", `/v1/documents/${made.id}`);
    return made;
  });

  app.get<{ Querystring: Query }>("/v1/documents", { onRequest: admit }, async (request) => {
    const identity = identityOf(request);
    const search = word(request.query.search, "search");
    const cursor = word(request.query.cursor, "cursor");
    const found = await documents.list({
      limit: limits.listed,
      ...(search === undefined ? {} : { search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const theirs = await Promise.all(found.documents.map(({ id }) => identity.may("read", id)));
    return { ...found, documents: found.documents.filter((_document, index) => theirs[index]) };
  });

  app.get<{ Params: { id: string }; Querystring: Query }>(
    "/v1/documents/:id",
    { onRequest: admit },
    async (request, reply) => {
      const { id } = request.params;
      const format = word(request.query.format, "format") ?? "json";
      if (format !== "json" && format !== "text")
        throw new Fault("message_malformed", "format must be json or text.");
      if (!isDocumentId(id)) throw new Fault("bad_name", "That is no document's name.");
      const [readable, document] = await Promise.all([
        identityOf(request).may("read", id),
        documents.read(id),
      ]);
      if (!readable || document === undefined) throw forbidden();
      const { type, version } = document;
      if (request.headers["if-none-match"] === tagOf(version)) return tag(reply, version).code(304).send();
      tag(reply, version);
      if (format === "text") return reply.type("text/plain; charset=utf-8").send(document.text);
      return reply.send({ id, type, version, snapshot: document.snapshot });
    },
  );

  app.get<{ Params: { id: string }; Querystring: { readonly from?: unknown; readonly to?: unknown } }>(
    "/v1/documents/:id/ops",
    { onRequest: admit },
    async (request) => {
      const { id } = request.params;
      if (!isDocumentId(id)) throw new Fault("bad_name", "That is no document's name.");
      const from = versionIn(request.query.from, "from");
      const to = versionIn(request.query.to, "to");
      if (!(await identityOf(request).may("read", id))) throw forbidden();
      return documents.ops(id, {
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
    },
  );

  app.delete<{ Params: { id: string } }>(
    "/v1/documents/:id",
    { onRequest: admit },
    async (request, reply) => {
      writing();
      const identity = identityOf(request);
      const { id } = request.params;
      if (!isDocumentId(id)) throw new Fault("bad_name", "That is no document's name.");
      const [readable, deletable] = await Promise.all([identity.may("read", id), identity.may("delete", id)]);
      // Who may not read it must not learn that it is there.
      if (!readable) throw forbidden();
      if (!deletable) throw new Fault("readonly", "This document is not yours to delete.");
      await documents.delete(id, { author: identity.user.id });
      return reply.code(204).send();
    },
  );
}

const tagOf = (version: Version) => `"${version}"`;

function tag(reply: FastifyReply, version: Version): FastifyReply {
  return reply.header("ETag", tagOf(version)).header("Cache-Control", "private, no-cache");
}

/** A version in the query. */
function versionIn(value: unknown, name: string): Version | undefined {
  const given = word(value, name);
  if (given === undefined) return undefined;
  if (!/^\d{1,15}$/.test(given)) throw new Fault("message_malformed", `${name} must be a version.`);
  return Number(given);
}

/** A parameter of the query that is given at most once. */
function word(value: unknown, name: string): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string" || value.length > 500 || !isStorable(value)) {
    throw new Fault("message_malformed", `${name} must be one short text.`);
  }
  return value;
}
