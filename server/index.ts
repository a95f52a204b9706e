// A server in one call: the ledger, the gateway, the sockets and HTTP, put together and taken apart in order.
//
//   createServer ─▶ ledger (database) ─▶ gateway ─▶ sockets ┐
//                        │                                  ├─▶ one port
//                        └─▶ documents ─▶ HTTP, pages ──────┘
//
// A server that lets anybody in listens on loopback addresses only. Nothing here reads the environment.

import type { Server as TlsServer } from "node:tls";
import { type Clock, systemClock } from "../protocol/index.js";
import { createAddresses } from "./address.js";
import { type Authenticator, jwtAuth, openAuth } from "./auth.js";
import { type Cluster, openCluster } from "./cluster/index.js";
import { createDocuments, type Documents } from "./documents/index.js";
import { createGateway, type Gateway } from "./gateway.js";
import { createHttp } from "./http.js";
import { type OpenLedger, openLedger } from "./ledger/index.js";
import { defaultLimits, type ServerLimits } from "./limits.js";
import { measureLoad } from "./load.js";
import { createLog } from "./log.js";
import { createMetrics, type Metrics } from "./metrics.js";
import { type Announcement, openNews } from "./news.js";
import {
  builtPages,
  checkOptions,
  DEFAULT_DATABASE,
  DEFAULT_HOST,
  DEFAULT_PORT,
  isAmongOthers,
  type ServerOptions,
} from "./options.js";
import { createOriginCheck } from "./origins.js";
import type { Relay } from "./ports.js";
import { createQuotas } from "./quotas.js";
import type { Revocation } from "./revocations.js";
import { governed } from "./rights.js";
import { createSockets } from "./sockets.js";
import { startupError } from "./startup.js";
import { serveStockClients } from "./stock/endpoint.js";
import { createMemberRooms } from "./stock/rooms.js";
import type { Checkpoints } from "./storage/index.js";
import { createTickets, mintId, systemRandom } from "./tickets.js";
import { openCertificate } from "./tls.js";
import { version } from "./version.js";

export type { By, Documents, ReadDocument } from "./documents/index.js";
export { defaultLimits, type ServerLimits } from "./limits.js";
export type { Log } from "./log.js";
export type { Announcement } from "./news.js";
export type { ServerOptions } from "./options.js";
export type { Action, Claims, DocumentHead, DocumentSummary } from "./ports.js";
export type { Revocation } from "./revocations.js";
export { type ExitReason, exitCodes, StartupError } from "./startup.js";
export type { OpLog } from "./storage/index.js";

export interface Server {
  readonly url: string;
  readonly port: number;
  /** The documents, for code in this process. Everything is allowed here. */
  readonly documents: Documents;
  /**
   * Takes back tokens, or what they say of one document, and acts on it at once: `{ user }`, `{ user, doc }`, or
   * `{ token }` by its `jti`. Tokens that are issued afterwards hold. Rights that the `authorize` rule has taken away need
   * no call; one makes it quicker. Resolves when it is durable.
   */
  revoke(what: Revocation): Promise<void>;
  /**
   * Tells everybody something, those who are connected to any node and those who connect while it lasts. Resolves with its
   * id when it is durable.
   */
  announce(announcement: Announcement): Promise<string>;
  /** Takes back what was announced, or all of it, and resolves with how much that was. */
  takeBack(id?: string): Promise<number>;
  /** Reads the TLS files again, as it does by itself when they change. */
  reloadCertificate(): void;
  /**
   * Tells everybody to come back later, finishes what was taken, and closes, within 25 seconds whatever clients do. A node
   * among others has its clients move to them first, while it goes on serving. Calling
   * it again waits for the same end; with `now` it waits for nobody but the database. What was acknowledged is durable in
   * any case. Rejects if the database does not close.
   */
  close(how?: { readonly now?: boolean }): Promise<void>;
}

/** How long those who are disconnected may take to read their last words. */
const LAST_WORDS_MS = 1000;
/** How long a request over HTTP may still take when the server stops. */
const LAST_REQUESTS_MS = 3000;
/** How long the database may take to finish and to close. */
const LAST_WRITES_MS = 8000;

/**
 * @param checkpoints  for tests: what is called at the points of an op's way
 * @throws StartupError with one sentence and an exit code, before anything listens
 */
export async function createServer(
  options: ServerOptions = {},
  checkpoints: Checkpoints = {},
): Promise<Server> {
  const { port = DEFAULT_PORT, host = DEFAULT_HOST, clock = systemClock } = options;
  const log = options.log ?? createLog("warn");
  const random = systemRandom;
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  checkOptions(options);

  let relay: Relay = () => {};
  let retried = () => {};
  let openDocuments = () => 0;
  try {
    const ledger = await openLedger({
      database: options.database ?? DEFAULT_DATABASE,
      relay: (...commit) => relay(...commit),
      retried: () => retried(),
      clock,
      documentAtoms: limits.documentAtoms,
      log,
      ...checkpoints,
    });
    try {
      return await start(ledger);
    } catch (error) {
      await ledger.close();
      throw error;
    }
  } catch (error) {
    throw startupError(error, { host, port });
  }

  async function start(ledger: OpenLedger): Promise<Server> {
    const metrics = createMetrics(version, {
      documents: () => openDocuments(),
      ...(options.redis === undefined
        ? {}
        : { bus: { up: () => cluster.degraded() === undefined, queued: () => cluster.queued() } }),
    });
    const cluster = await openCluster({
      redis: options.redis,
      node: mintId(random),
      secret: ledger.secret,
      clock,
      random,
      log,
      meter: metrics.meter,
    });
    try {
      return await serve(ledger, cluster, metrics);
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async function serve(ledger: OpenLedger, cluster: Cluster, metrics: Metrics): Promise<Server> {
    const { meter } = metrics;
    retried = meter.retried;
    const news = await openNews({
      store: ledger.news,
      bus: cluster.bus,
      clock,
      random,
      intervalMs: limits.newsIntervalMs,
      connected: () => gateway.connected > 0,
      revoked: (rows) =>
        gateway.review(({ user, claims }) =>
          rows.some((row) => (row.token === "" ? row.user === user.id : row.token === claims?.jti)),
        ),
      announced: (announcement) => gateway.announce(announcement),
      failed: (error) =>
        log.warn({ err: error }, "What was revoked or announced elsewhere could not be read."),
    });
    const authenticator = governed(authenticatorOf(options, ledger.secret, clock), {
      ...options,
      revocations: news.revocations,
      fresh: news.fresh,
    });
    const documents = createDocuments(ledger, random, (doc) => gateway.deleted(doc));
    const allowed = createOriginCheck(options.origins ?? [], (options.auth ?? "open") === "open");
    const certificate = options.tls && openCertificate(options.tls, log);
    const addresses = createAddresses(options.trustProxy, certificate !== undefined);
    const quotas = createQuotas({ clock, random, limits, meter });
    const load = measureLoad(clock, setImmediate);
    let closing: Promise<void> | undefined;
    /** Nothing is taken any more. */
    let draining = false;
    let hurry = () => {};
    const hurried = new Promise<void>((resolve) => {
      hurry = resolve;
    });

    const app = await createHttp({
      documents,
      authenticator,
      clock,
      random,
      limits,
      log,
      addresses,
      allowed,
      origins: options.origins ?? [],
      quotas,
      metrics,
      certificate,
      pages: options.pages ?? builtPages,
      ready: () => ledger.ready(),
      degraded: () => cluster.degraded(),
      leaving: () => closing !== undefined,
      draining: () => draining,
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
      node: options.node ?? mintId(random),
      ...(cluster.adapter === undefined ? {} : { adapter: cluster.adapter }),
    });
    certificate?.serve(app.server as unknown as TlsServer);
    const tickets = createTickets(ledger.secret);
    const rooms = createMemberRooms(sockets.rooms, cluster.bus, clock);
    const gateway = createGateway({
      ledger,
      rooms,
      clock,
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
    });
    relay = gateway.relay;
    openDocuments = () => gateway.roster.documents.size;
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
      certificate?.stop();
      await sockets.close(0);
      await app.close();
      throw error;
    }

    /** Nobody is told to go before a balancer has noticed that we do, and sends nobody here any more. */
    async function moveAway(): Promise<void> {
      const notice = wait(clock, limits.noticeMs);
      await Promise.race([notice.over, hurried]);
      notice.cancel();
      await Promise.race([gateway.move(limits.moveMs), hurried]);
    }

    async function stop(): Promise<void> {
      if (isAmongOthers(options)) await moveAway();
      draining = true;
      await Promise.race([gateway.drain(), hurried]);
      news.stop();
      gateway.close();
      rooms.close();
      load.stop();
      certificate?.stop();
      await Promise.race([sockets.close(LAST_WORDS_MS), hurried.then(() => sockets.close(0))]);
      // Requests over HTTP may end, but not take their time; one that goes on here regardless has nobody to answer to.
      const cut = () => app.server.closeAllConnections();
      const late = wait(clock, LAST_REQUESTS_MS);
      const http = app.close();
      await Promise.race([http, late.over.then(cut), hurried.then(cut)]);
      late.cancel();
      await cluster.close();
      const written = wait(clock, LAST_WRITES_MS);
      const overdue = written.over.then(() => {
        throw new Error("The database did not close in time");
      });
      await Promise.race([ledger.close(), overdue]);
      written.cancel();
    }

    const address = app.server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    return {
      url: `${certificate === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
      port: bound,
      documents,
      revoke: news.revoke,
      announce: news.announce,
      takeBack: news.takeBack,
      reloadCertificate: () => certificate?.reload(),
      close({ now = false } = {}) {
        closing ??= stop();
        if (now) hurry();
        return closing;
      },
    };
  }
}

/** A time that passes, unless it is cancelled. */
function wait(clock: Clock, ms: number): { readonly over: Promise<void>; readonly cancel: () => void } {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  return { over, cancel };
}

function authenticatorOf(options: ServerOptions, secret: Uint8Array, clock: Clock): Authenticator {
  const { jwtSecret, jwks, jwtIssuer, jwtAudience } = options;
  if (options.auth !== "jwt") return openAuth(secret, clock, systemRandom);
  const key = jwks === undefined ? { secret: jwtSecret! } : { jwks: new URL(jwks) };
  return jwtAuth(
    {
      key,
      ...(jwtIssuer === undefined ? {} : { issuer: jwtIssuer }),
      ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    },
    clock,
  );
}
