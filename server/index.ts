// A server in one call: the ledger, the gateway, the sockets and HTTP, put together and taken apart in order.
//
//   createServer ─▶ ledger (database) ─▶ gateway ─▶ sockets ┐
//                        │                                  ├─▶ one port
//                        └─▶ documents ─▶ HTTP, pages ──────┘
//
// A server that lets anybody in listens on loopback addresses only. Nothing here reads the environment.

import { fileURLToPath } from "node:url";
import { type Clock, systemClock, type User } from "../protocol/index.js";
import { type Authenticator, jwtAuth, openAuth } from "./auth.js";
import { createDocuments, type Documents } from "./documents.js";
import { createGateway } from "./gateway.js";
import { createHttp } from "./http.js";
import { type OpenLedger, openLedger } from "./ledger/index.js";
import { defaultLimits, type ServerLimits } from "./limits.js";
import { createLog, type Log } from "./log.js";
import { createMetrics } from "./metrics.js";
import { createOriginCheck, isLoopback, isOrigin } from "./origins.js";
import type { Identity, Relay } from "./ports.js";
import { createSockets } from "./sockets.js";
import { StartupError, startupError } from "./startup.js";
import { createTickets, systemRandom } from "./tickets.js";
import { version } from "./version.js";

export type { Documents, ReadDocument } from "./documents.js";
export { defaultLimits, type ServerLimits } from "./limits.js";
export type { Log } from "./log.js";
export type { DocumentHead, DocumentSummary } from "./ports.js";
export { type ExitReason, exitCodes, StartupError } from "./startup.js";

export interface ServerOptions {
  /** 0 takes a free one. Default 8080. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** `sqlite:PATH` or `memory:`. Default `sqlite:./data/interline.sqlite`. */
  readonly database?: string;
  /** `open` lets anybody in, on loopback addresses only; `jwt` demands a signed token. Default `open`. */
  readonly auth?: "open" | "jwt";
  /** With `jwt`: the secret that tokens are signed with (HS256), at least 32 bytes. */
  readonly jwtSecret?: string;
  /** With `jwt`: where the issuer's public keys are. */
  readonly jwks?: string;
  /** With `jwt`: what a token's `iss` and `aud` must be. */
  readonly jwtIssuer?: string;
  readonly jwtAudience?: string;
  /** Pages elsewhere that may connect, each as scheme and host. */
  readonly origins?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
  /**
   * Asked besides the token, for each open, submit and creation, whether this user may do that to this document.
   * A refusal looks like a missing document; an error is a refusal too.
   */
  readonly authorize?: (
    user: User,
    action: "read" | "write" | "create",
    doc: string,
  ) => boolean | Promise<boolean>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** The folder of the built pages. Default: those of this package. */
  readonly pages?: string;
}

export interface Server {
  readonly url: string;
  readonly port: number;
  /** The documents, for code in this process. Everything is allowed here. */
  readonly documents: Documents;
  /** Tells everybody to come back later, finishes what was taken, and closes. Calling it again waits for the same end. */
  close(): Promise<void>;
}

export const DEFAULT_PORT = 8080;
export const DEFAULT_HOST = "127.0.0.1";

/** The pages as `npm run build` leaves them, beside the compiled server. */
export const builtPages = fileURLToPath(new URL("../pages", import.meta.url));

/** How long those who are disconnected may take to read their last words. */
const LAST_WORDS_MS = 1000;
/** How long a request over HTTP may still take when the server stops. */
const LAST_REQUESTS_MS = 3000;

/** @throws StartupError with one sentence and an exit code, before anything listens */
export async function createServer(options: ServerOptions = {}): Promise<Server> {
  const { port = DEFAULT_PORT, host = DEFAULT_HOST, clock = systemClock } = options;
  const log = options.log ?? createLog("warn");
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  check(options, host);

  let relay: Relay = () => {};
  try {
    const ledger = await openLedger({
      database: options.database ?? "sqlite:./data/interline.sqlite",
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
    const authenticator = authorized(authenticatorOf(options, ledger.secret, clock), options.authorize);
    const documents = createDocuments(ledger, random);
    const allowed = createOriginCheck(options.origins ?? [], (options.auth ?? "open") === "open");
    const metrics = createMetrics(version, () => gateway.roster.documents.size);
    let closing: Promise<void> | undefined;

    const app = await createHttp({
      documents,
      authenticator,
      clock,
      random,
      limits,
      log,
      allowed,
      metrics,
      pages: options.pages ?? builtPages,
      ready: () => ledger.ready(),
      draining: () => closing !== undefined,
    });
    const sockets = createSockets({
      http: app.server,
      allowed,
      origins: options.origins ?? [],
      limits,
      clock,
      meter: metrics.meter,
      log,
    });
    const tickets = createTickets(ledger.secret);
    const { rooms } = sockets;
    const { meter } = metrics;
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
    });
    relay = gateway.relay;
    sockets.serve(gateway.accept);

    try {
      await app.listen({ port, host });
    } catch (error) {
      await sockets.close(0);
      await app.close();
      throw error;
    }

    async function stop(): Promise<void> {
      await gateway.drain();
      gateway.close();
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
      close() {
        closing ??= stop();
        return closing;
      },
    };
  }
}

/** Refuses what cannot work or would not be safe. */
function check({ auth = "open", jwtSecret, jwks, origins = [] }: ServerOptions, host: string): void {
  const refuse = (message: string) => new StartupError("bad_option", message);
  if (auth === "open" && !isLoopback(host)) {
    throw refuse(
      `With --auth open anybody may write, so the server does not listen on ${host}; use --auth jwt there.`,
    );
  }
  if (auth === "open" && (jwtSecret !== undefined || jwks !== undefined)) {
    throw refuse("A --jwt-secret or --jwks has no use without --auth jwt.");
  }
  if (auth === "jwt" && (jwtSecret === undefined) === (jwks === undefined)) {
    throw refuse("With --auth jwt give either --jwt-secret or --jwks.");
  }
  if (jwtSecret !== undefined && Buffer.byteLength(jwtSecret) < 32) {
    throw refuse("The --jwt-secret must be at least 32 bytes long.");
  }
  if (jwks !== undefined && !isSafeKeysUrl(jwks)) {
    throw refuse("The --jwks must be an https URL (or http on this machine).");
  }
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong !== undefined)
    throw refuse(`${wrong} is no origin; give scheme and host, such as https://example.org.`);
}

/** Keys that come over a line that others can write to prove nothing. */
function isSafeKeysUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
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

/** Both the token and the integrator's own rule must allow. */
function authorized(authenticator: Authenticator, authorize: ServerOptions["authorize"]): Authenticator {
  if (authorize === undefined) return authenticator;
  return {
    ...authenticator,
    async authenticate(credentials) {
      const admission = await authenticator.authenticate(credentials);
      return (src) => {
        const identity = admission(src);
        const may: Identity["may"] = async (action, doc) =>
          (await identity.may(action, doc)) && (await authorize(identity.user, action, doc));
        return { ...identity, may };
      };
    },
  };
}
