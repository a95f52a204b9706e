// A server in one call: the ledger, the gateway, the sockets and HTTP, put together and taken apart in order.
//
//   createServer ─▶ ledger (database) ─▶ gateway ─▶ sockets ┐
//                        │                                  ├─▶ one port
//                        └─▶ documents ─▶ HTTP, pages ──────┘
//
// A server that lets anybody in listens on loopback addresses only. Nothing here reads the environment.

import { type Clock, systemClock } from "../protocol/index.js";
import { createAddresses } from "./address.js";
import { type Authenticator, jwtAuth, openAuth } from "./auth.js";
import { createDocuments, type Documents } from "./documents.js";
import { createGateway } from "./gateway.js";
import { createHttp } from "./http.js";
import { type OpenLedger, openLedger } from "./ledger/index.js";
import { defaultLimits, type ServerLimits } from "./limits.js";
import { measureLoad } from "./load.js";
import { createLog } from "./log.js";
import { createMetrics } from "./metrics.js";
import {
  builtPages,
  checkOptions,
  DEFAULT_DATABASE,
  DEFAULT_HOST,
  DEFAULT_PORT,
  type ServerOptions,
} from "./options.js";
import { createOriginCheck } from "./origins.js";
import type { Relay } from "./ports.js";
import { createQuotas } from "./quotas.js";
import { openRevocations, type Revocation } from "./revocations.js";
import { governed } from "./rights.js";
import { createSockets } from "./sockets.js";
import { startupError } from "./startup.js";
import { createTickets, systemRandom } from "./tickets.js";
import { version } from "./version.js";

export type { Documents, ReadDocument } from "./documents.js";
export { defaultLimits, type ServerLimits } from "./limits.js";
export type { Log } from "./log.js";
export type { ServerOptions } from "./options.js";
export type { Action, Claims, DocumentHead, DocumentSummary } from "./ports.js";
export type { Revocation } from "./revocations.js";
export { type ExitReason, exitCodes, StartupError } from "./startup.js";

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
  /** Tells everybody to come back later, finishes what was taken, and closes. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/** How long those who are disconnected may take to read their last words. */
const LAST_WORDS_MS = 1000;
/** How long a request over HTTP may still take when the server stops. */
const LAST_REQUESTS_MS = 3000;

/** @throws StartupError with one sentence and an exit code, before anything listens */
export async function createServer(options: ServerOptions = {}): Promise<Server> {
  const { port = DEFAULT_PORT, host = DEFAULT_HOST, clock = systemClock } = options;
  const log = options.log ?? createLog("warn");
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  checkOptions(options);

  let relay: Relay = () => {};
  try {
    const ledger = await openLedger({
      database: options.database ?? DEFAULT_DATABASE,
      relay: (doc, committed) => relay(doc, committed),
      clock,
      documentAtoms: limits.documentAtoms,
      log,
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
    const random = systemRandom;
    const revocations = await openRevocations(ledger.revocations);
    const authenticator = governed(authenticatorOf(options, ledger.secret, clock), {
      ...options,
      revocations,
    });
    const documents = createDocuments(ledger, random, (doc) => gateway.deleted(doc));
    const allowed = createOriginCheck(options.origins ?? [], (options.auth ?? "open") === "open");
    const addresses = createAddresses(options.trustProxy);
    const metrics = createMetrics(version, () => gateway.roster.documents.size);
    const { meter } = metrics;
    const quotas = createQuotas({ clock, random, limits, meter });
    const load = measureLoad(clock, setImmediate);
    let closing: Promise<void> | undefined;

    const app = await createHttp({
      documents,
      authenticator,
      clock,
      random,
      limits,
      log,
      addresses,
      allowed,
      quotas,
      metrics,
      pages: options.pages ?? builtPages,
      ready: () => ledger.ready(),
      draining: () => closing !== undefined,
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
    });
    const tickets = createTickets(ledger.secret);
    const { rooms } = sockets;
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
    });
    relay = gateway.relay;
    sockets.serve(gateway.accept);

    try {
      await app.listen({ port, host });
    } catch (error) {
      load.stop();
      await sockets.close(0);
      await app.close();
      throw error;
    }

    async function stop(): Promise<void> {
      await gateway.drain();
      gateway.close();
      load.stop();
      await sockets.close(LAST_WORDS_MS);
      // Requests over HTTP may end, but not take their time.
      const cut = clock.after(LAST_REQUESTS_MS, () => app.server.closeAllConnections());
      await app.close();
      cut();
      await ledger.close();
    }

    const address = app.server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
      port: bound,
      documents,
      async revoke(what) {
        const written = revocations.add(what, clock.now());
        const reviewed = gateway.review(({ user, claims }) =>
          "user" in what ? user.id === what.user : claims?.jti === what.token,
        );
        await Promise.all([written, reviewed]);
      },
      close() {
        closing ??= stop();
        return closing;
      },
    };
  }
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
