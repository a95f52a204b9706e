// What a server can be told, and what of it cannot work or would not be safe. Light on purpose: the command line looks
// at options before it loads the server.

import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import type { Clock, Role, User } from "../protocol/index.js";
import { isAddressRange } from "./address.js";
import type { BeforeCommit } from "./before-commit.js";
import { parseRedisAddress } from "./cluster/redis-address.js";
import type { ServerLimits } from "./limits.js";
import type { Log } from "./log.js";
import { checkKinds } from "./option-kinds.js";
import { isLoopback, isOrigin } from "./origins.js";
import { isNodeName } from "./polling.js";
import type { Action, Claims } from "./ports.js";
import { StartupError } from "./startup.js";
import type { OpLog } from "./storage/op-log.js";
import type { TlsFiles } from "./tls.js";

/** The least that a secret may have which tokens are signed with. */
export const SECRET_BYTES = 32;

export interface ServerOptions {
  /** 0 takes a free one. Default 8080. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /**
   * `sqlite:PATH`, `postgres://…` or `memory:`. Default `sqlite:./data/interline.sqlite`. Or a log of one's own, which keeps
   * what `OpLog` promises; `interline/testing` has the suite that finds out.
   */
  readonly database?: string | OpLog;
  /**
   * Where the nodes on one PostgreSQL database meet: `redis://USER:PASSWORD@HOST:PORT`, or `rediss://…` over TLS, with
   * `?ca=FILE` for a private authority and `?cert=FILE&key=FILE` to show who this is. One Redis, version 7 or newer; a
   * database number means nothing. Default: none; then nodes hear of each other's ops from the database, about a second
   * later.
   */
  readonly redis?: string;
  /** What a balancer calls this node: the ids of its sessions begin with it. Default: made up at every start. */
  readonly node?: string;
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
  /** Speak HTTPS: files in PEM with the certificate (and those that vouch for it) and its key. */
  readonly tls?: TlsFiles;
  /** Proxies in front, as addresses or ranges: what they say of clients in `X-Forwarded-…` is believed. */
  readonly trustProxy?: readonly string[];
  /**
   * Whether ShareDB's own clients may connect, to plain documents, over a WebSocket at `/sharedb`. Default: only with
   * `auth: "open"`.
   */
  readonly sharedb?: boolean;
  readonly webhooks?: {
    /**
     * Hosts that deliveries may go to although their addresses are this machine's or its network's. Default: none; with
     * `auth: "open"`, all of this machine itself.
     */
    readonly allow?: readonly string[];
  };
  /** In the place of defaults; `docs/limits.md` says what each is for, and in which unit. */
  readonly limits?: Partial<ServerLimits>;
  /**
   * Asked besides the token, for each open, submit, creation and deletion, whether this user may do that to this
   * document, or what they are to it; and again every two seconds for documents that are open: who may not read any more
   * is told and hears nothing further. A refusal looks like a missing document. Who may comment and not write is said by a
   * role: `true` for `comment` counts only where it is `true` for `write`, too. If it throws, the request is answered
   * `internal` and nothing is done; if it can say nothing for half a minute, connections end and come back when it can.
   */
  readonly authorize?: (user: User, action: Action, doc: string) => boolean | Role | Promise<boolean | Role>;
  /**
   * Asked about every op before it is committed, whoever it is from, connected or a program: a copy of the op as it will be
   * committed, and the document before it. What is refused is told its author as `policy_refused`, with the reason as the
   * message, on one line of at most 200 code points; nobody else hears of it. If it throws, the op is answered `internal`, if
   * it takes longer than `limits.ruleMs`, `unavailable`; nothing is committed. One op may be asked about several times,
   * where the document has changed meanwhile; what an answer did elsewhere says nothing of whether the op was committed.
   */
  readonly beforeCommit?: BeforeCommit;
  /**
   * Asked as often, and when somebody connects, whether a token has been taken back before its time. Its signature and
   * its times hold. What was revoked by `Server.revoke` is known without it.
   */
  readonly revoked?: (claims: Claims) => boolean | Promise<boolean>;
  readonly clock?: Clock;
  /** Default: warnings and errors, as lines of JSON on stderr. */
  readonly log?: Log;
  /** The folder of the built pages. Default: those of this package. */
  readonly pages?: string;
}

export const DEFAULT_PORT = 8080;
export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_DATABASE = "sqlite:./data/interline.sqlite";

/** The pages as `npm run build` leaves them, beside the compiled server. */
export const builtPages = fileURLToPath(new URL("../pages", import.meta.url));

/** Whether other nodes may serve the same documents: then clients have somewhere to go when this one stops. */
export function isAmongOthers({ redis, database = DEFAULT_DATABASE }: ServerOptions): boolean {
  return redis !== undefined || isShared(database);
}

/** Whether other processes may write to it. */
const isShared = (database: string | OpLog): boolean =>
  typeof database === "string" ? /^postgres(ql)?:/.test(database) : database.shared;

/** @throws StartupError `bad_option` with one sentence */
export function checkOptions(options: ServerOptions): void {
  const {
    host = DEFAULT_HOST,
    auth = "open",
    jwtSecret,
    jwks,
    jwtIssuer,
    jwtAudience,
    origins = [],
    trustProxy = [],
    node,
    redis,
    database = DEFAULT_DATABASE,
    webhooks: { allow = [] } = {},
  } = options;
  const refuse = (message: string) => new StartupError("bad_option", message);
  checkKinds(options);
  if (auth === "open" && !isLoopback(host)) {
    throw refuse(
      `With --auth open anybody may write, so the server does not listen on ${host}; use --auth jwt there.`,
    );
  }
  if (auth === "open" && [jwtSecret, jwks, jwtIssuer, jwtAudience].some((option) => option !== undefined)) {
    throw refuse("What tokens must be has no meaning without --auth jwt.");
  }
  if (auth === "jwt" && (jwtSecret === undefined) === (jwks === undefined)) {
    throw refuse("With --auth jwt give either --jwt-secret or --jwks.");
  }
  if (jwtSecret !== undefined && Buffer.byteLength(jwtSecret) < SECRET_BYTES) {
    throw refuse(`The --jwt-secret must be at least ${SECRET_BYTES} bytes long.`);
  }
  if (jwks !== undefined && !isSafeKeysUrl(jwks)) {
    throw refuse("The --jwks must be an https URL (or http on this machine).");
  }
  if (redis !== undefined) {
    parseRedisAddress(redis);
    if (!isShared(database))
      throw refuse("Nodes that meet at --redis share a PostgreSQL database; give --database postgres://….");
  }
  if (node !== undefined && !isNodeName(node)) {
    throw refuse(`--node takes letters, digits, _ and -, not ${node}.`);
  }
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong !== undefined) {
    throw refuse(`${wrong} is no origin; give scheme and host, such as https://example.org.`);
  }
  const unknown = trustProxy.find((range) => !isAddressRange(range));
  if (unknown !== undefined) {
    throw refuse(`--trust-proxy takes addresses or ranges such as 10.0.0.0/8, not ${unknown}.`);
  }
  const noHost = allow.find((host) => !isHost(host));
  if (noHost !== undefined) {
    throw refuse(`--webhook-allow takes hosts such as hooks.internal or 10.0.0.5, not ${noHost}.`);
  }
}

/** A name or an address as it stands in a URL, and nothing of the rest. */
const isHost = (text: string): boolean =>
  isIP(text) !== 0 ||
  (URL.canParse(`http://${text}/`) && new URL(`http://${text}/`).hostname === text.toLowerCase());

/** Keys that come over a line that others can write to prove nothing. */
function isSafeKeysUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}
