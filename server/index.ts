// A server in one call: the ledger, the gateway, the sockets and HTTP, put together and taken apart in order.
//
//   createServer ─▶ ledger (database) ─▶ gateway ─▶ sockets ┐
//                        │                                  ├─▶ one port
//                        └─▶ documents ─▶ HTTP, pages ──────┘
//
// A server that lets anybody in listens on loopback addresses only. Nothing here reads the environment.

import type { Server as TlsServer } from "node:tls";
import { systemClock } from "../protocol/index.js";
import { createAddresses } from "./address.js";
import { authenticatorOf } from "./auth.js";
import { judgeBy } from "./before-commit.js";
import { createClosing } from "./closing.js";
import { type Cluster, openCluster } from "./cluster/index.js";
import { createForming } from "./documents/forming/index.js";
import { createDocuments } from "./documents/index.js";
import type { Documents } from "./documents/types.js";
import { createGateway, type Gateway } from "./gateway.js";
import { createHttp } from "./http.js";
import { type OpenLedger, openLedger } from "./ledger/index.js";
import { defaultLimits, type ServerLimits } from "./limits.js";
import { measureLoad } from "./load.js";
import { bounded, createLog } from "./log.js";
import type { Meter } from "./meter.js";
import { createMetrics } from "./metrics/index.js";
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
import type { Identity, Relay } from "./ports.js";
import { createQuotas } from "./quotas.js";
import { endOfTurn } from "./relay.js";
import type { Revocation } from "./revocations.js";
import { governed } from "./rights.js";
import { reviewAtOnce, type Visited } from "./rounds.js";
import { gaugesOf, type Running } from "./running.js";
import { createSockets } from "./sockets.js";
import { startupError } from "./startup.js";
import { serveStockClients } from "./stock/endpoint.js";
import { createMemberRooms } from "./stock/rooms.js";
import type { Checkpoints } from "./storage/checkpoint.js";
import { watchStore } from "./store-state.js";
import { createTickets, mintId, systemRandom } from "./tickets.js";
import { openCertificate } from "./tls.js";
import { openTracing } from "./tracing.js";
import { version } from "./version.js";
import { createWebhooks, type Webhooks } from "./webhooks/index.js";
import { createOwners } from "./webhooks/owners.js";

export type { BeforeCommit, CommitContext, Verdict } from "./before-commit.js";
export type { By, Documents, ReadDocument, When } from "./documents/types.js";
export { defaultLimits, type ServerLimits } from "./limits.js";
export type { Log } from "./log.js";
export type { Announcement } from "./news.js";
export type { ServerOptions } from "./options.js";
export type { Action, Claims, DocumentHead, DocumentSummary } from "./ports.js";
export type { Revocation } from "./revocations.js";
export { type ExitReason, exitCodes, StartupError } from "./startup.js";
export type { OpLog } from "./storage/op-log.js";
export type { Webhooks } from "./webhooks/index.js";

export interface Server {
  readonly url: string;
  readonly port: number;
  /** The documents, for code in this process. Everything is allowed here. */
  readonly documents: Documents;
  /** Programs elsewhere that are told what happens to documents. Everything is allowed here. */
  readonly webhooks: Omit<Webhooks, "naming" | "stop">;
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
  /** What a user, by their id, is called in the log. */
  pseudonym(user: string): string;
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

/**
 * @param checkpoints  for tests: what is called at the points of an op's way
 * @throws StartupError with one sentence and an exit code, before anything listens
 */
export async function createServer(
  options: ServerOptions = {},
  checkpoints: Checkpoints = {},
): Promise<Server> {
  const { port = DEFAULT_PORT, host = DEFAULT_HOST, clock = systemClock } = options;
  const random = systemRandom;
  const node = options.node ?? mintId(random);
  const log = bounded(options.log ?? createLog("warn"), clock, node);
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  checkOptions(options);

  let relay: Relay = () => {};
  /** What metrics look at, as far as it is there yet. */
  const running: Running = { draining: 0 };
  const metrics = createMetrics(
    version,
    () => performance.now(),
    gaugesOf(running, { clock, nodes: options.redis !== undefined }),
  );
  const tracing = await openTracing(() => performance.now(), clock.now);
  const store = watchStore(metrics.meter, { clock, log });
  running.store = store;
  const meter: Meter = {
    ...store.meter,
    travelled(journey, arrival) {
      store.meter.travelled(journey, arrival);
      tracing.travelled(journey, arrival);
    },
  };
  const judge =
    options.beforeCommit && judgeBy(options.beforeCommit, { clock, log, withinMs: limits.ruleMs });
  try {
    const ledger = await openLedger({
      database: options.database ?? DEFAULT_DATABASE,
      relay: (...commit) => relay(...commit),
      meter,
      clock,
      documentAtoms: limits.documentAtoms,
      log,
      ...(judge === undefined ? {} : { judge }),
      ...checkpoints,
    });
    running.ledger = ledger;
    store.begin(ledger);
    try {
      return await start(ledger);
    } catch (error) {
      store.stop();
      await ledger.close();
      throw error;
    }
  } catch (error) {
    throw startupError(error, { host, port });
  }

  async function start(ledger: OpenLedger): Promise<Server> {
    const cluster = await openCluster({
      redis: options.redis,
      node: mintId(random),
      secret: ledger.secret,
      clock,
      random,
      log,
      meter,
    });
    running.cluster = cluster;
    try {
      return await serve(ledger, cluster);
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  async function serve(ledger: OpenLedger, cluster: Cluster): Promise<Server> {
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
      failed: (error) =>
        log.warn({ err: error }, "What was revoked or announced elsewhere could not be read."),
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
    relay = gateway.relay;
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
      documents,
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
}
