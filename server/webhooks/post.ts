// One delivery over HTTP: signed, to an address that may be reached, without following anybody elsewhere, and in bounded
// time and memory whatever the receiver does.

import { createHmac } from "node:crypto";
import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { Clock } from "../../protocol/index.js";
import { isLoopbackAddress, isPublic } from "./addresses.js";

/** So much of an answer is read, to use its connection again; it is not looked at. */
const ANSWER_BYTES = 1024;

export interface PostOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Hosts that are let through whatever their addresses are. */
  readonly allow: readonly string[];
  /** Whether addresses of this machine are let through. */
  readonly loopback: boolean;
}

export interface Poster {
  /** @returns undefined if it was taken; else why not, in a sentence. Never rejects */
  post(url: string, secret: string, body: string, signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}

/** `t=SECONDS,v1=HMAC-SHA256 in hex of "SECONDS.BODY"`. */
export function signature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

class Refused extends Error {}

export function createPoster({ clock, timeoutMs, allow, loopback }: PostOptions): Poster {
  const hosts = new Set(allow.map((host) => host.toLowerCase()));
  const allowed = (host: string, address: string) =>
    hosts.has(host.toLowerCase()) || isPublic(address) || (loopback && isLoopbackAddress(address));
  const refusal = (host: string) => new Refused(`${host} is an address that webhooks may not go to.`);

  const guarded: LookupFunction = (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return done(error, []);
      const first = found[0];
      if (first === undefined || !found.every(({ address }) => allowed(host, address)))
        return done(refusal(host), []);
      if (options.all) done(null, found);
      else done(null, first.address, first.family);
    });
  };
  /** Loaded with the first delivery: most servers have nobody to tell anything. */
  async function open() {
    const { Agent, request } = await import("undici");
    const connect = { lookup: guarded, timeout: timeoutMs };
    return { agent: new Agent({ connect, keepAliveTimeout: 4000 }), request };
  }
  let opened: ReturnType<typeof open> | undefined;

  return {
    async post(url, secret, body, signal) {
      const late = new AbortController();
      const cancel = clock.after(timeoutMs, () => late.abort());
      const ends = AbortSignal.any([signal, late.signal]);
      try {
        // A host that is an address is looked up by nobody.
        const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
        if (isIP(host) !== 0 && !allowed(host, host)) throw refusal(host);
        const seconds = Math.floor(clock.now() / 1000);
        opened ??= open();
        const { agent, request } = await opened;
        const { statusCode, body: answer } = await request(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "user-agent": "interline-webhook/1",
            "interline-signature": signature(secret, seconds, body),
          },
          body,
          dispatcher: agent,
          signal: ends,
        });
        await answer.dump({ limit: ANSWER_BYTES, signal: ends }).catch(() => {});
        return statusCode >= 200 && statusCode < 300 ? undefined : `It answered ${statusCode}.`;
      } catch (error) {
        if (late.signal.aborted) return `It did not answer within ${timeoutMs} ms.`;
        if (error instanceof Refused) return error.message;
        const { code } = error as { readonly code?: unknown };
        return `It could not be reached${typeof code === "string" ? ` (${code})` : ""}.`;
      } finally {
        cancel();
      }
    },
    close: async () => (await opened)?.agent.destroy(),
  };
}
