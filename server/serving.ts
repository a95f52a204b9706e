// What stands on the ledger and the cluster: people and their rights, documents for programs, HTTP, sockets and webhooks, put
// together in the order in which they need each other, until one port listens.
//
//   ledger, cluster ─▶ news ─▶ rights ─┬─▶ documents, webhooks ─▶ HTTP ──┐
//                                      └─▶ gateway ◀─ rooms ◀─ sockets ──┴─▶ one port
//
// What is refused is refused before anything runs that would have to be stopped. How it all ends is `closing.ts`.

import type { Server as TlsServer } from "node:tls";
import type { Clock, Random } from "../protocol/index.js";
import { createAddresses } from "./address.js";
import { authenticatorOf } from "./auth.js";
import { createClosing } from "./closing.js";
import type { Cluster } from "./cluster/index.js";
import { createForming } from "./documents/forming/index.js";
import { asGiven } from "./documents/given.js";
import { createDocuments } from "./documents/index.js";
import { createGateway, type Gateway } from "./gateway.js";
import { createHttp } from "./http.js";
import type { OpenLedger } from "./ledger/index.js";
import type { ServerLimits } from "./limits.js";
import { measureLoad } from "./load.js";
import type { Log } from "./log.js";
import type { Meter } from "./meter.js";
import type { Metrics } from "./metrics/index.js";
import { openNews } from "./news.js";
import { builtPages, DEFAULT_HOST, DEFAULT_PORT, isAmongOthers, type ServerOptions } from "./options.js";
import { createOriginCheck } from "./origins.js";
import type { Identity, Judge, Relay } from "./ports.js";
import { createQuotas } from "./quotas.js";
import { endOfTurn } from "./relay.js";
import { governed } from "./rights.js";
import { reviewAtOnce, type Visited } from "./rounds.js";
import type { Running } from "./running.js";
import type { Server } from "./server.js";
import { createSockets } from "./sockets.js";
import { serveStockClients } from "./stock/endpoint.js";
import { createMemberRooms } from "./stock/rooms.js";
import type { StoreWatch } from "./store-state.js";
import { createTickets, mintId } from "./tickets.js";
import { openCertificate } from "./tls.js";
import { createWebhooks } from "./webhooks/index.js";
import { createOwners } from "./webhooks/owners.js";

/** What is there before anybody is served. */
export interface Foundation {
  readonly options: ServerOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly log: Log;
  readonly node: string;
  readonly meter: Meter;
  readonly metrics: Metrics;
  readonly running: Running;
  readonly store: StoreWatch;
  readonly judge: Judge | undefined;
  readonly ledger: OpenLedger;
  readonly cluster: Cluster;
  /** Names who is told of every commit. */
  readonly relayTo: (relay: Relay) => void;
}

/** @throws before anything listens, when all that was begun here has ended */
export async function serve(foundation: Foundation): Promise<Server> {
  const {
    options,
    clock,
    random,
    limits,
    log,
    node,
    meter,
    metrics,
    running,
    store,
    judge,
    ledger,
    cluster,
  } = foundation;
  const { port = DEFAULT_PORT, host = DEFAULT_HOST } = options;
  const streams = new Set<Visited>();
  const news = await openNews({
    store: ledger.news,
    bus: cluster.bus,
    clock,
    random,
    intervalMs: limits.newsIntervalMs,
    connected: () => gateway.connected > 0,
    revoked: async (rows) => {
      const concerns = ({ user, claims }: Identity) =>
        rows.some((row) => (row.token === "" ? row.user === user.id : row.token === claims?.jti));
      await Promise.all([gateway.review(concerns), reviewAtOnce(streams, concerns)]);
    },
    announced: (announcement) => gateway.announce(announcement),
    failed: (error) => log.warn({ err: error }, "What was revoked or announced elsewhere could not be read."),
  });
  const authenticator = governed(authenticatorOf(options, ledger.secret, clock, random), {
    ...options,
    revocations: news.revocations,
    fresh: news.fresh,
  });
  // What is refused is refused before anything runs that would have to be stopped.
  const allowed = createOriginCheck(options.origins ?? [], (options.auth ?? "open") === "open");
  const certificate = options.tls && openCertificate(options.tls, log);
  const addresses = createAddresses(options.trustProxy, certificate !== undefined);
  const closing = createClosing({ clock, running, limits, log, among: isAmongOthers(options) });
  const webhooks = createWebhooks({
    beside: ledger.beside,
    clock,
    random,
    limits,
    log,
    node: mintId(random),
    owners: createOwners({ authenticator, clock, withinMs: limits.reviewTimeoutMs }),
    allow: options.webhooks?.allow ?? [],
    loopback: (options.auth ?? "open") === "open" && options.webhooks?.allow === undefined,
  });
  const forming = createForming({ clock, limits });
  const documents = createDocuments({
    forming,
    ledger,
    clock,
    random,
    log,
    rooms: () => rooms,
    headsIntervalMs: limits.headIntervalMs,
    limits,
    judge,
    stopping: closing.signal,
    naming: webhooks.naming,
    deleted: (doc, version) => gateway.deleted(doc, version),
  });
  const quotas = createQuotas({ clock, random, limits, meter });
  const load = measureLoad(clock, setImmediate);
  const app = await createHttp({
    documents,
    webhooks,
    authenticator,
    clock,
    random,
    limits,
    log,
    streams,
    meter,
    addresses,
    allowed,
    origins: options.origins ?? [],
    quotas,
    metrics,
    certificate,
    pages: options.pages ?? builtPages,
    store: store.look,
    degraded: cluster.degraded,
    leaving: () => closing.leaving,
    draining: () => closing.draining,
  });
  const sockets = createSockets({
    http: app.server,
    addresses,
    allowed,
    origins: options.origins ?? [],
    limits,
    clock,
    random,
    quotas,
    load,
    meter,
    log,
    node,
    ...(cluster.adapter === undefined ? {} : { adapter: cluster.adapter }),
  });
  certificate?.serve(app.server as unknown as TlsServer);
  const tickets = createTickets(ledger.secret);
  const rooms = createMemberRooms(sockets.rooms, cluster.bus, clock);
  const gateway = createGateway({
    ledger,
    rooms,
    clock,
    soon: endOfTurn,
    random,
    limits,
    authenticator,
    tickets,
    log,
    meter,
    quotas,
    load,
    bus: cluster.bus,
    announcements: news.announcements,
    wrote: documents.people.remember,
  });
  foundation.relayTo(gateway.relay);
  running.gateway = gateway;
  running.sockets = sockets;
  const accept: Gateway["accept"] = (peer, hello) => {
    const handle = gateway.accept(peer, hello);
    news.wake();
    return handle;
  };
  sockets.serve(accept);
  if (options.sharedb ?? options.auth !== "jwt") {
    const http = app.server;
    serveStockClients({
      http,
      addresses,
      allowed,
      accept,
      rooms,
      clock,
      random,
      limits,
      quotas,
      meter,
      log,
    });
  }

  try {
    await app.listen({ port, host });
  } catch (error) {
    load.stop();
    await webhooks.stop();
    await forming.close();
    certificate?.stop();
    await sockets.close(0);
    await app.close();
    throw error;
  }

  const address = app.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `${certificate === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    // The HTTP API has looked at what it is asked by then.
    documents: asGiven(documents),
    webhooks,
    revoke: news.revoke,
    announce: news.announce,
    takeBack: news.takeBack,
    pseudonym: tickets.pseudonym,
    reloadCertificate: () => certificate?.reload(),
    close: closing.of({
      ...{ ledger, store, cluster, gateway, news, webhooks, rooms, load, certificate, sockets, app },
      ...{ forming, people: documents.people },
    }),
  };
}
