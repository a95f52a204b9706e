// What is wrong with Redis, in a sentence for the operator, and whether waiting could mend it. A password or a user is
// never in it.

import { ConnectionTimeoutError } from "redis";
import type { RedisAddress } from "./redis-address.js";

export interface Trouble {
  /** For the operator: it names the address. */
  readonly sentence: string;
  /** For whoever may ask how this node is. */
  readonly public: string;
  /** How Redis is set up, or what this node was told of it, is wrong: no waiting mends that. */
  readonly lasting: boolean;
}

/** Redis said nothing for too long. */
export class Silence extends Error {
  override readonly name = "Silence";
}

const trust = /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

export function troubleOf(error: unknown, { host, port }: RedisAddress): Trouble {
  const at = `Redis at ${host.includes(":") ? `[${host}]` : host}:${port}`;
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: "" };
  const says = (what: string) => ({ sentence: `${at} ${what}`, public: `Redis ${what}` });
  const lasting = (what: string) => ({ ...says(what), lasting: true });
  const passing = (what: string) => ({ ...says(what), lasting: false });
  if (error instanceof Silence || error instanceof ConnectionTimeoutError) return passing("does not answer.");
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR Client sent AUTH)/i.test(message))
    return lasting("refuses the user or the password of --redis.");
  if (message.startsWith("NOPERM")) return lasting("does not let this user publish and subscribe.");
  if (/^(MOVED|CROSSSLOT|CLUSTERDOWN)/.test(message))
    return lasting("is a Redis Cluster, and --redis takes a single server.");
  if (/^(ERR unknown command|NOPROTO)/i.test(message))
    return lasting("is too old: --redis needs Redis 7 or newer.");
  if (code !== undefined && trust.test(code)) return lasting(`is not trusted, or speaks no TLS (${code}).`);
  if (code !== undefined) return passing(`cannot be reached (${code}).`);
  // Redis's own words begin with a code of its own, such as LOADING or READONLY.
  const own = /^[A-Z]{3,}\b/.exec(message)?.[0];
  return passing(own === undefined ? "ended the connection." : `cannot serve at the moment (${own}).`);
}
